"""A Qdrant server or cluster as the index: for catalogues beyond one machine, or many writers at once.

The same points, fields and conditions as the embedded index, so that a shop can move between the two.
"""

import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from dragoman.backends.indexes.cluster_conditions import server_filter
from dragoman.backends.indexes.conditions import FIELDS, AllOf
from dragoman.backends.indexes.engine import DENSE, SPARSE, Counts, Near, Point
from dragoman.backends.indexes.points import PointIndex
from dragoman.errors import BadConfig, Conflict, Unavailable
from dragoman.types import Vectors

try:
    from qdrant_client import QdrantClient
    from qdrant_client import models as m
    from qdrant_client.http.exceptions import ApiException
except ImportError as error:
    raise BadConfig(
        "the cluster index needs qdrant-client", hint="pip install 'dragoman[cluster]'"
    ) from error

_FORMAT = 2
_META = UUID(int=0x40)  # the point that says what the collection is: of a kind no product has
_CUT = 256  # points a request
_PAGE = 2_000  # points a scroll
_EVERY = 1_000_000  # more values than a field has
_FRESH_S = 5.0  # a currency new to the shop, put by another process, can be filtered by after this long


class ClusterIndex(PointIndex):
    """An Index in a collection of a Qdrant server or cluster.

    | call | meaning |
    |---|---|
    | `ClusterIndex(url="http://10.0.0.5:6333", dim=384)` | make or open the collection ``dragoman`` there |
    | `ClusterIndex(url=…, key="…", collection="shop", dim=384)` | with an API key, under another name |
    | `ClusterIndex(url=…, dim=384, shards=6, replicas=2)` | how it is spread, when it is made |
    | `ClusterIndex(path="folder", dim=384)`, `ClusterIndex(dim=384)` | the client's own store, for tests |

    What was put is seen by every client at once, but for a replica that lags, and a first price in a new
    currency, which other clients filter by after five seconds.

    Raises:
        Unavailable: the server does not answer.
        Conflict: the collection was built by another encoder or for another dim.
    """

    def __init__(  # noqa: PLR0913  options are keywords
        self,
        *,
        url: str = "",
        path: str = "",
        collection: str = "dragoman",
        dim: int = 0,
        encoder: str = "",
        key: str = "",
        timeout_s: int = 10,
        shards: int = 1,
        replicas: int = 1,
    ) -> None:
        where: dict[str, Any] = {"url": url, "api_key": key or None, "timeout": timeout_s}
        if not url:
            where = {"path": path} if path else {"location": ":memory:"}
        with _translated(url):
            client = QdrantClient(**where, check_compatibility=False)
        spread = (shards, replicas)
        super().__init__(ClusterEngine(client, collection, dim=dim, encoder=encoder, url=url, spread=spread))


