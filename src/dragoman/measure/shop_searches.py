"""What was searched for, what found nothing, and which languages nobody wrote for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dragoman.measure.shop_gather import NONE_FOUND, UNKNOWN, Search
from dragoman.measure.shop_groups import ENOUGH, OTHER, Rate, guarded, rate
from dragoman.text.tags import best
from dragoman.types import Lang

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """Words that at least five shoppers searched for: what few asked may tell who they are."""

    query: str
    lang: Lang
    searches: int
    shoppers: int
    empty: Rate  # found nothing, of the searches that say how many they found
    followed: Rate  # a product was opened thereafter


@dataclass(frozen=True, slots=True)
class Searched:
    """All searches together, and the commonest."""

    searches: int
    queries: int  # different ones
    rare: int  # searches of words that fewer than five shoppers used; not shown
    empty: Rate
    followed: Rate
    top: tuple[Asked, ...] = ()
    without_results: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """A language that shoppers read or search in, and what the catalogue has in it."""

    lang: Lang
    shoppers: int
    share: Rate  # of all shoppers by language; one who uses two counts twice
    searches: int
    empty: Rate
    products: int  # with a title that a reader of it is served with
    is_served: bool | None  # None: nobody can tell ("unknown", "other")


@dataclass(slots=True)
class _Sums:
    shoppers: set[str] = field(default_factory=set)
    searches: int = 0
    empty: int = 0
    known: int = 0
    followed: int = 0
    langs: dict[Lang, int] = field(default_factory=dict)

    def add(self, other: "_Sums") -> None:
        self.shoppers |= other.shoppers
        self.searches += other.searches
        self.empty += other.empty
        self.known += other.known
        self.followed += other.followed

    def count(self, search: Search) -> None:
        self.shoppers.add(search.shopper)
        self.searches += 1
        self.empty += search.value == NONE_FOUND
        self.known += search.value != 0.0
        self.followed += search.is_followed
        self.langs[search.lang] = self.langs.get(search.lang, 0) + 1


def searched(searches: Sequence[Search]) -> Searched:
    """Return what was searched for.

    >>> one = Search("s", "tent", "en", NONE_FOUND, 0.0)
    >>> found = searched([one])
    >>> found.empty.successes, found.rare, found.top
    (1, 1, ())
    """
    whole, queries = _Sums(), dict[str, _Sums]()
    for search in searches:
        whole.count(search)
        queries.setdefault(search.query, _Sums()).count(search)
    common = [_asked(query, sums) for query, sums in queries.items() if len(sums.shoppers) >= ENOUGH]
    top = sorted(common, key=lambda one: (-one.searches, one.query))[:_SHOWN]
    empty = [one for one in common if one.empty.successes]
    return Searched(
        whole.searches,
        len(queries),
        whole.searches - sum(one.searches for one in common),
        rate(whole.empty, whole.known),
        rate(whole.followed, whole.searches),
        tuple(top),
        tuple(sorted(empty, key=lambda one: (-one.empty.successes, one.query))[:_SHOWN]),
    )


def demand(
    searches: Iterable[Search], homes: Mapping[Lang, set[str]], titles: Mapping[Lang, int]
) -> tuple[Demand, ...]:
    """Return the languages that shoppers read and search in, those without products first.

    Args:
        homes: Shoppers by the language of their page.
        titles: How many products have a title in each language.
    """
    sums = {lang: _Sums(set(shoppers)) for lang, shoppers in homes.items()}
    for search in searches:
        sums.setdefault(search.lang, _Sums()).count(search)
    safe = guarded(sums)
    total = sum(len(one.shoppers) for one in safe.values())
    found = [_demand(lang, one, total, titles) for lang, one in safe.items()]
    return tuple(sorted(found, key=lambda one: (_rank(one), -one.shoppers, one.lang)))


def _rank(one: Demand) -> int:
    return {False: 0, True: 1, None: 2}[one.is_served]


def _demand(lang: Lang, one: _Sums, total: int, titles: Mapping[Lang, int]) -> Demand:
    is_known = lang not in (UNKNOWN, OTHER)
    served = best([lang], [tag for tag in titles if tag != UNKNOWN]) if is_known else ""
    return Demand(
        lang,
        len(one.shoppers),
        rate(len(one.shoppers), total),
        one.searches,
        rate(one.empty, one.known),
        titles.get(served, 0),
        bool(served) if is_known else None,
    )


def _asked(query: str, one: _Sums) -> Asked:
    lang = min(one.langs, key=lambda tag: (-one.langs[tag], tag))
    return Asked(
        query,
        lang,
        one.searches,
        len(one.shoppers),
        rate(one.empty, one.known),
        rate(one.followed, one.searches),
    )
