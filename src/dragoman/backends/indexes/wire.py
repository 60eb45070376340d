"""Calls of the Index port as bytes and back: JSON for words, raw float32 for vectors, nothing that can run.

A message is two lengths, a JSON text and raw bytes. A call is ``{"call": name, ...}``; an answer is ``{"ok":
value}``, or ``{"error": class, "message": ..., "hint": ...}`` which the caller raises as its own.
"""

import socket
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import orjson

from dragoman import errors
from dragoman.backends.indexes.codec import decode_passages, decode_product, encode_passages, encode_product
from dragoman.backends.indexes.points import PointIndex
from dragoman.errors import BadInput, DragomanError, TooLarge, Unavailable
from dragoman.types import Facet, FacetCount, FactFilter, Filter, Listing, PriceRange, Scored, Terms, Vectors

Row: TypeAlias = dict[str, Any]  # Any: JSON

_LENGTHS = struct.Struct("<II")
_LARGEST = 1 << 30  # bytes of one message: a batch of 100,000 products


def send(to: socket.socket, row: Row, raw: bytes = b"") -> None:
    """Send one message.

    Raises:
        TooLarge: put it in smaller batches.
        BadInput: a text holds half a surrogate pair.
    """
    try:
        text = orjson.dumps(row)
    except TypeError as error:
        raise BadInput(
            f"{row.get('call', 'an answer')} cannot be sent: {error}", hint="mend the text"
        ) from error
    if len(text) + len(raw) > _LARGEST:
        raise TooLarge(f"a message of {len(text) + len(raw)} bytes", hint="put products in smaller batches")
    to.sendall(_LENGTHS.pack(len(text), len(raw)) + text)
    if raw:
        to.sendall(raw)


def receive(from_: socket.socket) -> tuple[Row, bytes]:
    """Return the next message.

    Raises:
        EOFError: the other side has closed, or talks nonsense.
    """
    words, rest = _LENGTHS.unpack(_exactly(from_, _LENGTHS.size))
    if words + rest > _LARGEST:
        raise EOFError("not one of our messages")
    text, raw = _exactly(from_, words), _exactly(from_, rest)
    try:
        return orjson.loads(text), raw
    except ValueError as error:
        raise EOFError("not one of our messages") from error


def _exactly(from_: socket.socket, size: int) -> bytes:
    room = bytearray(size)
    view, filled = memoryview(room), 0
    while filled < size:
        got = from_.recv_into(view[filled:])
        if not got:
            raise EOFError("the other side has closed")
        filled += got
    return bytes(room)


def failure(error: DragomanError) -> Row:
    """Return the answer that makes the caller raise this error."""
    return {"error": type(error).__name__, "message": error.message, "hint": error.hint}


def value(row: Row) -> Any:  # Any: what was called says what it is
    """Return what an answer holds; raises the error it tells of."""
    if "error" not in row:
        return row["ok"]
    kind = getattr(errors, row["error"], Unavailable)
    raise kind(row["message"], hint=row["hint"])


def put_call(listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> tuple[Row, bytes]:
    """Return a call of ``put``."""
    rows = [[encode_product(x.product), encode_passages(x.passages), x.digest] for x in listings]
    flat = np.ascontiguousarray(vectors, dtype=np.float32)
    bags = [dict(bag) for bag in terms]
    return {"call": "put", "rows": rows, "terms": bags, "shape": flat.shape}, flat.tobytes()


def nearest_call(vectors: Vectors, k: int, where: Filter) -> tuple[Row, bytes]:
    """Return a call of ``nearest``."""
    flat = np.ascontiguousarray(vectors, dtype=np.float32)
    return {"call": "nearest", "shape": flat.shape, "k": k, "where": where}, flat.tobytes()


def scored(rows: Any) -> list[list[Scored]]:  # Any: JSON
    """Return rankings as they were before `answer`."""
    return [[Scored(*pair) for pair in row] for row in rows]


def rows(told: Any) -> Vectors:  # Any: JSON
    """Return vectors as they were before `answer`."""
    return np.frombuffer(b64decode(told["base64"]), np.float32).reshape(told["shape"]).copy()


def facets(rows: Any) -> list[Facet]:  # Any: JSON
    """Return facets as they were before `answer`."""
    return [Facet(name, tuple(FacetCount(*pair) for pair in counts)) for name, counts in rows]


def answer(index: PointIndex, row: Row, raw: bytes) -> Row:
    """Make a call that came by wire and return the answer; errors of ours are answers too."""
    try:
        return {"ok": _CALLS[row["call"]](index, row, raw)}
    except DragomanError as error:
        return failure(error)
    except OSError as error:  # a full or failing disk: whoever asks again would only fail again
        return failure(Unavailable(f"the index failed: {error}", hint="look at the disk of its owner"))
    except (KeyError, TypeError, ValueError) as error:
        return failure(BadInput(f"not a call: {error!r}", hint="do the two processes run the same version?"))


def _put(index: PointIndex, row: Row, raw: bytes) -> None:
    listings = [Listing(decode_product(p), decode_passages(said), digest) for p, said, digest in row["rows"]]
    index.put(listings, _vectors(row, raw), row["terms"])


def _vectors(row: Row, raw: bytes) -> Vectors:
    return np.frombuffer(raw, np.float32).reshape(row["shape"])


def _where(row: Row) -> Filter:
    told = row["where"]
    plain = {name: tuple(told[name]) for name in _TUPLES}
    return Filter(
        market=told["market"],
        prices=tuple(PriceRange(**price) for price in told["prices"]),
        facts=tuple(FactFilter(**{**f, "values": tuple(f["values"])}) for f in told["facts"]),
        ids=None if told["ids"] is None else tuple(told["ids"]),
        **plain,
    )


_TUPLES = ("categories", "brands", "sellers", "langs", "availability", "not_ids")


def _rows(found: Vectors) -> Row:
    return {"base64": b64encode(found.tobytes()).decode(), "shape": found.shape}


def _ranked(rows: list[list[Scored]]) -> list[list[tuple[str, float]]]:
    return [[(s.id, s.score) for s in row] for row in rows]


def _counted(found: list[Facet]) -> list[tuple[str, list[tuple[str, int]]]]:
    return [(facet.name, [(c.value, c.count) for c in facet.counts]) for facet in found]


_CALLS: dict[str, Callable[[PointIndex, Row, bytes], object]] = {
    "put": _put,
    "remove": lambda index, row, _: index.remove(row["ids"]),
    "texts": lambda index, row, _: index.texts(row["ids"]),
    "passage_texts": lambda index, row, _: index.passage_texts(row["ids"]),
    "vectors": lambda index, row, _: _rows(index.vectors(row["ids"])),
    "digests": lambda index, row, _: index.digests(row["ids"]),
    "ids": lambda index, row, _: index.ids(row["after"], row["k"]),
    "nearest": lambda index, row, raw: _ranked(index.nearest(_vectors(row, raw), row["k"], _where(row))),
    "matching": lambda index, row, _: _ranked(index.matching(row["queries"], row["k"], _where(row))),
    "facets": lambda index, row, _: _counted(index.facets(row["names"], _where(row), row["k"])),
    "spellings": lambda index, row, _: _ranked(index.spellings(row["terms"], row["k"])),
    "upkeep": lambda index, row, _: index.upkeep(),
    "len": lambda index, row, _: len(index),
    "about": lambda index, row, _: {"dim": index.dim, "encoder": index.encoder},
}