class ClusterEngine:
    """One collection; see `dragoman.backends.indexes.engine.Engine`."""

    def __init__(
        self, client: QdrantClient, name: str, *, dim: int, encoder: str, url: str, spread: tuple[int, int]
    ) -> None:
        self._client, self._name, self._url = client, name, url
        with self._asked():
            if not client.collection_exists(name):
                self._create(dim, encoder, spread)
            self._meta = self._read_meta()
        _fits(self._meta, name, dim, encoder)
        self._read_at = time.monotonic()

    @property
    def dim(self) -> int:
        """Length of every dense vector."""
        return int(self._meta["dim"])

    @property
    def encoder(self) -> str:
        """Name of the encoder that made the vectors; "" when nobody said."""
        return str(self._meta["encoder"])

    def integers(self) -> Set[str]:
        """Names of the integer fields that are indexed; those made lately by other writers may lack."""
        if time.monotonic() > self._read_at + _FRESH_S:
            with self._asked():
                self._meta = self._read_meta()
            self._read_at = time.monotonic()
        return set(self._meta["integers"])

    def index_integers(self, names: Set[str]) -> None:
        """Index these fields too."""
        if not names - set(self._meta["integers"]):
            return
        with self._asked():
            known = set(self._read_meta()["integers"])
            for name in sorted(names - known):
                self._index(
                    name, m.IntegerIndexParams(type=m.IntegerIndexType.INTEGER, lookup=False, range=True)
                )
            self._meta = self._meta | {"integers": sorted(known | names)}
            self._client.set_payload(self._name, self._meta, points=[str(_META)], wait=True)

    def write(self, points: Sequence[Point]) -> None:
        """Insert or replace. Durable when it returns."""
        for start in range(0, len(points), _CUT):
            with self._asked():
                rows = [_row(point) for point in points[start : start + _CUT]]
                self._client.upsert(self._name, rows, wait=True)

    def delete(self, points: Sequence[UUID]) -> None:
        """Forget these points. Durable when it returns."""
        with self._asked():
            selector = m.PointIdsList(points=[str(point) for point in points])
            self._client.delete(self._name, selector, wait=True)

    def read(self, points: Sequence[UUID], key: str) -> dict[UUID, str]:
        """Return this payload field of those points that exist."""
        if not points:
            return {}
        with self._asked():
            rows = self._client.retrieve(self._name, [str(p) for p in points], with_payload=[key])
        return {UUID(str(row.id)): (row.payload or {}).get(key, "") for row in rows}

    def vectors(self, points: Sequence[UUID]) -> dict[UUID, Sequence[float]]:
        """Return the dense vectors of those points that exist and have one."""
        if not points:
            return {}
        some = [str(point) for point in points]
        with self._asked():
            rows = self._client.retrieve(self._name, some, with_payload=False, with_vectors=[DENSE])
        held: Any = {UUID(str(row.id)): row.vector for row in rows}  # Any: the client's vectors
        return {point: named[DENSE] for point, named in held.items() if named and DENSE in named}

    def nearest(self, rows: Vectors, limit: int, where: AllOf) -> list[list[Near]]:
        """Per row, the nearest points by cosine, best first."""
        rescored = m.SearchParams(quantization=m.QuantizationSearchParams(rescore=True, oversampling=2.0))
        # The client's own store compares with everything, and warns if asked for less.
        return self._query(rows.tolist(), DENSE, limit, where, rescored if self._url else None)

    def matching(self, bags: Sequence[Mapping[int, float]], limit: int, where: AllOf) -> list[list[Near]]:
        """Per bag, points by sum of weight x weight x idf, best first."""
        return self._query([_sparse(bag) for bag in bags], SPARSE, limit, where, None)

    def facets(self, keys: Sequence[str], where: AllOf) -> list[Counts]:
        """Per keyword field, how many of the points that meet the conditions hold each value."""
        met = server_filter(where)
        with self._asked():
            found = [self._client.facet(self._name, key, met, _EVERY, exact=False) for key in keys]
        return [{str(hit.value): hit.count for hit in each.hits} for each in found]

    def ordered(self, key: str, limit: int, where: AllOf) -> list[UUID]:
        """Points in ascending order of an integer field."""
        order = m.OrderBy(key=key, direction=m.Direction.ASC)
        with self._asked():
            rows, _ = self._client.scroll(
                self._name, server_filter(where), limit, order_by=order, with_payload=False
            )
        return [UUID(str(row.id)) for row in rows]

    def every(self, where: AllOf, key: str) -> Iterator[tuple[UUID, str]]:
        """All points that meet the conditions, in any order, with this payload field."""
        offset: Any = None  # Any: whatever the client gave
        while True:
            with self._asked():
                rows, offset = self._client.scroll(
                    self._name, server_filter(where), _PAGE, offset=offset, with_payload=[key]
                )
            yield from ((UUID(str(row.id)), (row.payload or {}).get(key, "")) for row in rows)
            if offset is None:
                return

    def upkeep(self) -> None:
        """Nothing: the server keeps itself up."""

    def close(self) -> None:
        """Release the connections."""
        with self._asked():
            self._client.close()

    def _create(self, dim: int, encoder: str, spread: tuple[int, int]) -> None:
        if dim <= 0:
            raise BadConfig(
                f"a new collection {self._name!r} needs the dim of its vectors", hint="pass dim=…"
            )
        int8 = m.ScalarQuantizationConfig(type=m.ScalarType.INT8, quantile=0.99, always_ram=True)
        dense = m.VectorParams(
            size=dim,
            distance=m.Distance.COSINE,
            hnsw_config=m.HnswConfigDiff(m=16, ef_construct=100),
            quantization_config=m.ScalarQuantization(scalar=int8),
        )
        sparse = m.SparseVectorParams(modifier=m.Modifier.IDF)
        self._client.create_collection(
            self._name,
            {DENSE: dense},
            sparse_vectors_config={SPARSE: sparse},
            on_disk_payload=True,
            shard_number=spread[0],
            replication_factor=spread[1],
        )
        for name, kind in FIELDS.items():
            self._index(name, m.PayloadSchemaType(kind))
        meta = {"format": _FORMAT, "dim": dim, "encoder": encoder, "integers": []}
        self._client.upsert(self._name, [m.PointStruct(id=str(_META), vector={}, payload=meta)], wait=True)

    def _index(self, name: str, schema: Any) -> None:  # Any: the client takes a kind or its parameters
        if self._url:  # the client's own store has no indexes, and warns if asked for one
            self._client.create_payload_index(self._name, name, schema, wait=True)

    def _read_meta(self) -> dict[str, Any]:  # Any: JSON
        found = self._client.retrieve(self._name, [str(_META)], with_payload=True)
        if not found or not found[0].payload:
            raise Conflict(
                f"collection {self._name!r} is not ours", hint="choose another name for the collection"
            )
        return dict(found[0].payload)

    def _query(self, queries: Any, using: str, limit: int, where: AllOf, params: Any) -> list[list[Near]]:
        # Any: vectors as the client likes them.
        met = server_filter(where)
        requests = [
            m.QueryRequest(query=query, using=using, limit=limit, filter=met, params=params)
            for query in queries
        ]
        with self._asked():
            found = self._client.query_batch_points(self._name, requests)
        return [[(UUID(str(hit.id)), hit.score) for hit in each.points] for each in found]

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with _translated(self._url):
            yield


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except (ApiException, OSError, ValueError, RuntimeError) as error:
        raise Unavailable(
            f"Qdrant at {url or 'hand'} failed: {error}", hint="is it up, and the key right?"
        ) from error


def _fits(meta: Mapping[str, Any], name: str, dim: int, encoder: str) -> None:  # Any: JSON
    hint = "use the encoder it was built with, or another collection"
    if meta["format"] != _FORMAT:
        raise Conflict(
            f"collection {name!r} has format {meta['format']}, this version reads {_FORMAT}", hint=hint
        )
    if dim and meta["dim"] != dim:
        raise Conflict(f"collection {name!r} holds vectors of dim {meta['dim']}, not {dim}", hint=hint)
    if encoder and meta["encoder"] and meta["encoder"] != encoder:
        raise Conflict(
            f"collection {name!r} was built by encoder {meta['encoder']!r}, not {encoder!r}", hint=hint
        )


def _row(point: Point) -> m.PointStruct:
    vectors: dict[str, Any] = {}  # Any: the client's vectors
    if point.dense is not None:
        vectors[DENSE] = point.dense.tolist()
    if point.sparse:
        vectors[SPARSE] = _sparse(point.sparse)
    return m.PointStruct(id=str(point.id), vector=vectors, payload=dict(point.payload))


def _sparse(bag: Mapping[int, float]) -> m.SparseVector:
    return m.SparseVector(indices=list(bag), values=list(bag.values()))
