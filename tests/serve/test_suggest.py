"""`GET /v1/suggest` and `dragoman suggest`: completions in any language, problems for what is broken."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from dragoman.guide import open_guide
from dragoman.serve.cli import dragoman
from dragoman.serve.http import create_app
from dragoman.settings import Settings

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "sellers.jsonl"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    settings = Settings(encoder="hash", index="memory")
    guide = open_guide(settings)
    guide.ingest([SAMPLE])
    with TestClient(create_app(guide, settings), raise_server_exceptions=False) as client:
        yield client


def asked(client: TestClient, **query: Any) -> list[dict[str, Any]]:  # Any: JSON
    response = client.get("/v1/suggest", params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["suggestions"]
    return found


def first_titles() -> dict[str, str]:
    """The first title of each language, the seller's own."""
    found: dict[str, str] = {}
    for line in SAMPLE.read_text("utf-8").splitlines():
        row = json.loads(line)
        said = row["title"] if isinstance(row["title"], dict) else {row["lang"]: row["title"]}
        lang, title = next(iter(said.items()))
        found.setdefault(lang, title)
    return found


@pytest.mark.parametrize(("lang", "title"), first_titles().items())
def test_in_every_language_two_letters_bring_the_shop_s_own_words(
    client: TestClient, lang: str, title: str
) -> None:
    q = title[:2]
    found = asked(client, q=q, lang=lang, k=20)
    assert any(title.lower().startswith(one["text"].split(" ")[0]) for one in found)
    for one in found:
        assert one.keys() == {"text", "lang", "dir", "origin", "score"}
        assert one["origin"] in {"catalogue", "model", "both"}
        assert one["dir"] == ("rtl" if one["lang"] in ("ar", "he", "fa", "ur") else "ltr")


def test_a_word_inside_a_text_without_spaces_is_found(client: TestClient) -> None:
    assert any("茶" in one["text"][1:] for one in asked(client, q="茶", lang="zh"))


def test_the_browser_s_language_stands_in_for_one_not_named(client: TestClient) -> None:
    german = client.get("/v1/suggest", params={"q": "te"}, headers={"accept-language": "de"}).json()
    assert german == {"suggestions": asked(client, q="te", lang="de")}


def test_nothing_typed_is_answered_with_nothing(client: TestClient) -> None:
    assert asked(client) == [] == asked(client, q="  ")


@pytest.mark.parametrize(
    "query",
    [
        {"q": "a", "k": 0},
        {"q": "a", "k": 21},
        {"q": "a", "lang": "not a tag!"},
        {"q": "a" * 2001},
        {"k": "x"},
    ],
)
def test_what_is_broken_gets_a_problem_with_a_remedy(client: TestClient, query: dict[str, Any]) -> None:
    response = client.get("/v1/suggest", params=query)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["hint"]


@pytest.mark.parametrize("q", ["\x00", "\u202e", "😀", "' OR 1=1", "%", "a\u0301" * 200])
def test_odd_prefixes_are_answered(client: TestClient, q: str) -> None:
    assert isinstance(asked(client, q=q), list)


def test_the_command_line_prints_a_table_or_the_http_body(tmp_path: Path) -> None:
    flags = ["--encoder", "hash", "--index", "edge", "--shop", str(tmp_path / "shop")]
    runner = CliRunner()
    done = runner.invoke(dragoman, [*flags, "ingest", str(SAMPLE)], catch_exceptions=False)
    assert done.exit_code == 0
    people = runner.invoke(dragoman, [*flags, "suggest", "tee", "--lang", "de"], catch_exceptions=False)
    assert people.output.startswith("query")
    said = runner.invoke(dragoman, [*flags, "suggest", "茶", "--json", "-k", "3"], catch_exceptions=False)
    assert len(json.loads(said.output)["suggestions"]) <= 3


def test_a_shop_without_a_model_still_completes_from_its_catalogue() -> None:
    guide = open_guide(Settings(encoder="hash", index="memory", writer="none"))
    guide.ingest([SAMPLE])
    assert guide.writer is None
    assert {one.origin for one in guide.suggest("茶")} == {"catalogue"}


@pytest.mark.quality
def test_a_prefix_is_completed_before_the_next_key(client: TestClient) -> None:
    """Of prefixes never seen before; how long it takes on a quiet machine, `bench/completion.py` says."""
    asked(client, q="warm up")
    spent = []
    for q in ("gart", "sneak", "wasserk", "casa", "ruck", "kin", "blu", "pant", "lamp", "sto"):
        started = time.process_time()
        asked(client, q=q, lang="de")
        spent.append(time.process_time() - started)
    assert min(spent) < 0.15
