"""The embedded encoder: a folder of weights on this machine's processor. Knows text and files, no products."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dragoman.backends.encoders.model_folder import FORMAT, read_card, write_model_folder
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.runner import Runner
from dragoman.backends.encoders.weights import Floats
from dragoman.errors import BadConfig, Corrupt
from dragoman.ports import Role
from dragoman.types import Vectors

_LONGEST_PIECE = 32  # characters a token stands for at most; what is longer can never reach the model
_WINDOW = 4096  # texts tokenised and sorted together: bounds memory, still fills batches of one length


class FolderEncoder:
    """Turns text into vectors with the weights of a folder.

    | call | meaning |
    |---|---|
    | `FolderEncoder()` | the packaged multilingual-e5-small, written under ``home`` at first use |
    | `FolderEncoder("models/mine")` | a model folder |
    | `FolderEncoder(threads=2)` | two cores for one query, two batches at once in bulk |
    | `FolderEncoder(max_tokens=512)` | read longer texts; what lies behind is not seen |
    """

    def __init__(
        self,
        path: str = "",
        *,
        home: str = "",
        threads: int = 1,
        max_tokens: int = 256,
        batch_tokens: int = 1024,
    ) -> None:
        if min(threads, max_tokens, batch_tokens) < 1:
            raise BadConfig(f"threads={threads}, max_tokens={max_tokens} and batch_tokens={batch_tokens} must be positive")
        self._path = Path(path) if path else None
        self._home = Path(home).expanduser() if home else Path.home() / ".cache" / "dragoman"
        self._threads = threads
        self._folder = self._path or self._default_folder()
        self._card = read_card(self._folder)
        self._max_tokens = min(max_tokens, self._card.max_tokens)
        self._batch_tokens = batch_tokens
        self._tokenizer = self._open_tokenizer()
        self._runner = Runner(self._folder, self._card, threads=threads)

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._card.dim

    @property
    def name(self) -> str:
        """Identity of the weights, from a hash of the folder's content."""
        return self._card.name

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, same order."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        prefix = self._card.prefixes[role]
        for start in range(0, len(texts), _WINDOW):
            window = [prefix + self._shorten(text) for text in texts[start : start + _WINDOW]]
            self._encode_window(window, vectors[start : start + _WINDOW])
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

    def _encode_window(self, texts: list[str], out: Floats) -> None:
        rows = self._tokens(texts)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))

        def fill(places: list[int]) -> None:
            out[places] = self._runner([rows[i] for i in places])

        batches = self._batches(order, rows)
        for batch in batches:
            fill(batch)

    def _batches(self, order: list[int], rows: list[list[int]]) -> list[list[int]]:
        """Cut rows sorted by length so that a batch, padded to its longest row, keeps within the budget."""
        batches: list[list[int]] = []
        for i in order:
            if batches and (len(batches[-1]) + 1) * len(rows[i]) <= self._batch_tokens:
                batches[-1].append(i)
            else:
                batches.append([i])
        return batches

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        if len(texts) == 1:
            return [self._tokenizer.encode(texts[0]).ids]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]

    def _shorten(self, text: str) -> str:
        limit = self._max_tokens * _LONGEST_PIECE
        return text if len(text) <= limit else " ".join(text.split())[:limit]

    def _open_tokenizer(self) -> Tokenizer:
        path = self._folder / "tokenizer.json"
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises bare Exception
            raise Corrupt(f"cannot read {path}: {error}", hint="delete the folder; it is written again") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._max_tokens)
        tokenizer.encode_special_tokens = True  # a shopper who types "</s>" means the letters
        return tokenizer

    def _default_folder(self) -> Path:
        folder = self._home / "models" / f"multilingual-e5-small-{FORMAT}"
        if not folder.is_dir():
            write_model_folder(read_packaged(), folder)
        return folder
