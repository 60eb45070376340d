"""The HTTP routes of profiles: what is known of a shopper, in words; change it, forget a part, forget all."""

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated, Literal

from fastapi import FastAPI, Path, Request
from pydantic import Field

from dragoman.errors import BadInput, NotFound
from dragoman.guide import Guide
from dragoman.recommend import Line, Taking, message
from dragoman.serve.asked import Asked, accepted_languages
from dragoman.serve.events import recorded_view
from dragoman.serve.shown import Json, Reader, choose, text_view
from dragoman.text.tags import canonical, language_name
from dragoman.types import Profile

_SHOWN = 12  # products of a list
_Shopper = Annotated[str, Path(min_length=1)]  # with `:path`, it might be empty: nobody in particular
_HEADINGS = ("your_tastes", "your_brands", "your_categories", "your_langs", "your_disliked")


class Statement(Asked):
    """What a shopper says of a product, a brand or a category: exactly one of them."""

    product: str = Field("", max_length=200)
    brand: str = Field("", max_length=190)
    category: str = Field("", max_length=190)


class AskedChange(Asked):
    """Body of ``PATCH /v1/profile/{shopper}``."""

    like: list[Statement] = Field([], max_length=10)
    follow: list[Statement] = Field([], max_length=10)
    dismiss: list[Statement] = Field([], max_length=10)


def add_profiles(app: FastAPI, guide: Guide) -> None:
    """Add the routes that show and change profiles; whoever may call them is the shop's business.

    ``:path``, because names of shoppers and ids of products may contain slashes.
    """

    # Before the routes of whole profiles, which would take all of it for the shopper's name. Of the two, the
    # lower one is asked first: a name without a slash, so that an id may itself contain "/products/".
    @app.delete("/v1/profile/{shopper:path}/products/{id:path}", include_in_schema=False)
    @app.delete("/v1/profile/{shopper}/products/{id:path}", tags=["shoppers"])
    def forget(shopper: _Shopper, id: str) -> Json:
        """Forget what a shopper did with one product."""
        return {"forgotten": guide.forget(shopper, id)}

    @app.get("/v1/profile/{shopper:path}", tags=["shoppers"])
    def profile(
        shopper: _Shopper, request: Request, lang: Annotated[str, Field(max_length=100)] = ""
    ) -> Json:
        """Say what is known of a shopper: why they see what they see."""
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        langs = (canonical(lang),) if lang else tuple(accepted) or ("en",)
        return profile_view(guide.known(shopper, time.time()).profile, guide, Reader(langs))

    @app.patch("/v1/profile/{shopper:path}", tags=["shoppers"])
    def change(shopper: _Shopper, asked: AskedChange) -> Json:
        """Say what the shopper likes, follows, or does not want to see; it counts at once."""
        lines = [Line(number, row) for number, row in enumerate(statements(shopper, asked), 1)]
        if not lines or len(lines) > 10:
            raise BadInput(f"{len(lines)} statements", hint="like, follow or dismiss something, at most ten")
        return recorded_view(guide.record(lines, Taking(guide.audience.mask, time.time())))

    @app.delete("/v1/profile/{shopper:path}", tags=["shoppers"])
    def erase(shopper: _Shopper) -> Json:
        """Forget all that a shopper did, for good."""
        return {"forgotten": guide.erase(shopper)}


def statements(shopper: str, asked: AskedChange) -> Iterable[Json]:
    """Yield an event for everything that a shopper says of themselves.

    Raises:
        BadInput: a statement is of nothing, or of several things.
    """
    kinds: tuple[Literal["like", "follow", "dismiss"], ...] = ("like", "follow", "dismiss")
    for kind in kinds:
        for statement in getattr(asked, kind):
            named = {name: value for name, value in statement.model_dump().items() if value}
            if len(named) != 1:
                raise BadInput(f"{kind} {sorted(named)}", hint="name a product, a brand or a category")
            yield {"kind": kind, "shopper": shopper, **named}


def profile_view(profile: Profile, guide: Guide, reader: Reader) -> Json:
    """Return a profile as the body of ``GET /v1/profile/{shopper}``, headings for the reader."""
    tastes = [
        {"share": round(taste.weight, 4), "products": _products(taste.products, guide, reader)}
        for taste in profile.tastes
    ]
    langs = [
        {"lang": lang, "name": language_name(lang, reader.lang), "share": round(share, 4)}
        for lang, share in profile.langs.items()
    ]
    return {
        "shopper": profile.shopper,
        "is_known": profile != Profile(shopper=profile.shopper),
        "market": profile.market,
        "langs": langs,
        "tastes": tastes,
        "categories": _shares(profile.categories),
        "brands": _shares(profile.brands),
        "price_level": None if profile.price_level is None else round(profile.price_level, 3),
        "searches": list(profile.searches),
        "liked": _products(profile.products, guide, reader),
        "disliked": _products(sorted(profile.disliked), guide, reader),
        "avoided": sorted(profile.avoided),
        "bought": _products(sorted(profile.bought), guide, reader),
        "headings": {key: text_view(message(key, reader.langs), reader) for key in _HEADINGS},
    }


def _shares(shares: Mapping[str, float]) -> list[Json]:
    return [{"name": name, "share": round(share, 4)} for name, share in islice(shares.items(), _SHOWN)]


def _products(ids: Iterable[str], guide: Guide, reader: Reader) -> list[Json]:
    """Products with their titles; those that left the shop by their id alone."""
    return [{"id": id_, "title": _title(id_, guide, reader)} for id_ in islice(ids, _SHOWN)]


def _title(id_: str, guide: Guide, reader: Reader) -> Json | None:
    try:
        return text_view(choose(guide.product(id_).titles, reader), reader)
    except NotFound:
        return None
