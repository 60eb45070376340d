"""The files of a phrase translator: a card, and of each language its pieces, model, capitals and table.

Arrays are safetensors in xz, which halves what is in a byte already.
"""

import json
import lzma
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from dragoman.backends.translators.phrases.casing import Casing
from dragoman.backends.translators.phrases.ngrams import Arrays, Floats, Ngrams, ngrams_of
from dragoman.backends.translators.phrases.options import SIGNS
from dragoman.backends.translators.phrases.spelling import Spelling
from dragoman.backends.translators.phrases.tables import PhraseTable, opened
from dragoman.errors import Corrupt
from dragoman.types import Lang

T = TypeVar("T")

CARD, PIECES, MODEL, CASING, TABLE = "card.json", "pieces.json.xz", "model.xz", "casing.json.xz", "table.xz"
_OPEN = 32  # languages kept open in a process


@dataclass(frozen=True, slots=True)
class Card:
    """What a phrase translator is."""

    name: str  # engine and version
    langs: tuple[Lang, ...]
    weights: Mapping[str, Sequence[float]] = field(default_factory=dict)  # "en>de" to len(SIGNS) numbers
    sure: Mapping[str, float] = field(default_factory=dict)  # logistic map of `evidence`, "" its intercept

    def confidence(self, signs: Floats, read: int) -> float:
        """Return the share of translations with such signs that were found good, 0..1."""
        told = evidence(signs, read)
        total = self.sure.get("", 0.0) + sum(self.sure.get(name, 0.0) * value for name, value in told.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Language:
    """What is known of one language."""

    spelling: Spelling
    model: Ngrams
    casing: Casing


def evidence(signs: Floats, read: int) -> dict[str, float]:
    """Return what speaks for or against a translation, by name, however long it is.

    Args:
        signs: (len(SIGNS),) sums over its phrases.
        read: Pieces of the source.
    """
    told = dict(zip(SIGNS, (float(one) for one in signs), strict=True))
    written = max(told["pieces"], 1.0)
    return {
        "model": told["model"] / (written + 1),
        "forth": told["forth"] / read,
        "back": told["back"] / read,
        "words_forth": told["words_forth"] / written,
        "words_back": told["words_back"] / read,
        "phrases": told["phrases"] / read,
        "copied": told["copied"] / read,
        "cut": told["cut"] / read,
        "size": math.log(read),
    }


def shipped_data() -> Path:
    """Return the folder of the tables that come with the package; its README.md is the model card."""
    return Path(__file__).parent / "data"


def is_shipped(folder: Path | None = None) -> bool:
    """Say whether a folder, or the package, has tables."""
    return ((folder or shipped_data()) / CARD).is_file()


def read_card(folder: Path) -> Card:
    """Return a translator's card; raises Corrupt."""
    return _read(
        folder / CARD, lambda raw: Card(**{**(found := json.loads(raw)), "langs": tuple(found["langs"])})
    )


@lru_cache(maxsize=_OPEN)
def open_language(folder: Path, lang: Lang) -> Language:
    """Return a language of a folder; raises Corrupt."""
    here = folder / lang
    return Language(
        _read(here / PIECES, lambda raw: Spelling(lzma.decompress(raw).decode())),
        ngrams_of(read_arrays(here / MODEL)),
        _read(here / CASING, lambda raw: Casing(**json.loads(lzma.decompress(raw)))),
    )


def open_table(folder: Path, lang: Lang, *, from_english: bool) -> PhraseTable:
    """Return the table of English and another language, in one direction; raises Corrupt."""
    return opened(read_arrays(folder / lang / TABLE), from_english=from_english)


def write_language(
    folder: Path, *, pieces: str, model: Ngrams, casing: Casing, table: Arrays | None = None
) -> None:
    """Write a language's files; English has no table."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PIECES).write_bytes(lzma.compress(pieces.encode()))
    (folder / CASING).write_bytes(lzma.compress(json.dumps(casing.as_json(), ensure_ascii=False).encode()))
    (folder / MODEL).write_bytes(packed(model.arrays()))
    if table is not None:
        (folder / TABLE).write_bytes(packed(table))


def packed(arrays: Arrays) -> bytes:
    """Return arrays as they are stored."""
    return lzma.compress(save({name: np.ascontiguousarray(one) for name, one in arrays.items()}), preset=9)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:  # Any: of several types
    """Return stored arrays; raises Corrupt."""
    found: dict[str, NDArray[Any]] = _read(path, lambda raw: load(lzma.decompress(raw)))
    return found


def _read(path: Path, made: Callable[[bytes], T]) -> T:
    try:
        return made(path.read_bytes())
    except (OSError, lzma.LZMAError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise Corrupt(
            f"cannot read {path}: {error}", hint="install the package again, or train anew"
        ) from error
