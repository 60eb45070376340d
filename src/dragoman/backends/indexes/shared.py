"""One index folder for many processes: the first to come owns it, the others ask the owner."""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from dragoman.backends.indexes import wire
from dragoman.backends.indexes.codec import decode_passages, decode_product
from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.backends.indexes.owner import Owner, reachable
from dragoman.errors import Busy, Conflict, Unavailable
from dragoman.types import Facet, Filter, Listing, Passage, Product, Scored, Terms, Vectors

SOCKET = "socket"
_OPENING_S = 30.0  # how long an owner may take to open a large folder
_PAUSE_S = 0.02  # before looking again
_TIMEOUT_S = 900.0  # an upkeep may take minutes; a search that takes this long is lost

_T = TypeVar("_T")

log = logging.getLogger(__name__)


class SharedIndex:
    """An Index in a folder that several processes of this machine use at once: HTTP workers, an ingest.

    Whoever finds the folder free owns it, searches it directly and answers the others, which lose a fraction
    of a millisecond a call. When the owner ends, one of the others takes over; the calls that it left open
    are made again, which is safe, for every call of the port may be repeated.

    Raises:
        Busy: a process owns the folder that does not share it.
        Conflict: the folder was built by another encoder or for another dim.
        Corrupt: the folder is damaged.
    """

    def __init__(self, path: str | Path, *, dim: int = 0, encoder: str = "") -> None:
        self._path, self._dim, self._encoder = Path(path), dim, encoder
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._index: EdgeIndex | None = None
        self._owner: Owner | None = None
        self._closed = False
        self._join()

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._index.dim if self._index else int(self._call({"call": "about"})["dim"])

    @property
    def owns(self) -> bool:
        """Whether this process holds the folder."""
        return self._index is not None

    def put(self, listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> None:
        """Insert or replace by product id. Durable when it returns."""
        self._do(
            lambda index: index.put(listings, vectors, terms),
            lambda: self._call(*wire.put_call(listings, vectors, terms)),
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Forget these products; unknown ids are ignored. Durable when it returns."""
        self._do(lambda index: index.remove(ids), lambda: self._call({"call": "remove", "ids": list(ids)}))

    def get(self, ids: Sequence[str]) -> list[Product]:
        """Products in the order asked; raises NotFound naming the missing ids."""
        call = {"call": "texts", "ids": list(ids)}
        return [decode_product(text) for text in self._do(lambda i: i.texts(ids), lambda: self._call(call))]

    def passages(self, ids: Sequence[str]) -> list[tuple[Passage, ...]]:
        """What was put beside each product, in the order asked; raises NotFound."""
        call = {"call": "passage_texts", "ids": list(ids)}
        texts = self._do(lambda index: index.passage_texts(ids), lambda: self._call(call))
        return [decode_passages(text) for text in texts]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return (len(ids), dim), the unit rows that were put, in the order asked; raises NotFound."""
        call = {"call": "vectors", "ids": list(ids)}
        return self._do(lambda index: index.vectors(ids), lambda: wire.rows(self._call(call)))

    def digests(self, ids: Sequence[str]) -> list[str]:
        """Content digests in the order asked; "" for an unknown id."""
        call = {"call": "digests", "ids": list(ids)}
        return list(self._do(lambda index: index.digests(ids), lambda: self._call(call)))

    def ids(self, after: str, k: int) -> list[str]:
        """At most k product ids greater than ``after``, in ascending id order."""
        call = {"call": "ids", "after": after, "k": k}
        return list(self._do(lambda index: index.ids(after, k), lambda: self._call(call)))

    def nearest(self, vectors: Vectors, k: int, where: Filter) -> list[list[Scored]]:
        """Per row, at most k products by cosine (-1..1), best first, ties by id."""
        return self._do(
            lambda index: index.nearest(vectors, k, where),
            lambda: wire.scored(self._call(*wire.nearest_call(vectors, k, where))),
        )

    def matching(self, queries: Sequence[Terms], k: int, where: Filter) -> list[list[Scored]]:
        """Per bag, at most k products sharing a term, by sum of weight x weight x idf, ties by id."""
        call = {"call": "matching", "queries": [dict(query) for query in queries], "k": k, "where": where}
        return self._do(
            lambda index: index.matching(queries, k, where), lambda: wire.scored(self._call(call))
        )

    def facets(self, names: Sequence[str], where: Filter, k: int) -> list[Facet]:
        """Per name, the k commonest values among products that pass ``where``, most first, ties by value."""
        call = {"call": "facets", "names": list(names), "where": where, "k": k}
        return self._do(lambda index: index.facets(names, where, k), lambda: wire.facets(self._call(call)))

    def spellings(self, terms: Sequence[str], k: int) -> list[list[Scored]]:
        """Per term, at most k indexed terms one or two typing slips away, the likeliest first."""
        call = {"call": "spellings", "terms": list(terms), "k": k}
        return self._do(lambda index: index.spellings(terms, k), lambda: wire.scored(self._call(call)))

    def upkeep(self) -> None:
        """Do the housekeeping that must stay off the request path; safe to call at any time."""
        self._do(lambda index: index.upkeep(), lambda: self._call({"call": "upkeep"}))

    def close(self) -> None:
        """Release the folder, or the connections to its owner."""
        with self._lock:
            self._closed = True
            self._hang_up()
            if self._owner:
                self._owner.stop()
            if self._index:
                self._index.close()

    def __len__(self) -> int:
        return int(self._do(len, lambda: self._call({"call": "len"})))

    def _do(self, here: Callable[[EdgeIndex], _T], there: Callable[[], _T]) -> _T:
        """Make a call on the index if it is ours, else at its owner's; again, for a while, if that has ended.

        An owner that is ending may still answer one call and drop the next, and so may the one after it.
        """
        until = None  # counted from the first end: the call itself may take minutes
        while self._index is None:
            try:
                return there()
            except _Gone as gone:
                if until is None:
                    until = time.monotonic() + _OPENING_S
                elif time.monotonic() > until:
                    raise Unavailable(f"the owner of {self._path} keeps ending", hint="see its log") from gone
                self._find_owner(gone)
        return here(self._index)

    def _find_owner(self, gone: "_Gone") -> None:
        with self._lock:
            if self._closed:
                raise Unavailable("the index is closed") from gone
            self._hang_up()
            if self._index is None:
                log.warning("the owner of %s has ended; looking for another", self._path)
                time.sleep(_PAUSE_S)
                self._join()

    def _join(self) -> None:
        """Own the folder, or reach whoever does."""
        until = time.monotonic() + _OPENING_S
        while True:
            try:
                index = EdgeIndex(self._path, dim=self._dim, encoder=self._encoder)
            except Busy as busy:
                if self._reach():
                    return
                if time.monotonic() > until:
                    raise busy
                time.sleep(_PAUSE_S)
                continue
            self._owner = Owner(index, self._path / SOCKET)
            self._index = index
            return

    def _reach(self) -> bool:
        """Say whether an owner answers; its index must suit us."""
        try:
            about = self._call({"call": "about"})
        except _Gone:
            return False
        try:
            suits(about, self._path, self._dim, self._encoder)
        except Conflict:
            self._hang_up()
            raise
        return True

    # Any: JSON there and back.
    def _call(self, row: dict[str, Any], raw: bytes = b"") -> Any:
        connection = None
        with contextlib.suppress(IndexError):
            connection = self._idle.pop()
        try:
            connection = connection or self._dial()
            wire.send(connection, row, raw)
            told, _ = wire.receive(connection)
        except (OSError, EOFError) as error:
            if connection:
                connection.close()
            if isinstance(error, TimeoutError):
                raise Unavailable(f"the owner of {self._path} does not answer", hint="see its log") from error
            raise _Gone from error
        self._idle.append(connection)
        return wire.value(told)

    def _dial(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_S)
        try:
            with reachable(self._path / SOCKET) as short:
                connection.connect(short)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hang_up(self) -> None:
        while self._idle:
            with contextlib.suppress(OSError):
                self._idle.pop().close()


class _Gone(Exception):
    """The owner is not there, or not any more."""


def suits(about: Mapping[str, Any], path: Path, dim: int, encoder: str) -> None:  # Any: JSON
    """Return if an index of this dim and encoder is what was asked for; raises Conflict."""
    hint = "use the encoder it was built with, or ingest into a fresh folder"
    if dim and about["dim"] != dim:
        raise Conflict(f"{path} holds vectors of dim {about['dim']}, not {dim}", hint=hint)
    if encoder and about["encoder"] and about["encoder"] != encoder:
        raise Conflict(f"{path} was built by encoder {about['encoder']!r}, not {encoder!r}", hint=hint)
