"""Products in id order, a page at a time, by fields that sort as ids do. Stateless: others may be writing."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias
from uuid import UUID

from dragoman.backends.indexes.conditions import Above, AllOf, Condition, Is
from dragoman.backends.indexes.engine import Engine
from dragoman.backends.indexes.ids import LEVELS, order_keys

Names: TypeAlias = Callable[[Sequence[UUID]], Mapping[UUID, str]]
"""Says which products points are; points that are gone are left out."""


def page(engine: Engine, names: Names, after: str, k: int) -> list[str]:
    """Return at most k product ids greater than ``after``, ascending.

    Ids alike in their first 18 bytes are read and sorted together; all others are read as they come.
    """
    if k <= 0:
        return []
    keys = order_keys(after)
    found = [id_ for id_ in _alike(engine, names, keys) if id_ > after]
    for level in reversed(range(LEVELS)):
        if len(found) >= k:
            break
        found += _above(engine, names, keys[:level], keys[level], k - len(found))
    return found[:k]


def _above(engine: Engine, names: Names, fixed: list[int], above: int, k: int) -> list[str]:
    """Return the first k ids whose first keys are ``fixed`` and whose next key is greater than ``above``."""
    level = len(fixed)
    if level == LEVELS:
        return _alike(engine, names, fixed)[:k]
    must = [*_equal(fixed), Above(f"order{level}", above)]
    rows = list(names(engine.ordered(f"order{level}", k + 1, AllOf(must))).values())
    found: list[str] = []
    for key, group in groupby(rows, key=lambda id_: order_keys(id_)[level]):
        if len(rows) > k and key == order_keys(rows[-1])[level]:  # the last group may go on beyond the rows
            found += _above(engine, names, [*fixed, key], -1, k - len(found))
        else:
            found += sorted(group)
    return found[:k]


def _alike(engine: Engine, names: Names, fixed: list[int]) -> list[str]:
    """Return all ids with these keys, sorted."""
    return sorted(names([point for point, _ in engine.every(AllOf(_equal(fixed)), "id")]).values())


def _equal(fixed: list[int]) -> list[Condition]:
    return [Is(f"order{level}", [key]) for level, key in enumerate(fixed)]
