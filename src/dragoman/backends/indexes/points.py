"""The Index port on any `Engine`: products become points, filters become conditions, ties are broken.

A product is one point: its vectors, the fields it is filtered by, and its text. The id of the point spells
the product's, so that a hit costs no look at what is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import numpy as np

from dragoman.backends.indexes.codec import decode_passages, decode_product, encode_passages, encode_product
from dragoman.backends.indexes.conditions import TAGGED, AllOf, conditions, fields
from dragoman.backends.indexes.counts import count_facets
from dragoman.backends.indexes.engine import Engine, Near, Point
from dragoman.backends.indexes.ids import dimension, id_of, point_of
from dragoman.backends.indexes.prices import price_field
from dragoman.backends.indexes.walk import page
from dragoman.backends.indexes.words import Vocabulary
from dragoman.errors import BadInput, NotFound
from dragoman.types import Facet, Filter, Listing, Passage, Product, Scored, Terms, Vectors

_TIED = 4096  # scores equal to the last one are followed this far, so that ties come in id order
_ROOM = 64  # asked for beyond k at once where scores are often equal: cheaper than asking again
_LONG_NAMES = 100_000  # hashed ids remembered, about 25 MB


class PointIndex:
    """An Index. Subclasses only choose the engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vocabulary = Vocabulary(engine)
        self._long_names: dict[UUID, str] = {}  # what a hash stands for never changes

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._engine.dim

    @property
    def encoder(self) -> str:
        """Name of the encoder it was built by; "" when nobody said."""
        return self._engine.encoder

    def put(self, listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> None:
        """Insert or replace by product id. Durable when it returns."""
        _check(listings, vectors, terms, self._engine.dim)
        rows = {listing.product.id: i for i, listing in enumerate(listings)}  # the last of equal ids wins
        points = [_point(listings[i], vectors[i], terms[i]) for i in rows.values()]
        if not points:
            return
        lesson = self._vocabulary.lesson([terms[i] for i in rows.values()])
        self._engine.index_integers({name for point in points for name in _price_fields(point)})
        self._engine.write([*points, *lesson.points()])
        self._vocabulary.learn(lesson)

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these products; unknown ids are ignored. Durable when it returns."""
        if ids:
            self._engine.delete([point_of(id_) for id_ in ids])

    def get(self, ids: Sequence[str]) -> list[Product]:
        """Products in the order asked; raises NotFound naming the missing ids."""
        return [decode_product(text) for text in self.texts(ids)]

    def passages(self, ids: Sequence[str]) -> list[tuple[Passage, ...]]:
        """What was put beside each product, in the order asked; raises NotFound."""
        return [decode_passages(text) for text in self.passage_texts(ids)]

    def texts(self, ids: Sequence[str]) -> list[str]:
        """Products as `encode_product` wrote them, for those who only pass them on; raises NotFound."""
        return self._read(ids, "json")

    def passage_texts(self, ids: Sequence[str]) -> list[str]:
        """Passages as `encode_passages` wrote them; raises NotFound."""
        return self._read(ids, "passages")

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return (len(ids), dim), the unit rows that were put, in the order asked; raises NotFound."""
        points = [point_of(id_) for id_ in ids]
        found = self._engine.vectors(points)
        _all_there(ids, points, found)
        rows = [found[point] for point in points]
        return np.array(rows, dtype=np.float32).reshape(len(ids), self._engine.dim)

    def digests(self, ids: Sequence[str]) -> list[str]:
        """Content digests in the order asked; "" for an unknown id."""
        points = [point_of(id_) for id_ in ids]
        found = self._engine.read(points, "digest")
        return [found.get(point, "") for point in points]

    def ids(self, after: str, k: int) -> list[str]:
        """At most k product ids greater than ``after``, in ascending id order."""
        return page(self._engine, self._names, after, k)

    def nearest(self, vectors: Vectors, k: int, where: Filter) -> list[list[Scored]]:
        """Per row, at most k products by cosine (-1..1), best first, ties by id."""
        if len(vectors) and vectors.shape[1] != self._engine.dim:
            raise BadInput(f"query vectors of dim {vectors.shape[1]} for an index of dim {self._engine.dim}")
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        met = self._conditions(where)
        return self._best(len(rows), k, where, lambda at, limit: self._engine.nearest(rows[at], limit, met))

    def matching(self, queries: Sequence[Terms], k: int, where: Filter) -> list[list[Scored]]:
        """Per bag, at most k products sharing a term, by sum of weight x weight x idf, ties by id."""
        bags = [_sparse(query) for query in queries]
        asked = [i for i, bag in enumerate(bags) if bag]
        met = self._conditions(where)
        found: list[list[Scored]] = [[] for _ in bags]
        best = self._best(
            len(asked),
            k,
            where,
            lambda at, limit: self._engine.matching([bags[asked[i]] for i in at], limit, met),
            room=_ROOM,
        )
        for i, row in zip(asked, best, strict=True):
            found[i] = row
        return found

    def facets(self, names: Sequence[str], where: Filter, k: int) -> list[Facet]:
        """Per name, the k commonest values among products that pass ``where``, most first, ties by value."""
        return count_facets(self._engine, names, where, k, self._conditions(where))

    def spellings(self, terms: Sequence[str], k: int) -> list[list[Scored]]:
        """Per term, at most k indexed terms one or two typing slips away, the likeliest first."""
        return self._vocabulary.spellings(terms, k)

    def upkeep(self) -> None:
        """Do the housekeeping that must stay off the request path; safe to call at any time."""
        self._engine.upkeep()

    def close(self) -> None:
        """Release files and processes; the object is not used afterwards."""
        self._engine.close()

    def __len__(self) -> int:
        # The engine keeps the counts of tags; counting points by a condition takes 20 ms in 100,000.
        return self._engine.facets(["tag"], AllOf())[0].get(TAGGED, 0)

    def _read(self, ids: Sequence[str], key: str) -> list[str]:
        points = [point_of(id_) for id_ in ids]
        texts = self._engine.read(points, key)
        _all_there(ids, points, texts)
        return [texts[point] for point in points]

    def _conditions(self, where: Filter) -> AllOf:
        if not where.prices:
            return conditions(where)
        indexed = self._engine.integers()
        return conditions(where, {p.currency for p in where.prices if price_field(p.currency) in indexed})

    def _best(
        self,
        n: int,
        k: int,
        where: Filter,
        search: Callable[[list[int], int], list[list[Near]]],
        *,
        room: int = 1,
    ) -> list[list[Scored]]:
        """Search n queries for their k best, looking past the k-th until the scores fall.

        Args:
            room: How many beyond k are asked for at first.
        """
        if k <= 0 or where.ids == () or not n:
            return [[] for _ in range(n)]
        found: list[list[Near]] = [[] for _ in range(n)]
        limit, open_ = k + room, list(range(n))
        while open_:
            for i, row in zip(open_, search(open_, limit), strict=True):
                found[i] = row
            open_ = [i for i in open_ if len(found[i]) == limit and found[i][k - 1][1] == found[i][-1][1]]
            if limit > k + _TIED:
                break
            limit = k + 4 * (limit - k) + 60
        return [self._ranked(row)[:k] for row in found]

    def _ranked(self, row: list[Near]) -> list[Scored]:
        scored = [Scored(id_of(point), score) for point, score in row]
        if not all(s.id for s in scored):
            names = self._names([point for point, _ in row])
            scored = [Scored(names[point], score) for point, score in row if point in names]
        scored.sort(key=lambda s: (-s.score, s.id))
        return scored

    def _names(self, points: Sequence[UUID]) -> Mapping[UUID, str]:
        names = {point: id_of(point) or self._long_names.get(point, "") for point in points}
        strange = [point for point, name in names.items() if not name]
        if strange:
            if len(self._long_names) > _LONG_NAMES:
                self._long_names = {}
            self._long_names |= self._engine.read(strange, "id")
            # A point removed since it was found has no name any more: it is left out.
            names |= {point: self._long_names.get(point, "") for point in strange}
        return {point: name for point, name in names.items() if name}


def _all_there(ids: Sequence[str], points: Sequence[UUID], found: Mapping[UUID, object]) -> None:
    missing = [id_ for id_, point in zip(ids, points, strict=True) if point not in found]
    if missing:
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        raise NotFound(f"no products {missing[:10]}{more}", hint="list them with `dragoman products`")


def _check(listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms], dim: int) -> None:
    if not len(listings) == len(vectors) == len(terms):
        raise BadInput(
            f"{len(listings)} listings, {len(vectors)} vectors and {len(terms)} bags of terms",
            hint="one of each for every product",
        )
    if len(vectors) and (vectors.ndim != 2 or vectors.shape[1] != dim):
        raise BadInput(f"vectors of shape {vectors.shape} for an index of dim {dim}")
    if not all(listing.product.id for listing in listings):
        raise BadInput("a product has no id", hint="every product needs one of its own")
    if not np.isfinite(vectors).all():
        raise BadInput("a vector holds NaN or infinity", hint="the encoder is broken")


def _point(listing: Listing, vector: Vectors, terms: Terms) -> Point:
    stored = {"json": encode_product(listing.product)}
    if listing.passages:
        stored["passages"] = encode_passages(listing.passages)
    return Point(point_of(listing.product.id), fields(listing) | stored, vector, _sparse(terms))


def _price_fields(point: Point) -> list[str]:
    prices = point.payload.get("price")
    return [price_field(currency) for currency in prices] if isinstance(prices, dict) else []


def _sparse(terms: Terms) -> dict[int, float]:
    row: dict[int, float] = {}
    for term, weight in terms.items():
        if weight:
            row[dimension(term)] = row.get(dimension(term), 0.0) + weight
    return row
