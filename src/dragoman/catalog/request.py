"""Ingest: feeds in, products in the index; run it again after a crash and it goes on where it stopped.

Sees ports only: an encoder makes the vectors, an index keeps the products.
"""

import hashlib
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import orjson

from dragoman.catalog.rows import Reading, Removal
from dragoman.catalog.survey import Survey, final, survey
from dragoman.catalog.tally import Tally
from dragoman.errors import BadInput
from dragoman.ports import Encoder, Index
from dragoman.rank.represent import document_terms, passage_text
from dragoman.text.segment import terms
from dragoman.types import IngestReport, Listing, Product, Rejection, Vectors

log = logging.getLogger(__name__)

ENCODED_FIRST, ENCODED_AT_ONCE = 256, 1024
"""Texts of the first encode call, and of later ones: each is twice the one before. An encoder sorts
them by length, and the more there are the less it pads; the first are few, so that progress shows."""

_TURN_S = 0.0005  # how long a thread may keep Python's lock while others wait for it

Progress = Callable[[int, int], None]
_T = TypeVar("_T")


class Extract(Protocol):
    """Adds facts to products; ``name`` is what reads them, so that another one reads them anew."""

    @property
    def name(self) -> str:
        """Identity of the rules."""
        ...

    def __call__(self, products: Sequence[Product], vectors: Vectors) -> list[Product]:
        """Return the products, same order, with the facts that their words state."""
        ...


