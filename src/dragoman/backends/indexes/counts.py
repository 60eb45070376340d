"""Facets: how many of the products that pass a filter have each value."""

from collections.abc import Sequence

from dragoman.backends.indexes.conditions import AllOf, Is, joined
from dragoman.backends.indexes.engine import Count, Engine
from dragoman.backends.indexes.prices import EVERYWHERE
from dragoman.errors import BadInput
from dragoman.types import Facet, FacetCount, Filter

_NAMES = ("brand", "category", "availability", "market", "seller", "lang", "facts")
ALL_VALUES = 1_000_000  # more than one field of a shop has


def count_facets(engine: Engine, names: Sequence[str], where: Filter, k: int, met: AllOf) -> list[Facet]:
    """Return, per name, the k commonest values among products that pass ``where``, ``met`` as conditions.

    Raises:
        BadInput: there is no facet of that name.
    """
    for name in names:
        if name not in _NAMES and not name.startswith("fact:"):
            known = ", ".join(_NAMES)
            raise BadInput(f"no facet named {name!r}", hint=f"there are {known} and fact:<name>")
    if k <= 0 or where.ids == ():
        return [Facet(name, ()) for name in names]
    tags = (
        []
        if all(name in ("brand", "category") or name.startswith("fact:") for name in names)
        else engine.facet("tag", ALL_VALUES, met)
    )
    facets = []
    for name in names:
        counts = _counts(engine, name, where.market, met, tags, k)
        ranked = sorted(counts, key=lambda count: (-count.count, count.value))[:k]
        facets.append(Facet(name, tuple(FacetCount(count.value, count.count) for count in ranked)))
    return facets


def _counts(engine: Engine, name: str, market: str, met: AllOf, tags: list[Count], k: int) -> list[Count]:
    if name in ("brand", "category"):
        return engine.facet(name, ALL_VALUES, met)
    if name.startswith("fact:"):
        fact = name.removeprefix("fact:")
        held = AllOf([*met.must, Is("tag", [joined("fact", fact)])], met.never)
        return _begun(engine.facet("fact", ALL_VALUES, held), fact)
    if name == "market":
        parts = [(c.value.rpartition(joined("", "")), c.count) for c in _begun(tags, "offer")]
        return [Count(m, count) for (m, _, state), count in parts if not state and m not in {"", EVERYWHERE}]
    if name == "availability":
        return _states(engine, market, met, tags)
    return _begun(tags, {"facts": "fact"}.get(name, name))


def _states(engine: Engine, market: str, met: AllOf, tags: list[Count]) -> list[Count]:
    if not market:
        return [count for count in _begun(tags, "offer", "") if count.value]
    # Products with offers for this very market, whose states include those for every market; then the others.
    # A tag of this market is there only on the former, so the states of this market need no filter.
    named = Is("tag", [joined("offer", market, "")])
    elsewhere = engine.facet("tag", ALL_VALUES, AllOf(met.must, [*met.never, named]))
    total: dict[str, int] = {}
    for count in (*_begun(tags, "offer", market), *_begun(elsewhere, "offer", EVERYWHERE)):
        if count.value:
            total[count.value] = total.get(count.value, 0) + count.count
    return [Count(value, count) for value, count in total.items()]


def _begun(counts: list[Count], *parts: str) -> list[Count]:
    prefix = joined(*parts, "")
    return [Count(c.value.removeprefix(prefix), c.count) for c in counts if c.value.startswith(prefix)]
