"""Rounds the dense steps of an encoder to 8-bit integers. Knows arrays and ranges, never a runtime.

Activations get one step per dense input, fixed beforehand, so a vector never depends on its neighbours.
A few channels are ten times wider than the rest and would waste most of the 256 codes: SmoothQuant
(Xiao et al. 2023, arXiv 2211.10438, eq. 4) divides each channel by a factor and multiplies the weights by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.encoders.weights import Floats, Weights

STRENGTH = 0.8
"""How much of the unevenness moves into the weights: alpha of eq. 4. Swept in docs/decisions/0002."""

MARGIN = 1.3
"""Room above the range seen in calibration; cutting a range short costs far more than coarser codes."""

MIDDLE = 128
"""The code of a weight of zero. Unsigned weights: with AVX2 alone, x86 adds pairs of unsigned times signed
products in 16 bits and cuts what does not fit; unsigned pairs take another way, as fast, and lose nothing."""

_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest value that each input channel of a dense step took."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Grid:
    """How the input of a dense step becomes 0..255: ``round(x / smooth / step) + zero``."""

    step: float
    zero: int
    smooth: Floats  # one factor a channel


def grids_of(weights: Weights, ranges: Mapping[str, Range]) -> dict[str, Grid]:
    """Return a grid for every dense step whose input range was seen."""
    return {name: _grid(seen, _weight(weights, name)) for name, seen in ranges.items()}


def round_weight(weight: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Return codes (outputs, inputs) and one scale per output: weight is about (codes - 128) * scale.

    >>> codes, scales = round_weight(np.array([[1.0, -0.5]], dtype=np.float32))
    >>> codes.tolist(), round(float(scales[0]) * 127, 3)
    ([[255, 64]], 1.0)
    """
    scales = np.maximum(np.abs(weight).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
    codes = np.rint(weight / scales[:, None]).clip(-_LARGEST, _LARGEST) + MIDDLE
    return codes.astype(np.uint8), scales.astype(np.float32)


def _grid(seen: Range, weight: Floats) -> Grid:
    smooth = _smoothing(seen, weight)
    low = MARGIN * min(float((seen.low / smooth).min()), 0.0)
    high = MARGIN * max(float((seen.high / smooth).max()), 0.0)
    step = max(high - low, 1e-6) / 255
    return Grid(step=step, zero=round(-low / step), smooth=smooth)


def _smoothing(seen: Range, weight: Floats) -> Floats:
    widest = np.maximum(np.maximum(-seen.low, seen.high), 1e-3)
    heaviest = np.maximum(np.abs(weight).max(axis=0), 1e-4)
    factors = widest**STRENGTH / heaviest ** (1 - STRENGTH)
    return np.asarray(factors / np.exp(np.log(factors).mean()), dtype=np.float32)


def _weight(weights: Weights, name: str) -> Floats:
    if name.endswith("attention.self"):
        return np.concatenate([weights.arrays[f"{name}.{part}.weight"] for part in ("query", "key", "value")])
    return weights.arrays[f"{name}.weight"]
