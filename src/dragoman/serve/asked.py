"""What callers send, as pydantic models that check it once and turn it into nouns."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticSerializationError

from dragoman.errors import BadInput
from dragoman.text.countries import country
from dragoman.text.currencies import digits, known
from dragoman.text.measures import unit_of
from dragoman.text.tags import canonical
from dragoman.types import Availability, FactFilter, Filter, Money, Query

FACETS = ("category", "brand", "availability", "seller", "lang")
"""The facets of a result list when the caller asks for facets without naming them."""

_SCHEMA = "the schema is at /docs"


class Asked(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt filter never passes silently."""

    model_config = ConfigDict(extra="forbid")


class AskedPrice(Asked):
    """A price window in whole units of ``currency`` (10.5 is ten euro fifty)."""

    low: Decimal | None = Field(None, ge=0, le=10**12, allow_inf_nan=False)
    high: Decimal | None = Field(None, ge=0, le=10**12, allow_inf_nan=False)
    currency: str = Field("", max_length=100)


class AskedRange(Asked):
    """An amount of a fact between ``low`` and ``high``, in any unit of its kind: 500 g also finds 1.1 lb."""

    low: float | None = Field(None, allow_inf_nan=False)
    high: float | None = Field(None, allow_inf_nan=False)
    unit: str = Field("", max_length=20, description="like kg or inch; empty: numbers as sellers wrote them")


class AskedFilters(Asked):
    """Conditions that all hold; several values of one of them are alternatives."""

    brand: list[str] = Field([], max_length=100)
    category: list[str] = Field([], max_length=100)
    seller: list[str] = Field([], max_length=100)
    lang: list[str] = Field([], max_length=100)
    availability: list[Availability] = []
    price: AskedPrice = AskedPrice()
    facts: dict[str, list[str] | AskedRange] = Field({}, max_length=50)


class AskedSearch(Asked):
    """Body of ``POST /v1/search``; an empty query with or without filters browses the catalogue."""

    query: str = ""
    langs: list[str] = Field([], max_length=20, description="languages the shopper reads, best first")
    market: str = Field("", max_length=100, description="ISO 3166-1 country; empty: any")
    currency: str = Field("", max_length=100, description="ISO 4217, for prices that name none")
    k: int = Field(20, ge=1, le=200)
    cursor: str = Field("", max_length=2000)
    sort: Literal["relevance", "price_up", "price_down"] = "relevance"
    filters: AskedFilters = AskedFilters()
    facets: bool = False
    shopper: str = Field("", max_length=128, description="pseudonym of the shopper; empty: nobody")
    translate: bool = Field(False, description="titles in other languages than langs get a translation")

    @model_validator(mode="after")
    def _is_text(self) -> Self:
        """JSON can spell half a character (a lone surrogate), which no text, index or answer can hold."""
        try:
            self.model_dump_json()
        except PydanticSerializationError as error:
            raise ValueError("a text holds half a character (a lone surrogate)") from error
        return self


def refused(errors: Sequence[Any]) -> BadInput:  # Any: pydantic's error records
    """Return the error that tells a caller which field is wrong, from what pydantic found."""
    first = errors[0]
    if first["type"] == "json_invalid":
        why = first.get("ctx", {}).get("error", "")
        return BadInput(f"the body is no JSON at character {first['loc'][-1]}: {why}", hint=_SCHEMA)
    steps = [str(step) for step in first["loc"] if step != "body"]
    if not steps and first["type"] == "model_attributes_type":
        return BadInput("the body is no JSON object", hint=f"its content-type is application/json; {_SCHEMA}")
    names = f"fields of filters: {', '.join(AskedFilters.model_fields)}; " if "filters" in steps else ""
    why = f"{'.'.join(steps) or 'body'}: {first['msg'].removeprefix('Value error, ')}"
    sent = first.get("input")
    if isinstance(sent, str | int | float):  # a whole body or list would say less
        why += f": {repr(sent)[:60]}"
    return BadInput(why, hint=names + _SCHEMA)


def query_of(asked: AskedSearch, accepted: Sequence[str] = (), currency: str = "") -> Query:
    """Return the query a request asks for.

    Args:
        accepted: Languages of the ``Accept-Language`` header, used when the body names none.
        currency: What a price without a currency is in, when the request names no currency either.

    Raises:
        BadInput: a broken language tag, market or currency, or a price window without a currency.
    """
    money = asked.filters.price
    chosen = money.currency or asked.currency or currency
    filters = asked.filters
    return Query(
        asked.query,
        langs=tuple(canonical(lang) for lang in (asked.langs or accepted)),
        market=market_of(asked.market),
        currency=known(asked.currency) if asked.currency else "",
        k=asked.k,
        cursor=asked.cursor,
        sort=asked.sort,
        shopper=asked.shopper,
        where=Filter(
            market=market_of(asked.market),
            categories=tuple(filters.category),
            brands=tuple(filters.brand),
            sellers=tuple(filters.seller),
            langs=tuple(canonical(lang) for lang in filters.lang),
            availability=tuple(filters.availability),
            facts=tuple(_fact(name, asked_of) for name, asked_of in filters.facts.items()),
        ),
        price_low=_money(money.low, chosen),
        price_high=_money(money.high, chosen),
    )


def _fact(name: str, asked: Sequence[str] | AskedRange) -> FactFilter:
    if not isinstance(asked, AskedRange):
        return FactFilter(name, tuple(asked))
    unit = unit_of(asked.unit) if asked.unit else ""
    if asked.unit and not unit:
        raise BadInput(f"{asked.unit!r} is no unit that is known", hint="write its symbol: kg, cm, in, l, W")
    return FactFilter(name, (), asked.low, asked.high, unit)


def market_of(code: str) -> str:
    """Return a market's code in capitals; "" is any market.

    >>> market_of("de"), market_of("uk")
    ('DE', 'GB')

    Raises:
        BadInput: not two letters, or those of no country.
    """
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise BadInput(f"market {code[:60]!r} is not a country", hint="two letters of ISO 3166-1, like DE")
    return country(code) if code else ""


def accepted_languages(header: str) -> list[str]:
    """Return the well-formed tags of an ``Accept-Language`` header, most wanted first (RFC 9110, 12.5.4).

    >>> accepted_languages("de;q=0.5, zh-Hant, *;q=0.1")
    ['zh-Hant', 'de']
    """
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:1000].split(",")):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1.0)
            wanted.append((-weight, place, canonical(tag)))
        except (ValueError, BadInput):
            continue  # a browser's broken preference must not cost it the page
    return [tag for weight, _, tag in sorted(wanted) if weight < 0]


def _money(amount: Decimal | None, currency: str) -> Money | None:
    if amount is None:
        return None
    if not currency:
        raise BadInput(f"price {amount} without a currency", hint='send "currency": "EUR" beside it')
    code = known(currency)
    return Money(int(amount.scaleb(digits(code))), code)
