"""What was translated before, in one SQLite file in the shop's folder. Knows keys and texts, no translator.

A key is made of the text itself and of whoever translated it, so a text that changed and a
translator that was replaced simply have other keys: nothing stale can be found.
"""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.types import Lang

log = logging.getLogger(__name__)

FILE = "translations.sqlite"
_AT_ONCE = 400  # keys of one statement; SQLite takes 999 in its oldest builds
_WAIT_S = 10.0  # for another worker that is writing
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS translations (key BLOB PRIMARY KEY, engine TEXT NOT NULL, "
    "source TEXT NOT NULL, value TEXT NOT NULL, confidence REAL NOT NULL) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A translation as it was made, shown or not."""

    value: str
    source: Lang
    engine: str
    confidence: float


def key_of(*parts: str) -> bytes:
    """Return the key of a translation: all that it depends on.

    >>> key_of("a", "bc") == key_of("ab", "c")
    False
    """
    # Lone surrogates cannot be encoded, and a broken feed may hold them.
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Memory:
    """Translations by key; threads and processes may share the file. "" keeps them in this process only.

    The file is made when there is something to write. One that cannot be read or written costs
    time, never a page: it is logged once, and translations are made anew.
    """

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._held: dict[bytes, Remembered] = {}
        self._lock = threading.Lock()
        self._file: sqlite3.Connection | None = None
        self._is_well = True

    def find(self, keys: Sequence[bytes]) -> Mapping[bytes, Remembered]:
        """Return what is known of these keys."""
        if not self._path:
            return {key: self._held[key] for key in keys if key in self._held}
        found: dict[bytes, Remembered] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            wanted = f"SELECT key, value, source, engine, confidence FROM translations WHERE key IN ({marks})"
            found |= {row[0]: Remembered(*row[1:]) for row in self._asked(_Rows(wanted, part))}
        return found

    def keep(self, made: Mapping[bytes, Remembered]) -> None:
        """Write translations; durable when it returns."""
        if not self._path:
            self._held |= made
        elif made:
            rows = [(key, one.engine, one.source, one.value, one.confidence) for key, one in made.items()]
            self._written("INSERT OR REPLACE INTO translations VALUES (?, ?, ?, ?, ?)", rows)

    def forget_others(self, engine: str) -> int:
        """Remove what another translator than this one made; returns how many that were."""
        old = [key for key, one in self._held.items() if one.engine != engine]
        self._held = {key: one for key, one in self._held.items() if one.engine == engine}
        return len(old) + self._written("DELETE FROM translations WHERE engine != ?", [(engine,)])

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _asked(self, wanted: "_Rows") -> list[tuple[Any, ...]]:  # Any: a row as SQLite gives it
        if not self._is_well or not Path(self._path).exists():
            return []
        with self._lock:
            try:
                return list(self._connection().execute(wanted.statement, wanted.values))
            except (sqlite3.Error, OSError) as error:
                self._is_ill(error)
                return []

    def _written(self, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
        if not self._path or not self._is_well:
            return 0
        with self._lock:
            try:
                with self._connection() as file:
                    return file.executemany(statement, rows).rowcount
            except (sqlite3.Error, OSError) as error:
                self._is_ill(error)
                return 0

    def _is_ill(self, error: Exception) -> None:
        # A lock that lasted too long will be gone next time; anything else will not.
        self._is_well = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        log.warning("translations file=%s error=%s: going on without it", self._path, error)

    def _connection(self) -> sqlite3.Connection:
        if self._file is None:
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(self._path, timeout=_WAIT_S, check_same_thread=False)
            # Readers do not wait for the writer, and a crash costs at most the last batch.
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            self._file.execute(_SCHEMA)
        return self._file


class Forgetful(Memory):
    """Keeps nothing: for measuring, where every text is to be made anew."""

    def keep(self, made: Mapping[bytes, Remembered]) -> None:
        """Let it go."""


@dataclass(frozen=True, slots=True)
class _Rows:
    statement: str
    values: Sequence[bytes]
