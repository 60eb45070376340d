"""Facts over HTTP and on the command line: texts, saved pages, products; ranges of facts; refusals."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragoman.guide import open_guide
from dragoman.serve.cli import main
from dragoman.serve.http import create_app
from dragoman.settings import Settings

FEED = [
    {
        "id": "pan",
        "lang": "de",
        "title": "Gusseisenpfanne 2,5 kg, schwarz",
        "facts": {"Durchmesser": "26 cm"},
    },
    {"id": "cup", "lang": "en", "title": "Oak cup, 90 g"},
]
PAGE = """<!doctype html><html lang="de"><head><title>Topf</title></head><body>
<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Topf aus Edelstahl, 3,2 Liter</h1>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="price" content="49.90">
<meta itemprop="priceCurrency" content="EUR"></div></div>
<table><tr><th>Gewicht</th><td>1,8 kg</td></tr><tr><th>Farbe</th><td>silbern</td></tr></table>
<script>alert("Material: gold")</script></body></html>"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("facts")
    feed = folder / "feed.jsonl"
    feed.write_text("\n".join(json.dumps(row) for row in FEED), encoding="utf-8")
    settings = Settings(
        encoder="hash", index="memory", translator="none", reranker="none", journal="none", home=str(folder)
    )
    guide = open_guide(settings)
    guide.ingest([feed])
    with TestClient(create_app(guide, settings), raise_server_exceptions=False) as client:
        yield client


def facts(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/extract", json=body)
    assert answer.status_code == 200, answer.text
    return {fact["name"]: fact for fact in answer.json()["facts"]}


def test_a_text_becomes_facts_shown_in_the_readers_language(client: TestClient) -> None:
    fact = facts(client, text="黑色 真皮 女款 短靴", lang="zh", langs=["ar"])["Material"]
    assert fact == {
        "name": "Material",
        "value": "Leather",
        "unit": "",
        "quote": "真皮",
        "confidence": fact["confidence"],
        "shown": {"name": "المادة", "value": "جلد"},
    }
    assert 0.5 <= fact["confidence"] < 1


def test_the_language_is_told_where_nobody_names_it(client: TestClient) -> None:
    answer = client.post("/v1/extract", json={"text": "Сковорода чугунная, вес 2 кг, чёрная"}).json()
    assert answer["lang"] == "ru"
    assert {"Weight", "Material", "Color"} <= {fact["name"] for fact in answer["facts"]}


def test_a_saved_page_without_json_ld_gives_name_and_facts(client: TestClient) -> None:
    answer = client.post("/v1/extract", json={"html": PAGE, "langs": ["en"]}).json()
    assert answer["title"] == "Topf aus Edelstahl, 3,2 Liter"
    assert {(fact["name"], fact["value"]) for fact in answer["stated"]} >= {
        ("Gewicht", "1.8"),
        ("Farbe", "silbern"),
    }
    read = {fact["name"]: fact["value"] for fact in answer["facts"]}
    assert read == {"Weight": "1800", "Color": "Silver", "Material": "Stainless steel", "Volume": "3200"}


def test_markup_without_a_product_is_read_as_words_and_scripts_are_not(client: TestClient) -> None:
    page = "<p>Oak table<script>Weight: 900 kg</script></p><ul><li>Weight: 20&nbsp;kg</li></ul>"
    found = facts(client, html=page, lang="en")
    assert found["Weight"]["value"] == "20000"
    assert all("script" not in fact["quote"] for fact in found.values())


def test_a_product_of_the_shop_is_read_by_its_id(client: TestClient) -> None:
    answer = client.post("/v1/extract", json={"product": "pan"}).json()
    assert [fact["name"] for fact in answer["stated"]] == ["Durchmesser"]
    assert {"Weight", "Color", "Diameter"} <= {fact["name"] for fact in answer["facts"]}


REFUSED = {
    "nothing": ({}, 400),
    "two at once": ({"text": "a", "product": "pan"}, 400),
    "no such product": ({"product": "nobody"}, 404),
    "no language": ({"text": "a", "lang": "?!"}, 400),
    "an empty page": ({"html": "<script>x</script>"}, 400),
    "an unknown field": ({"text": "a", "body": "b"}, 400),
    "half a character": ({"text": "\ud800"}, 400),
    "a book": ({"text": "a" * 100_001}, 400),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_request_is_refused_with_a_hint(client: TestClient, case: str) -> None:
    body, status = REFUSED[case]
    answer = client.post(
        "/v1/extract", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.json()["hint"]


def test_products_carry_quotes_and_confidence_of_their_facts(client: TestClient) -> None:
    product = client.get("/v1/products/pan", params={"lang": "fr"}).json()
    said = {fact["name"]: fact for fact in product["facts"]}
    assert said["Durchmesser"]["confidence"] == 1
    assert said["Weight"]["quote"] == "2,5 kg"
    assert said["Weight"]["shown"] == {"name": "Poids", "value": "2,5\u202fkg"}


def test_search_is_narrowed_by_a_range_of_a_fact_in_any_unit(client: TestClient) -> None:
    def ids(**range: Any) -> list[str]:
        body = {"query": "", "filters": {"facts": {"Weight": range}}}
        return [hit["id"] for hit in client.post("/v1/search", json=body).json()["hits"]]

    assert ids(low=2, high=3, unit="kg") == ["pan"]
    assert ids(high=0.25, unit="lb") == ["cup"]
    body = {"query": "", "filters": {"facts": {"Weight": {"low": 1, "unit": "parsec"}}}}
    assert client.post("/v1/search", json=body).json()["code"] == "bad_input"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["--encoder", "hash", "--index", "memory", "--home", "home", "extract", *arguments])
    return capsys.readouterr().out


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_prints_the_body_of_the_route(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, "Holztisch, 20 kg", "--lang", "de", "--json"))
    assert {(fact["name"], fact["shown"]["name"]) for fact in told["facts"]} >= {("Weight", "Gewicht")}


def test_the_command_reads_a_saved_page(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "page.html").write_text(PAGE, encoding="utf-8")
    assert "1,8 kg" in run(capsys, "--html", "page.html")


def test_the_command_refuses_what_it_cannot_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(capsys, "--html", "nowhere.html")
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended:
        run(capsys)
    assert ended.value.code == 2
