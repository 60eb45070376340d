"""The Encoder contract on every backend."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dragoman.backends.encoders.cached import CachedEncoder
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.http import HttpEncoder
from dragoman.ports import Encoder
from dragoman.testing.embeddings_server import EmbeddingsServer
from dragoman.testing.encoders import EncoderContract, HashEncoder
from dragoman.testing.tiny_bert import write_tiny_bert


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("encoders")
    write_tiny_bert(place / "tiny")
    return place


class TestHashEncoder(EncoderContract):
    def make(self) -> Encoder:
        return HashEncoder()


class TestFolderEncoder(EncoderContract):
    @pytest.fixture(autouse=True)
    def _folder(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> Encoder:
        return FolderEncoder(str(self.folder / "tiny"), home=str(self.folder))


class TestFolderEncoderInFloatOnTwoCores(TestFolderEncoder):
    def make(self) -> Encoder:
        return FolderEncoder(str(self.folder / "tiny"), home=str(self.folder), precision="float32", threads=2)


class TestCachedEncoder(TestFolderEncoder):
    def make(self) -> Encoder:
        return CachedEncoder(super().make(), 7)


class TestHttpEncoder(EncoderContract):
    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with EmbeddingsServer(HashEncoder(dim=64)) as server:
            self.url = server.url
            yield

    def make(self) -> Encoder:
        return HttpEncoder(url=self.url, model="hash", batch=9)


@cache
def _packaged() -> FolderEncoder:
    return FolderEncoder()


@pytest.mark.quality
class TestPackagedEncoder(EncoderContract):
    def make(self) -> Encoder:
        return _packaged()
