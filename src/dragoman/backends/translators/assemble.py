"""Puts a translator's folder together: the packaged encoder, its word pieces trimmed, and a small decoder.

The encoder comes with the package already, for search; only the decoder and the list of pieces are added.
Written once, under ``home``. Knows arrays and files, never texts.
"""

import hashlib
import json
import logging
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.backends.encoders.packaged import packaged_path
from dragoman.errors import Corrupt, NotFound
from dragoman.types import Lang

log = logging.getLogger(__name__)

CARD, WEIGHTS, LETTERS, KEPT = "card.json", "decoder.safetensors", "tokenizer.json.gz", "pieces.bits.gz"
SOURCE, TARGET = "source.json", "target.json"
_FORMAT = 1  # of an assembled folder


@dataclass(frozen=True, slots=True)
class Card:
    """What a translator is."""

    name: str  # engine and version
    langs: tuple[Lang, ...]  # that it writes, and was taught to read
    layers: int
    heads: int
    encoder_layers: int
    reads: int = 120  # tokens of a source; what is longer is no sentence, and its end is not read
    writes: int = 120  # pieces of a target: not more than the decoder has places


def shipped_data() -> Path:
    """Return the folder of the decoder that comes with the package; its README.md is the model card."""
    return Path(__file__).parent / "data"


def is_shipped() -> bool:
    """Say whether the package has a decoder."""
    return (shipped_data() / CARD).is_file()


def assembled(data: Path, home: Path) -> Path:
    """Return a folder that CTranslate2's Translator opens, writing it first where it is not there.

    Raises:
        NotFound: no decoder in ``data``, or no packaged encoder.
        Corrupt: a file of it cannot be read.
    """
    if not (data / CARD).is_file():
        raise NotFound(f"no translator in {data}", hint='name another folder, or set translator = "none"')
    folder = home / "translators" / _key(data)
    if not folder.is_dir():
        log.info("writing the translator %s (once)", folder)
        fresh = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.parent.mkdir(parents=True, exist_ok=True)
        aside("write_folder", [str(data), str(fresh)], data)
        fresh.replace(folder)
    return folder


def aside(script: str, words: list[str], folder: Path) -> None:
    """Run one of our scripts in a process of its own: torch must not stay in one that serves.

    Raises:
        Corrupt: it failed; the message is its last line.
    """
    command = [sys.executable, "-m", f"dragoman.backends.translators.{script}", *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        last = ran.stderr.strip().rpartition("\n")[2]
        raise Corrupt(f"{folder} cannot be converted: {last}", hint="fetch or install it again, whole")


def read_card(folder: Path) -> Card:
    """Return a translator's card; raises Corrupt."""
    try:
        found = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return Card(**{**found, "langs": tuple(found["langs"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Corrupt(f"cannot read {folder / CARD}: {error}", hint="install the package again") from error


def _key(data: Path) -> str:
    """Changes when the decoder, the adapter or the packaged encoder does."""
    whole = hashlib.sha256(str(_FORMAT).encode())
    for path in (data / CARD, data / WEIGHTS, data / LETTERS, data / KEPT):
        whole.update(path.read_bytes() if path.is_file() else b"")
    for path in (packaged_path(), *sorted(shipped_adapter().iterdir())):
        whole.update(f"{path.name}\0{path.stat().st_size}".encode())
    return f"{read_card(data).name}-{whole.hexdigest()[:12]}"
