"""What a transformer encoder is made of before it becomes a model folder: shape, arrays, tokenizer, habits.

Arrays carry the names Hugging Face's BERT uses, so that a checkpoint, an adapter and our own
importer speak of the same thing. Knows numpy, never products and never a runtime.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput

Floats: TypeAlias = NDArray[np.float32]
Pooling: TypeAlias = Literal["mean", "cls", "none"]
"""How a text's vector comes from its tokens'; "none" keeps those of all tokens, for readers."""

BLOCK = 32
"""Neighbouring weights of one table row that share a scale; the block of GGML's Q4_0 and Q8_0."""


@dataclass(frozen=True, slots=True)
class Table:
    """The word embeddings as integers: row i is ``codes[i] * scales[i]``, one scale a block of 32.

    ``codes`` (vocabulary, hidden) int8, ``scales`` (vocabulary, hidden / 32) float16. The table is four
    fifths of a multilingual encoder; so it is gathered from disk, not loaded, and 4-bit weights stay exact.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float16]

    def rows(self, ids: NDArray[np.int64]) -> Floats:
        """Return (*ids.shape, hidden) float32."""
        width = self.codes.shape[1]
        codes = self.codes[ids].reshape(*ids.shape, width // BLOCK, BLOCK).astype(np.float32)
        codes *= self.scales[ids].astype(np.float32)[..., None]
        return codes.reshape(*ids.shape, width)


def table_of(rows: Floats) -> Table:
    """Round float rows to a `Table`; the error of a value is at most 1/254 of the largest in its block.

    Rows that a `Table` gave come back exactly, four-bit ones too: a folder written and read loses nothing.

    >>> table = table_of(np.array([[1.0] * 31 + [-2.0]], dtype=np.float32))
    >>> [round(float(x), 1) for x in table.rows(np.array([0]))[0][-2:]]
    [1.0, -2.0]
    """
    blocks = rows.reshape(rows.shape[0], -1, BLOCK)
    largest = np.abs(blocks).max(axis=2)
    codes, scales = _rounded(blocks, largest, _LARGEST)
    if _is_exact(blocks[:_PROBE], *_rounded(blocks[:_PROBE], largest[:_PROBE], _FOUR_BIT)).any():
        few, coarse = _rounded(blocks, largest, _FOUR_BIT)
        exact = _is_exact(blocks, few, coarse)
        codes[exact], scales[exact] = few[exact], coarse[exact]
    return Table(codes.reshape(rows.shape), scales)


_LARGEST = 127
_FOUR_BIT = 8  # the largest code of a block of GGML's Q4_0, which the packaged weights are
_PROBE = 64  # rows that tell whether a table was rounded to four bits


def _rounded(blocks: Floats, largest: Floats, top: int) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    scales = (largest / top).astype(np.float16)
    step = np.maximum(scales.astype(np.float32), np.finfo(np.float16).tiny)[..., None]
    return np.clip(np.rint(blocks / step), -top, top).astype(np.int8), scales


def _is_exact(blocks: Floats, codes: NDArray[np.int8], scales: NDArray[np.float16]) -> NDArray[np.bool_]:
    """By block: whether codes times scale are the very values."""
    found: NDArray[np.bool_] = (codes * scales.astype(np.float32)[..., None] == blocks).all(axis=2)
    return found


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that make a BERT-shaped encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int  # width of the feed-forward step
    positions: int  # longest input in tokens, special ones included; may be less than there are rows
    eps: float  # of the layer normalisations


@dataclass(frozen=True, slots=True)
class Weights:
    """An encoder ready to be written as a model folder."""

    shape: Shape
    table: Table
    arrays: Mapping[str, Floats]  # everything but the word embeddings, by Hugging Face name
    tokenizer: str  # tokenizer.json
    origin: str  # where it came from, for people
    pooling: Pooling = "mean"
    prefixes: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({"query": "", "passage": ""})
    )

    def places(self) -> Floats:
        """Return (positions, hidden): what every token at a place gets added, as text of the first kind."""
        positions = self.arrays["embeddings.position_embeddings.weight"][: self.shape.positions]
        places: Floats = positions + self.arrays["embeddings.token_type_embeddings.weight"][0]
        return places


def first(weights: Weights, layers: int) -> Weights:
    """Return the encoder with its first layers only, as they are; 0 is all of them.

    Raises:
        BadInput: more layers than there are, or fewer than none.
    """
    if not 0 <= layers <= weights.shape.layers:
        raise BadInput(f"{layers} layers of {weights.shape.layers}", hint=f"0 to {weights.shape.layers}")
    if layers in (0, weights.shape.layers):
        return weights
    gone = tuple(f"encoder.layer.{i}." for i in range(layers, weights.shape.layers))
    arrays = {name: values for name, values in weights.arrays.items() if not name.startswith(gone)}
    said = f"{weights.origin}, first {layers} of {weights.shape.layers} layers"
    return replace(weights, shape=replace(weights.shape, layers=layers), arrays=arrays, origin=said)
