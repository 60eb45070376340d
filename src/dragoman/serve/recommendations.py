"""The HTTP routes of recommendations: what a shopper may like and why."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, Request
from pydantic import Field

from dragoman.errors import BadInput
from dragoman.guide import Guide
from dragoman.recommend import Dials, Heard, Line, Moment, Taking, hear
from dragoman.recommend.crowd import Window
from dragoman.serve.asked import AskedFilters, AskedSearch, accepted_languages, query_of
from dragoman.serve.events import rejection_view
from dragoman.serve.shown import Json, Reader, hit_view, text_view
from dragoman.serve.translated import translated
from dragoman.settings import Settings
from dragoman.types import Query, Reason, Recommended, RecommendKind

log = logging.getLogger(__name__)

Row = dict[str, Any]  # Any: an event of any known shape, checked by `recommend.hear`


class AskedRecommendation(AskedSearch):
    """Body of ``POST /v1/recommend``: a search without words, of somebody or of nobody in particular."""

    kind: RecommendKind = "for_you"
    about: list[Annotated[str, Field(max_length=1000)]] = Field([], max_length=20)
    session: list[Row] = Field([], max_length=200, description="what this visit did; used now, not kept")
    window: Window = "week"
    diversity: float = Field(0.3, ge=0, le=1)
    cap: float = Field(0.5, gt=0, le=1, description="largest share of the page for one brand or seller")
    new: float = Field(0.0, ge=0, le=1, description="smallest share of the page for new products")
    k: int = Field(12, ge=1, le=100)
    filters: AskedFilters = AskedFilters()


def add_recommendations(app: FastAPI, guide: Guide, settings: Settings) -> None:
    """Add the route that recommends."""

    @app.post("/v1/recommend", tags=["shoppers"])
    def recommend(asked: AskedRecommendation, request: Request) -> Json:
        """Find what a shopper may like: for_you, similar, together, again or trending; each hit says why."""
        started = time.perf_counter()
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        query, now = wish_of(asked, accepted, settings.currency), time.time()
        heard = hear_session(asked.session, guide, now)
        found = guide.recommend(query, asked.kind, moment_of(asked, heard, now))
        reader = Reader(query.langs or ("en",), query.market)
        view = recommended_view(found, reader, uuid4().hex)
        view = translated(view, guide, reader) if asked.translate else view
        spent = (time.perf_counter() - started) * 1000
        log.info(
            "recommend kind=%s basis=%s k=%d hits=%d ms=%.1f",
            asked.kind,
            found.basis,
            query.k,
            len(found.hits),
            spent,
        )
        return view | {"rejections": [rejection_view(one) for one in heard.rejections]}


def wish_of(asked: AskedRecommendation, accepted: Sequence[str] = (), currency: str = "") -> Query:
    """Return the query of a request for recommendations.

    Raises:
        BadInput: as `query_of` does, and for what belongs to a search alone.
    """
    fields = AskedRecommendation.model_fields
    for name in ("query", "cursor", "sort", "facets"):
        if (given := getattr(asked, name)) != fields[name].default:
            said = f"{name} {given!r} is for a search, recommendations have none"
            raise BadInput(said[:200], hint=f"leave {name} out, or ask POST /v1/search")
    return replace(query_of(asked, accepted, currency), about=tuple(asked.about))


def hear_session(rows: Sequence[Row], guide: Guide, now: float) -> Heard:
    """Return what the events of this visit say; those that cannot be understood count for nothing."""
    return hear((Line(number, row) for number, row in enumerate(rows, 1)), Taking(guide.audience.mask, now))


def moment_of(asked: AskedRecommendation, heard: Heard, now: float) -> Moment:
    """Return the clock, the visit and the dials of a request."""
    return Moment(now, heard.events, asked.window, Dials(asked.diversity, asked.cap, asked.new))


def recommended_view(found: Recommended, reader: Reader, impression: str) -> Json:
    """Return recommendations as the body of ``POST /v1/recommend``.

    Args:
        impression: Name of this very list; the page sends it back with what the shopper does with it.
    """
    hits = [
        hit_view(hit, reader) | {"reason": reason_view(reason, reader)}
        for hit, reason in zip(found.hits, found.reasons, strict=True)
    ]
    return {"kind": found.kind, "basis": found.basis, "impression": impression, "hits": hits}


def reason_view(reason: Reason, reader: Reader) -> Json:
    """Return a reason: its kind, what it names, and the sentence."""
    return {
        "kind": reason.kind,
        "product": reason.product,
        "words": reason.words,
        "text": text_view(reason.text, reader),
    }