def ingest(
    feeds: Sequence[Path],
    *,
    encoder: Encoder,
    index: Index,
    reading: Reading = Reading(),
    extract: Extract | None = None,
    batch: int = 256,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring the index to what the feeds say, and return what became of every row.

    Products whose content, encoder and encoded text are as they were are left alone, so running it
    twice changes nothing, and running it after a crash does the rest. A product in several of the
    feeds becomes one, with the languages and markets of all.

    Args:
        reading: What is known of the feeds beforehand. Where they are whole, products that they do not
            hold any more are removed; nothing is, if a feed breaks off or holds no product.
        extract: Reads more facts out of the products' words. They are stored and filtered by, but what
            a product means and by which words it is found stays its seller's.
        batch: Products that the index acknowledges at a time.
        progress: Called with products done and products known; 0 done while the feeds are surveyed.

    Raises:
        NotFound, BadInput, Unsupported: a feed cannot be read at all; nothing was written.
        Unavailable: encoder or index are down; what was acknowledged stays.
    """
    if batch < 1:
        raise BadInput(f"a batch of {batch} products", hint="batch is at least 1")
    tell = progress or _silent
    tally = Tally()
    found = survey(feeds, reading, tally, tell)
    parts = _Tools(encoder, index, extract, batch)
    with _Writer(parts, lambda done: tell(done, found.held)) as writer:
        for part in _parts(final(feeds, reading, found, tally), ENCODED_FIRST):
            writer.write(part, tally)
    if reading.whole:
        _remove_others(index, found, tally)
    log.info(
        "ingest feeds=%d read=%d added=%d changed=%d unchanged=%d removed=%d",
        len(feeds), tally.read, tally.added, tally.changed, tally.unchanged, tally.removed,
    )  # fmt: skip
    return tally.report()


@dataclass(frozen=True, slots=True)
class _Tools:
    encoder: Encoder
    index: Index
    extract: Extract | None
    batch: int

    @property
    def name(self) -> str:
        return f"{self.encoder.name}+{self.extract.name}" if self.extract else self.encoder.name


class _Writer:
    """Encodes what changed while what was encoded before is still read for facts, and written."""

    def __init__(self, tools: _Tools, tell: Callable[[int], None]) -> None:
        self._tools, self._index, self._tell = tools, tools.index, tell
        self._hand = ThreadPoolExecutor(1, "ingest")
        self._writing: Future[None] | None = None
        self._waiting: list[tuple[Listing, str]] = []
        self._at_once = ENCODED_FIRST
        # Each is counted by one thread alone: the reading one, and the writing one.
        self._passed = self._written = 0

    def __enter__(self) -> "_Writer":
        # Encoding threads want Python's lock for a moment every few milliseconds; the usual five idle them.
        self._turn = sys.getswitchinterval()
        sys.setswitchinterval(min(_TURN_S, self._turn))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        sys.setswitchinterval(self._turn)
        try:
            if kind is None:
                self._encode()
                self._settle()
        finally:
            self._hand.shutdown(wait=True)

    def write(self, part: Sequence[Listing | Removal], tally: Tally) -> None:
        gone = [row.id for row in part if isinstance(row, Removal)]
        listings = [row for row in part if isinstance(row, Listing)]
        texts = [passage_text(listing.product) for listing in listings]
        fresh = [
            _stamped(listing, self._tools.name, text) for listing, text in zip(listings, texts, strict=True)
        ]
        known = self._index.digests([listing.product.id for listing in fresh])
        for listing, text, digest in zip(fresh, texts, known, strict=True):
            if digest == listing.digest:
                tally.unchanged += 1
                self._passed += 1
            else:
                tally.added += not digest
                tally.changed += bool(digest)
                self._waiting.append((listing, text))
        if gone:
            tally.removed += _remove(self._index, gone)
            self._passed += len(gone)
        if len(self._waiting) >= self._at_once:
            self._encode()
        self._tell(self._passed + self._written)

    def _encode(self) -> None:
        if not self._waiting:
            return
        listings = [listing for listing, _ in self._waiting]
        vectors = self._tools.encoder.encode([text for _, text in self._waiting], "passage")
        self._waiting = []
        self._at_once = min(2 * self._at_once, ENCODED_AT_ONCE)
        self._settle()
        self._writing = self._hand.submit(self._put, listings, vectors)

    def _put(self, listings: list[Listing], vectors: Vectors) -> None:
        # A product is found by its seller's words alone: bags are of what was listed, not of what was read.
        bags = [document_terms(listing.product, terms=terms) for listing in listings]
        listings = self._read(listings, vectors)
        for start in range(0, len(listings), self._tools.batch):
            part = slice(start, start + self._tools.batch)
            self._index.put(listings[part], vectors[part], bags[part])
            self._written += len(bags[part])

    def _read(self, listings: list[Listing], vectors: Vectors) -> list[Listing]:
        """Return the listings with the facts that their words state."""
        if not self._tools.extract:
            return listings
        more = self._tools.extract([listing.product for listing in listings], vectors)
        return [replace(listing, product=product) for listing, product in zip(listings, more, strict=True)]

    def _settle(self) -> None:
        """Wait until the index has acknowledged everything handed to it; its errors come out here."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()
            self._tell(self._passed + self._written)


def _stamped(listing: Listing, encoder: str, text: str) -> Listing:
    """Return the listing with a digest of all that decides what is stored for it."""
    said = orjson.dumps((listing.product, listing.passages, encoder, text))
    return replace(listing, digest=hashlib.blake2b(said, digest_size=16).hexdigest())


def _remove(index: Index, ids: Sequence[str]) -> int:
    """Remove these products and return how many there were."""
    there = [id_ for id_, digest in zip(ids, index.digests(ids), strict=True) if digest]
    if there:
        index.remove(there)
    return len(there)


def _remove_others(index: Index, found: Survey, tally: Tally) -> None:
    if not found.whole or not found.held:
        problem = "nothing was removed: the feeds break off, or hold no product"
        tally.caution(Rejection(0, "replace", "", problem, "mend the feeds and ingest them again"))
        return
    after = ""
    while ids := index.ids(after, 1000):
        after = ids[-1]
        # A rejected row still names its product: what is in the shop of it stays.
        others = [id_ for id_ in ids if id_ not in found.places and id_ not in found.named]
        if others:
            tally.removed += _remove(index, others)


def _parts(rows: Iterable[_T], size: int) -> Iterator[list[_T]]:
    waiting = iter(rows)
    while part := list(islice(waiting, size)):
        yield part


def _silent(done: int, known: int) -> None:
    """Say nothing."""
