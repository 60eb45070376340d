"""Watches which values an encoder's dense steps meet on a shelf of texts. Knows a runtime, never products."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
from tokenizers import Tokenizer

from dragoman.backends.encoders.graph import build_tapped
from dragoman.backends.encoders.quantise import Range
from dragoman.backends.encoders.runner import Ids, open_session
from dragoman.backends.encoders.weights import Floats, Weights

_LONGEST = 128  # tokens of one calibration text


@cache
def calibration_texts() -> tuple[str, ...]:
    """Return our own shop-like lines in many scripts, from `calibration.txt` beside this file."""
    text = (files(__package__) / "calibration.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def ranges_of(weights: Weights, tokenizer: Tokenizer) -> dict[str, Range]:
    """Return the range each dense step's input channels took over the calibration texts, in both roles."""
    tapped = build_tapped(weights)
    session = open_session(tapped.model.SerializeToString(), threads=1)
    places = weights.places()
    lows: dict[str, Floats] = {}
    highs: dict[str, Floats] = {}
    names = list(dict.fromkeys(tapped.inputs.values()))
    for ids in _rows(weights, tokenizer):
        tokens = weights.table.rows(ids) + places[: ids.shape[1]]
        for name, seen in zip(names, session.run(names, {"tokens": tokens}), strict=True):
            low, high = seen.min(axis=(0, 1)), seen.max(axis=(0, 1))
            lows[name] = np.minimum(lows.get(name, low), low)
            highs[name] = np.maximum(highs.get(name, high), high)
    return {dense: Range(lows[name], highs[name]) for dense, name in tapped.inputs.items()}


def _rows(weights: Weights, tokenizer: Tokenizer) -> Iterable[Ids]:
    for prefix in dict.fromkeys(weights.prefixes.values()):
        for text in calibration_texts():
            yield np.array([tokenizer.encode(prefix + text).ids[:_LONGEST]], dtype=np.int64)
