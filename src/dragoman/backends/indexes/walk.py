"""Products in id order, a page at a time, by fields that sort as ids do. Stateless: others may be writing."""

from itertools import groupby

from dragoman.backends.indexes.conditions import Above, AllOf, Condition, Is
from dragoman.backends.indexes.engine import Engine
from dragoman.backends.indexes.ids import LEVELS, order_keys


def page(engine: Engine, after: str, k: int) -> list[str]:
    """Return at most k product ids greater than ``after``, ascending.

    Ids alike in their first 18 bytes are read and sorted together; all others are read as they come.
    """
    if k <= 0:
        return []
    keys = order_keys(after)
    found = [id_ for id_ in _under(engine, keys, k=None) if id_ > after]
    for level in reversed(range(LEVELS)):
        if len(found) >= k:
            break
        found += _under(engine, keys[:level], k=k - len(found), above=keys[level])
    return found[:k]


def _under(engine: Engine, fixed: list[int], *, k: int | None, above: int | None = None) -> list[str]:
    """The first k ids whose first keys are ``fixed`` and whose next is greater than ``above``; None: all."""
    must: list[Condition] = [Is(f"order{level}", [key]) for level, key in enumerate(fixed)]
    level = len(fixed)
    if level == LEVELS or k is None:
        return sorted(engine.every("id", AllOf(must)))[:k]
    must.append(Above(f"order{level}", -1 if above is None else above))
    rows = engine.ordered(f"order{level}", k + 1, AllOf(must))
    found: list[str] = []
    for key, group in groupby(rows, key=lambda id_: order_keys(id_)[level]):
        alike = sorted(group)
        if len(rows) > k and key == order_keys(rows[-1])[level]:  # the last group may go on beyond the rows
            alike = _under(engine, [*fixed, key], k=k - len(found))
        found += alike
    return found[:k]
