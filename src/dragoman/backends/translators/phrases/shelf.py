"""The files of a phrase translator: a card, and of each language pieces, texts, capitals, titles and a table.

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
from dragoman.backends.translators.phrases.letters import Letters
from dragoman.backends.translators.phrases.ngrams import Arrays, Floats, Ngrams
from dragoman.backends.translators.phrases.options import SIGNS
from dragoman.backends.translators.phrases.spelling import Spelling
from dragoman.backends.translators.phrases.tables import PhraseTable, opened
from dragoman.backends.translators.phrases.texts import Texts, texts_of
from dragoman.backends.translators.phrases.titles import TitleSigns
from dragoman.errors import Corrupt
from dragoman.types import Lang

T = TypeVar("T")

CARD, PIECES, TEXTS, TABLE = "card.json", "pieces.json.xz", "texts.xz", "table.xz"
CASING, TITLES = "casing.json.xz", "titles.json.xz"
_OPEN = 32  # languages kept open in a process


@dataclass(frozen=True, slots=True)
class Card:
    """What a phrase translator is."""

    name: str  # engine and version
    langs: tuple[Lang, ...]
    weights: Mapping[str, Sequence[float]] = field(default_factory=dict)  # "en>de" to len(SIGNS) numbers
    sure: Mapping[str, float] = field(default_factory=dict)  # logistic map of `evidence`, "" its intercept
    titled: tuple[Lang, ...] = ()  # languages with titles where English has them

    def confidence(self, signs: Floats, read: int) -> float:
        """Return the share of translations with such signs that were found good, 0..1."""
        told = evidence(signs, read)
        total = self.sure.get("", 0.0) + sum(self.sure.get(name, 0.0) * value for name, value in told.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Language:
    """What is known of one language."""

    spelling: Spelling
    casing: Casing
    titles: TitleSigns  # of what are titles in English


@dataclass(frozen=True, slots=True)
class Models:
    """What a language would say: what is asked where it is translated into."""

    pieces: Ngrams
    letters: Letters


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

    def made(raw: bytes) -> Card:
        found = json.loads(raw)
        return Card(**{**found, "langs": tuple(found["langs"]), "titled": tuple(found.get("titled", ()))})

    return _read(folder / CARD, made)


@lru_cache(maxsize=_OPEN)
def open_language(folder: Path, lang: Lang) -> Language:
    """Return a language of a folder; raises Corrupt."""
    here = folder / lang
    return Language(
        _read(here / PIECES, lambda raw: Spelling(lzma.decompress(raw).decode())),
        _read(here / CASING, lambda raw: Casing(**json.loads(lzma.decompress(raw)))),
        _read(here / TITLES, lambda raw: TitleSigns(json.loads(lzma.decompress(raw))))
        if (here / TITLES).is_file()
        else TitleSigns(),
    )


@lru_cache(maxsize=_OPEN)
def open_models(folder: Path, lang: Lang) -> Models:
    """Make the models of a language from its texts, which takes part of a second; raises Corrupt."""
    spelling = open_language(folder, lang).spelling
    return _read(folder / lang / TEXTS, lambda raw: models_of(texts_of(_arrays(raw)), spelling))


def models_of(texts: Texts, spelling: Spelling) -> Models:
    """Return the models of a language's texts."""
    return Models(texts.pieces(spelling.size), texts.letters(spelling))


def open_table(folder: Path, lang: Lang, *, from_english: bool) -> PhraseTable:
    """Return the table of English and another language, in one direction; raises Corrupt."""
    return opened(read_arrays(folder / lang / TABLE), from_english=from_english)


def write_language(
    folder: Path,
    *,
    pieces: str,
    texts: Texts,
    casing: Casing,
    titles: TitleSigns | None = None,
    table: Arrays | None = None,
) -> None:
    """Write a language's files; English has no table, and no signs of its own titles."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PIECES).write_bytes(lzma.compress(pieces.encode()))
    (folder / CASING).write_bytes(_packed_json(casing.as_json()))
    (folder / TEXTS).write_bytes(packed(texts.arrays()))
    if titles is not None:
        (folder / TITLES).write_bytes(_packed_json(titles.weights))
    if table is not None:
        (folder / TABLE).write_bytes(packed(table))


def _packed_json(tree: object) -> bytes:
    return lzma.compress(json.dumps(tree, ensure_ascii=False).encode())


def packed(arrays: Arrays) -> bytes:
    """Return arrays as they are stored."""
    return lzma.compress(save({name: np.ascontiguousarray(one) for name, one in arrays.items()}), preset=9)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:  # Any: of several types
    """Return stored arrays; raises Corrupt."""
    return _read(path, _arrays)


def _arrays(raw: bytes) -> dict[str, NDArray[Any]]:  # Any: of several types
    found: dict[str, NDArray[Any]] = load(lzma.decompress(raw))
    return found


def _read(path: Path, made: Callable[[bytes], T]) -> T:
    try:
        return made(path.read_bytes())
    except (
        OSError,
        lzma.LZMAError,
        SafetensorError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
        raise Corrupt(
            f"cannot read {path}: {error}", hint="install the package again, or train anew"
        ) from error
