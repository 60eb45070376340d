"""The embedded reranker: reads query and text together on this machine's cores. Knows texts, no products."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from threading import Lock

import numpy as np
from tokenizers import Tokenizer

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.encoders.model_folder import Precision
from dragoman.backends.encoders.runner import FolderRunner
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.encoders.weights import Floats
from dragoman.backends.rerankers.pairs import cut, pair_of
from dragoman.backends.rerankers.shipped import shipped_reranker
from dragoman.backends.rerankers.trained import Head, body_folder, digest_of, read_card, read_head
from dragoman.errors import BadConfig

_BATCH_TOKENS = 256  # of one call to the runtime: decision 0002
_LONGEST_PIECE = 32  # characters a token stands for at most; what is longer than all tokens is cut beforehand
_ENDS = 2  # tokens of a text without words


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the first score needs, and every later one."""

    tokenizer: Tokenizer
    run: FolderRunner  # of one core
    head: Head


class FolderReranker:
    """Scores pairs with the weights of a folder; safe to call from many threads.

    The weights are opened by the first score, so that a guide nobody asks for one starts as fast as before.

    | call | meaning |
    |---|---|
    | `FolderReranker()` | the reranker that comes with the package, written under ``home`` at first use |
    | `FolderReranker("models/mine")` | a folder that recipes/ship_reranker.py wrote |
    | `FolderReranker(threads=2)` | two batches at once |
    | `FolderReranker(precision="float32")` | for comparison |
    """

    def __init__(
        self,
        path: str = "",
        *,
        home: str = "~/.cache/dragoman",
        threads: int = 1,
        precision: Precision = "int8",
    ) -> None:
        """Look at the folder; nothing is opened yet.

        Raises:
            NotFound: the folder holds no reranker.
            Corrupt: a file of it cannot be read.
            BadConfig: threads below 1, an unknown precision.
        """
        if threads < 1:
            raise BadConfig(f"threads={threads}", hint="it must be at least 1")
        if precision not in ("int8", "float32"):
            raise BadConfig(f"precision={precision!r}", hint="int8 or float32")
        self._folder = Path(path).expanduser() if path else shipped_reranker()
        self._home = Path(home).expanduser()
        self._threads = threads
        self._precision: Precision = precision
        self._card = read_card(self._folder)
        self._name = f"reranker-{precision}-{digest_of(self._folder)}"
        self._found: _Opened | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Identity of the weights: a digest of the folder's files, and the precision."""
        return self._name

    def score(self, query: str, texts: Sequence[str]) -> Floats:
        """Return (len(texts),) float32 in 0..1: the probability that the text answers the query, same order.

        A score depends on the query and its own text only. Of both only the beginning is read (the card
        says how much), and where one is without words the score is 0.

        Raises:
            Corrupt, NotFound, Unsupported: the weights cannot be opened; see `body_folder`.
        """
        scores = np.zeros(len(texts), dtype=np.float32)
        if not texts:
            return scores
        asked, said = self._tokens(query, texts)
        if len(asked) <= _ENDS:
            return scores
        rows = {i: self._pair(asked, ids) for i, ids in enumerate(said) if len(ids) > _ENDS}
        ends = len(cut(asked, self._card.query_tokens))
        batches = list(_batches(rows))

        def fill(batch: list[int]) -> None:
            scores[batch] = self._chances(np.array([rows[i] for i in batch], dtype=np.int64), ends)

        if self._threads == 1 or len(batches) == 1:
            for batch in batches:
                fill(batch)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(fill, batches))
        return scores

    def _chances(self, ids: np.ndarray, ends: int) -> Floats:
        opened = self._opened()
        logits = opened.head.logits(opened.run(ids), ends)
        found: Floats = 1 / (1 + np.exp(-np.clip(self._card.scale * logits + self._card.shift, -60, 60)))
        return found

    def _tokens(self, query: str, texts: Sequence[str]) -> tuple[list[int], list[list[int]]]:
        """The query's ids and each text's, with their ends."""
        most = max(self._card.query_tokens, self._card.text_tokens) * _LONGEST_PIECE
        found = self._opened().tokenizer.encode_batch_fast([_shortened(one, most) for one in (query, *texts)])
        return found[0].ids, [one.ids for one in found[1:]]

    def _pair(self, asked: list[int], said: list[int]) -> list[int]:
        card = self._card
        return pair_of(asked, said, query_tokens=card.query_tokens, text_tokens=card.text_tokens)

    def _opened(self) -> _Opened:
        with self._lock:
            if self._found is None:
                made = body_folder(self._folder, self._card, home=self._home, precision=self._precision)
                tokenizer = open_tokenizer(read_text(made / "tokenizer.json"), max_tokens=2**30)
                self._found = _Opened(tokenizer, FolderRunner(made, threads=1), read_head(self._folder))
            return self._found


def _batches(rows: dict[int, list[int]]) -> Iterator[list[int]]:
    """Indices of rows of one length, within the token budget; longest first, so cores end together."""
    order = sorted(rows, key=lambda i: (-len(rows[i]), i))
    for length, group in groupby(order, key=lambda i: len(rows[i])):
        alike = list(group)
        most = max(1, _BATCH_TOKENS // length)
        for start in range(0, len(alike), most):
            yield alike[start : start + most]


def _shortened(text: str, limit: int) -> str:
    short = text if len(text) <= limit else " ".join(text.split())[:limit]
    return short.encode("utf-8", "replace").decode()  # half a surrogate pair is no text for the tokenizer
