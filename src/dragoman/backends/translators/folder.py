"""Our translator: one encoder, one decoder of many languages, on CTranslate2. Knows texts, no products."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

from tokenizers import Tokenizer

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.encoders.tokens import open_tokenizer
from dragoman.backends.translators.assemble import SOURCE, TARGET, assembled, read_card, shipped_data
from dragoman.backends.translators.engine import Engine, Habits
from dragoman.backends.translators.languages import direction
from dragoman.errors import NotFound
from dragoman.types import Lang, Text, Translation


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
        """Open the folder, writing the engine's form of it under ``home`` where it is not there yet.

        Raises:
            NotFound: no such folder, or no translator in it.
            BadConfig: a number below 1.
            Corrupt: a file cannot be read.
        """
        data = Path(path).expanduser() if path else shipped_data()
        if not data.is_dir():
            raise NotFound(f"no folder {str(data)!r}", hint="give a translator's folder, or nothing for ours")
        is_whole = (data / "model.bin").is_file()
        folder = data if is_whole else assembled(data, Path(home).expanduser())
        self._card = read_card(folder)
        self._source = open_tokenizer(read_text(folder / SOURCE), max_tokens=self._card.reads)
        self._target = Tokenizer.from_str(read_text(folder / TARGET))
        self._engine = Engine(folder, Habits(beam=beam, threads=threads, most=self._card.writes))
        self._pairs = frozenset(permutations(self._card.langs, 2))

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
        """
        way = direction(source, target, self._pairs, self.name)
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        spoken = [i for i, text in enumerate(clean) if text.strip()]
        rows = [row.tokens for row in self._source.encode_batch([clean[i] for i in spoken])]
        written = dict(
            zip(spoken, self._engine.write(rows, [f"<2{way.target}>"]) if rows else [], strict=True)
        )
        return [
            self._told(text, source, self._joined(written[i].pieces), target, written[i].confidence)
            if i in written
            else self._told(text, source, text, target, 1.0)
            for i, text in enumerate(texts)
        ]

    def _told(self, text: str, source: Lang, said: str, target: Lang, confidence: float) -> Translation:
        return Translation(
            Text(said, target, source="machine"), Text(text, source), engine=self.name, confidence=confidence
        )

    def _joined(self, pieces: Sequence[str]) -> str:
        ids = [self._target.token_to_id(piece) for piece in pieces]
        said: str = self._target.decode([i for i in ids if i is not None], skip_special_tokens=False)
        return said.replace("�", "").strip()
