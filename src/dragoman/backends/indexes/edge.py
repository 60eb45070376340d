"""Qdrant in this process: one folder, no server. The default index."""

import logging
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from uuid import UUID

from dragoman.backends.indexes.conditions import AllOf
from dragoman.backends.indexes.engine import Counts, Near, Point
from dragoman.backends.indexes.folder import Folder
from dragoman.backends.indexes.kept import Kept
from dragoman.backends.indexes.points import PointIndex
from dragoman.backends.indexes.settle import Settling, copy_shard
from dragoman.backends.indexes.shard import Shard
from dragoman.errors import DragomanError, Unavailable
from dragoman.types import Vectors

UPKEEP_AFTER = 2_000  # products written since the last upkeep, or a tenth of all: else it is not worth a copy
_QUIET_S = 3.0  # the upkeep waits until nothing was written for this long ...
_PATIENCE_S = 120.0  # ... but not longer than this
_FEW = 500  # points that a switch may bring over while writers wait ...
_OFTEN = "json"  # what of a point is read again and again: its product
_ROUNDS = 5  # ... unless they are written as fast as they are brought over

log = logging.getLogger(__name__)


class EdgeIndex(PointIndex):
    """An Index in a folder of this machine, owned by this process.

    | call | meaning |
    |---|---|
    | `EdgeIndex("shop", dim=384)` | make or open the folder |
    | `EdgeIndex("shop")` | open a folder that exists |
    | `EdgeIndex("shop", dim=384, encoder="e5@1")` | and refuse one built with other weights |
    | `EdgeIndex("shop", upkeep_after=50_000)` | settle after so many writes |
    | `EdgeIndex("shop", upkeep_after=0)` | settle only when `upkeep` is called |

    Raises:
        Busy: another process owns the folder.
        Conflict: the folder was built by another encoder or for another dim.
        Corrupt: the folder is damaged.
    """

    def __init__(
        self, path: str | Path, *, dim: int = 0, encoder: str = "", upkeep_after: int = UPKEEP_AFTER
    ) -> None:
        super().__init__(EdgeEngine(Path(path), dim=dim, encoder=encoder, upkeep_after=upkeep_after))


