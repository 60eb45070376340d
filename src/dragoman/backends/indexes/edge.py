"""Qdrant in this process: one folder, no server. The default index.

Every call into the engine holds Python's lock (measured: docs/decisions/0006-index.md), so calls are kept
short: writes are cut small, and what takes long is left to another process (`settle`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import qdrant_edge as q

from dragoman.backends.indexes.conditions import (
    FIELDS,
    Above,
    AllOf,
    Among,
    AnyOf,
    Between,
    Condition,
    FieldKind,
    Is,
    One,
)
from dragoman.backends.indexes.engine import DENSE, SPARSE, Count, Near, Point
from dragoman.backends.indexes.folder import Folder
from dragoman.backends.indexes.points import PointIndex
from dragoman.errors import Corrupt, DragomanError, Unavailable
from dragoman.types import Vectors

_CUT = 192  # points a write: about 10 ms, which is how long a search may wait for it
_PAGE = 10_000  # points a scroll

_T = TypeVar("_T")


class EdgeIndex(PointIndex):
    """An Index in a folder of this machine, owned by this process.

    | call | meaning |
    |---|---|
    | `EdgeIndex("shop", dim=384)` | make or open the folder |
    | `EdgeIndex("shop")` | open a folder that exists |
    | `EdgeIndex("shop", dim=384, encoder="e5@1")` | and refuse one built with other weights |

    Raises:
        Busy: another process owns the folder.
        Conflict: the folder was built by another encoder or for another dim.
        Corrupt: the folder is damaged.
    """

    def __init__(self, path: str | Path, *, dim: int = 0, encoder: str = "") -> None:
        super().__init__(EdgeEngine(Path(path), dim=dim, encoder=encoder))


class EdgeEngine:
    """One shard of Qdrant Edge in a folder; see `dragoman.backends.indexes.engine.Engine`."""

    def __init__(self, path: Path, *, dim: int, encoder: str) -> None:
        self._folder = Folder(path, dim=dim, encoder=encoder)
        self._lock = threading.RLock()
        try:
            self._shard = opened(self._folder.shard, self._folder.meta.dim)
        except BaseException:
            self._folder.close()
            raise

    @property
    def dim(self) -> int:
        """Length of every dense vector."""
        return self._folder.meta.dim

    def write(self, points: Sequence[Point]) -> None:
        """Insert or replace; points of one product stay together. Durable when it returns."""
        rows = [_row(point) for point in points]
        start = 0
        while start < len(rows):
            end = start + _CUT
            while end < len(rows) and points[end - 1].dense is None:  # a product ends with its found point
                end += 1
            self._ask(lambda part: self._shard.update(q.UpdateOperation.upsert_points(part)), rows[start:end])
            start = end

    def delete(self, points: Sequence[UUID]) -> None:
        """Forget these points. Durable when it returns."""
        if points:
            self._ask(lambda gone: self._shard.update(q.UpdateOperation.delete_points(gone)), list(points))

    def read(self, points: Sequence[UUID], key: str) -> dict[UUID, str]:
        """Return this payload field of those points that exist."""
        if not points:
            return {}
        rows = self._ask(lambda ids: self._shard.retrieve(ids, [key], False), list(points))
        return {row.id: (row.payload or {}).get(key, "") for row in rows}

    def nearest(self, rows: Vectors, limit: int, where: AllOf) -> list[list[Near]]:
        """Per row, the nearest points by cosine, best first."""
        met = _filter(where)
        return self._query([q.Query.Nearest(row, using=DENSE) for row in rows], limit, met, _DENSE_SEARCH)

    def matching(self, bags: Sequence[Mapping[int, float]], limit: int, where: AllOf) -> list[list[Near]]:
        """Per bag, points by sum of weight x weight x idf, best first."""
        met = _filter(where)
        return self._query([q.Query.Nearest(_sparse(bag), using=SPARSE) for bag in bags], limit, met, None)

    def facet(self, key: str, limit: int, where: AllOf) -> list[Count]:
        """The commonest values of a keyword field, most first, ties by value."""
        request = q.FacetRequest(key, limit=limit, exact=True, filter=_filter(where))
        return [Count(str(hit.value), hit.count) for hit in self._ask(lambda r: self._shard.facet(r), request)]

    def count(self, where: AllOf) -> int:
        """How many points meet the conditions, exactly."""
        request = q.CountRequest(exact=True, filter=_filter(where))
        return int(self._ask(lambda r: self._shard.count(r), request))

    def ordered(self, key: str, limit: int, where: AllOf) -> list[str]:
        """Payload field ``id`` of points in ascending order of an integer field."""
        request = q.ScrollRequest(
            limit=limit,
            filter=_filter(where),
            with_payload=["id"],
            order_by=q.OrderBy(key, direction=q.Direction.Asc),
        )
        return [row.payload["id"] for row in self._ask(lambda r: self._shard.scroll(r), request)[0]]

    def every(self, key: str, where: AllOf) -> list[str]:
        """Payload field ``key`` of all points that meet the conditions, in any order."""
        found: list[str] = []
        offset = None
        while True:
            request = q.ScrollRequest(offset=offset, limit=_PAGE, filter=_filter(where), with_payload=[key])
            rows, offset = self._ask(lambda r: self._shard.scroll(r), request)
            found += [row.payload[key] for row in rows]
            if offset is None:
                return found

    def upkeep(self) -> None:
        """Do the housekeeping."""
        self._ask(lambda _: self._shard.optimize(), None)

    def close(self) -> None:
        """Release everything."""
        with self._lock:
            self._shard.close()
            self._folder.close()

    # Any: the engine's query and filter objects have no types of their own.
    def _query(self, queries: list[Any], limit: int, met: Any, params: Any) -> list[list[Near]]:
        requests = [q.QueryRequest(limit=limit, query=one, filter=met, params=params) for one in queries]
        found = self._ask(lambda batch: self._shard.query_batch(batch), q.QueryBatchRequest(requests))
        return [[Near(hit.id, hit.score) for hit in row] for row in found]

    def _ask(self, call: Callable[[Any], _T], argument: Any) -> _T:
        """Make one call into the engine, one at a time: Python's lock is held in it anyway."""
        with self._lock:
            try:
                return call(argument)
            except DragomanError:
                raise
            except Exception as error:  # the engine raises nothing narrower
                raise Unavailable(f"the index in {self._folder.path} failed: {error}") from error


