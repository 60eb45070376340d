"""The client of an embeddings URL, against a real server on the loopback."""

import json
import socket
from collections.abc import Iterator

import numpy as np
import pytest

from dragoman.backends.encoders.http import HttpEncoder
from dragoman.errors import BadConfig, BadInput, DragomanError, Unavailable
from dragoman.testing.embeddings_server import EmbeddingsServer
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.loopback import Reply

SOON = (("retry-after", "0"),)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.backends.remote._PAUSE_S", 0.001)


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with EmbeddingsServer(HashEncoder(dim=8)) as running:
        yield running


def test_vectors_are_the_server_s_own(server: EmbeddingsServer) -> None:
    texts = ["красные кроссовки", "红色跑鞋", "حذاء أحمر"]
    found = HttpEncoder(url=server.url, model="m").encode(texts, "passage")
    np.testing.assert_allclose(found, HashEncoder(dim=8).encode(texts, "passage"), atol=1e-6)


def test_texts_are_sent_in_batches(server: EmbeddingsServer) -> None:
    HttpEncoder(url=server.url, model="m", batch=2).encode(["a", "b", "c"], "query")
    assert [asked["input"] for asked in server.asked] == [["a", "b"], ["c"]]
    assert {asked["model"] for asked in server.asked} == {"m"}


def test_the_role_s_prefix_goes_before_the_text(server: EmbeddingsServer) -> None:
    prefixes = {"query": "query: ", "passage": "passage: "}
    encoder = HttpEncoder(url=server.url, model="m", prefixes=prefixes)
    encoder.encode(["a"], "query")
    encoder.encode(["a"], "passage")
    assert [asked["input"] for asked in server.asked] == [["query: a"], ["passage: a"]]


def test_other_prefixes_make_another_name() -> None:
    prefixes = {"query": "query: ", "passage": "passage: "}
    plain = HttpEncoder(url="http://host/v1", model="m").name
    assert plain != HttpEncoder(url="http://host/v1", model="m", prefixes=prefixes).name
    assert plain == HttpEncoder(url="http://other/v1", model="m").name


def test_the_key_is_sent_as_a_bearer_token(server: EmbeddingsServer) -> None:
    HttpEncoder(url=server.url, model="m", key="k-1").encode(["a"], "query")
    assert server.keys == ["Bearer k-1"]


def test_the_full_address_may_be_given(server: EmbeddingsServer) -> None:
    assert HttpEncoder(url=f"{server.url}/embeddings", model="m").dim == 8


def test_the_empty_string_is_never_sent(server: EmbeddingsServer) -> None:
    HttpEncoder(url=server.url, model="m").encode([""], "query")
    assert server.asked[0]["input"] == [" "]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_is_tried_again(server: EmbeddingsServer, status: int) -> None:
    server.replies += [Reply(status, headers=SOON), Reply(status)]
    assert HttpEncoder(url=server.url, model="m").encode(["a"], "query").shape == (1, 8)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, BadInput), (401, BadConfig), (403, BadConfig), (404, BadConfig), (413, BadInput), (422, BadInput)],
)
def test_a_refusal_is_not_tried_again(
    server: EmbeddingsServer, status: int, error: type[DragomanError]
) -> None:
    server.replies += [Reply(status, "too long by 7")]
    with pytest.raises(error, match=f"{status}: too long by 7") as raised:
        HttpEncoder(url=server.url, model="m").encode(["a"], "query")
    assert raised.value.hint
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_lasting_trouble_is_unavailable(server: EmbeddingsServer, status: int) -> None:
    server.replies += [Reply(status, "busy")] * 3
    with pytest.raises(Unavailable, match=f"{status}: busy"):
        HttpEncoder(url=server.url, model="m").encode(["a"], "query")
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        "{}",
        json.dumps({"data": []}),
        json.dumps({"data": [{"index": 0}]}),
        json.dumps({"data": [{"index": 0, "embedding": "AAAA"}]}),
        json.dumps({"data": [{"index": 0, "embedding": [0.0, 0.0]}]}),
        '{"data": [{"index": 0, "embedding": [NaN, 1.0]}]}',
        json.dumps({"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}]}),
        json.dumps({"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]}),
    ],
)
def test_an_answer_of_another_kind_is_unavailable(server: EmbeddingsServer, body: str) -> None:
    server.replies += [Reply(200, body)]
    with pytest.raises(Unavailable, match="answered"):
        HttpEncoder(url=server.url, model="m").encode(["a"], "query")


def test_no_server_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(Unavailable, match="does not answer"):
            HttpEncoder(url=url, model="m", timeout_s=5).encode(["a"], "query")


@pytest.mark.parametrize("url", ["", "host/v1", "ftp://host/v1", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadConfig, match="url="):
        HttpEncoder(url=url, model="m")


@pytest.mark.parametrize("options", [{"batch": 0}, {"timeout_s": 0.0}, {"prefixes": {"query": "q"}}])
def test_options_out_of_range_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(BadConfig):
        HttpEncoder(url="http://host/v1", model="m", **options)  # type: ignore[arg-type]