class EdgeEngine:
    """The current shard of a folder, and its upkeep; see `dragoman.backends.indexes.engine.Engine`.

    Upkeep copies the shard, lets another process settle the copy, brings over what was written meanwhile and
    switches. Searches go on all the time; writers wait while files are copied and for the last few points.
    """

    def __init__(self, path: Path, *, dim: int, encoder: str, upkeep_after: int) -> None:
        self._folder = Folder(path, dim=dim, encoder=encoder)
        try:
            self._folder.sweep()
            self._shard = Shard(self._folder.shard, self._folder.meta.dim)
        except BaseException:
            self._folder.close()
            raise
        self._writing = threading.RLock()
        self._upkeep = threading.Lock()
        self._settling: Settling | None = None
        self._touched: set[UUID] | None = None  # written since the shard was copied, if it was
        self._written = max(0, self._shard.unsettled())
        self._often = Kept()  # nobody else writes here
        self._wake = threading.Condition()
        self._closed = False
        self._upkeep_after = upkeep_after
        self._keeper = threading.Thread(target=self._keep, name="index-upkeep", daemon=True)
        self._wake_keeper()  # the last owner may have closed before its upkeep came

    @property
    def dim(self) -> int:
        """Length of every dense vector."""
        return self._folder.meta.dim

    @property
    def encoder(self) -> str:
        """Name of the encoder that made the vectors; "" when nobody said."""
        return self._folder.meta.encoder

    def integers(self) -> Set[str]:
        """Names of the integer fields that are indexed."""
        return self._shard.integers

    def index_integers(self, names: Set[str]) -> None:
        """Index these fields too."""
        with self._writing:
            self._shard.index_integers(names)

    def write(self, points: Sequence[Point]) -> None:
        """Insert or replace. Durable when it returns."""
        with self._writing:
            ids = [point.id for point in points]
            self._note(ids)
            try:
                self._shard.write(points)
            finally:  # a write that failed may have changed some
                self._often.forget(ids)
            self._shard.sync()

    def delete(self, points: Sequence[UUID]) -> None:
        """Forget these points. Durable when it returns."""
        with self._writing:
            self._note(points)
            try:
                self._shard.delete(points)
            finally:
                self._often.forget(points)
            self._shard.sync()

    def read(self, points: Sequence[UUID], key: str) -> dict[UUID, str]:
        """Return this payload field of those points that exist."""
        if key != _OFTEN:
            return self._shard.read(points, key)
        return self._often.read(points, lambda missing: self._shard.read(missing, key))

    def vectors(self, points: Sequence[UUID]) -> dict[UUID, Sequence[float]]:
        """Return the dense vectors of those points that exist and have one."""
        return self._shard.vectors(points)

    def nearest(self, rows: Vectors, limit: int, where: AllOf) -> list[list[Near]]:
        """Per row, the nearest points by cosine, best first."""
        return self._shard.nearest(rows, limit, where)

    def matching(self, bags: Sequence[Mapping[int, float]], limit: int, where: AllOf) -> list[list[Near]]:
        """Per bag, points by sum of weight x weight x idf, best first."""
        return self._shard.matching(bags, limit, where)

    def facets(self, keys: Sequence[str], where: AllOf) -> list[Counts]:
        """Per keyword field, how many of the points that meet the conditions hold each value."""
        return self._shard.facets(keys, where)

    def ordered(self, key: str, limit: int, where: AllOf) -> list[UUID]:
        """Points in ascending order of an integer field."""
        return self._shard.ordered(key, limit, where)

    def every(self, where: AllOf, key: str) -> Iterator[tuple[UUID, str]]:
        """All points that meet the conditions, in any order, with this payload field."""
        return self._shard.every(where, key)

    def upkeep(self) -> None:
        """Settle the shard if enough was written since the last time; searches go on meanwhile.

        Raises:
            Unavailable: it failed; the index goes on as it is.
        """
        with self._upkeep:
            if not self._closed and self._due():
                self._settle()

    def close(self) -> None:
        """Release everything."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        if settling := self._settling:
            settling.stop()
        if self._keeper.ident:
            self._keeper.join()
        with self._upkeep, self._writing:
            self._shard.close()
            self._folder.close()

    def _note(self, points: Sequence[UUID]) -> None:
        if self._touched is not None:
            self._touched.update(points)
        self._written += len(points)
        self._wake_keeper()

    def _wake_keeper(self) -> None:
        if self._upkeep_after and self._due():
            with self._wake:
                if not self._keeper.ident:
                    self._keeper.start()
                self._wake.notify_all()

    def _due(self) -> bool:
        return self._written >= max(self._upkeep_after or UPKEEP_AFTER, self._shard.size() // 10)

    def _keep(self) -> None:
        """Wait for writers to pause, settle, and again, until closed."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or self._due())
                until = time.monotonic() + _PATIENCE_S
                while not self._closed and time.monotonic() < until and self._wake.wait(_QUIET_S):
                    pass  # woken by another write
                if self._closed:
                    return
            try:
                self.upkeep()
            except DragomanError as error:
                if not self._closed:
                    log.warning("index upkeep failed, trying again after the next writes: %s", error)
                self._written = 0

    def _settle(self) -> None:
        try:
            fresh = self._settled_copy()
            for _ in range(_ROUNDS):
                with self._writing:
                    some, self._touched = self._touched or set(), set()
                fresh.take(self._shard, sorted(some))
                if len(some) < _FEW:
                    break
            with self._writing:
                fresh.take(self._shard, sorted(self._touched or ()))
                fresh.index_integers(self._shard.integers)
                fresh.flush()
                self._folder.switch(fresh.path)
                # The old shard is let go, not closed: a search may be at it. Its files are unlinked already.
                self._shard = fresh
        finally:
            self._touched = None

    def _settled_copy(self) -> Shard:
        copy = self._folder.next_shard()
        with self._writing:
            self._touched, self._written = set(), 0
            try:
                copy_shard(self._folder.shard, copy)
            except OSError as error:
                shutil.rmtree(copy, ignore_errors=True)
                raise Unavailable(f"upkeep cannot copy the index: {error}", hint="free some disk") from error
        self._settling = Settling(copy)
        try:
            self._settling.wait()
        finally:
            self._settling = None
        return Shard(copy, self.dim)
