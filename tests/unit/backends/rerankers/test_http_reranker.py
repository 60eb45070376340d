"""Laws of the remote reranker: which errors a shop sees, and what is sent."""

from collections.abc import Iterator

import pytest

from dragoman.backends.rerankers.http import HttpReranker
from dragoman.errors import BadConfig, BadInput, DragomanError, Unavailable
from dragoman.testing.loopback import Reply
from dragoman.testing.rerank_server import RerankServer
from dragoman.testing.rerankers import OverlapReranker


@pytest.fixture
def server() -> Iterator[RerankServer]:
    with RerankServer(OverlapReranker()) as server:
        yield server


def reranker(server: RerankServer, **options: object) -> HttpReranker:
    return HttpReranker(url=f"{server.url}/v1", model="m", key="secret", **options)  # type: ignore[arg-type]


def test_query_model_texts_and_key_are_sent(server: RerankServer) -> None:
    reranker(server).score("Tasse", ["mug", "カップ"])
    assert server.asked == [
        {
            "model": "m",
            "query": "Tasse",
            "documents": ["mug", "カップ"],
            "top_n": 2,
            "return_documents": False,
        }
    ]
    assert server.keys == ["Bearer secret"]


def test_tei_is_asked_for_texts_and_probabilities(server: RerankServer) -> None:
    HttpReranker(url=server.url, api="tei").score("Tasse", ["mug"])
    assert server.asked == [{"query": "Tasse", "texts": ["mug"], "raw_scores": False, "truncate": True}]


def test_blank_texts_are_never_sent(server: RerankServer) -> None:
    assert reranker(server).score("mug", ["", "mug", " "]).tolist() == [0.0, 1.0, 0.0]
    assert [body["documents"] for body in server.asked] == [["mug"]]


def test_more_than_a_batch_is_sent_in_parts(server: RerankServer) -> None:
    reranker(server, batch=2).score("mug", ["a", "b", "c", "d", "e"])
    assert [body["documents"] for body in server.asked] == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, BadConfig),
        (403, BadConfig),
        (404, BadConfig),
        (413, BadInput),
        (422, BadInput),
        (501, Unavailable),
    ],
)
def test_each_refusal_says_what_to_do(server: RerankServer, status: int, error: type[DragomanError]) -> None:
    server.replies.append(Reply(status, "no"))
    with pytest.raises(error, match=str(status)) as caught:
        reranker(server).score("mug", ["cup"])
    assert caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "{}",
        '{"results": []}',
        '{"results": [{"index": 1, "relevance_score": 0.5}]}',
        '{"results": [{"index": 0}]}',
        '{"results": [{"index": 0, "relevance_score": "much"}]}',
        '{"results": [{"index": 0, "relevance_score": NaN}]}',
    ],
)
def test_an_answer_of_another_form_is_unavailable(server: RerankServer, body: str) -> None:
    server.replies.append(Reply(200, body))
    with pytest.raises(Unavailable, match="answered"):
        reranker(server).score("mug", ["cup"])


def test_logits_are_refused_unless_they_are_said_to_be(server: RerankServer) -> None:
    logits = '{"results": [{"index": 0, "relevance_score": 3.5}]}'
    server.replies += [Reply(200, logits), Reply(200, logits)]
    with pytest.raises(BadConfig, match=r"3\.50"):
        reranker(server).score("mug", ["cup"])
    assert reranker(server, logits=True).score("mug", ["cup"])[0] == pytest.approx(0.97, abs=0.01)


def test_a_busy_server_is_asked_again(server: RerankServer) -> None:
    server.replies.append(Reply(429, "wait", (("retry-after", "0"),)))
    assert reranker(server).score("mug", ["mug"]).tolist() == [1.0]
    assert len(server.asked) == 2


def test_no_server_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        HttpReranker(url="http://127.0.0.1:9", model="m", timeout_s=0.2).score("mug", ["cup"])


@pytest.mark.parametrize(
    "options",
    [{"url": "host"}, {"api": "soap"}, {"batch": 0}, {"timeout_s": 0}],
    ids=lambda one: next(iter(one)),
)
def test_options_that_cannot_work_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(BadConfig):
        HttpReranker(**{"url": "http://host/v1", **options})  # type: ignore[arg-type]
