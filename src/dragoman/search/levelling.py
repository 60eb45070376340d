"""Measures once per encoder what it makes of language, and keeps that in a file beside its vectors."""

import logging
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from dragoman.ports import Encoder
from dragoman.rank.level import Levelling, measure

log = logging.getLogger(__name__)


def levelling_of(encoder: Encoder, folder: Path) -> Levelling:
    """Return the levelling for an encoder: read from ``folder``, or measured and written there.

    Measuring encodes some 750 names of two words, about two seconds. A damaged file is measured anew.

    Args:
        folder: Holds one file per encoder name; made when missing.

    Raises:
        Unavailable: the encoder does not answer.
    """
    path = folder / f"{encoder.name.replace('/', '_')}.{_digest()}.npz"
    kept = _read(path, encoder.dim)
    if kept is None:
        kept = measure_encoder(encoder)
        _write(path, kept)
    return kept


def measure_encoder(encoder: Encoder) -> Levelling:
    """Return the levelling of an encoder, from names of the same products in 24 languages."""
    langs = _names()
    vectors = encoder.encode([name for names in langs for name in names], "passage")
    return measure(np.split(vectors, len(langs)))


@cache
def _names() -> tuple[tuple[str, ...], ...]:
    """Names by language: the columns of ``data/parallel.tsv``, without its heading."""
    lines = [line for line in _table().splitlines() if line and not line.startswith("#")]
    return tuple(zip(*(line.split("\t") for line in lines[1:]), strict=True))


@cache
def _table() -> str:
    return files("dragoman.search").joinpath("data/parallel.tsv").read_text(encoding="utf-8")


@cache
def _digest() -> str:
    """Changes with the names, so that other names are measured anew."""
    return blake2b(_table().encode(), digest_size=4).hexdigest()


def _read(path: Path, dim: int) -> Levelling | None:
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            found = Levelling(kept["generic"], kept["directions"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        log.warning("levelling_unreadable=%s error=%s", path, error)
        return None
    return found if found.generic.shape == (dim,) and found.directions.shape[1:] == (dim,) else None


def _write(path: Path, levelling: Levelling) -> None:
    """Write beside the place, then move there: a reader sees all of it or nothing."""
    fresh = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            np.savez(file, generic=levelling.generic, directions=levelling.directions)
        fresh.replace(path)
    except OSError as error:
        # It works without the file, two seconds later at every start.
        log.warning("levelling_not_kept=%s error=%s", path, error)
