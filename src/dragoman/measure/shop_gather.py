"""Events into what a report counts: lists that were on the screen, products met, words searched for. Pure.

Who a shopper is stays inside: what is counted from here on is how many they were.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dragoman.types import Event, Lang, Product, Text

UNKNOWN: Final = "unknown"
SIZES: Final = ((1, "1–9"), (10, "10–99"), (100, "100–999"), (1000, "1000+"))
"""Sellers by how many products they have here: from how many, and the name of the class."""

NONE_FOUND: Final = -1.0
"""The value of a search that found nothing; 0 is one that does not say how many."""

_PATIENCE_S: Final = 1_800.0  # a search led to what its shopper did within half an hour, and before the next
_MET: Final = frozenset({"view", "click", "cart", "buy"})

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Good:
    """What a report needs to know of a product."""

    title: Text
    lang: Lang  # the seller's own
    size: str  # class of its seller, of `SIZES`


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue: its products by id, and in how many products each language has a title."""

    goods: Mapping[str, Good]
    langs: Mapping[Lang, int]


@dataclass(slots=True)
class Deed:
    """A product in one list, or with one shopper, and whether they followed it, carted it, bought it."""

    shopper: str
    product: str
    lang: Lang
    market: str
    is_clicked: bool = False
    is_carted: bool = False
    is_bought: bool = False


@dataclass(slots=True)
class Search:
    """Words searched for once; ``is_followed``: a product was opened thereafter."""

    shopper: str
    query: str
    lang: Lang  # of the words
    value: float  # hits; `NONE_FOUND`; 0 unknown
    at: float
    is_followed: bool = False


@dataclass(slots=True)
class Gathered:
    """All that events say, row by row."""

    shown: dict[Row, Deed] = field(default_factory=dict)  # by shopper, list and product
    met: dict[Row, Deed] = field(default_factory=dict)  # by shopper, home and product
    lists: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # products of each list
    looks: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # products seen in each visit
    searches: list[Search] = field(default_factory=list)
    homes: dict[Lang, set[str]] = field(default_factory=dict)  # shoppers by the language they read


def tongue(lang: Lang) -> Lang:
    """Return a language without its region, for counting; "unknown" where nobody knows.

    >>> tongue("pt-BR"), tongue("zh-Hant-HK"), tongue("und")
    ('pt', 'zh-Hant', 'unknown')
    """
    parts = lang.split("-")
    script = parts[1] if len(parts) > 1 and len(parts[1]) == 4 and parts[1].isalpha() else ""
    plain = f"{parts[0]}-{script}" if script else parts[0]
    return UNKNOWN if plain in ("", "und") else plain


def asked(query: str) -> str:
    """Return words searched for as they are counted: one spelling of case, width and spaces.

    >>> asked("  Ｒed   Shoes ")
    'red shoes'
    """
    return " ".join(unicodedata.normalize("NFKC", query).casefold().split())


def shelf(products: Iterable[Product]) -> Shelf:
    """Return what a report needs to know of a catalogue."""
    goods: dict[str, Good] = {}
    langs: dict[Lang, int] = {}
    sellers: dict[str, list[str]] = {}
    for product in products:
        own = product.titles[0] if product.titles else Text(product.id, "und")
        goods[product.id] = Good(own, tongue(own.lang), UNKNOWN)
        for lang in {tongue(title.lang) for title in product.titles if title.source != "machine"}:
            langs[lang] = langs.get(lang, 0) + 1
        if product.seller:
            sellers.setdefault(product.seller, []).append(product.id)
    for ids in sellers.values():
        size = next(name for least, name in reversed(SIZES) if len(ids) >= least)
        for id_ in ids:
            goods[id_] = Good(goods[id_].title, goods[id_].lang, size)
    return Shelf(goods, langs)


def gather(events: Sequence[Event], spoken: Callable[[str, Lang], Lang]) -> Gathered:
    """Return what events say, whatever their order.

    Args:
        spoken: Tells the language of words searched for, given that of the page; "" if nobody can tell.
    """
    found = Gathered()
    last: dict[str, Search] = {}
    clicks: set[Row] = set()
    for event in sorted(events, key=lambda one: (one.at, one.id)):
        found.homes.setdefault(tongue(event.lang), set()).add(event.shopper)
        if event.kind == "search":
            _search(event, found, last, spoken)
        elif event.kind == "show":
            _show(event, found)
        elif event.kind in _MET:
            _meet(event, found, last)
            clicks.add(_row(event))
    for row in clicks & found.shown.keys():
        found.shown[row].is_clicked = True
    return found


def _row(event: Event) -> Row:
    return event.shopper, event.impression or event.session or event.id, event.product


def _show(event: Event, found: Gathered) -> None:
    row = _row(event)
    if row not in found.shown:
        found.shown[row] = _deed(event)
        found.lists.setdefault(row[:2], []).append(event.product)


def _meet(event: Event, found: Gathered, last: Mapping[str, Search]) -> None:
    before = last.get(event.shopper) if event.shopper else None
    if before and event.at - before.at <= _PATIENCE_S:
        before.is_followed = True
    if not event.shopper:
        return  # nobody's view and nobody's purchase cannot be put together
    row = (event.shopper, f"{event.market}/{tongue(event.lang)}", event.product)
    deed = found.met.get(row)
    if deed is None:
        deed = found.met[row] = _deed(event)
        found.looks.setdefault((event.shopper, event.session), []).append(event.product)
    deed.is_carted |= event.kind in ("cart", "buy")
    deed.is_bought |= event.kind == "buy"


def _search(
    event: Event, found: Gathered, last: dict[str, Search], spoken: Callable[[str, Lang], Lang]
) -> None:
    words = asked(event.query)
    search = Search(event.shopper, words, tongue(spoken(words, event.lang)), event.value, event.at)
    found.searches.append(search)
    if event.shopper:
        last[event.shopper] = search


def _deed(event: Event) -> Deed:
    return Deed(event.shopper, event.product, tongue(event.lang), event.market or UNKNOWN)
