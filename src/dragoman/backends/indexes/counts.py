"""Facets: how many of the products that pass a filter have each value."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence

from dragoman.backends.indexes.conditions import AllOf, Is, joined
from dragoman.backends.indexes.engine import Counts, Engine
from dragoman.backends.indexes.prices import EVERYWHERE
from dragoman.errors import BadInput
from dragoman.types import Facet, FacetCount, Filter

_NAMES = ("brand", "category", "availability", "market", "seller", "lang", "facts")
_SPLIT = joined("", "")


def count_facets(engine: Engine, names: Sequence[str], where: Filter, k: int, met: AllOf) -> list[Facet]:
    """Return, per name, the k commonest values among products that pass ``where``, which ``met`` spells out.

    Raises:
        BadInput: there is no facet of that name.
    """
    for name in names:
        if name not in _NAMES and not _fact(name):
            known = ", ".join(_NAMES)
            raise BadInput(f"no facet named {name!r}", hint=f"there are {known} and fact:<name>")
    if k <= 0 or where.ids == () or not names:
        return [Facet(name, ()) for name in names]
    asked = sorted({name if name in ("brand", "category") else "tag" for name in names if not _fact(name)})
    by_field = dict(zip(asked, engine.facets(asked, met), strict=True))
    found = []
    for name in names:
        counts = _counts(engine, name, where.market, met, by_field)
        ranked = heapq.nsmallest(k, counts.items(), key=lambda count: (-count[1], count[0]))
        found.append(Facet(name, tuple(FacetCount(*count) for count in ranked)))
    return found


def _counts(engine: Engine, name: str, market: str, met: AllOf, by_field: Mapping[str, Counts]) -> Counts:
    if name in by_field:
        return by_field[name]
    if fact := _fact(name):
        held = AllOf([*met.must, Is("tag", [joined("fact", fact)])], met.never)
        return _begun(engine.facets(["fact"], held)[0], fact)
    tags = by_field["tag"]
    if name == "market":
        parts = [(*value.rpartition(_SPLIT), count) for value, count in _begun(tags, "offer").items()]
        return {place: n for place, _, state, n in parts if not state and place not in {"", EVERYWHERE}}
    if name == "availability":
        return _states(engine, market, met, tags)
    return _begun(tags, {"facts": "fact"}.get(name, name))


def _states(engine: Engine, market: str, met: AllOf, tags: Counts) -> Counts:
    if not market:
        total = _begun(tags, "offer", "")
    else:
        # Products with offers for this very market have its tags, which hold the states for every market too.
        named = Is("tag", [joined("offer", market, "")])
        others = engine.facets(["tag"], AllOf(met.must, [*met.never, named]))[0]
        total = Counter(_begun(tags, "offer", market)) + Counter(_begun(others, "offer", EVERYWHERE))
    return {state: count for state, count in total.items() if state}


def _begun(counts: Counts, *parts: str) -> Counts:
    prefix = joined(*parts, "")
    return {value.removeprefix(prefix): n for value, n in counts.items() if value.startswith(prefix)}


def _fact(name: str) -> str:
    return name.removeprefix("fact:") if name.startswith("fact:") else ""
