"""The Index contract on every backend."""

from pathlib import Path

from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.ports import Index
from dragoman.testing.indexes import IndexContract, MemoryIndex


class TestMemoryIndex(IndexContract):
    def make(self, folder: Path) -> Index:
        return MemoryIndex(dim=self.dim)


class TestEdgeIndex(IndexContract):
    def make(self, folder: Path) -> Index:
        return EdgeIndex(folder / "shop", dim=self.dim)
