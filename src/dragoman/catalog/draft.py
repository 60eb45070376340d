"""One row on its way to a product: reads its values and keeps account of what was wrong with them.

A value that makes the product wrong (id, title, price) refuses the row; any other is left out with a caution.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from dragoman.catalog import values
from dragoman.catalog.clean import clean, paragraphs
from dragoman.catalog.rows import Caution, Outcome, Taken
from dragoman.catalog.telling import Teller
from dragoman.errors import BadInput
from dragoman.text.countries import country
from dragoman.text.currencies import known
from dragoman.text.money import MOST, parse_price
from dragoman.text.tags import canonical
from dragoman.types import (
    Availability,
    Fact,
    Lang,
    Listing,
    Money,
    Offer,
    Passage,
    Product,
    Rejection,
    Text,
    TextSource,
    Variant,
)  # fmt: skip

LONGEST_TITLE = 1_000
LONGEST_TEXT = 50_000
SHOWN = 80
"""Characters of a wrong value that a report repeats."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Feed:
    """What is known of a feed before its first row."""

    source: str
    market: str
    currency: str
    now: datetime
    teller: Teller


class Draft:
    """Collects what one row says; every complaint names the field, the value and the remedy."""

    def __init__(self, feed: Feed, line: int) -> None:
        self.feed, self.line = feed, line
        self.id = ""
        self._rejections: list[Rejection] = []
        self._cautions: list[Caution] = []

    @property
    def refused(self) -> bool:
        """Whether anything so far keeps this row out."""
        return bool(self._rejections)

    def refuse(self, field: str, value: object, problem: str, remedy: str) -> None:
        """Keep this row out; the first complaint about a field is enough."""
        if all(known.field != field for known in self._rejections):
            self._rejections.append(self._about(field, value, problem, remedy))

    def caution(self, field: str, value: object, problem: str, remedy: str) -> None:
        """Say that a value was left out or changed."""
        self._cautions.append(Caution(self._about(field, value, problem, remedy)))

    def identity(self, field: str, text: str) -> str:
        """Return the product's id; the row is refused without one."""
        self.id = self._vital(field, text, values.identity) or ""
        return self.id

    def variant_id(self, field: str, text: str) -> str:
        """Return a variant's id; the row is refused without one."""
        return self._vital(field, text, values.identity) or ""

    def price(self, field: str, text: str, currency: str = "") -> Money | None:
        """Return the price that is asked; a row with a broken one is refused, an empty one is none."""
        return self._vital(field, text, lambda price: self._money(price, currency)) if text.strip() else None

    def minor_price(self, field: str, amount: object, currency: object) -> Money | None:
        """Return a price that is counted in minor units already; a row with a broken one is refused."""
        try:
            return self._counted(amount, currency)
        except BadInput as error:
            self.refuse(field, amount, error.message, error.hint)
            return None

    def list_price(self, field: str, text: str, currency: str = "") -> Money | None:
        """Return the price before the reduction; a broken one is left out."""
        return self._spare(field, text, lambda price: self._money(price, currency))

    def minor_list_price(self, field: str, amount: object, currency: object) -> Money | None:
        """Return the price before the reduction, counted in minor units; a broken one is left out."""
        try:
            return self._counted(amount, currency)
        except BadInput as error:
            self.caution(field, amount, f"{error.message}; left out", error.hint)
            return None

    def offer(
        self, market: str, price: Money | None, list_price: Money | None, availability: Availability
    ) -> Offer | None:
        """Return the offer, if there is a price; a list price that is not above it says nothing."""
        if price is None:
            return None
        if list_price and (list_price.currency != price.currency or list_price.minor <= price.minor):
            list_price = None
        return Offer(market, price, list_price, availability)

    def availability(self, field: str, text: str) -> Availability:
        """Return the state; unknown words are left out."""
        state = values.availability(text) if text.strip() else "unknown"
        if state is None:
            self.caution(
                field, text, "is no known availability", "write in_stock, out_of_stock, preorder or backorder"
            )
        return state or "unknown"

    def market(self, field: str, text: str) -> str:
        """Return the country code, the feed's own for an empty text; the row is refused for a wrong one."""
        return (self._vital(field, text, country) or "") if text.strip() else self.feed.market

    def known_market(self, field: str, text: str) -> str:
        """Return the code of a country, or "" with a caution."""
        return self._spare(field, text, country) or ""

    def language(self, field: str, text: str) -> Lang:
        """Return the canonical tag, or "" with a caution."""
        return self._spare(field, text, canonical) or ""

    def link(self, field: str, text: str) -> str:
        """Return a safe web address, or "" with a caution."""
        return self._spare(field, text, values.link) or ""

    def links(self, field: str, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the safe addresses, each once, in order."""
        return tuple(dict.fromkeys(found for text in texts if (found := self.link(field, text))))

    def gtin(self, field: str, text: str) -> str:
        """Return the digits of a GTIN, or "" with a caution."""
        return self._spare(field, text, values.gtin) or ""

    def title(self, field: str, text: str, lang: Lang, source: TextSource = "seller") -> tuple[Text, ...]:
        """Return the title as the only member, refusing the row if there is nothing to read."""
        plain = clean(text)
        if not any(char.isprintable() and char != " " for char in plain):  # zero-width ones are not
            self.refuse(field, text, "has no words", "give the product a title")
            return ()
        return (Text(self._cut(field, plain, LONGEST_TITLE), lang, source),)

    def texts(
        self, field: str, raw: Sequence[str], lang: Lang, source: TextSource = "seller"
    ) -> tuple[Text, ...]:
        """Return longer texts without markup; empty ones vanish."""
        plain = (paragraphs(text) for text in raw)
        return tuple(Text(self._cut(field, text, LONGEST_TEXT), lang, source) for text in plain if text)

    def fact(self, name: str, value: str) -> tuple[Fact, ...]:
        """Return the fact as the only member, its unit split off; () where a name or value is empty."""
        label, said = clean(name)[:LONGEST_TITLE], clean(value)[:LONGEST_TITLE]
        if not label or not said:
            return ()
        number, unit = values.quantity(said)
        return (Fact(label, number, unit, said if unit else ""),)

    def tell(self, title: str, more: str = "") -> Lang:
        """Return the language of words that name none."""
        teller = self.feed.teller
        return teller.fixed or teller.tell(clean(title), clean(more[:2000]))

    def take(self, product: Product | None, passages: Sequence[Passage] = ()) -> Iterator[Outcome]:
        """Yield what became of the row: the complaints, and the listing unless it was refused."""
        if product is None or self._rejections:
            yield from self._rejections
            return
        yield from self._cautions
        yield Taken(Listing(product, tuple(passages)), self.line, self.feed.source)

    def complaints(self) -> Iterator[Outcome]:
        """Yield what was wrong, for a row that is part of a product."""
        yield from self._rejections
        if not self._rejections:
            yield from self._cautions

    def _money(self, text: str, currency: str) -> Money:
        return parse_price(text, currency.strip() or self.feed.currency)

    def _counted(self, amount: object, currency: object) -> Money:
        if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= MOST:
            remedy = "write whole minor units, 0 or more: 1999 is 19.99 EUR"
            raise BadInput("is not an amount", hint=remedy)
        named = str(currency or self.feed.currency)
        if not named:
            raise BadInput("names no currency", hint="write its ISO 4217 code beside the amount")
        return Money(amount, known(named))

    def _vital(self, field: str, text: str, read: Callable[[str], _T]) -> _T | None:
        try:
            return read(text)
        except BadInput as error:
            self.refuse(field, text, error.message, error.hint)
            return None

    def _spare(self, field: str, text: str, read: Callable[[str], _T]) -> _T | None:
        if not text.strip():
            return None
        try:
            return read(text)
        except BadInput as error:
            self.caution(field, text, f"{error.message}; left out", error.hint)
            return None

    def _cut(self, field: str, text: str, longest: int) -> str:
        if len(text) > longest:
            self.caution(field, text, f"has {len(text):,} characters; cut to {longest:,}", "shorten it")
        return text[:longest]

    def _about(self, field: str, value: object, problem: str, remedy: str) -> Rejection:
        shown = " ".join(str("" if value is None else value)[: SHOWN + 1].split())
        shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
        return Rejection(self.line, field, shown, problem, remedy, self.feed.source, self.id)


def cheapest(variants: Sequence[Variant]) -> tuple[Offer, ...]:
    """Return, per market, the offer a product with variants is listed by: the cheapest that can be had."""
    best: dict[str, tuple[tuple[bool, int, str], Offer]] = {}
    for variant in variants:
        for offer in variant.offers:
            gone = offer.availability in ("out_of_stock", "discontinued")
            rank = (gone, offer.price.minor, variant.id)
            if offer.market not in best or rank < best[offer.market][0]:
                best[offer.market] = (rank, offer)
    return tuple(offer for _, (_, offer) in sorted(best.items()))