def opened(path: Path, dim: int) -> q.EdgeShard:
    """Return the shard at ``path``, made if it was never finished, with every field indexed.

    Raises:
        Corrupt: it is there and cannot be opened.
    """
    try:
        if (path / "edge_config.json").exists():
            shard = q.EdgeShard.load(str(path))
        else:
            path.mkdir(exist_ok=True)
            shard = q.EdgeShard.create(str(path), _config(dim))
        indexed = shard.info().payload_schema
        for name, kind in FIELDS.items():
            if name not in indexed:
                shard.update(q.UpdateOperation.create_field_index(name, _schema(name, kind)))
    except Exception as error:  # the engine raises nothing narrower
        raise Corrupt(
            f"the index in {path} cannot be opened: {error}",
            hint="restore the folder from a backup, or ingest the feeds into a fresh one",
        ) from error
    return shard


def _config(dim: int) -> q.EdgeConfig:
    int8 = q.ScalarQuantizationConfig(type=q.ScalarType.Int8, quantile=0.99, memory=q.Memory.Pinned)
    dense = q.EdgeVectorParams(
        size=dim,
        distance=q.Distance.Cosine,
        hnsw_config=q.HnswIndexConfig(m=16, ef_construct=100, full_scan_threshold=10_000),
        quantization_config=int8,
    )
    return q.EdgeConfig(
        vectors={DENSE: dense},
        sparse_vectors={SPARSE: q.EdgeSparseVectorParams(modifier=q.Modifier.Idf)},
    )


def _schema(name: str, kind: FieldKind) -> Any:  # Any: one of three parameter classes
    nested = name.split("[]")[0] if "[]" in name else None
    if kind == "keyword":
        return q.KeywordIndexParams(nested=nested)
    if kind == "float":
        return q.FloatIndexParams(nested=nested)
    return q.IntegerIndexParams(lookup=nested is None, range=True, nested=nested)


_DENSE_SEARCH = q.SearchParams(quantization=q.QuantizationSearchParams(rescore=True, oversampling=2.0))


def _row(point: Point) -> q.Point:
    vectors: dict[str, Any] = {}  # Any: the engine's vectors
    if point.dense is not None:
        vectors[DENSE] = point.dense
    if point.sparse:
        vectors[SPARSE] = _sparse(point.sparse)
    return q.Point(point.id, vectors, dict(point.payload))


def _sparse(bag: Mapping[int, float]) -> q.SparseVector:
    return q.SparseVector(indices=list(bag), values=list(bag.values()))


def _filter(where: AllOf) -> q.Filter:
    return q.Filter(must=[_condition(c) for c in where.must], must_not=[_condition(c) for c in where.never])


def _condition(condition: Condition) -> Any:  # Any: one of the engine's condition classes
    match condition:
        case Is(key, values):
            match_ = q.MatchAny(list(values)) if len(values) != 1 else q.MatchValue(values[0])
            return q.FieldCondition(key, match=match_)
        case Between(key, low, high):
            return q.FieldCondition(key, range=q.RangeFloat(gte=low, lte=high))
        case Above(key, low):
            return q.FieldCondition(key, range=q.RangeFloat(gt=low))
        case Among(points):
            return q.HasIdCondition(set(points))
        case One(key, conditions):
            return q.NestedCondition(key, _filter(AllOf(conditions)))
        case AnyOf(conditions):
            return q.Filter(should=[_condition(c) for c in conditions])
        case AllOf():
            return _filter(condition)
