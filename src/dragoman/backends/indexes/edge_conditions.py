"""Conditions in the words of Qdrant Edge."""

from typing import Any

import qdrant_edge as q

from dragoman.backends.indexes.conditions import Above, AllOf, Among, AnyOf, Between, Condition, Is, One


def engine_filter(where: AllOf) -> q.Filter | None:
    """Return the engine's filter for these conditions; an empty one would make it look at every point."""
    return _all(where) if where.must or where.never else None


def _all(where: AllOf) -> q.Filter:
    must = [_condition(condition) for condition in where.must]
    return q.Filter(must=must, must_not=[_condition(condition) for condition in where.never])


def _condition(condition: Condition) -> Any:  # Any: one of the engine's condition classes
    match condition:
        case Is(key, values):
            several: Any = list(values)  # Any: all texts or all numbers
            wanted = q.MatchAny(several) if len(values) != 1 else q.MatchValue(values[0])
            return q.FieldCondition(key, match=wanted)
        case Between(key, low, high):
            return q.FieldCondition(key, range=q.RangeFloat(gte=low, lte=high))
        case Above(key, low):
            return q.FieldCondition(key, range=q.RangeFloat(gt=low))
        case Among(points):
            return q.HasIdCondition(set(points))
        case One(key, conditions):
            return q.NestedCondition(key, _all(AllOf(conditions)))
        case AnyOf(conditions):
            return q.Filter(should=[_condition(one) for one in conditions])
        case AllOf():
            return _all(condition)
