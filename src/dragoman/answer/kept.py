"""Vectors of pages kept on disk, a row a product, so that a question encodes nothing but itself.

Knows texts and vectors, no product. Eight bits a number: a cosine moves by less than .003.
"""

import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import numpy as np

from dragoman.ports import Encoder
from dragoman.types import Vectors

log = logging.getLogger(__name__)

_IN_MEMORY = 512  # pages; 20 pieces of 384 numbers are 30 kB
_WAIT_S = 5.0  # another worker may be writing


@dataclass(frozen=True, slots=True)
class Page:
    """The texts of one page that are weighed, in order; ``id`` names the page."""

    id: str
    texts: tuple[str, ...]


class KeptVectors:
    """The vectors of pages: from memory, else from one SQLite file, else encoded and written there.

    A row is stamped with the encoder and the texts: a page that changed is encoded anew. Without a
    folder, or where it cannot be written, vectors are kept in memory only.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._memory: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = Lock()
        self._folder = folder
        self._db: sqlite3.Connection | None = None

    def of(self, pages: Sequence[Page]) -> list[Vectors]:
        """Return (len(texts), dim) per page, unit rows within a hundredth, in the order asked.

        Raises:
            Unavailable: the encoder does not answer.
        """
        stamps = [_stamp(self._encoder.name, page) for page in pages]
        with self._lock:
            self._open()
            found = {stamp: rows for stamp in stamps if (rows := self._recalled(stamp)) is not None}
            unread = {page.id: stamp for page, stamp in zip(pages, stamps, strict=True) if stamp not in found}
            found |= self._read(unread)
        missing = {stamp: page for stamp, page in zip(stamps, pages, strict=True) if stamp not in found}
        found |= self._encoded(missing)
        with self._lock:
            self._remember(found)
        return [found[stamp] for stamp in stamps]

    def _open(self) -> None:
        """Open the file with the first question: most commands of a shop ask none."""
        if self._folder is not None:
            self._db = _opened(self._folder)
            self._folder = None

    def close(self) -> None:
        """Release the file; the object is not used afterwards."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _recalled(self, stamp: bytes) -> Vectors | None:
        rows = self._memory.get(stamp)
        if rows is not None:
            self._memory.move_to_end(stamp)
        return rows

    def _remember(self, found: Mapping[bytes, Vectors]) -> None:
        self._memory.update(found)
        while len(self._memory) > _IN_MEMORY:
            self._memory.popitem(last=False)

    def _encoded(self, missing: Mapping[bytes, Page]) -> dict[bytes, Vectors]:
        texts = [text for page in missing.values() for text in page.texts]
        if not missing:
            return {}
        vectors = self._encoder.encode(texts, "passage") if texts else np.empty((0, self._encoder.dim), "f4")
        ends = np.cumsum([len(page.texts) for page in missing.values()])[:-1]
        packed = {stamp: pack(rows) for stamp, rows in zip(missing, np.split(vectors, ends), strict=True)}
        with self._lock:
            self._write({missing[stamp].id: (stamp, blob) for stamp, blob in packed.items()})
        # As they will be read: the first question and the second are answered alike.
        return {stamp: unpack(blob, self._encoder.dim) for stamp, blob in packed.items()}

    def _read(self, stamps: Mapping[str, bytes]) -> dict[bytes, Vectors]:
        if self._db is None or not stamps:
            return {}
        marks = ",".join("?" * len(stamps))
        try:
            rows = self._db.execute(
                f"SELECT stamp, vectors FROM pages WHERE id IN ({marks})", list(stamps)
            ).fetchall()
        except sqlite3.Error as error:
            log.warning("page_vectors_unread error=%s", error)
            return {}
        wanted = set(stamps.values())
        dim = self._encoder.dim
        return {
            stamp: unpack(blob, dim) for stamp, blob in rows if stamp in wanted and len(blob) % (dim + 4) == 0
        }

    def _write(self, rows: Mapping[str, tuple[bytes, bytes]]) -> None:
        if self._db is None:
            return
        try:
            with self._db:
                self._db.executemany(
                    "INSERT OR REPLACE INTO pages VALUES (?, ?, ?)",
                    [(id_, stamp, blob) for id_, (stamp, blob) in rows.items()],
                )
        except sqlite3.Error as error:  # a full disk costs time, never an answer
            log.warning("page_vectors_not_kept error=%s", error)


def pack(vectors: Vectors) -> bytes:
    """Return rows as bytes: per row its scale (float32), then one signed byte a number.

    >>> [round(float(x), 2) for x in unpack(pack(np.array([[0.6, -0.8]], "f4")), 2)[0]]
    [0.6, -0.8]
    """
    scale = np.abs(vectors).max(axis=1, keepdims=True) / 127.0 + 1e-12
    whole = np.rint(vectors / scale).astype(np.int8)
    return b"".join(s.astype("<f4").tobytes() + row.tobytes() for s, row in zip(scale, whole, strict=True))


def unpack(blob: bytes, dim: int) -> Vectors:
    """Return the rows that `pack` wrote, (n, dim) float32."""
    raw = np.frombuffer(blob, dtype=np.uint8).reshape(-1, dim + 4)
    scale = np.ascontiguousarray(raw[:, :4]).view("<f4")
    rows: Vectors = (np.ascontiguousarray(raw[:, 4:]).view(np.int8) * scale).astype(np.float32)
    return rows


def _stamp(encoder: str, page: Page) -> bytes:
    content = "\0".join((encoder, page.id, *page.texts))
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _opened(folder: Path) -> sqlite3.Connection | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(folder / "pages.sqlite", timeout=_WAIT_S, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("CREATE TABLE IF NOT EXISTS pages (id TEXT PRIMARY KEY, stamp BLOB, vectors BLOB)")
        db.commit()
    except (OSError, sqlite3.Error) as error:
        log.warning("page_vectors_in_memory_only folder=%s error=%s", folder, error)
        return None
    return db
