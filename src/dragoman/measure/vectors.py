"""Vectors kept on disk by content, so that what was encoded once is never encoded again.

Wraps an encoder and is one. For evaluation and training, where the same texts come back run after
run; knows no index.
"""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

import numpy as np

from dragoman.errors import BadInput, Busy
from dragoman.ports import Encoder, Role
from dragoman.types import Vectors

log = logging.getLogger(__name__)

CHUNK = 512  # texts encoded between two commits: what a killed run loses at most
_ASKED_AT_ONCE = 500  # SQLite takes at least 999 parameters
_WAIT_S = 60.0  # another process may be writing its chunk


class CachedVectors:
    """An encoder that remembers: one SQLite file, shared by any number of encoders and processes.

    A row is found by the hash of the encoder's name, the role and the text; it holds the vector
    and its checksum. A row that fails its checksum is encoded again; a file that is no database
    any more is set aside as ``vectors.sqlite.damaged`` and begun anew. Both are logged as warnings.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """Open or begin the cache in a folder, which is made if missing.

        Raises:
            BadInput: the folder cannot be written.
        """
        self._encoder = encoder
        # Where queries are made by other weights than passages, they are known by those.
        self._query_name: str = getattr(encoder, "query_name", encoder.name)
        self._path = folder / "vectors.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = _opened(self._path)
        except (OSError, sqlite3.OperationalError) as error:
            raise BadInput(
                f"cannot keep vectors in {folder}: {error}", hint="name a writable folder"
            ) from error
        self.hits = 0
        self.misses = 0

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._encoder.dim

    @property
    def name(self) -> str:
        """The wrapped encoder's name: the vectors are its own."""
        return self._encoder.name

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, encoding only what was never seen."""
        keys = [self._key(text, role) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        known = self._read(wanted)
        missing = [key for key in wanted if key not in known]
        self.hits += len(wanted) - len(missing)
        self.misses += len(missing)
        for start in range(0, len(missing), CHUNK):
            chunk = missing[start : start + CHUNK]
            rows = self._encoder.encode([wanted[key] for key in chunk], role)
            known.update(zip(chunk, rows, strict=True))
            self._write(chunk, rows)
        out = np.empty((len(keys), self.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            out[row] = known[key]
        return out

    def close(self) -> None:
        """Release the file; the cache is not used afterwards."""
        self._db.close()

    def _key(self, text: str, role: Role) -> bytes:
        # Names and roles hold no NUL, so no two triples run together into one.
        name = self._query_name if role == "query" else self._encoder.name
        content = f"{name}\0{role}\0{text}".encode("utf-8", "surrogatepass")
        return blake2b(content, digest_size=16).digest()

    def _read(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        wanted = list(keys)
        found: dict[bytes, Vectors] = {}
        damaged = 0
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            for key, check, vector in self._select(wanted[start : start + _ASKED_AT_ONCE]):
                if len(vector) == 4 * self.dim and crc32(vector) == check:
                    found[key] = np.frombuffer(vector, dtype="<f4")
                else:
                    damaged += 1
        if damaged:
            log.warning(
                "vectors_damaged=%d of=%d path=%s: encoding them again", damaged, len(wanted), self._path
            )
        return found

    def _select(self, keys: Sequence[bytes]) -> list[tuple[bytes, int, bytes]]:
        marks = ",".join("?" * len(keys))
        try:
            return self._db.execute(
                f"SELECT key, crc, vector FROM vectors WHERE key IN ({marks})", keys
            ).fetchall()
        except sqlite3.OperationalError as error:
            raise self._busy(error) from error
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            return []

    def _write(self, keys: Sequence[bytes], rows: Vectors) -> None:
        blobs = [np.ascontiguousarray(row, dtype="<f4").tobytes() for row in rows]
        values = [(key, crc32(blob), blob) for key, blob in zip(keys, blobs, strict=True)]
        try:
            self._insert(values)
        except sqlite3.OperationalError as error:
            raise self._busy(error) from error
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            self._insert(values)

    def _insert(self, values: Sequence[tuple[bytes, int, bytes]]) -> None:
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", values)

    def _busy(self, error: sqlite3.OperationalError) -> Busy:
        return Busy(f"cannot use {self._path}: {error}", hint="is the disk full, or another run writing?")

    def _begin_anew(self, error: sqlite3.DatabaseError) -> None:
        self._db.close()
        _set_aside(self._path, error)
        self._db = _opened(self._path)


def _opened(path: Path) -> sqlite3.Connection:
    """A database with its table; a damaged file is set aside first."""
    try:
        return _connected(path)
    except sqlite3.OperationalError:
        raise  # locked or not writable: the file may be sound
    except sqlite3.DatabaseError as error:
        _set_aside(path, error)
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
    try:
        with closing(db.cursor()) as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, crc INTEGER, vector BLOB)"
            )
        db.commit()
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _set_aside(path: Path, error: sqlite3.DatabaseError) -> None:
    log.warning("vector cache %s is damaged (%s): set aside as .damaged and begun anew", path, error)
    path.replace(path.with_name(path.name + ".damaged"))
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
