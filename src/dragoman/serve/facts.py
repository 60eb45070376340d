"""The HTTP route of facts: a text, a saved page or a product in, what it states out, each with its quote."""

import html
import logging
import time
from collections.abc import Sequence
from typing import Self

import nh3
from fastapi import FastAPI, Request
from pydantic import Field, model_validator
from pydantic_core import PydanticSerializationError

from dragoman.catalog import Reading
from dragoman.errors import BadInput
from dragoman.extract import Page, page_of
from dragoman.guide import Guide
from dragoman.serve.asked import Asked, accepted_languages
from dragoman.serve.shown import Json, Reader, fact_view
from dragoman.text.detect import detect
from dragoman.text.tags import canonical
from dragoman.types import Fact, Lang, Text

log = logging.getLogger(__name__)

LONGEST = 100_000
"""Characters of a text or of a page's words that are read."""

LONGEST_TITLE = 200


class AskedFacts(Asked):
    """Body of ``POST /v1/extract``: one of ``text``, ``html`` and ``product``."""

    text: str = Field("", max_length=LONGEST, description="a seller's words, the first line as the title")
    html: str = Field("", description="a saved web page: JSON-LD, microdata, tables, or just its words")
    product: str = Field("", max_length=1000, description="id of a product of the shop")
    lang: str = Field("", max_length=100, description="language of the words; empty: told from them")
    category: str = Field("", max_length=1000, description="category path; empty: predicted")
    langs: list[str] = Field([], max_length=20, description="languages the facts are shown in, best first")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in ("text", "html", "product") if getattr(self, name).strip()]
        if len(given) != 1:
            raise ValueError(f"send one of text, html and product, not {len(given)}")
        try:
            self.model_dump_json()
        except PydanticSerializationError as error:
            raise ValueError("a text holds half a character (a lone surrogate)") from error
        return self


def add_facts(app: FastAPI, guide: Guide) -> None:
    """Add the route of facts to the application."""

    @app.post("/v1/extract", tags=["extract"])
    def extract(asked: AskedFacts, request: Request) -> Json:
        """Return the facts that words in any language state, in English and in the reader's language."""
        started = time.perf_counter()
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        reader = Reader(tuple(canonical(lang) for lang in asked.langs) or tuple(accepted) or ("en",))
        pages = pages_of(asked, guide)
        view = facts_view(pages, guide.extract(pages), reader)
        spent = (time.perf_counter() - started) * 1000
        log.info("extract pages=%d facts=%d ms=%.1f", len(pages), len(view["facts"]), spent)
        return view


def pages_of(asked: AskedFacts, guide: Guide) -> list[Page]:
    """Return the pages to be read: a product's, those of a saved page's products, or plain words.

    Raises:
        NotFound: no such product.
        BadInput: the language is none.
    """
    if asked.product:
        return [page_of(guide.product(asked.product))]
    lang = canonical(asked.lang) if asked.lang else ""
    if not asked.html:
        return [page_of_text(asked.text, lang, asked.category)]
    listings = guide.read_page(asked.html, reading=Reading(lang=lang))
    pages = [page_of(listing.product) for listing in listings]
    # What a page tells machines may be no more than its name: what it shows to people is read too.
    words = words_of(asked.html)
    if not pages and not words:
        raise BadInput("the page holds no words", hint="save it after it has loaded")
    return pages or [page_of_text(words, lang, asked.category)]


def page_of_text(text: str, lang: Lang, category: str) -> Page:
    """Return words as a page: the first line is the title, unless it is a paragraph."""
    tag = lang or _told(text)
    first, _, rest = text.strip().partition("\n")
    if len(first) > LONGEST_TITLE:
        return Page(descriptions=(Text(text, tag),), category=category)
    more = (Text(rest, tag),) if rest.strip() else ()
    return Page(titles=(Text(first, tag),), descriptions=more, category=category)


def words_of(markup: str) -> str:
    """Return the words of a page without markup, scripts and styles, a line a block.

    >>> words_of("<p>Wok</p><script>alert(1)</script><p>30&nbsp;cm")
    'Wok\\n30 cm'
    """
    kept = {"p", "div", "li", "tr", "br", "h1", "h2", "h3", "h4", "td", "th", "dt", "dd", "title"}
    plain = nh3.clean(markup, tags=kept, attributes={}, link_rel=None)
    for tag in ("td", "th", "dt"):
        plain = plain.replace(f"</{tag}><", f"</{tag}>: <" if tag != "td" else f"</{tag}> <")
    lines = plain.replace("<", "\n<").splitlines()
    bare = (html.unescape(nh3.clean(line, tags=set())).replace("\xa0", " ").strip() for line in lines)
    return "\n".join(line for line in bare if line)[:LONGEST]


def facts_view(pages: Sequence[Page], facts: Sequence[Sequence[Fact]], reader: Reader) -> Json:
    """Return facts as the body of ``POST /v1/extract``; ``stated`` are those that a page gives as such."""
    page = pages[0] if pages else Page()
    return {
        "lang": page.titles[0].lang
        if page.titles
        else page.descriptions[0].lang
        if page.descriptions
        else "und",
        "title": page.titles[0].value if page.titles else "",
        "category": page.category,
        "stated": [fact_view(fact, reader) for one in pages for fact in one.facts],
        "facts": [fact_view(fact, reader) for found in facts for fact in found],
    }


def _told(text: str) -> Lang:
    shares = detect(text[:2000])
    return max(shares, key=lambda lang: (shares[lang], lang), default="und")
