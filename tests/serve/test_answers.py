"""Questions over HTTP and on the command line: the answer and what it stands on, and clear refusals."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dragoman import open_guide
from dragoman.serve.answers import AskedQuestion, question_of
from dragoman.serve.cli import main
from dragoman.serve.http import create_app
from dragoman.settings import configure

SELLERS = Path(__file__).parents[2] / "data" / "sample" / "sellers.jsonl"
PLAIN = {"encoder": "hash", "translator": "none", "reranker": "none", "reader": "none"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("shop")
    flags = PLAIN | {"index": "memory", "home": str(folder), "shop": str(folder / "shop")}
    settings = configure("", flags).settings
    guide = open_guide(settings)
    guide.ingest([SELLERS])
    with TestClient(create_app(guide, settings)) as client:
        yield client


def test_an_answer_carries_its_words_and_what_they_stand_on(client: TestClient) -> None:
    body = {"question": "Kann man den Kuckuck nachts abstellen?", "about": ["demo-de-02"], "langs": ["ar"]}
    made = client.post("/v1/answer", json=body).raise_for_status().json()
    assert (made["text"]["lang"], made["text"]["dir"], made["declined"]) == ("ar", "rtl", "")
    cited = made["citations"][0]
    assert cited["quote"]["lang"] == "de"
    assert cited["passage"][cited["place"]["start"] : cited["place"]["end"]] == cited["quote"]["value"]
    assert (cited["product"], cited["quote"]["dir"]) == ("demo-de-02", "ltr")
    assert 0 < cited["score"] <= 1


def test_a_comparison_has_a_cell_for_every_product(client: TestClient) -> None:
    body = {"question": "compare them", "about": ["demo-de-01", "demo-de-04"]}
    made = client.post("/v1/answer", json=body).raise_for_status().json()["comparison"]
    assert made["products"] == ["demo-de-01", "demo-de-04"]
    assert {len(row["cells"]) for row in made["rows"]} == {2}


def test_opinions_show_counts_and_words(client: TestClient) -> None:
    body = {"question": "ماذا يقول المشترون عن الصوت؟", "about": ["demo-ar-06"]}
    [one] = client.post("/v1/answer", json=body).raise_for_status().json()["opinions"]
    assert one["aspect"] == "noise"
    assert one["good"] + one["bad"] == 1


def test_what_the_page_does_not_say_is_declined_with_a_reason(client: TestClient) -> None:
    body = {"question": "цена?", "about": ["demo-de-01"], "market": "BR"}
    made = client.post("/v1/answer", json=body).raise_for_status().json()
    assert (made["declined"], made["citations"], made["text"]["lang"]) == ("no_price", [], "ru")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": "a" * 100_000}, 413),
        ({"question": "how heavy?", "about": ["nothing"]}, 404),
        ({"question": "how heavy?", "about": ["demo-de-01"] * 2}, 400),
        ({"question": "how heavy?", "about": ["x"] * 11}, 400),
        ({"question": "how heavy?", "langs": ["not a tag"]}, 400),
        ({"question": "how heavy?", "market": "1"}, 400),
        ({"query": "how heavy?"}, 400),
        ({"question": 7}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(client: TestClient, body: object, status: int) -> None:
    answer = client.post("/v1/answer", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["hint"]


def test_half_a_character_is_refused(client: TestClient) -> None:
    head = {"content-type": "application/json"}
    assert client.post("/v1/answer", content=b'{"question": "\\ud800"}', headers=head).status_code == 400


def test_the_command_prints_what_the_api_sends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--shop", str(tmp_path / "shop"), "--home", str(tmp_path), "--encoder", "hash", "--index", "edge"]
    ask = [*at, "ask", "Was kostet er?", "--product", "demo-de-01", "--market", "DE"]
    main([*at, "ingest", str(SELLERS)])
    main([*at, "ask", "--prepare"])
    assert "120 pages" in capsys.readouterr().err
    main([*ask, "--json"])
    made = json.loads(capsys.readouterr().out)
    assert "89,90" in made["text"]["value"]
    main(ask)
    assert "89,90" in capsys.readouterr().out


def test_what_cannot_be_had_in_a_market_is_no_answer_there() -> None:
    query = question_of(AskedQuestion(question="Which tent is waterproof?", market="uk"))
    assert (query.market, query.where.market) == ("GB", "GB")
