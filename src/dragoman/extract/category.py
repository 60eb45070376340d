"""Which category of the taxonomy a product is in: the one its seller names, else the nearest by meaning."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dragoman.extract.found import Shelf
from dragoman.extract.schema import Category, known_category, taxonomy
from dragoman.ports import Encoder
from dragoman.types import Vectors

log = logging.getLogger(__name__)

DEEPEST: Final = 3
"""Names of the longest path that a prediction says: 1,706 categories, a few seconds to encode once."""

GIVEN: Final = 1.0
LOWEST: Final = 0.6
SPREAD: Final = 40
"""Trust in a seller's own category; the least in a predicted one; the nearest ones that must agree."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """The vectors of the taxonomy's categories, of one encoder; see ``shelves_of``."""

    vectors: Vectors  # (n, dim), unit rows
    categories: tuple[Category, ...]

    def nearest(self, products: Vectors) -> list[Shelf]:
        """Return, per product vector, the category its nearest names agree on, and how far to trust it."""
        if not len(products):
            return []
        scores = products @ self.vectors.T
        best = np.argsort(-scores, axis=1, kind="stable")[:, :SPREAD]
        return [self._agreed(row, scores[at, row]) for at, row in enumerate(best)]

    def _agreed(self, row: NDArray[np.intp], scores: NDArray[np.float32]) -> Shelf:
        """Let the nearest vote for the broadest name of their paths; the best path of the winner is taken.

        Its share is the trust: on 250 products of the demo shop, half reach 0.65, of which 73 % are right, a
        quarter 0.8, of which 90 % are (docs/decisions/0020).
        """
        weights = np.exp((scores - scores[0]) / 0.02)
        votes: dict[str, float] = {}
        for at, weight in zip(row, weights, strict=True):
            votes[self._root(at)] = votes.get(self._root(at), 0.0) + float(weight)
        winner = max(votes, key=lambda name: (votes[name], name))
        share = votes[winner] / sum(votes.values())
        first = next(at for at in row if self._root(at) == winner)
        return shelf_of(self.categories[first], min(0.9, share)) if share >= LOWEST else Shelf()

    def _root(self, at: np.intp) -> str:
        return self.categories[at].path.partition(" > ")[0]


def shelf_of(category: Category | None, trust: float = GIVEN) -> Shelf:
    """Return what a category lets one expect."""
    if category is None:
        return Shelf()
    attributes = taxonomy().attributes
    schema = {attributes[at].handle: attributes[at].values for at in category.attributes}
    return Shelf(category.path, schema, trust)


@cache
def shelf_named(path: str) -> Shelf:
    """Return the shelf of a seller's category path, an empty one where the taxonomy has none of that name."""
    return shelf_of(known_category(path)) if path else Shelf()


def shelves_of(encoder: Encoder, folder: Path) -> Shelves:
    """Return the categories as vectors: read from ``folder``, or encoded (about ten seconds) and kept there.

    Raises:
        Unavailable: the encoder does not answer.
    """
    found = kept_shelves(encoder, folder)
    if found is None:
        found = Shelves(encoder.encode(_texts(), "query"), _categories())
        _write(_path(encoder, folder), found.vectors)
    return found


def kept_shelves(encoder: Encoder, folder: Path) -> Shelves | None:
    """Return the vectors that were kept in ``folder`` for this encoder, None where there are none."""
    kept = _read(_path(encoder, folder), encoder.dim)
    return None if kept is None else Shelves(kept, _categories())


def _path(encoder: Encoder, folder: Path) -> Path:
    # Where queries have an encoder of their own, theirs are the vectors.
    name = str(getattr(encoder, "query_name", encoder.name))
    return folder / f"{name.replace('/', '_')}.{_digest()}.npz"


@cache
def _categories() -> tuple[Category, ...]:
    return tuple(category for category in taxonomy().categories if category.depth <= DEEPEST)


def _texts() -> Sequence[str]:
    """Whole paths, asked for like queries: of six ways tried the one that products are nearest to."""
    return [category.path for category in _categories()]


@cache
def _digest() -> str:
    return blake2b("\n".join(_texts()).encode(), digest_size=4).hexdigest()


def _read(path: Path, dim: int) -> Vectors | None:
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            found: Vectors = kept["vectors"].astype(np.float32)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        log.warning("categories_unreadable=%s error=%s", path, error)
        return None
    return found if found.shape == (len(_categories()), dim) else None


def _write(path: Path, vectors: Vectors) -> None:
    """Write beside the place, then move there: a reader sees all of it or nothing."""
    fresh = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            np.savez(file, vectors=vectors.astype(np.float16))
        fresh.replace(path)
    except OSError as error:
        log.warning("categories_not_kept=%s error=%s", path, error)
