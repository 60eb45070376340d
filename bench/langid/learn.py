"""Learns one table of piece weights by logistic regression; knows samples and rows, not files.

Adagrad over single samples (Duchi et al. 2011), pieces dropped at random (Srivastava et al. 2014).
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from sources import Sample

from dragoman.text.langmodel import PieceTable, pieces
from dragoman.text.scripts import runs

_LONGEST = 5  # words of a sample: queries are not longer, and a long text would say the same again
_MOST_WEIGHT = 4.0  # of a sample of a language with few
SCRIPTS = {"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "han": "Hani"}


@dataclass(frozen=True, slots=True)
class Learning:
    """Settings of one run."""

    steps: int
    lr: float
    weight_decay: float
    dropout: float
    word_weight: float
    seed: int


def samples_of(
    found: Iterable[Sample], group: str, langs: Iterable[str], word_weight: float
) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return the weight of every (language, words): whole texts, pieces of long ones, and single words."""
    wanted, script = set(langs), SCRIPTS[group]
    weights: dict[tuple[str, tuple[str, ...]], float] = {}
    for sample in found:
        if sample.lang not in wanted:
            continue
        lowered = sample.text.lower().replace("i\u0307", "i")
        words = [run for name, run in runs(lowered) if name == script]
        step = _LONGEST if len(words) <= _LONGEST else _LONGEST - 1
        for i in range(0, len(words), step):
            weights[sample.lang, tuple(words[i : i + step])] = 1.0
        if len(words) > 1:
            for word in words:
                if len(word) > 1 or script == "Hani":
                    weights.setdefault((sample.lang, (word,)), word_weight)
    return weights


def learn(
    weights: Mapping[tuple[str, tuple[str, ...]], float], langs: tuple[str, ...], bits: int, how: Learning
) -> PieceTable:
    """Return the table learned, its weights rounded to 8 bits."""
    keys = sorted(weights)
    labels = np.array([langs.index(lang) for lang, _ in keys])
    importance = np.array([weights[key] for key in keys])
    per_lang = np.bincount(labels, weights=importance, minlength=len(langs))
    importance = np.minimum(importance / per_lang[labels] * per_lang.mean(), _MOST_WEIGHT).astype(np.float32)
    rows = [pieces(words, bits).astype(np.int32) for _, words in keys]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    table = np.zeros((1 << bits, len(langs)), np.float32)
    squares = np.zeros_like(table)
    rng = np.random.default_rng(how.seed)
    flat = np.concatenate(rows)
    for step in range(how.steps):
        began, lr = time.perf_counter(), how.lr * (1 - step / how.steps)
        order = rng.permutation(len(labels))
        loss = _pass(
            table, squares, starts, flat, labels, importance, order,
            np.float32(lr), np.float32(how.weight_decay), how.dropout, how.seed + step,
        )  # fmt: skip
        counted = dict(Counter(lang for lang, _ in keys)) if step == 0 else ""
        took = time.perf_counter() - began
        print(f"  step {step + 1}: loss {loss:.4f}, {took:.0f} s {counted}", flush=True)
    return rounded(table, langs, bits)


def rounded(table: NDArray[np.float32], langs: tuple[str, ...], bits: int) -> PieceTable:
    """Return the table in int8, centred a row (a constant moves no odds), the largest weights cut off."""
    centred = table - table.mean(axis=1, keepdims=True)
    used = np.abs(centred)[np.abs(centred).max(axis=1) > 0]
    scale = float(np.quantile(used, 0.9999)) / 127
    return PieceTable(langs, np.clip(np.rint(centred / scale), -127, 127).astype(np.int8), bits, scale)


@numba.njit(fastmath=True)  # type: ignore[untyped-decorator]
def _pass(table, squares, starts, rows, labels, importance, order, lr, decay, dropout, seed):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Go once over the samples and return their mean loss; compiled, hence without Python's comforts."""
    np.random.seed(seed)  # noqa: NPY002 - numba has no generators of its own here
    langs = table.shape[1]
    odds = np.empty(langs, np.float32)
    kept = np.empty(8192, np.int32)
    loss, total = 0.0, 0.0
    for sample in order:
        count = 0
        for at in range(starts[sample], starts[sample + 1]):
            if count < kept.size and np.random.random() >= dropout:  # noqa: NPY002
                kept[count] = rows[at]
                count += 1
        odds[:] = 0
        for at in range(count):
            for lang in range(langs):
                odds[lang] += table[kept[at], lang]
        odds /= np.float32(1 - dropout)
        odds -= odds.max()
        odds = np.exp(odds)
        odds /= odds.sum()
        label = labels[sample]
        loss -= importance[sample] * np.log(max(odds[label], 1e-9))
        total += importance[sample]
        odds[label] -= 1
        odds *= importance[sample]
        for at in range(count):
            row = kept[at]
            for lang in range(langs):
                slope = odds[lang] + decay * table[row, lang]
                squares[row, lang] += slope * slope
                table[row, lang] -= lr * slope / np.sqrt(squares[row, lang] + np.float32(1e-4))
    return loss / total
