"""How well a passage bears on a question: a probability from two vectors, and where we decline.

Where the weights were learned on the encoder at hand (``data/weighing.npz``, written by
``bench/weighing.py``), they are used; on any other encoder the cosine is measured against a crowd
of passages of other products, which every encoder gets alike. Knows vectors, no product.
"""

import io
import logging
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dragoman.answer.cues import rows
from dragoman.ports import Encoder
from dragoman.rank.level import Levelling, level
from dragoman.types import Vectors

log = logging.getLogger(__name__)

NEAREST = 24
"""Of the crowd's passages, how many of the nearest say how near a question lies to anything at all."""

GENERIC = 0.25
"""How far a question is turned from what is near everything; see `dragoman.rank.level`."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights of a probability that a passage bears on a question.

    logit = bias + cosine * c + crowd * near + (product * q + passage) . p, for a question q, a
    passage p, their cosine c, and ``near``: the mean cosine of the question's nearest in the crowd.
    """

    cosine: float
    crowd: float
    bias: float
    product: NDArray[np.float32]  # (dim,)
    passage: NDArray[np.float32]  # (dim,)
    background: Vectors  # (n, dim): the crowd
    mood: NDArray[np.float32]  # (3, dim + 1): logits of good, bad, neutral from a vector and 1
    floor: float = 0.5  # probability from which evidence is told as an answer
    faint: float = 0.3  # probability from which it is told as the nearest there is; below, nothing is
    levelling: Levelling | None = None


