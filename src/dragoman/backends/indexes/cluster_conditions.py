"""Conditions in the words of qdrant-client."""

from typing import Any

from qdrant_client import models as m

from dragoman.backends.indexes.conditions import Above, AllOf, Among, AnyOf, Between, Condition, Is, One


def server_filter(where: AllOf) -> m.Filter | None:
    """Return the server's filter for these conditions; an empty one would make it look at every point."""
    return _all(where) if where.must or where.never else None


def _all(where: AllOf) -> m.Filter:
    must = [_condition(condition) for condition in where.must]
    return m.Filter(must=must, must_not=[_condition(condition) for condition in where.never])


def _condition(condition: Condition) -> Any:  # Any: one of the client's condition classes
    match condition:
        case Is(key, values):
            several: Any = list(values)  # Any: all texts or all numbers
            wanted = m.MatchAny(any=several) if len(values) != 1 else m.MatchValue(value=several[0])
            return m.FieldCondition(key=key, match=wanted)
        case Between(key, low, high):
            return m.FieldCondition(key=key, range=m.Range(gte=low, lte=high))
        case Above(key, low):
            return m.FieldCondition(key=key, range=m.Range(gt=low))
        case Among(points):
            return m.HasIdCondition(has_id=[str(point) for point in points])
        case One(key, conditions):
            return m.NestedCondition(nested=m.Nested(key=key, filter=_all(AllOf(conditions))))
        case AnyOf(conditions):
            return m.Filter(should=[_condition(one) for one in conditions])
        case AllOf():
            return _all(condition)
