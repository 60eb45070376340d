"""Writes a translator whole: the packaged encoder, its word pieces trimmed, and a small decoder. A script.

CTranslate2's specifications load torch where it is installed, which must not stay in a process that serves.
Knows arrays and files, never texts.
"""

import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from dragoman.backends.encoders.adapter import merge_adapter, shipped_adapter
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.trim import with_pieces
from dragoman.backends.encoders.weights import Floats, Weights
from dragoman.backends.translators.assemble import (
    CARD,
    KEPT,
    LETTERS,
    SOURCE,
    TARGET,
    WEIGHTS,
    Card,
    read_card,
)
from dragoman.backends.translators.convert import Decoder, write_translator
from dragoman.backends.translators.engine import Rounding
from dragoman.errors import Corrupt


def write_data(card: Card, arrays: dict[str, Floats], tokenizer: str, kept: Sequence[int], out: Path) -> None:
    """Write what is shipped of a translator: dense weights in eight bits, one scale a row, as they run."""
    out.mkdir(parents=True, exist_ok=True)
    packed: dict[str, NDArray[np.generic]] = {}
    for name, weight in arrays.items():
        packed |= _packed(name, weight) if weight.ndim == 2 and name != "places" else {name: weight}
    save_file({name: np.ascontiguousarray(one) for name, one in packed.items()}, out / WEIGHTS)
    bits = np.zeros(max(kept) + 1, dtype=bool)
    bits[list(kept)] = True
    (out / KEPT).write_bytes(gzip.compress(np.packbits(bits).tobytes(), mtime=0))
    (out / LETTERS).write_bytes(gzip.compress(tokenizer.encode(), mtime=0))
    (out / CARD).write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_arrays(path: Path) -> dict[str, Floats]:
    """Return the weights that `write_data` wrote; raises Corrupt."""
    try:
        with safe_open(path, "np") as file:
            raw = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise Corrupt(f"cannot read {path}: {error}", hint="install the package again") from error
    found: dict[str, Floats] = {}
    for name, values in raw.items():
        if name.endswith(".codes"):
            whole = name.removesuffix(".codes")
            found[whole] = values.astype(np.float32) * raw[f"{whole}.scales"][:, None]
        elif not name.endswith(".scales"):
            found[name] = values.astype(np.float32)
    return found


def decoder_of(card: Card, arrays: dict[str, Floats], tokenizer: str) -> Decoder:
    """Return the decoder with its pieces by id."""
    pieces = Tokenizer.from_str(tokenizer)
    names = tuple(str(pieces.id_to_token(i)) for i in range(pieces.get_vocab_size()))
    return Decoder(card.layers, card.heads, arrays, names)


def write_folder(
    card: Card, weights: Weights, decoder: Decoder, tokenizer: str, out: Path, *, rounding: Rounding = "int8"
) -> None:
    """Write the engine's folder with both tokenizers and the card beside it."""
    source = Tokenizer.from_str(weights.tokenizer)
    names = [source.id_to_token(i) or f"<{i}>" for i in range(len(weights.table.codes))]
    write_translator(weights, names, decoder, out, rounding=rounding)
    (out / SOURCE).write_text(weights.tokenizer, encoding="utf-8")
    (out / TARGET).write_text(tokenizer, encoding="utf-8")
    (out / CARD).write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kept_in(data: Path) -> list[int]:
    """Return the ids of the encoder's word pieces that `write_data` was told to keep, rising."""
    bits = np.unpackbits(np.frombuffer(gzip.decompress((data / KEPT).read_bytes()), np.uint8))
    return [int(i) for i in np.flatnonzero(bits)]


def write(data: Path, out: Path) -> None:
    """Write the engine's folder of the decoder in ``data``; raises Corrupt."""
    card = read_card(data)
    try:
        tokenizer = gzip.decompress((data / LETTERS).read_bytes()).decode()
        kept = kept_in(data)
    except (OSError, ValueError, EOFError) as error:
        raise Corrupt(f"cannot read {data}: {error}", hint="install the package again") from error
    weights = merge_adapter(read_packaged(), shipped_adapter())
    weights = with_pieces(first_layers(weights, card.encoder_layers), kept)
    decoder = decoder_of(card, read_arrays(data / WEIGHTS), tokenizer)
    write_folder(card, weights, decoder, tokenizer, out)


def first_layers(weights: Weights, layers: int) -> Weights:
    """Return the encoder's first layers."""
    return replace(weights, shape=replace(weights.shape, layers=min(layers, weights.shape.layers)))


def _packed(name: str, weight: Floats) -> dict[str, NDArray[np.generic]]:
    scales = np.maximum(np.abs(weight).max(axis=1), 1e-8).astype(np.float32) / 127
    return {f"{name}.codes": np.rint(weight / scales[:, None]).astype(np.int8), f"{name}.scales": scales}


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
