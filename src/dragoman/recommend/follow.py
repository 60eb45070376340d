"""Keeps a `Crowd` up with its journal: the last month first, then what is new, off the request path."""

import logging
import time
from itertools import islice
from threading import Event as Signal
from threading import Lock, Thread
from typing import Final

from dragoman.errors import DragomanError
from dragoman.ports import Journal
from dragoman.recommend.crowd import DAY_S, Crowd

BACK_DAYS: Final = 30
MOST: Final = 300_000  # events read at the start, the newest days first: ten seconds of the processor
_EVERY_S: Final = 1.0
_OVERLAP_S: Final = 10.0  # read again each time, for what other processes wrote a little late
_FIRST_S: Final = 2.0  # how long the very first request waits for the tables of a small shop

log = logging.getLogger(__name__)


class Follower:
    """Reads a journal into a crowd, in a thread of its own whenever asked and a second has passed."""

    def __init__(self, journal: Journal, crowd: Crowd) -> None:
        self._journal, self._crowd = journal, crowd
        self._until: float | None = None  # seconds since 1970, up to which the journal was read
        self._asked_at = -1e9
        self._lock = Lock()
        self._first = Signal()
        self._thread: Thread | None = None

    def catch_up(self, now: float) -> None:
        """Read what is new, here and now.

        Args:
            now: Seconds since 1970.

        Raises:
            Unavailable: the journal does not answer.
        """
        with self._lock:
            if self._until is None:
                self._begin(now)
            else:
                self._crowd.add(self._journal.events(self._until - _OVERLAP_S, now + DAY_S))
            self._until = now

    def nudge(self, now: float) -> None:
        """Have it read soon, unless it has been this very second; only the first call waits, and briefly."""
        if time.monotonic() - self._asked_at < _EVERY_S or (self._thread and self._thread.is_alive()):
            return
        is_first = self._asked_at < 0
        self._asked_at = time.monotonic()
        self._thread = Thread(target=self._run, args=(now,), name="crowd-follower", daemon=True)
        self._thread.start()
        if is_first:
            self._first.wait(_FIRST_S)

    def stop(self) -> None:
        """Wait for the reading at hand to end: its journal is about to be closed."""
        if self._thread:
            self._thread.join(5.0)

    def _begin(self, now: float) -> None:
        """A day at a time, the newest first: what matters most is known first."""
        read, end = 0, now + DAY_S
        for _ in range(BACK_DAYS + 1):
            day = list(self._journal.events(end - DAY_S, end))
            self._crowd.add(day)
            read, end = read + len(day), end - DAY_S
            if read > MOST:
                return
        if not read:  # a shop that was quiet for a month: better what was popular then than nothing
            self._crowd.add(islice(self._journal.events(0.0, end), MOST))

    def _run(self, now: float) -> None:
        try:
            self.catch_up(now)
        except DragomanError as error:
            log.warning("what shoppers did cannot be read, trying again: %s", error)
        finally:
            self._first.set()
