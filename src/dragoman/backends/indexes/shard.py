"""One shard of Qdrant Edge: every call into the engine stands here.

A call holds Python's lock until it returns (measured: docs/decisions/0006-index.md), so calls are kept short:
writes are cut small, and optimising is left to another process (`settle`).
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import qdrant_edge as q

from dragoman.backends.indexes.conditions import FIELDS, TAGGED, AllOf, FieldKind
from dragoman.backends.indexes.edge_conditions import engine_filter
from dragoman.backends.indexes.engine import DENSE, SPARSE, Counts, Near, Point
from dragoman.errors import Corrupt, DragomanError, Unavailable
from dragoman.types import Vectors

_CUT = 100  # points a write: about 10 ms, which is how long a search may have to wait for it
_PAGE = 2_000  # points a scroll
_EVERY = 1_000_000  # more values than a field has
_FLUSH_AFTER = 20_000  # points: what is not flushed is replayed from the log at the next start
_INDEXED_FROM = 3_000  # vectors: fewer are compared one by one in about a millisecond


class Shard:
    """An open shard; safe to use from several threads.

    Raises:
        Corrupt: the folder is there and cannot be opened.
    """

    def __init__(self, path: Path, dim: int) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._unflushed = 0
        self._shard, self.integers = _opened(path, dim)

    def index_integers(self, names: Set[str]) -> None:
        """Index these fields too."""
        for name in sorted(names - self.integers):
            with self._asked() as shard:
                shard.update(q.UpdateOperation.create_field_index(name, _schema(name, "integer")))
            self.integers = self.integers | {name}

    def write(self, points: Sequence[Point]) -> None:
        """Insert or replace."""
        rows = [_row(point) for point in points]
        for start in range(0, len(rows), _CUT):
            some = rows[start : start + _CUT]
            self._update(q.UpdateOperation.upsert_points(some), len(some))

    def delete(self, points: Sequence[UUID]) -> None:
        """Forget these points."""
        for start in range(0, len(points), 10 * _CUT):
            some: list[Any] = list(points[start : start + 10 * _CUT])  # Any: lists are invariant
            self._update(q.UpdateOperation.delete_points(some), len(some))

    def sync(self) -> None:
        """Return when what was written survives a loss of power; a killed process it survives anyway."""
        for name in sorted((self.path / "wal").glob("open-*")):
            # The engine maps its log and leaves it to the system when to write it out.
            handle = os.open(name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def flush(self) -> None:
        """Write out everything that the log would otherwise have to tell at the next start."""
        with self._asked() as shard:
            shard.flush()
        self._unflushed = 0

    def take(self, other: "Shard", points: Sequence[UUID]) -> None:
        """Make these points what they are in the other shard."""
        for start in range(0, len(points), _CUT):
            some = list(points[start : start + _CUT])
            found = other.retrieve(some, payload=True, vectors=True)
            rows = [q.Point(row.id, row.vector or {}, row.payload) for row in found]
            if rows:
                self._update(q.UpdateOperation.upsert_points(rows), len(rows))
            self.delete(sorted(set(some) - {row.id for row in found}))

    def read(self, points: Sequence[UUID], key: str) -> dict[UUID, str]:
        """Return this payload field of those points that exist."""
        rows = self.retrieve(points, payload=[key], vectors=False) if points else []
        return {row.id: (row.payload or {}).get(key, "") for row in rows}

    def vectors(self, points: Sequence[UUID]) -> dict[UUID, Sequence[float]]:
        """Return the dense vectors of those points that exist and have one."""
        rows = self.retrieve(points, payload=False, vectors=[DENSE]) if points else []
        return {row.id: row.vector[DENSE] for row in rows if row.vector and DENSE in row.vector}

    # Any: the engine's records leave open what an id is; ours are all UUIDs, and so are payloads there.
    def retrieve(
        self, points: Sequence[UUID], *, payload: bool | list[str], vectors: bool | list[str]
    ) -> list[Any]:
        """Return the engine's records of those points that exist."""
        some: list[Any] = list(points)
        with self._asked() as shard:
            return list(shard.retrieve(some, payload, vectors))

    def nearest(self, rows: Vectors, limit: int, where: AllOf) -> list[list[Near]]:
        """Per row, the nearest points by cosine, best first."""
        return self._query(
            [q.Query.Nearest(row, using=DENSE) for row in rows.tolist()], limit, where, _RESCORED
        )

    def matching(self, bags: Sequence[Mapping[int, float]], limit: int, where: AllOf) -> list[list[Near]]:
        """Per bag, points by sum of weight x weight x idf, best first."""
        return self._query([q.Query.Nearest(_sparse(bag), using=SPARSE) for bag in bags], limit, where, None)

    def facets(self, keys: Sequence[str], where: AllOf) -> list[Counts]:
        """Per keyword field, how many of the points that meet the conditions hold each value."""
        # "Inexact" cuts each segment's list at the limit before adding them up: with every value asked for
        # nothing is lost, and it takes a thousandth of the time.
        met = engine_filter(where)
        requests = [q.FacetRequest(key, limit=_EVERY, exact=False, filter=met) for key in keys]
        with self._asked() as shard:
            return [{str(hit.value): hit.count for hit in shard.facet(request).hits} for request in requests]

    def ordered(self, key: str, limit: int, where: AllOf) -> list[UUID]:
        """Points in ascending order of an integer field."""
        order = q.OrderBy(key, direction=q.Direction.Asc)
        request = q.ScrollRequest(None, limit, engine_filter(where), False, order_by=order)
        with self._asked() as shard:
            rows: Any = shard.scroll(request)[0]
        return [row.id for row in rows]

    def every(self, where: AllOf, key: str) -> Iterator[tuple[UUID, str]]:
        """All points that meet the conditions, in any order, with this payload field."""
        offset: Any = None
        while True:
            request = q.ScrollRequest(offset, _PAGE, engine_filter(where), [key])
            with self._asked() as shard:
                rows: Any
                rows, offset = shard.scroll(request)
            yield from ((row.id, (row.payload or {}).get(key, "")) for row in rows)
            if offset is None:
                return

    def size(self) -> int:
        """How many points there are, without looking."""
        with self._asked() as shard:
            return int(shard.info().points_count)

    def unsettled(self) -> int:
        """About how many points wait for upkeep: those with vectors that are in no index yet."""
        held = self.facets(["tag"], AllOf())[0].get(TAGGED, 0)
        if held < _INDEXED_FROM:
            return 0
        with self._asked() as shard:  # counts the dense and the sparse vector of each
            return held - int(shard.info().indexed_vectors_count) // 2

    def close(self) -> None:
        """Write out and release everything."""
        with self._lock:
            self._shard.close()

    def _update(self, operation: q.UpdateOperation, points: int) -> None:
        with self._asked() as shard:
            shard.update(operation)
        self._unflushed += points
        if self._unflushed > _FLUSH_AFTER:
            self.flush()

    # Any: the engine's query objects have no type of their own.
    def _query(self, queries: list[Any], limit: int, where: AllOf, params: Any) -> list[list[Near]]:
        met = engine_filter(where)
        requests = [q.QueryRequest(limit=limit, query=one, filter=met, params=params) for one in queries]
        with self._asked() as shard:
            found: Any = shard.query_batch(q.QueryBatchRequest(requests))
        return [[(hit.id, hit.score) for hit in row] for row in found]

    @contextmanager
    def _asked(self) -> Iterator[q.EdgeShard]:
        """One call at a time, as Python's lock would have it anyway; and never on a shard being closed."""
        with self._lock, _translated(Unavailable, f"the index in {self.path} failed", _DAMAGED):
            yield self._shard


