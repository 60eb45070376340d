"""The Reranker contract on every backend."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dragoman.backends.rerankers.folder import FolderReranker
from dragoman.backends.rerankers.http import HttpReranker
from dragoman.backends.rerankers.shipped import is_shipped
from dragoman.ports import Reranker
from dragoman.testing.rerank_server import RerankServer
from dragoman.testing.reranker_contract import RerankerContract
from dragoman.testing.rerankers import OverlapReranker


class TestOverlapReranker(RerankerContract):
    def make(self) -> Reranker:
        return OverlapReranker()


class TestHttpReranker(RerankerContract):
    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with RerankServer(OverlapReranker()) as server:
            self.url = server.url
            yield

    def make(self) -> Reranker:
        return HttpReranker(url=f"{self.url}/v1", model="overlap", batch=9)


class TestHttpRerankerOfTei(TestHttpReranker):
    def make(self) -> Reranker:
        return HttpReranker(url=self.url, api="tei", batch=9)


@cache
def shipped(home: Path, threads: int) -> FolderReranker:
    return FolderReranker(home=str(home), threads=threads)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rerankers")


@pytest.mark.skipif(not is_shipped(), reason="no reranker is in the package")
class TestFolderReranker(RerankerContract):
    threads = 1

    @pytest.fixture(autouse=True)
    def _home(self, home: Path) -> None:
        self.home = home

    def make(self) -> Reranker:
        return shipped(self.home, self.threads)


@pytest.mark.skipif(not is_shipped(), reason="no reranker is in the package")
class TestFolderRerankerOnTwoCores(TestFolderReranker):
    threads = 2
