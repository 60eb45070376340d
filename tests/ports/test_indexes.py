"""The Index contract on every backend."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from qdrant_client import QdrantClient

from dragoman.backends.indexes.cluster import ClusterIndex
from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.backends.indexes.shared import SharedIndex
from dragoman.ports import Index
from dragoman.testing.indexes import IndexContract, MemoryIndex

SERVER = os.environ.get("DRAGOMAN_QDRANT_URL", "")


class TestMemoryIndex(IndexContract):
    def make(self, folder: Path) -> Index:
        return MemoryIndex(dim=self.dim)


class TestEdgeIndex(IndexContract):
    def make(self, folder: Path) -> Index:
        return EdgeIndex(folder / "shop", dim=self.dim)


class TestClusterIndexInTheClient(IndexContract):
    def make(self, folder: Path) -> Index:
        return ClusterIndex(dim=self.dim)


@pytest.mark.skipif(not SERVER, reason="DRAGOMAN_QDRANT_URL names no server")
class TestClusterIndexOnAServer(IndexContract):
    def make(self, folder: Path) -> Index:
        self.collection = f"dragoman-{uuid4().hex}"
        return ClusterIndex(url=SERVER, collection=self.collection, dim=self.dim)

    def teardown_method(self) -> None:
        super().teardown_method()
        QdrantClient(url=SERVER).delete_collection(self.collection)


class TestSharedIndexAsOwner(IndexContract):
    def make(self, folder: Path) -> Index:
        return SharedIndex(folder / "shop", dim=self.dim)


class TestSharedIndexAsGuest(IndexContract):
    def make(self, folder: Path) -> Index:
        self.owner = SharedIndex(folder / "shop", dim=self.dim)
        guest = SharedIndex(folder / "shop", dim=self.dim)
        assert self.owner.owns
        assert not guest.owns
        return guest

    def teardown_method(self) -> None:
        self.index.close()
        self.owner.close()
        super().teardown_method()
