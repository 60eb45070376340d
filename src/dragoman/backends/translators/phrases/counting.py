"""A language model of three pieces, from texts: interpolated Kneser-Ney (Chen & Goodman 1999)."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from dragoman.backends.translators.phrases.ngrams import Floats, Ints, Ngrams
from dragoman.backends.translators.phrases.spelling import END, START

Row: TypeAlias = Sequence[int]

_DISCOUNTS = (0.5, 0.7, 0.8)  # of pieces, pairs, triples


def learn_ngrams(rows: Sequence[Row], size: int, *, least: int = 1) -> Ngrams:
    """Return the model of texts.

    Args:
        rows: Ids of a text each.
        size: Ids there are.
        least: How often a triple must be seen to be kept; what it takes goes to the pair.
    """
    every = np.concatenate([np.array([START, START, *row, END], np.int64) for row in rows])
    lengths = np.array([len(row) + 3 for row in rows])
    inner = np.ones(len(every), bool)
    for place in (0, 1):
        inner[np.concatenate([[0], np.cumsum(lengths)[:-1]]) + place] = False
    at = np.nonzero(inner)[0]
    triples, counts = np.unique((every[at - 2] * size + every[at - 1]) * size + every[at], return_counts=True)
    # Below triples what counts is in how many contexts a piece is seen.
    pairs, n2 = np.unique(triples % (size * size), return_counts=True)
    ones, n1 = np.unique(pairs % size, return_counts=True)
    one: Floats = np.full(size, _DISCOUNTS[0] * len(ones) / n1.sum() / size)
    one[ones] += (n1 - _DISCOUNTS[0]) / n1.sum()
    whole, kinds = np.bincount(pairs // size, n2, minlength=size), np.bincount(pairs // size, minlength=size)
    one_less = np.where(whole > 0, _DISCOUNTS[1] * kinds / np.maximum(whole, 1), 1.0)
    two = (n2 - _DISCOUNTS[1]) / whole[pairs // size] + one_less[pairs // size] * one[pairs % size]
    return _with_triples(triples, counts, (pairs, two), (one, one_less), least)


def _with_triples(
    triples: Ints, counts: Ints, pairs: tuple[Ints, Floats], ones: tuple[Floats, Floats], least: int
) -> Ngrams:
    size = len(ones[0])
    heads, at = np.unique(triples // size, return_inverse=True)
    whole = np.bincount(at, counts)
    kept = counts >= (least if (counts >= least).any() else 1)
    spent = np.bincount(at, np.where(kept, counts - _DISCOUNTS[2], 0.0))
    less = (whole - spent) / whole
    low = pairs[1][np.searchsorted(pairs[0], triples % (size * size))]
    three = ((counts - _DISCOUNTS[2]) / whole[at] + less[at] * low)[kept]
    used = np.bincount(at, kept) > 0
    logs = [np.log(some).astype(np.float32) for some in (*ones, pairs[1], less[used], three)]
    return Ngrams(size, logs[0], logs[1], pairs[0], logs[2], heads[used], logs[3], triples[kept], logs[4])
