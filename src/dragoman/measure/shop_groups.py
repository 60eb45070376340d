"""Rates of groups of shoppers and products, none of them small enough to tell who somebody is. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, Self, TypeVar

from dragoman.measure.intervals import Interval, share
from dragoman.measure.shop_gather import Deed

ENOUGH: Final = 5
"""Shoppers that a group has at least: k of k-anonymity (Sweeney 2002)."""

OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the 95 % Wilson interval of the share."""

    successes: int
    n: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Group:
    """How one group fares. A product counts once a list (clicked) and once a shopper (carted, bought)."""

    key: str
    shoppers: int  # 0, or at least `ENOUGH`
    exposed: int
    exposure: Rate  # of all exposure
    catalogue: float | None  # its share of the catalogue's products; None of groups of shoppers
    clicked: Rate
    carted: Rate
    bought: Rate


class Addable(Protocol):
    """Counts that can be put together, with the shoppers they come from."""

    shoppers: set[str]

    def add(self, other: Self) -> None:
        """Take the other's counts too."""


Counts = TypeVar("Counts", bound=Addable)


@dataclass(slots=True)
class Sums:
    """Counts of one group while they are made."""

    shoppers: set[str] = field(default_factory=set)
    exposed: int = 0
    products: int = 0
    shown: list[int] = field(default_factory=lambda: [0, 0])  # clicked, of
    met: list[int] = field(default_factory=lambda: [0, 0, 0])  # carted, bought, of

    def add(self, other: "Sums") -> None:
        """Take the other's counts too."""
        self.shoppers |= other.shoppers
        self.exposed += other.exposed
        self.products += other.products
        self.shown = [one + two for one, two in zip(self.shown, other.shown, strict=True)]
        self.met = [one + two for one, two in zip(self.met, other.met, strict=True)]


def rate(successes: int, n: int) -> Rate:
    """Return a share with its interval.

    >>> rate(1, 2).interval.mean
    0.5
    """
    return Rate(successes, n, share(successes, n))


def guarded(groups: Mapping[str, Counts]) -> dict[str, Counts]:
    """Return the groups with those of fewer than `ENOUGH` shoppers put together under "other".

    Should these be too few still, the smallest of the others join them: what is left of a total when all
    other groups are taken off must not tell of one person either. Too few shoppers in all: no groups.
    Groups of no shoppers at all tell of nobody, and stay.
    """
    small = sorted(key for key, one in groups.items() if 0 < len(one.shoppers) < ENOUGH)
    kept = {key: one for key, one in groups.items() if key not in small}
    if not small:
        return kept
    rest = groups[small[0]]
    for key in small[1:]:
        rest.add(groups[key])
    large = sorted((len(one.shoppers), key) for key, one in kept.items() if one.shoppers)
    for _, key in large:
        if len(rest.shoppers) >= ENOUGH:
            break
        rest.add(kept.pop(key))
    if len(rest.shoppers) < ENOUGH:
        return {}
    if OTHER in kept:
        rest.add(kept.pop(OTHER))
    return kept | {OTHER: rest}


def groups(
    shown: Iterable[Deed],
    met: Iterable[Deed],
    key: Callable[[Deed], str],
    *,
    products: Mapping[str, int] | None = None,
) -> tuple[Group, ...]:
    """Return how each group fares, the most exposed first, "other" last.

    Args:
        shown: Products in lists; without any, those met stand for exposure.
        met: Products with shoppers.
        products: Of the catalogue, by group; None where groups are of shoppers.
    """
    sums: dict[str, Sums] = {name: Sums(products=n) for name, n in (products or {}).items()}
    has_shown = False
    for deed in shown:
        has_shown = True
        one = _sums(sums, key(deed), deed)
        one.exposed += 1
        one.shown[0] += deed.is_clicked
        one.shown[1] += 1
    for deed in met:
        one = _sums(sums, key(deed), deed)
        one.exposed += not has_shown
        for place, did in enumerate((deed.is_carted, deed.is_bought, True)):
            one.met[place] += did
    safe = guarded(sums)
    exposed, held = sum(one.exposed for one in safe.values()), sum((products or {}).values())
    told = [_group(name, one, exposed, held if products is not None else 0) for name, one in safe.items()]
    return tuple(sorted(told, key=lambda one: (one.key == OTHER, -one.exposed, one.key)))


def _sums(sums: dict[str, Sums], name: str, deed: Deed) -> Sums:
    one = sums.setdefault(name, Sums())
    one.shoppers.add(deed.shopper)
    return one


def _group(name: str, one: Sums, exposed: int, held: int) -> Group:
    return Group(
        name,
        len(one.shoppers),
        one.exposed,
        rate(one.exposed, exposed),
        one.products / held if held else None,
        rate(*one.shown),
        rate(one.met[0], one.met[2]),
        rate(one.met[1], one.met[2]),
    )
