"""The embedded reader: marks what answers an ask, by a head on our own encoder. Knows texts, no products."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from threading import Lock

import numpy as np

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.encoders.model_folder import Precision, read_card
from dragoman.backends.encoders.runner import FolderRunner
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.encoders.weights import Floats
from dragoman.backends.readers.marks import marks_of
from dragoman.backends.readers.trained import body_folder, read_head, shipped_reader
from dragoman.backends.readers.windows import Window, whole_words, windows_of
from dragoman.errors import BadConfig
from dragoman.types import Span

_TOGETHER = 256  # tokens of one call to the runtime: decision 0002
_WINDOW = 192  # tokens that see each other; a title or a bullet is far below, a description often above
_OVERLAP = 48
_ASKS = 4096  # asks whose vectors are kept: names of facts come again and again, questions seldom


class FolderReader:
    """Marks spans with the weights of a folder; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `FolderReader()` | the reader that comes with the package, written under ``home`` at first use |
    | `FolderReader("runs/reader/learned")` | what a run with ``kind = "reading"`` learned |
    | `FolderReader(least=0.5)` | fewer spans, and surer ones |
    | `FolderReader(most_tokens=512)` | read no more than that of a text |
    """

    def __init__(
        self,
        path: str = "",
        *,
        body: str = "",
        home: str = "~/.cache/dragoman",
        threads: int = 1,
        least: float = 0.3,
        most_tokens: int = 4096,
        precision: Precision = "int8",
    ) -> None:
        """Open a folder, writing the model folder of its body first where there is none.

        Args:
            body: Hugging Face folder of the body that an adapter belongs to; "" is the packaged one.
            least: Spans of a smaller score are left out, 0..1.

        Raises:
            NotFound, Unsupported, Corrupt: see `read_head` and `body_folder`.
            BadConfig: a number out of range, an unknown precision.
        """
        if threads < 1 or most_tokens < 1 or not 0 < least <= 1:
            said = f"threads={threads}, most_tokens={most_tokens}, least={least}"
            raise BadConfig(said, hint="threads and most_tokens from 1, least above 0 and up to 1")
        if precision not in ("int8", "float32"):
            raise BadConfig(f"precision={precision!r}", hint="int8 or float32")
        folder = Path(path).expanduser() if path else shipped_reader()
        self._head = read_head(folder)
        made = body_folder(folder, body=body, home=Path(home).expanduser(), precision=precision)
        card = read_card(made)
        self.name = f"reader-{card.name}"
        self._prefixes = card.prefixes
        self._window = min(_WINDOW, card.max_tokens)
        self._overlap = min(_OVERLAP, self._window // 4)
        self._least = least
        self._most = most_tokens
        self._tokenizer = open_tokenizer(read_text(made / "tokenizer.json"), max_tokens=2**30)
        self._run = FolderRunner(made, threads=threads)
        self._known: dict[str, Floats] = {}
        self._lock = Lock()

    def read(self, texts: Sequence[str], asks: Sequence[str]) -> list[list[Span]]:
        """Return, per text, the spans found for any of the asks, best first; characters, not bytes.

        Spans of one ask do not overlap; those of two asks may. What is found in a text depends on that text
        and the ask only.
        """
        wanted = [ask for ask in dict.fromkeys(asks) if ask.strip()]
        if not wanted:
            return [[] for _ in texts]
        asked = self._asked(wanted)
        windows = [list(self._windows(text)) for text in texts]
        states = iter(self._states([window.ids for some in windows for window in some]))
        found = []
        for text, some in zip(texts, windows, strict=True):
            marked = [
                span for window in some for span in self._marked(text, window, next(states), wanted, asked)
            ]
            found.append(_apart(marked))
        return found

    def _marked(
        self, text: str, window: Window, states: Floats, asks: Sequence[str], asked: Floats
    ) -> Iterator[Span]:
        chances = self._head.chances(states, asked)
        for i, ask in enumerate(asks):
            for mark in marks_of(chances[:, i], window.stands, least=self._least):
                place = int(window.starts[mark.first]), int(window.ends[mark.last])
                start, end = whole_words(text, *place)
                if start < end:
                    yield Span(ask, start, end, min(1.0, mark.score))

    def _asked(self, asks: Sequence[str]) -> Floats:
        """(asks, 3, width): computed once for each ask, as long as there is room."""
        with self._lock:
            known = {ask: self._known[ask] for ask in asks if ask in self._known}
        fresh = [ask for ask in asks if ask not in known]
        if fresh:
            rows = [
                self._cut(self._tokenizer.encode(self._prefixes["query"] + _clean(ask)).ids) for ask in fresh
            ]
            vectors = np.stack([states.mean(axis=0) for states in self._states(rows)])
            made = dict(zip(fresh, self._head.asked(vectors), strict=True))
            known |= made
            with self._lock:
                self._known.update(made)
                while len(self._known) > _ASKS:
                    del self._known[next(iter(self._known))]
        return np.stack([known[ask] for ask in asks])

    def _cut(self, ids: list[int]) -> tuple[int, ...]:
        return tuple(ids) if len(ids) <= self._window else (*ids[: self._window - 1], ids[-1])

    def _windows(self, text: str) -> Iterator[Window]:
        prefix = self._prefixes["passage"]
        return windows_of(
            self._tokenizer, text, prefix=prefix, tokens=self._window, overlap=self._overlap, most=self._most
        )

    def _states(self, rows: Sequence[tuple[int, ...]]) -> list[Floats]:
        """Each row's (tokens, dim) states: rows of one length run together, as many as fit the cache."""
        found: dict[int, Floats] = {}
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i]), i))
        for length, group in groupby(order, key=lambda i: len(rows[i])):
            alike = list(group)
            most = max(1, _TOGETHER // length)
            for start in range(0, len(alike), most):
                some = alike[start : start + most]
                states = self._run(np.array([rows[i] for i in some], dtype=np.int64))
                found.update(zip(some, states, strict=True))
        return [found[i] for i in range(len(rows))]


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Return the spans best first, none over a better one of its ask: windows overlap, so finds may."""
    kept: list[Span] = []
    for one in sorted(spans, key=lambda span: (-span.score, span.start, span.end, span.ask)):
        if all(one.ask != other.ask or one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
