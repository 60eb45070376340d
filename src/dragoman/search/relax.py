"""Which conditions give way when nothing meets them all. Knows filters, no index."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dragoman.types import Filter


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A weaker filter and the names of the conditions that it no longer holds."""

    where: Filter
    dropped: tuple[str, ...]


_NONE = Filter()
GIVES_WAY = ("facts", "prices", "availability", "brands", "sellers", "categories", "langs")
"""Conditions in the order in which they are dropped: details first, what the product is last.

The market, and lists of ids, never give way: a product that cannot be had there is no answer.
"""


def relaxations(where: Filter) -> Iterator[Relaxed]:
    """Yield the filter itself, then weaker and weaker ones, one more condition dropped each time.

    >>> [step.dropped for step in relaxations(Filter(market="DE", brands=("Nike",), langs=("de",)))]
    [(), ('brands',), ('brands', 'langs')]
    """
    step = Relaxed(where, ())
    yield step
    for name in GIVES_WAY:
        if getattr(where, name):
            step = Relaxed(replace(step.where, **{name: getattr(_NONE, name)}), (*step.dropped, name))
            yield step
