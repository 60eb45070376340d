"""Translators of random weights, as small as they come: for tests of whatever opens or runs such folders."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from dragoman.testing.tiny_bert import HIDDEN

LANGS = ("de", "en", "ja")
LAYERS, HEADS = 2, 2
_DIM, _INNER, _PLACES = 32, 48, 128
_LETTERS = "▁abcdefghijklmnoprstuwz0123456789äöüß靴赤い"


def tiny_tokenizer() -> str:
    """Return a tokenizer.json of letters, bytes and languages, like those that are learned."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    names = ["</s>", "<unk>", *(f"<2{lang}>" for lang in LANGS), *bytes_, *dict.fromkeys(_LETTERS)]
    tokenizer = Tokenizer(
        BPE({name: i for i, name in enumerate(names)}, [], byte_fallback=True, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first"), decoders.Fuse()]
    )
    return tokenizer.to_str()


def tiny_decoder(*, seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Return a decoder's weights, drawn at random; it reads the states of `write_tiny_bert`."""
    rng = np.random.default_rng(seed)
    pieces = Tokenizer.from_str(tiny_tokenizer()).get_vocab_size()
    shapes: dict[str, tuple[int, ...]] = {
        "table": (pieces, _DIM),
        "places": (_PLACES, _DIM),
        "bias": (pieces,),
    }
    dense = {"three": (3 * _DIM, _DIM), "joined": (_DIM, _DIM), "asked": (_DIM, _DIM), "told": (_DIM, _DIM)}
    dense |= {"read": (2 * _DIM, HIDDEN), "wide": (_INNER, _DIM), "back": (_DIM, _INNER)}
    norms = ["norm"]
    for i in range(LAYERS):
        for name, shape in dense.items():
            shapes |= {f"blocks.{i}.{name}.weight": shape, f"blocks.{i}.{name}.bias": shape[:1]}
        norms += [f"blocks.{i}.{name}" for name in ("before", "between", "after")]
    for norm in norms:
        shapes |= {f"{norm}.weight": (_DIM,), f"{norm}.bias": (_DIM,)}
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


def write_tiny_sentencepiece(path: Path, pieces: Sequence[tuple[str, float]], *, kind: int = 1) -> None:
    """Write a SentencePiece model: 1 is unigram, 2 byte pairs. The first piece is the unknown one."""
    rows = [
        _field(1, _field(1, text.encode()) + _float(2, score) + _number(3, 2 if i == 0 else 1))
        for i, (text, score) in enumerate(pieces)
    ]
    path.write_bytes(b"".join(rows) + _field(2, _number(3, kind)) + _field(3, _field(1, b"identity")))


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _float(number: int, value: float) -> bytes:
    return _varint(number << 3 | 5) + struct.pack("<f", value)


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])
