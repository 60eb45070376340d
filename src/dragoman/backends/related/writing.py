"""Fills a generation of the related folder: one file a model, and about.json. Knows arrays and the layout."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from dragoman.backends.related.folder import Entry, entries
from dragoman.backends.related.neighbours import Neighbours
from dragoman.backends.related.shelved import Floats, Products
from dragoman.errors import Corrupt


class Generation:
    """A generation being written; the order of the calls is the order in which models are opened."""

    def __init__(self, folder: Path, products: Products) -> None:
        """Take an empty folder and the products that every model of it numbers alike."""
        self.folder, self.products = folder, products
        self._entries: list[Entry] = []
        self._popular: dict[str, Floats] = {}
        (folder / "products.txt").write_text("".join(f"{id}\n" for id in products.ids), encoding="utf-8")

    def popular(self, name: str, counts: Floats) -> None:
        """Add a list of counts, (n,)."""
        self._popular[name] = counts.astype(np.float32)
        self._entries.append(Entry(name, "popular", {}))

    def neighbours(self, name: str, table: Neighbours, *, fading: float) -> None:
        """Add a table of neighbours."""
        parts: dict[str, NDArray[Any]] = {
            "starts": table.starts,
            "others": table.others,
            "weights": table.weights,
        }
        save_file(parts, self.folder / f"{name}.safetensors")
        self._entries.append(Entry(name, "neighbours", {"fading": fading}))

    def factors(self, name: str, factors: Floats, *, regularisation: float, confidence: float) -> None:
        """Add (n, dim) product factors."""
        save_file({"factors": factors}, self.folder / f"{name}.safetensors")
        options = {"regularisation": regularisation, "confidence": confidence}
        self._entries.append(Entry(name, "factors", options))

    def sequence(self, name: str, shape: Mapping[str, Any], weights: Mapping[str, Floats]) -> None:
        """Add a sequence model; ``weights`` holds ``table``, (n, dim), in the order of the products."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "shape.json").write_text(json.dumps(dict(shape)) + "\n", encoding="utf-8")
        save_file(
            {key: np.ascontiguousarray(part) for key, part in weights.items()}, folder / "model.safetensors"
        )
        self._entries.append(Entry(name, "sequence", {}))

    def blend(self, name: str, graph: bytes, *, models: Sequence[str], depth: int) -> None:
        """Add trees over the models of these names, which were added before."""
        (self.folder / "blend.onnx").write_bytes(graph)
        self._entries.append(Entry(name, "blend", {"models": list(models), "depth": depth}))

    def finish(self, told: Mapping[str, Any]) -> None:  # Any: JSON values
        """Write about.json: the models, and whatever else is to be told of them."""
        save_file(self._popular, self.folder / "popular.safetensors")
        models = [{"name": one.name, "kind": one.kind, "options": dict(one.options)} for one in self._entries]
        about = {**told, "models": models}
        (self.folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")

    def take(self, old: Path, kinds: Sequence[str]) -> None:
        """Copy the models of some kinds that are not here yet from another generation, of no more products.

        Raises:
            Corrupt: a file of the other generation is damaged.
        """
        ids = (old / "products.txt").read_text(encoding="utf-8").splitlines()
        moved = self.products.known(ids)
        if len(moved) != len(ids):
            raise Corrupt(f"{old}: products that no event names", hint="run `dragoman learn-related --full`")
        names = {one.name for one in self._entries}
        for one in entries(old):
            if one.kind in kinds and one.name not in names:
                self._take(one, old, moved)

    def _take(self, one: Entry, old: Path, moved: np.ndarray) -> None:
        n = len(self.products.ids)
        if one.kind == "neighbours":
            parts = load_file(old / f"{one.name}.safetensors")
            table = Neighbours(parts["starts"], parts["others"], parts["weights"])
            self.neighbours(one.name, renumbered(table, moved, n), **one.options)
        elif one.kind == "factors":
            factors = load_file(old / f"{one.name}.safetensors")["factors"]
            self.factors(one.name, _spread(factors, moved, n), **one.options)
        elif one.kind == "sequence":
            shape = json.loads((old / one.name / "shape.json").read_text(encoding="utf-8"))
            weights = load_file(old / one.name / "model.safetensors")
            self.sequence(one.name, shape, {**weights, "table": _spread(weights["table"], moved, n)})
        elif one.kind == "blend":
            graph = (old / "blend.onnx").read_bytes()
            self.blend(one.name, graph, **one.options)


def renumbered(table: Neighbours, moved: np.ndarray, n: int) -> Neighbours:
    """Return a table whose product i is ``moved[i]`` now, ascending, among n; the others have no neighbours.

    >>> table = Neighbours(np.array([0, 1, 1]), np.array([1], "i4"), np.ones(1, "f4"))
    >>> found = renumbered(table, np.array([0, 2]), 3)
    >>> found.starts.tolist(), found.others.tolist()
    ([0, 1, 1, 1], [2])
    """
    sizes = np.zeros(n, np.int64)
    sizes[moved] = np.diff(table.starts)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Neighbours(starts, moved[table.others].astype(np.int32), table.weights)


def _spread(rows: Floats, moved: np.ndarray, n: int) -> Floats:
    found = np.zeros((n, rows.shape[1]), np.float32)
    found[moved] = rows
    return found
