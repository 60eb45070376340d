"""Others' translators: a folder of the Hugging Face hub, converted once and run on CTranslate2."""

import hashlib
import logging
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from dragoman.backends.translators.assemble import aside
from dragoman.backends.translators.dialects import open_dialect
from dragoman.backends.translators.engine import Engine, Habits, Rounding
from dragoman.backends.translators.languages import direction
from dragoman.errors import BadConfig, NotFound, Unsupported
from dragoman.types import Lang, Text, Translation

log = logging.getLogger(__name__)


class HubTranslator:
    """Translates with an OPUS-MT, NLLB, M2M-100 or MADLAD folder; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `HubTranslator("models/opus-mt-en-de")` | converted to eight bits under ``home`` at first use |
    | `HubTranslator(…, source="en", target="de")` | for an OPUS-MT folder that does not say |
    | `HubTranslator(…, beam=4, threads=2)` | slower and better; two cores for one call |
    """

    def __init__(
        self,
        path: str,
        *,
        home: str = "~/.cache/dragoman",
        source: Lang = "",
        target: Lang = "",
        threads: int = 1,
        beam: int = 2,
        rounding: Rounding = "int8",
    ) -> None:
        """Open the folder, converting it first where that has not been done: this needs ``dragoman[train]``.

        Raises:
            NotFound: no such folder, or a file of it is missing.
            Unsupported: another family of models, or nothing here that could convert it.
            BadConfig: a number below 1, or an OPUS-MT folder of unknown languages.
            Corrupt: a file cannot be read, or the converter refuses it.
        """
        if rounding not in ("int8", "float32"):
            raise BadConfig(f"rounding={rounding!r}", hint="int8 or float32")
        folder = Path(path).expanduser()
        if not folder.is_dir():
            raise NotFound(f"no folder {path!r}", hint="fetch the model's folder whole, and name it")
        self._dialect = open_dialect(folder, source, target)
        key = _key(folder)
        made = Path(home).expanduser() / "translators" / f"{folder.resolve().name}-{rounding}-{key}"
        if not made.is_dir():
            _convert(folder, made, rounding)
        self._engine = Engine(made, Habits(beam=beam, threads=threads, most=256, rounding=rounding))
        self._name = f"hub-{folder.resolve().name}-{key}"

    @property
    def name(self) -> str:
        """Engine and version: the folder's name, and a fingerprint of its files."""
        return self._name

    def pairs(self) -> frozenset[tuple[Lang, Lang]]:
        """Return the pairs that the folder says it translates."""
        return self._dialect.pairs

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[Translation]:
        """Return one translation a text, same order. A text without words comes back as it is.

        Raises:
            BadInput: one of them is no language tag.
            Unsupported: the pair is none of its own; the hint names those that are.
        """
        way = direction(source, target, self._dialect.pairs, self.name)
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        spoken = [i for i, text in enumerate(clean) if text.strip()]
        rows = [self._dialect.row(clean[i], way.source, way.target) for i in spoken]
        written = self._engine.write(rows, self._dialect.first(way.target)) if rows else []
        said = {
            i: (self._dialect.joined(one.pieces), one.confidence)
            for i, one in zip(spoken, written, strict=True)
        }
        return [
            Translation(
                Text(said.get(i, (text, 1.0))[0], target, "machine"),
                Text(text, source),
                engine=self.name,
                confidence=said.get(i, (text, 1.0))[1],
            )
            for i, text in enumerate(texts)
        ]


def _convert(folder: Path, made: Path, rounding: Rounding) -> None:
    """Run the converter in a process of its own: torch must not stay in one that serves."""
    if missing := [name for name in ("torch", "transformers") if find_spec(name) is None]:
        hint = "pip install 'dragoman[train]', or convert the folder where these are installed"
        raise Unsupported(f"converting {folder} needs {' and '.join(missing)}", hint=hint)
    log.info("converting %s to %s (once)", folder, made)
    fresh = made.with_name(f"{made.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    aside("hub_conversion", [str(folder), str(fresh), rounding], folder)
    fresh.replace(made)


def _key(folder: Path) -> str:
    """Changes when a file does, by size and time: reading gigabytes at every start is too slow."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            state = path.stat()
            whole.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    return whole.hexdigest()[:8]
