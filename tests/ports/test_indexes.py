"""The Index contract on every backend."""

from dragoman.ports import Index
from dragoman.testing.indexes import IndexContract, MemoryIndex


class TestMemoryIndex(IndexContract):
    def make(self) -> Index:
        return MemoryIndex(dim=self.dim)
