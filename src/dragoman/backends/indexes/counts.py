"""Facets: how many of the products that pass a filter have each value."""

from dragoman.backends.indexes.conditions import (
    EVERYWHERE,
    AllOf,
    Is,
    conditions,
    fact_prefix,
    state_prefix,
)
from dragoman.backends.indexes.engine import Count, Engine
from dragoman.errors import BadInput
from dragoman.types import Facet, FacetCount, Filter

_PLAIN = ("brand", "category", "seller", "lang", "market", "facts")
_ALL = 100_000  # more values than one field of a shop has


def count_facet(engine: Engine, name: str, where: Filter, k: int) -> Facet:
    """Return the k commonest values of this facet among products that pass ``where``.

    Raises:
        BadInput: there is no facet of that name.
    """
    if name not in (*_PLAIN, "availability") and not name.startswith("fact:"):
        known = ", ".join((*_PLAIN, "availability", "fact:<name>"))
        raise BadInput(f"no facet named {name!r}", hint=f"there are {known}")
    if k <= 0 or where.ids == ():
        return Facet(name, ())
    met = conditions(where)
    if name.startswith("fact:"):
        fact = name.removeprefix("fact:")
        counts = _begun(engine.facet("fact", _ALL, _also(met, "facts", fact)), fact_prefix(fact))
    elif name == "availability":
        counts = _states(engine, where.market, met)
    else:
        counts = [count for count in engine.facet(name, k + 1, met) if count.value != EVERYWHERE]
    ranked = sorted(counts, key=lambda count: (-count.count, count.value))[:k]
    return Facet(name, tuple(FacetCount(count.value, count.count) for count in ranked))


def _states(engine: Engine, market: str, met: AllOf) -> list[Count]:
    if not market:
        return _begun(engine.facet("state", _ALL, met), state_prefix(""))
    # Products with offers for this very market, whose states include those for every market; then the others.
    here = _begun(engine.facet("state", _ALL, _also(met, "market", market)), state_prefix(market))
    never = AllOf(met.must, [*met.never, Is("market", [market])])
    elsewhere = _begun(engine.facet("state", _ALL, never), state_prefix(EVERYWHERE))
    total = dict.fromkeys([count.value for count in (*here, *elsewhere)], 0)
    for count in (*here, *elsewhere):
        total[count.value] += count.count
    return [Count(value, count) for value, count in total.items()]


def _begun(counts: list[Count], prefix: str) -> list[Count]:
    return [Count(c.value.removeprefix(prefix), c.count) for c in counts if c.value.startswith(prefix)]


def _also(met: AllOf, key: str, value: str) -> AllOf:
    return AllOf([*met.must, Is(key, [value])], met.never)
