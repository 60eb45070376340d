"""The owner of an index folder answers other processes of this machine, over a socket file in the folder."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from dragoman.backends.indexes.points import PointIndex
from dragoman.backends.indexes.wire import answer, receive, send

_LONGEST = 100  # bytes of a socket's path; the system takes 107
_GRACE_S = 3.0


class Owner:
    """Answers calls on ``index`` at ``path`` until `stop`, each connection in a thread of its own.

    The socket can be reached by this user only.
    """

    def __init__(self, index: PointIndex, path: Path) -> None:
        self._index, self._path = index, path
        self._open: set[socket.socket] = set()
        self._talks: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(
            missing_ok=True
        )  # left by an owner that was killed: whoever holds the folder may clear it
        before = os.umask(0o177)
        try:
            with reachable(path) as short:
                self._listening.bind(short)
        finally:
            os.umask(before)
        self._listening.listen(128)
        self._thread = threading.Thread(target=self._accept, name="index-owner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls; return when those at hand are answered, or soon after."""
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
            talks = list(self._talks)
        until = time.monotonic() + _GRACE_S  # an upkeep is not waited for: closing the index ends it
        for talk in talks:
            talk.join(max(0.0, until - time.monotonic()))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return  # stopped
            talk = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            with self._lock:
                self._talks = [other for other in self._talks if other.is_alive()]
                self._talks.append(talk)
                self._open.add(connection)
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(EOFError, OSError):
            while True:
                row, raw = receive(connection)
                send(connection, answer(self._index, row, raw))
        with self._lock:
            self._open.discard(connection)


@contextlib.contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give a short enough name of a socket: long ones are reached through a handle of their folder."""
    name = str(path)
    if len(name.encode()) <= _LONGEST:
        yield name
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
