"""Opens a SentencePiece model as a tokenizer, without its library. Knows the file's form, no languages.

The file is a protocol buffer (sentencepiece_model.proto): field 1 are the pieces (1 text, 2 score, 3 kind),
field 2 the trainer's settings (3 says unigram or byte pairs), field 3 the normaliser (2 its compiled map).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from dragoman.errors import Corrupt, NotFound

Field: TypeAlias = tuple[int, int | bytes]
_UNIGRAM, _PAIRS = 1, 2
_UNKNOWN = 2  # kind of the piece that stands for what is unknown


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    score: float
    kind: int


def open_sentencepiece(path: Path) -> Tokenizer:
    """Return the tokenizer of a .spm or .model file.

    Raises:
        NotFound: no such file.
        Corrupt: it is no SentencePiece model, or one of words or characters.
    """
    if not path.is_file():
        raise NotFound(f"no {path}", hint="fetch the whole folder of the model")
    try:
        return _opened(path.read_bytes())
    except (ValueError, IndexError, KeyError, struct.error, StopIteration) as error:
        raise Corrupt(f"{path} is no SentencePiece model: {error}", hint="fetch it again") from error


def _opened(data: bytes) -> Tokenizer:
    pieces: list[_Piece] = []
    kind, compiled = _UNIGRAM, b""
    for field, value in _fields(data):
        if field == 1 and isinstance(value, bytes):
            pieces.append(_piece(value))
        elif field == 2 and isinstance(value, bytes):
            kind = next((int(v) for f, v in _fields(value) if f == 3), _UNIGRAM)
        elif field == 3 and isinstance(value, bytes):
            compiled = next((bytes(v) for f, v in _fields(value) if f == 2 and isinstance(v, bytes)), b"")
    if not pieces or kind not in (_UNIGRAM, _PAIRS):
        raise ValueError(f"{len(pieces)} pieces of kind {kind}")
    tokenizer = Tokenizer(_unigram(pieces) if kind == _UNIGRAM else _pairs(pieces))
    steps = [normalizers.Precompiled(compiled)] if compiled else [normalizers.NFKC()]
    tokenizer.normalizer = normalizers.Sequence([*steps, normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=kind == _UNIGRAM)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def _unigram(pieces: list[_Piece]) -> models.Unigram:
    unknown = next((i for i, piece in enumerate(pieces) if piece.kind == _UNKNOWN), 0)
    return models.Unigram([(piece.text, piece.score) for piece in pieces], unknown)


def _pairs(pieces: list[_Piece]) -> models.BPE:
    """Merges are not written down: a piece is the merge of each two pieces it can be cut into."""
    places = {piece.text: i for i, piece in enumerate(pieces)}
    merges: list[tuple[str, str]] = []
    for piece in sorted(pieces, key=lambda one: -one.score):
        cuts = [(piece.text[:at], piece.text[at:]) for at in range(1, len(piece.text))]
        known = [cut for cut in cuts if cut[0] in places and cut[1] in places]
        merges += sorted(known, key=lambda cut: (places[cut[0]], places[cut[1]]))
    unknown = next((piece.text for piece in pieces if piece.kind == _UNKNOWN), "<unk>")
    return models.BPE(places, merges, unk_token=unknown, fuse_unk=True)


def _piece(data: bytes) -> _Piece:
    found = dict(_fields(data))
    score = struct.unpack("<f", bytes(found[2]))[0] if isinstance(found.get(2), bytes) else 0.0
    kind = found.get(3, 1)
    return _Piece(bytes(found[1]).decode(), float(score), int(kind))


def _fields(data: bytes) -> Iterator[Field]:
    """Fields of one message: numbers as they are, the rest as bytes."""
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _number(data, at)
            yield key >> 3, value
            continue
        if wire == 2:
            size, at = _number(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + size > len(data):
            raise ValueError("it ends too soon")
        yield key >> 3, data[at : at + size]
        at += size


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    found = shift = 0
    while True:
        byte = data[at]
        at += 1
        found |= (byte & 127) << shift
        if byte < 128:
            return found, at
        shift += 7
