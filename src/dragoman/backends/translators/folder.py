"""Our translator: one encoder, one decoder of many languages, on CTranslate2. Knows texts, no products."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from threading import Lock

from tokenizers import Tokenizer

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.translators.assemble import (
    CARD,
    SOURCE,
    TARGET,
    assembled,
    read_card,
    shipped_data,
)
from dragoman.backends.translators.engine import Engine, Habits
from dragoman.backends.translators.languages import direction
from dragoman.errors import BadConfig, NotFound
from dragoman.types import Lang, Text, Translation

_UNLIKE = 3  # pieces: a shorter run may well come twice in a sentence


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Opened:
    """The engine with both tokenizers."""

    engine: Engine
    source: Tokenizer
    target: Tokenizer

    def write(self, texts: Sequence[str], lang: Lang) -> list[_Said]:
        rows = [row.tokens for row in self.source.encode_batch(list(texts))]
        return [
            _Said(self._joined(one.pieces), one.confidence) for one in self.engine.write(rows, [f"<2{lang}>"])
        ]

    def _joined(self, pieces: Sequence[str]) -> str:
        ids = [self.target.token_to_id(piece) for piece in pieces]
        said: str = self.target.decode([i for i in ids if i is not None], skip_special_tokens=False)
        return said.replace("\N{REPLACEMENT CHARACTER}", "").strip()  # bytes that spell nothing


class FolderTranslator:
    """Translates with the decoder of a folder; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `FolderTranslator()` | the shipped decoder, put together with the packaged encoder at first use |
    | `FolderTranslator("runs/mine")` | another decoder, as the recipe's export writes it |
    | `FolderTranslator(beam=1)` | faster, a little worse |
    | `FolderTranslator(threads=2)` | two cores for one call |
    """

    def __init__(
        self, path: str = "", *, home: str = "~/.cache/dragoman", threads: int = 1, beam: int = 2
    ) -> None:
        """Read the folder's card; the engine is opened at the first text: who translates none waits for none.

        Its form of the folder is written under ``home`` then, where it is not there yet.

        Raises:
            NotFound: no such folder, or no translator in it.
            BadConfig: a number below 1.
            Corrupt: the card cannot be read.
        """
        data = Path(path).expanduser() if path else shipped_data()
        if not (data / CARD).is_file():
            hint = "give the folder of a translator, or nothing for ours"
            raise NotFound(f"no translator in {str(data)!r}", hint=hint)
        if min(threads, beam) < 1:
            raise BadConfig(f"translator: threads={threads}, beam={beam}", hint="both are at least 1")
        self._data, self._home = data, Path(home).expanduser()
        self._card = read_card(data)
        self._habits = Habits(beam=beam, threads=threads, most=self._card.writes, unlike=_UNLIKE)
        self._pairs = frozenset(permutations(self._card.langs, 2))
        self._lock = Lock()
        self._known: _Opened | None = None

    @property
    def name(self) -> str:
        """Engine and version: cached translations of another name are stale."""
        return self._card.name

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        """Return (source, target) pairs of the languages that it was taught."""
        return self._pairs

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        """Return one translation a text, same order. A text without words comes back as it is.

        Raises:
            BadInput: one of them is no language tag.
            Unsupported: the pair is none of its own; the hint names those that are.
            Corrupt: a file of the folder cannot be read.
        """
        way = direction(source, target, self._pairs, self.name)
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        spoken = [i for i, text in enumerate(clean) if text.strip()]
        written = self._opened().write([clean[i] for i in spoken], way.target) if spoken else []
        said = dict(zip(spoken, written, strict=True))
        return [
            self._told(text, source, said.get(i, _Said(text, 1.0)), target) for i, text in enumerate(texts)
        ]

    def _opened(self) -> _Opened:
        with self._lock:
            if self._known is None:
                is_whole = (self._data / "model.bin").is_file()
                folder = self._data if is_whole else assembled(self._data, self._home)
                source = open_tokenizer(read_text(folder / SOURCE), max_tokens=self._card.reads)
                target = Tokenizer.from_str(read_text(folder / TARGET))
                self._known = _Opened(Engine(folder, self._habits), source, target)
            return self._known

    def _told(self, text: str, source: Lang, said: _Said, target: Lang) -> Translation:
        written = Text(said.text, target, "machine")
        return Translation(written, Text(text, source), engine=self.name, confidence=said.confidence)
