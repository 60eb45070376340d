"""Laws of the remote translator: what is asked, and what becomes of answers that are wrong."""

import json
from typing import Any

import pytest

from dragoman.backends.translators.http import HttpTranslator
from dragoman.errors import BadConfig, BadInput, Unavailable
from dragoman.testing.chat_server import ChatServer
from dragoman.testing.loopback import Reply


def given(asked: dict[str, Any]) -> list[str]:
    texts: list[str] = json.loads(asked["messages"][-1]["content"])["texts"]
    return texts


def doubled(asked: dict[str, Any]) -> str:
    return json.dumps({"translations": [f"{text} {text}" for text in given(asked)]})


def forgetful(asked: dict[str, Any]) -> str:
    """A model that loses count of more than two."""
    return json.dumps({"translations": [f"+{text}" for text in given(asked)][:2]})


def test_the_model_is_told_both_languages_and_bound_to_a_schema() -> None:
    with ChatServer(doubled) as server:
        HttpTranslator(url=server.url, model="m", key="secret").translate(["tent"], "en", "zh-Hant")
    [asked] = server.asked
    assert "English (en)" in asked["messages"][0]["content"]
    assert "(zh-Hant)" in asked["messages"][0]["content"]
    rows = asked["response_format"]["json_schema"]["schema"]["properties"]["translations"]
    assert (rows["minItems"], rows["maxItems"]) == (1, 1)
    assert server.keys == ["Bearer secret"]


def test_texts_go_in_batches_and_come_back_in_order() -> None:
    with ChatServer(doubled) as server:
        translator = HttpTranslator(url=server.url, model="m", batch=3)
        found = translator.translate(["a", " ", "b", "c", "d", ""], "en", "de")
    assert [one.text.value for one in found] == ["a a", " ", "b b", "c c", "d d", ""]
    assert [given(asked) for asked in server.asked] == [["a", "b", "c"], ["d"]]


def test_a_model_that_loses_count_is_asked_for_less_at_once() -> None:
    with ChatServer(forgetful) as server:
        found = HttpTranslator(url=server.url, model="m").translate(list("abcde"), "en", "de")
    assert [one.text.value for one in found] == ["+a", "+b", "+c", "+d", "+e"]


@pytest.mark.parametrize(
    "said",
    ["", "no JSON", "[]", '{"translations": []}', '{"translations": [7]}', '{"translations": [" "]}', "{}"],
)
def test_an_answer_without_a_translation_is_unavailable(said: str) -> None:
    with ChatServer(lambda _: said) as server, pytest.raises(Unavailable):
        HttpTranslator(url=server.url, model="m").translate(["tent"], "en", "de")


@pytest.mark.parametrize(("status", "error"), [(401, BadConfig), (404, BadConfig), (400, BadInput)])
def test_refusals_say_what_to_mend(status: int, error: type[Exception]) -> None:
    with ChatServer(doubled, replies=[Reply(status, "no")]) as server, pytest.raises(error):
        HttpTranslator(url=server.url, model="m").translate(["tent"], "en", "de")


def test_a_server_that_is_busy_is_asked_again() -> None:
    with ChatServer(doubled, replies=[Reply(503, "busy", (("retry-after", "0"),))]) as server:
        [found] = HttpTranslator(url=server.url, model="m").translate(["tent"], "en", "de")
    assert found.text.value == "tent tent"


def test_options_out_of_range_are_refused() -> None:
    for wrong in ({"batch": 0}, {"confidence": 1.5}, {"timeout_s": 0}, {"url": "localhost"}):
        with pytest.raises(BadConfig):
            HttpTranslator(**({"url": "http://localhost:1/v1", "model": "m"} | wrong))
