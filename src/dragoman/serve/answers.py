"""The HTTP route of questions: what is asked, one call of the guide, the answer with what it stands on."""

import logging
import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import FastAPI, Request
from pydantic import Field, model_validator
from pydantic_core import PydanticSerializationError

from dragoman.guide import Guide
from dragoman.serve.asked import Asked, accepted_languages, market_of
from dragoman.serve.shown import Json, Reader, text_view
from dragoman.text.tags import canonical, direction
from dragoman.types import Answer, Citation, Comparison, Fact, Filter, Opinion, Query, Text

log = logging.getLogger(__name__)


class AskedQuestion(Asked):
    """Body of ``POST /v1/answer``; without ``about`` the question is asked of the whole shop."""

    question: str = ""
    about: list[Annotated[str, Field(max_length=1000)]] = Field(
        [], max_length=10, description="product ids; two to four can be compared"
    )
    langs: list[str] = Field([], max_length=20, description="languages the shopper reads, best first")
    market: str = Field("", max_length=100, description="ISO 3166-1 country; empty: the seller's own")
    translate: bool = Field(False, description="put machine translations beside quotes in other languages")

    @model_validator(mode="after")
    def _is_text(self) -> "AskedQuestion":
        """JSON can spell half a character (a lone surrogate), which no text, index or answer can hold."""
        try:
            self.model_dump_json()
        except PydanticSerializationError as error:
            raise ValueError("a text holds half a character (a lone surrogate)") from error
        return self


def question_of(asked: AskedQuestion, accepted: Sequence[str] = ()) -> Query:
    """Return the query that a request asks.

    Without languages the answer comes in the question's own, not in the browser's: whoever asks in
    Hindi reads Hindi. The browser's are only the odds of what a short question is written in.

    Raises:
        BadInput: a broken language tag or market.
    """
    langs = tuple(canonical(lang) for lang in asked.langs)
    market = market_of(asked.market)
    return Query(
        asked.question,
        langs=langs or (tuple(accepted) if not asked.question.strip() else ()),
        market=market,
        where=Filter(market=market),  # what cannot be had there is no answer
        about=tuple(asked.about),
    )


def add_answers(app: FastAPI, guide: Guide) -> None:
    """Add the route of questions to the application."""

    @app.post("/v1/answer", tags=["answer"])
    def answer(asked: AskedQuestion, request: Request) -> Json:
        """Answer a question in any language from what pages say, with quotes, or decline."""
        started = time.perf_counter()
        query = question_of(asked, accepted_languages(request.headers.get("accept-language", "")))
        made = guide.answer(query, is_translated=asked.translate)
        spent = (time.perf_counter() - started) * 1000
        log.info(
            "answer lang=%s market=%s about=%d declined=%s cited=%d removed=%d ms=%.1f",
            made.lang, query.market, len(query.about), made.declined,
            len(made.citations), len(made.removed), spent,
        )  # fmt: skip
        log.debug("answer text=%r", query.text)
        return answer_view(made, Reader(query.langs or (made.lang,), query.market))


def answer_view(answer: Answer, reader: Reader) -> Json:
    """Return an answer as the body of ``POST /v1/answer``.

    ``declined`` is "" or why there is none: ``no_question no_products no_price no_comparison
    no_opinions not_stated not_in_shop unverified``; ``text`` says so in words. Quotes within ``text``
    stand between U+2068 and U+2069, which keep a foreign script from turning its sentence round.
    """
    return {
        "text": {"value": answer.text, "lang": answer.lang, "dir": direction(answer.lang)},
        "declined": answer.declined,
        "verdict": answer.verdict,
        "confidence": round(answer.confidence, 4),
        "citations": [citation_view(cited, reader) for cited in answer.citations],
        "against": [citation_view(cited, reader) for cited in answer.against],
        "facts": [_fact(fact) for fact in answer.facts],
        "opinions": [opinion_view(opinion, reader) for opinion in answer.opinions],
        "comparison": comparison_view(answer.comparison) if answer.comparison else None,
        "removed": list(answer.removed),
    }


def citation_view(cited: Citation, reader: Reader) -> Json:
    """Return a citation: the quote as written, and its place in the passage it is from."""
    passage = cited.passage
    start = passage.text.value.find(cited.quote)
    return {
        "product": passage.product,
        "kind": passage.kind,
        "quote": text_view(Text(cited.quote, passage.text.lang, passage.text.source), reader),
        "passage": passage.text.value,
        "place": {"start": start, "end": start + len(cited.quote)},
        "score": round(cited.score, 4),
        "translation": text_view(cited.translation, reader) if cited.translation else None,
    }


def opinion_view(opinion: Opinion, reader: Reader) -> Json:
    """Return what buyers say about one side of a product."""
    return {
        "aspect": opinion.aspect,
        "good": opinion.good,
        "bad": opinion.bad,
        "praise": [citation_view(cited, reader) for cited in opinion.praise],
        "blame": [citation_view(cited, reader) for cited in opinion.blame],
    }


def comparison_view(comparison: Comparison) -> Json:
    """Return products side by side, a row for every fact; a cell is null where a page does not state it."""
    rows = [
        {"name": name, "cells": [_fact(cell) if cell else None for cell in row]}
        for name, row in comparison.rows.items()
    ]
    return {"products": list(comparison.products), "rows": rows}


def _fact(fact: Fact) -> Json:
    return {"name": fact.name, "value": fact.value, "unit": fact.unit}
