"""The static encoder: a text is the mean of its word pieces' fixed vectors. Far faster, and coarser.

Without attention there is no word order and no context. `dragoman compress --static` makes one.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.encoders.model_folder import digest
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.encoders.weights import BLOCK, Table
from dragoman.errors import BadConfig, Corrupt
from dragoman.ports import Role
from dragoman.types import Vectors

_CODES, _SCALES, _WORDS = "static.codes.npy", "static.scales.npy", "tokenizer.json"
_LONGEST_PIECE = 32  # characters, so that what lies behind max_tokens is not even tokenised


class StaticEncoder:
    """Turns text into vectors with a folder that `write_static` wrote; safe to call from many threads."""

    def __init__(self, path: str, *, max_tokens: int = 256) -> None:
        """Open a folder.

        Raises:
            NotFound: no tokenizer there.
            Corrupt: a file cannot be read.
            BadConfig: a length below 1.
        """
        if max_tokens < 1:
            raise BadConfig(f"max_tokens={max_tokens}", hint="it is at least 1")
        folder = Path(path).expanduser()
        self._max_tokens = max_tokens
        self._tokenizer = open_tokenizer(read_text(folder / _WORDS), max_tokens=max_tokens)
        try:
            codes = np.load(folder / _CODES, mmap_mode="r")
            self._table = Table(codes, np.load(folder / _SCALES, mmap_mode="r"))
        except (OSError, ValueError) as error:
            raise Corrupt(
                f"cannot read {folder}: {error}", hint="make it again: compress --static"
            ) from error
        self.dim = int(codes.shape[1])
        parts = [folder / name for name in (_CODES, _SCALES, _WORDS)]
        self.name = f"static-{digest(parts, json.dumps(max_tokens))}"

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, unit rows, zeros for a text without pieces; roles are alike."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        short = [
            text[: self._max_tokens * _LONGEST_PIECE].encode("utf-8", "replace").decode() for text in texts
        ]
        for i, row in enumerate(self._tokenizer.encode_batch_fast(short, add_special_tokens=False)):
            if row.ids:
                vectors[i] = self._table.rows(np.array(row.ids, dtype=np.int64)).mean(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        found: Vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
        return found


def write_static(table: Table, tokenizer: str, folder: Path) -> None:
    """Write one row a word piece, its weight in it, and the tokenizer.json that numbers them."""
    assert table.codes.shape[1] % BLOCK == 0
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / _CODES, table.codes)
    np.save(folder / _SCALES, table.scales)
    (folder / _WORDS).write_text(tokenizer, encoding="utf-8")
