"""The chat client against a real server on the loopback."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dragoman.backends import load
from dragoman.backends.generators.http import HttpGenerator
from dragoman.errors import BadConfig, BadInput, DragomanError, Unavailable
from dragoman.testing.chat_server import ChatServer
from dragoman.testing.loopback import Reply
from dragoman.types import Message

TALK = [Message("system", "你是导购"), Message("user", "هل هو مقاوم للماء؟")]
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.backends.remote._PAUSE_S", 0.001)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    def echo(asked: dict[str, Any]) -> str:
        last = asked["messages"][-1]["content"]
        return json.dumps({"text": last}) if "response_format" in asked else last

    with ChatServer(echo) as running:
        yield running


def test_the_conversation_arrives_whole_and_in_order(server: ChatServer) -> None:
    said = HttpGenerator(url=server.url, model="m").generate(TALK, 40, None)
    assert said == TALK[-1].text
    assert server.asked[0]["messages"] == [{"role": one.speaker, "content": one.text} for one in TALK]
    assert (server.asked[0]["model"], server.asked[0]["max_tokens"], server.asked[0]["temperature"]) == (
        "m",
        40,
        0,
    )


def test_a_schema_is_asked_for_and_obeyed(server: ChatServer) -> None:
    said = HttpGenerator(url=server.url, model="m").generate(TALK, 40, SCHEMA)
    assert json.loads(said) == {"text": TALK[-1].text}
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == SCHEMA


@pytest.mark.parametrize("said", ["no JSON at all", '{"other": 1}', '["text"]'])
def test_an_answer_that_does_not_obey_the_schema_is_unavailable(said: str) -> None:
    with ChatServer(lambda _: said) as server, pytest.raises(Unavailable):
        HttpGenerator(url=server.url, model="m").generate(TALK, 40, SCHEMA)


def test_a_busy_server_is_asked_again(server: ChatServer) -> None:
    server.replies += [Reply(503, "busy"), Reply(429, "slow down", (("retry-after", "0"),))]
    assert HttpGenerator(url=server.url, model="m").generate(TALK, 40, None) == TALK[-1].text
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "kind"), [(401, BadConfig), (404, BadConfig), (400, BadInput), (503, Unavailable)]
)
def test_a_refusal_says_who_can_mend_it(server: ChatServer, status: int, kind: type[DragomanError]) -> None:
    server.replies += [Reply(status, "no")] * 3
    with pytest.raises(kind, match=str(status)):
        HttpGenerator(url=server.url, model="m").generate(TALK, 40, None)


@pytest.mark.parametrize(
    "body", ["<html>", "[]", '{"choices": []}', '{"choices": [{"message": {"content": null}}]}']
)
def test_an_answer_of_another_kind_is_unavailable(server: ChatServer, body: str) -> None:
    server.replies.append(Reply(200, body))
    with pytest.raises(Unavailable, match="answered"):
        HttpGenerator(url=server.url, model="m").generate(TALK, 40, None)


def test_the_key_is_sent_as_a_bearer_token(server: ChatServer) -> None:
    HttpGenerator(url=server.url, model="m", key="secret").generate(TALK, 40, None)
    assert server.keys == ["Bearer secret"]


@pytest.mark.parametrize("options", [{"url": "host"}, {"temperature": -1.0}, {"timeout_s": 0.0}])
def test_options_that_cannot_work_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadConfig):
        HttpGenerator(**{"url": "http://127.0.0.1:1/v1", "model": "m"} | options)


def test_it_is_found_by_its_name() -> None:
    assert load("generators", "http", {"url": "http://127.0.0.1:1/v1", "model": "m"}).name == "http-m"
