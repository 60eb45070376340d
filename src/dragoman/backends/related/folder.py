"""The folder of what was learned from events: generations beside each other, one of them current.

``CURRENT`` names the generation in force and is replaced in one step, so a reader sees the old one or the new
one, never a mixture. A generation holds about.json, products.txt and one file a model.
"""

import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from safetensors.numpy import load_file

from dragoman.backends.related.blend import NAME as BLEND
from dragoman.backends.related.blend import Blend
from dragoman.backends.related.factors import FactorScores
from dragoman.backends.related.neighbours import Neighbours, NeighbourScores
from dragoman.backends.related.popular import PopularScores
from dragoman.backends.related.sequence import SequenceScores
from dragoman.backends.related.shelved import Products, Scores, Shelved
from dragoman.errors import Corrupt
from dragoman.ports import Related

_CURRENT = "CURRENT"
_NEVER = (0, 0)
POPULAR = "popular"
"""Popularity of all markets and days; others are ``popular:DE``, ``popular/7d``, ``popular:DE/7d``."""


class RelatedFolder(Sequence[Related]):
    """The best of what a folder holds, as it is now: each look sees what the last refresh left there.

    That is the blender, which asks all others, or the models that know the shopper where there is none.
    Popularity is by market and window, so it is asked for by name: see `all_models`.
    """

    def __init__(self, path: Path) -> None:
        """Take a folder, which need not exist yet: then there are no models."""
        self._path = path
        self._lock = threading.Lock()
        self._opened: tuple[tuple[int, int], tuple[Related, ...]] = (_NEVER, ())

    def all_models(self) -> tuple[Related, ...]:
        """Return every model of the current generation, in the order of about.json.

        Raises:
            Corrupt: a file of it is damaged.
        """
        stamp = self._stamp()
        if stamp != self._opened[0]:
            with self._lock:
                if stamp != self._opened[0]:
                    generation = current(self._path)
                    self._opened = (stamp, open_models(generation) if generation else ())
        return self._opened[1]

    def now(self) -> tuple[Related, ...]:
        """Return the models to ask about a shopper or a product; raises Corrupt as `all_models` does."""
        models = self.all_models()
        blended = tuple(one for one in models if one.name == BLEND)
        return blended or tuple(one for one in models if not one.name.startswith(POPULAR))

    def _stamp(self) -> tuple[int, int]:
        try:
            told = (self._path / _CURRENT).stat()
        except FileNotFoundError:
            return _NEVER
        return (told.st_mtime_ns, told.st_ino)

    def __iter__(self) -> Iterator[Related]:
        """Go through the models of now."""
        return iter(self.now())

    def __len__(self) -> int:
        """How many there are now."""
        return len(self.now())

    @overload
    def __getitem__(self, at: int) -> Related: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Related]: ...
    def __getitem__(self, at: int | slice) -> Related | Sequence[Related]:
        """Return one of now's models, or some."""
        return self.now()[at]


def current(path: Path) -> Path | None:
    """Return the folder of the generation in force, None where nothing was learned yet."""
    try:
        name = (path / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return path / name


def swap(path: Path, write: Callable[[Path], None]) -> Path:
    """Let ``write`` fill a new generation, put it in force in one step, and return it.

    The generation before stays for those who are just opening it; older ones go.
    """
    path.mkdir(parents=True, exist_ok=True)
    before = current(path)
    fresh = path / f"generation-{uuid.uuid4().hex[:12]}"
    fresh.mkdir()
    try:
        write(fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    _sync(fresh)
    told = path / f"{_CURRENT}.new"
    told.write_text(fresh.name + "\n", encoding="utf-8")
    _sync_one(told)
    told.replace(path / _CURRENT)
    _sync_one(path)
    for old in path.glob("generation-*"):
        if old not in (fresh, before):
            shutil.rmtree(old, ignore_errors=True)
    return fresh


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of a generation: its name, its kind, and what its kind needs to know to open it."""

    name: str
    kind: str
    options: Mapping[str, Any]  # Any: JSON values, each kind's own


def entries(generation: Path) -> tuple[Entry, ...]:
    """Return what about.json lists; raises Corrupt where it cannot be read."""
    try:
        tree = json.loads((generation / "about.json").read_text(encoding="utf-8"))
        return tuple(Entry(one["name"], one["kind"], one["options"]) for one in tree["models"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Corrupt(
            f"{generation}/about.json: {error}", hint="run `dragoman learn-related --full`"
        ) from error


def open_models(generation: Path) -> tuple[Related, ...]:
    """Return a generation's models, in the order of about.json.

    Raises:
        Corrupt: a file is missing or damaged.
    """
    listed = entries(generation)
    try:
        ids = (generation / "products.txt").read_text(encoding="utf-8").splitlines()
        products = Products.of(ids)
        opened: dict[str, Related] = {}
        for one in listed:
            opened[one.name] = _opened(one, generation, products, opened)
    except Corrupt:
        raise
    except Exception as error:  # the errors of ONNX Runtime and of safetensors share no class but Exception
        raise Corrupt(f"{generation}: {error}", hint="run `dragoman learn-related --full`") from error
    return tuple(opened.values())


def _opened(one: Entry, generation: Path, products: Products, opened: Mapping[str, Related]) -> Related:
    if one.kind == "blend":
        models = [opened[name] for name in one.options["models"]]
        return Blend(models, (generation / "blend.onnx").read_bytes(), depth=one.options["depth"])
    return Shelved(one.name, products, _KINDS[one.kind](one, generation))


def _popular(one: Entry, generation: Path) -> Scores:
    return PopularScores(load_file(generation / "popular.safetensors")[one.name])


def _neighbours(one: Entry, generation: Path) -> Scores:
    parts = load_file(generation / f"{one.name}.safetensors")
    table = Neighbours(parts["starts"], parts["others"], parts["weights"])
    return NeighbourScores(table, fading=one.options["fading"])


def _factors(one: Entry, generation: Path) -> Scores:
    return FactorScores(load_file(generation / f"{one.name}.safetensors")["factors"], **one.options)


def _sequence(one: Entry, generation: Path) -> Scores:
    return SequenceScores(generation / one.name)


_KINDS: Mapping[str, Callable[[Entry, Path], Scores]] = {
    "popular": _popular,
    "neighbours": _neighbours,
    "factors": _factors,
    "sequence": _sequence,
}


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync_one(path)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