_DAMAGED = "if it happens again, restore the folder from a backup, or ingest the feeds into a fresh one"


@contextmanager
def _translated(kind: type[DragomanError], what: str, hint: str) -> Iterator[None]:
    try:
        yield
    except (DragomanError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the engine raises plain Exceptions, and its panics are not even those
        raise kind(f"{what}: {error}", hint=hint) from error


def _opened(path: Path, dim: int) -> tuple[q.EdgeShard, Set[str]]:
    """Return the shard at ``path`` and its indexed fields; made, or finished, where it is not whole."""
    with _translated(Corrupt, f"the index in {path} cannot be opened", _DAMAGED):
        if (path / "edge_config.json").exists():
            shard = q.EdgeShard.load(str(path), _config(dim))
        else:
            path.mkdir(exist_ok=True)
            shard = q.EdgeShard.create(str(path), _config(dim))
        indexed = set(shard.info().payload_schema)
        for name in sorted(set(FIELDS) - indexed):
            shard.update(q.UpdateOperation.create_field_index(name, _schema(name, FIELDS[name])))
    return shard, indexed | set(FIELDS)


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
        optimizers=q.EdgeOptimizersConfig(
            indexing_threshold=_INDEXED_FROM * dim * 4 // 1024,
            default_segment_number=1,
        ),
        max_search_threads=1,  # of one segment; handing a search to a pool takes a third of its time
    )


def _schema(name: str, kind: FieldKind) -> Any:  # Any: one of three parameter classes
    nested = name.split("[]")[0] if "[]" in name else None
    if kind == "keyword":
        return q.KeywordIndexParams(nested=nested)
    if kind == "float":
        return q.FloatIndexParams(nested=nested)
    return q.IntegerIndexParams(lookup=name in FIELDS, range=True)  # prices are only asked for by range


_RESCORED = q.SearchParams(quantization=q.QuantizationSearchParams(rescore=True, oversampling=2.0))


def _row(point: Point) -> q.Point:
    vectors: dict[str, Any] = {}  # Any: the engine's vectors
    if point.dense is not None:
        vectors[DENSE] = point.dense.tolist()  # four times faster for the engine to read than an array
    if point.sparse:
        vectors[SPARSE] = _sparse(point.sparse)
    return q.Point(point.id, vectors, dict(point.payload))


def _sparse(bag: Mapping[int, float]) -> q.SparseVector:
    return q.SparseVector(indices=list(bag), values=list(bag.values()))
