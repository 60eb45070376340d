"""The embedded encoder: a folder of weights on this machine's processor. Knows texts, no products."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from threading import Lock
from zlib import crc32

import numpy as np

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.encoders.model_folder import Precision
from dragoman.backends.encoders.runner import Run
from dragoman.backends.encoders.sources import find_model
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.encoders.weights import Floats
from dragoman.errors import BadConfig
from dragoman.ports import Role
from dragoman.types import Vectors

_LONGEST_PIECE = 32  # characters a token stands for at most; what is longer than all tokens is cut beforehand
_BATCH_TOKENS = 256  # of one call to the runtime; with more the activations leave the cache: decision 0002
_USUAL_TOKENS = 256  # read of a text; titles and descriptions seldom have more
_WINDOW = 4096  # texts tokenised and sorted together: bounds memory, and still fills batches of one length


class FolderEncoder:
    """Turns text into vectors with the weights of a folder; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `FolderEncoder()` | the packaged multilingual-e5-small, written under ``home`` at first use |
    | `FolderEncoder("models/mine")` | a model folder, a Hugging Face folder, or one with onnx/model.onnx |
    | `FolderEncoder(adapter="runs/lora")` | a LoRA adapter merged into the weights |
    | `FolderEncoder(threads=2)` | two cores for one query, two batches at once in bulk |
    | `FolderEncoder(max_tokens=512)` | read longer texts; what lies behind is not seen |
    | `FolderEncoder(prefixes={"query": "", "passage": ""})` | other words before texts than the folder's |
    """

    def __init__(
        self,
        path: str = "",
        *,
        adapter: str = "",
        home: str = "~/.cache/dragoman",
        threads: int = 1,
        max_tokens: int = _USUAL_TOKENS,
        precision: Precision = "int8",
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        """Open a folder, writing it first where it must be converted.

        Raises:
            NotFound, Unsupported, Corrupt: see `find_model`.
            BadConfig: a number below 1, an unknown precision, a prefix without its role.
        """
        if min(threads, max_tokens) < 1:
            raise BadConfig(f"threads={threads}, max_tokens={max_tokens}", hint="both must be at least 1")
        if precision not in ("int8", "float32"):
            raise BadConfig(f"precision={precision!r}", hint="int8 or float32")
        if prefixes is not None and set(prefixes) != {"query", "passage"}:
            raise BadConfig(f"prefixes for {sorted(prefixes)}", hint="one for query and one for passage")
        model = find_model(path, adapter=adapter, home=Path(home).expanduser(), precision=precision)
        self._card = model.card
        self._prefixes = dict(prefixes or model.card.prefixes)
        self._max_tokens = min(max_tokens, model.card.max_tokens)
        self._threads = threads
        self._tokenizer = open_tokenizer(read_text(model.tokenizer), max_tokens=self._max_tokens)
        self._open = model.open
        self._run = model.open(threads)
        self._single: Run | None = self._run if threads == 1 else None
        self._lock = Lock()

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._card.dim

    @property
    def name(self) -> str:
        """Identity of the vectors: of the weights, and of prefixes or a length that is unusual."""
        changed: list[object] = []
        if self._prefixes != dict(self._card.prefixes):
            changed += sorted(self._prefixes.items())
        if self._max_tokens != min(_USUAL_TOKENS, self._card.max_tokens):
            changed.append(self._max_tokens)
        return f"{self._card.name}-{crc32(repr(changed).encode()):08x}" if changed else self._card.name

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, same order.

        A row depends on its own text only, never on the texts beside it.
        """
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _WINDOW):
            window = texts[start : start + _WINDOW]
            self._fill(vectors[start : start + _WINDOW], self._tokens(window, self._prefixes[role]))
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

    def _fill(self, out: Floats, rows: list[list[int]]) -> None:
        batches = list(self._batches(rows))

        def fill(batch: list[int], run: Run) -> None:
            out[batch] = run(np.array([rows[i] for i in batch], dtype=np.int64))

        if self._threads == 1 or len(batches) == 1:
            for batch in batches:
                fill(batch, self._run)
            return
        # One core a batch: cores that share a batch wait for each other after every step.
        single = self._one_core()
        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(lambda batch: fill(batch, single), batches):
                pass

    def _batches(self, rows: list[list[int]]) -> Iterator[list[int]]:
        """Indices of rows of one length, within the token budget; longest first, so cores end together."""
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        for length, group in groupby(order, key=lambda i: len(rows[i])):
            alike = list(group)
            most = max(1, _BATCH_TOKENS // length)
            for start in range(0, len(alike), most):
                yield alike[start : start + most]

    def _one_core(self) -> Run:
        with self._lock:
            if self._single is None:
                self._single = self._open(1)
            return self._single

    def _tokens(self, texts: Sequence[str], prefix: str) -> list[list[int]]:
        whole = [prefix + self._shorten(text) for text in texts]
        if len(whole) == 1:  # the batch call wakes a thread pool, longer than one query takes
            return [self._tokenizer.encode(whole[0]).ids]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(whole)]

    def _shorten(self, text: str) -> str:
        limit = self._max_tokens * _LONGEST_PIECE
        short = text if len(text) <= limit else " ".join(text.split())[:limit]
        return short.encode("utf-8", "replace").decode()  # half a surrogate pair is no text for the tokenizer