def weigh(question: Vectors, passages: Vectors, weighing: Weighing) -> NDArray[np.float32]:
    """Return how likely each passage is to bear on the question.

    Args:
        question: (1, dim), unit row.
        passages: (n, dim), unit rows.

    Returns:
        (n,) in 0..1.
    """
    asked = levelled(question, weighing)
    near = np.sort(weighing.background @ asked)[-NEAREST:].mean() if len(weighing.background) else 0.0
    direction = weighing.cosine * asked + weighing.product * asked + weighing.passage
    if weighing.levelling is not None:
        direction = without_language(direction[None], weighing.levelling)[0]
    logits = weighing.bias + weighing.crowd * near + passages @ direction
    odds: NDArray[np.float32] = (1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return odds


def levelled(question: Vectors, weighing: Weighing) -> NDArray[np.float32]:
    """Return a question's vector (dim,) without what tells its language, turned from the generic."""
    if weighing.levelling is None:
        return np.asarray(question[0], dtype=np.float32)
    made = level(question, weighing.levelling, guard=1.0, generic=GENERIC)
    return np.asarray(made.vectors[0] * made.lengths[0], dtype=np.float32)


def without_language(vectors: Vectors, levelling: Levelling) -> Vectors:
    """Return vectors (n, dim) without the directions along which languages differ; not of unit length."""
    return np.asarray(vectors - (vectors @ levelling.directions.T) @ levelling.directions, dtype=np.float32)


def weighing_of(encoder: Encoder, folder: Path | None, levelling: Levelling | None = None) -> Weighing:
    """Return the weights for an encoder: the learned ones if they are its own, else measured ones.

    Measuring encodes some 900 short texts, about four seconds, once: it is kept in ``folder``.

    Args:
        folder: Holds one file per encoder name; made when missing. None keeps nothing.

    Raises:
        Unavailable: the encoder does not answer.
    """
    shipped = _shipped()
    if shipped.get("name") == encoder.name:
        return _from(shipped, levelling)
    path = folder / f"{encoder.name.replace('/', '_')}.{_digest()}.npz" if folder else None
    kept = _read(path, encoder.dim) if path else None
    if kept is None:
        kept = measure(encoder)
        if path:
            _write(path, kept)
    return _from({**_plain(), **kept}, None)


def measure(encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """Return what depends on the encoder alone: the crowd's vectors and the directions of moods."""
    crowd = [row[0] for row in rows("crowd")]
    made = anchors()
    vectors = encoder.encode([*crowd, *(text for text, _ in made)], "passage")
    targets = np.eye(3, dtype=np.float32)[[MOODS.index(mood) for _, mood in made]]
    return {
        "background": vectors[: len(crowd)],
        "mood": fit_moods(vectors[len(crowd) :], targets),
    }


MOODS = ("good", "bad", "neutral")
_RIDGE = 2.0  # chosen on held-out anchors, see bench/weighing.py


def fit_moods(vectors: Vectors, targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (3, dim + 1): for each mood a least-squares line through the anchors (ridge regression).

    Args:
        vectors: (n, dim), unit rows.
        targets: (n, 3), one in the column of the text's mood.
    """
    centre = vectors.mean(axis=0)
    moved = vectors - centre
    weights = targets / np.sqrt(targets.sum(axis=0) + 1.0)  # as many anchors of each mood, in effect
    importance = weights.sum(axis=1, keepdims=True)
    square = (moved * importance).T @ moved + _RIDGE * importance.mean() * np.eye(moved.shape[1])
    lines = np.linalg.solve(square, (moved * importance).T @ (targets - 1.0 / 3.0))
    bias = 1.0 / 3.0 - centre @ lines
    return np.concatenate([lines.T, bias[:, None]], axis=1).astype(np.float32)


def anchors() -> list[tuple[str, str]]:
    """Return the texts that moods are learned from, each with its mood: written ones, and real reviews."""
    written = [(text.strip(), mood) for _, mood, texts in rows("anchors") for text in texts.split("|")]
    return written + [(text, mood) for _, mood, text in rows("felt")]


def _from(kept: dict[str, NDArray[np.float32] | str], levelling: Levelling | None) -> Weighing:
    background = np.asarray(kept["background"], dtype=np.float32)
    nothing = np.zeros(background.shape[1], dtype=np.float32)
    return Weighing(
        cosine=_number(kept["cosine"]),
        crowd=_number(kept["crowd"]),
        bias=_number(kept["bias"]),
        product=np.asarray(kept.get("product", nothing), dtype=np.float32),
        passage=np.asarray(kept.get("passage", nothing), dtype=np.float32),
        background=background,
        mood=np.asarray(kept["mood"], dtype=np.float32),
        floor=_number(kept["floor"]),
        faint=_number(kept["faint"]),
        levelling=levelling,
    )


def _number(value: object) -> float:
    return float(np.asarray(value))


def _plain() -> dict[str, NDArray[np.float32] | str]:
    """The weights of cosine and crowd alone, which hold of encoders of this kind."""
    shipped = _shipped()
    return {name: shipped[f"plain_{name}"] for name in ("cosine", "crowd", "bias", "floor", "faint")}


@cache
def _shipped() -> dict[str, NDArray[np.float32] | str]:
    raw = files("dragoman.answer").joinpath("data/weighing.npz").read_bytes()
    with np.load(io.BytesIO(raw), allow_pickle=False) as kept:
        found: dict[str, NDArray[np.float32] | str] = {name: kept[name] for name in kept.files}
    return found | {"name": str(found["name"])}


@cache
def _digest() -> str:
    """Changes with the texts that are measured."""
    texts = repr((rows("crowd"), rows("anchors"), rows("felt")))
    return blake2b(texts.encode(), digest_size=4).hexdigest()


def _read(path: Path, dim: int) -> dict[str, NDArray[np.float32]] | None:
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            found = {name: kept[name] for name in ("background", "mood")}
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        log.warning("weighing_unreadable=%s error=%s", path, error)
        return None
    return found if found["background"].shape[1:] == (dim,) and found["mood"].shape == (3, dim + 1) else None


def _write(path: Path, made: dict[str, NDArray[np.float32]]) -> None:
    """Write beside the place, then move there: a reader sees all of it or nothing."""
    fresh = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            np.savez(file, **made)  # type: ignore[arg-type]  # numpy types its options like arrays
        fresh.replace(path)
    except OSError as error:
        log.warning("weighing_not_kept=%s error=%s", path, error)
