"""Translation over HTTP and on the command line: bodies, marks, refusals."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragoman.errors import Unavailable
from dragoman.guide import Guide, open_guide
from dragoman.serve.cli import main
from dragoman.serve.http import create_app
from dragoman.settings import Settings
from dragoman.testing.word_translators import WordTranslator
from dragoman.translate import Desk, shipped_quality
from dragoman.translate.quality import EngineQuality, Map, PairQuality

WORDS = {
    ("de", "en"): {"teekanne": "teapot", "aus": "of", "gusseisen": "iron", "schön": "nice", "eine": "a"},
    ("ja", "en"): {"急須": "teapot"},
}
OFF = PairQuality("ja", "en", "words-1", is_shown=False, floor=0.5, chrf=20.0, n=100)
SURE = EngineQuality("words-1", 0.5, is_shown=True, alone=Map(3.0), checked=Map(3.0), pairs={"ja>en": OFF})
FEED = [
    {
        "id": "pot",
        "lang": "de",
        "title": "Teekanne aus Gusseisen, 0,8 l",
        "brand": "Acme",
        "category": "Home & Garden",
        "bullets": ["Eine Teekanne"],
        "facts": {"Farbe": "Rot"},
        "passages": [{"kind": "review", "text": "Schön, 12!", "lang": "de"}],
    },
    {"id": "kyusu", "lang": "ja", "title": "急須 300ml"},
    {"id": "cup", "lang": "en", "title": "Teapot cup"},
]
SETTINGS = Settings(encoder="hash", index="memory", translator="none", reranker="none")


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    feed = tmp_path_factory.mktemp("feed") / "feed.jsonl"
    feed.write_text("\n".join(json.dumps(row) for row in FEED), encoding="utf-8")
    opened = open_guide(SETTINGS)
    opened.ingest([feed])
    known = replace(shipped_quality(), engines={"words-1": SURE, "default": SURE})
    return replace(opened, desk=Desk(WordTranslator(WORDS), quality=known))


@pytest.fixture(scope="module")
def client(guide: Guide) -> Iterator[TestClient]:
    with TestClient(create_app(guide, SETTINGS), raise_server_exceptions=False) as client:
        yield client


def hits(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/search", json={"query": "", "langs": ["en"]} | body)
    assert answer.status_code == 200, answer.text
    return {hit["id"]: hit for hit in answer.json()["hits"]}


def test_hits_in_other_languages_get_a_translation_that_says_it_is_one(client: TestClient) -> None:
    title = hits(client, translate=True)["pot"]["title"]
    assert title["value"] == "Teekanne aus Gusseisen, 0,8 l"
    made = title["translation"]
    assert made["value"] == "teapot of iron, 0,8 l"
    assert (made["lang"], made["dir"], made["engine"], made["machine"]) == ("en", "ltr", "words-1", True)
    assert 0 < made["confidence"] <= 1


def test_a_title_of_a_pair_that_is_off_is_shown_as_written(client: TestClient) -> None:
    title = hits(client, translate=True)["kyusu"]["title"]
    assert title["translation"] is None
    assert title["lang"] == "ja"


def test_what_the_reader_reads_gets_no_translation(client: TestClient) -> None:
    assert "translation" not in hits(client, translate=True)["cup"]["title"]
    assert "translation" not in hits(client, translate=True, langs=["en", "de"])["pot"]["title"]


def test_nothing_is_translated_unasked(client: TestClient) -> None:
    assert "translation" not in hits(client)["pot"]["title"]
    assert "translation" not in json.dumps(client.get("/v1/products/pot?lang=en").json())


def test_a_product_page_is_translated_as_a_whole(client: TestClient) -> None:
    body = client.get("/v1/products/pot?lang=en&translate=true").json()
    assert body["title"]["translation"]["value"] == "teapot of iron, 0,8 l"
    assert body["bullets"][0]["translation"]["value"] == "a teapot"
    assert body["reviews"][0]["translation"]["value"] == "nice, 12!"
    assert body["facts"][0]["translation"] == {"name": "Color", "value": "Red"}
    assert "translation" not in body["titles"][0]


def test_a_category_gets_its_name_in_the_reader_s_language(client: TestClient) -> None:
    hit = hits(client, langs=["fr"], translate=True)["pot"]
    assert hit["category"] == "Home & Garden"
    assert hit["category_translation"]["value"] == "Maison et jardin"


def test_texts_are_translated_by_request(client: TestClient) -> None:
    body = {"texts": ["Teekanne 5 l", "Home & Garden", ""], "target": "en", "source": "de"}
    answer = client.post("/v1/translate", json=body).json()
    assert answer["engine"] == "words-1"
    assert answer["translations"][0]["value"] == "teapot 5 l"
    assert answer["translations"][0]["source"] == "de"
    assert answer["translations"][0]["translated"]
    assert not answer["translations"][2]["translated"]


def test_pairs_and_their_figures_are_public(client: TestClient) -> None:
    body = client.get("/v1/translate/pairs").json()
    shown = {(one["source"], one["target"]): one["shown"] for one in body["pairs"]}
    assert shown == {("de", "en"): True, ("ja", "en"): False}
    assert "de" in body["terms"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"texts": [], "target": "de"},
        {"texts": ["a"] * 201, "target": "de"},
        {"texts": ["a"], "target": "no language!"},
        {"texts": ["a"], "target": "de", "source": "??"},
        {"texts": "a", "target": "de"},
        {"texts": ["a"], "target": "de", "unknown": 1},
        {"texts": ["a" * 60_000], "target": "de"},
    ],
)
def test_a_broken_request_gets_a_problem_with_a_remedy(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/v1/translate", json=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["hint"]


def test_half_a_character_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/translate", content=b'{"texts": ["\\ud800"], "target": "de"}')
    assert answer.status_code == 400


class Down(WordTranslator):
    """A translator whose server is gone."""

    def translate(self, *_: Any) -> Any:
        raise Unavailable("nobody answers", hint="start it")


def test_a_translator_that_is_down_costs_the_translations_and_not_the_page(
    guide: Guide, caplog: pytest.LogCaptureFixture
) -> None:
    down = replace(guide, desk=replace(guide.desk, translator=Down(WORDS, name="down")))
    client = TestClient(create_app(down, SETTINGS), raise_server_exceptions=False)
    assert hits(client, translate=True)["pot"]["title"]["value"] == "Teekanne aus Gusseisen, 0,8 l"
    assert [record for record in caplog.records if "nobody answers" in record.getMessage()]
    assert (
        client.post(
            "/v1/translate", json={"texts": ["Teekanne aus Eisen"], "source": "de", "target": "en"}
        ).status_code
        == 503
    )


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(["--encoder", "hash", *words])
    return capsys.readouterr().out


@pytest.fixture
def without_translator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRAGOMAN_TRANSLATOR", "none")
    monkeypatch.setenv("DRAGOMAN_RERANKER", "none")
    return tmp_path


def test_the_command_prints_the_body_of_the_request(
    capsys: pytest.CaptureFixture[str], without_translator: Path
) -> None:
    printed = json.loads(run(capsys, "translate", "Home & Garden", "--to", "de,ja", "--from", "en", "--json"))
    assert [one["value"] for one in printed["translations"]] == ["Heim & Garten", "ホーム・ガーデン"]
    assert not list(without_translator.iterdir())


def test_a_shop_is_translated_from_the_command_line(
    capsys: pytest.CaptureFixture[str], without_translator: Path
) -> None:
    feed = without_translator / "feed.jsonl"
    feed.write_text(json.dumps({"id": "a", "lang": "en", "title": "Cotton"}), encoding="utf-8")
    run(capsys, "--shop", "shop", "ingest", str(feed))
    printed = json.loads(run(capsys, "translate", "--shop", "shop", "--to", "de", "--json"))
    assert printed["targets"] == [{"below": 0, "products": 1, "shown": 1, "target": "de", "texts": 1}]


def test_translations_in_a_file_are_scored(
    capsys: pytest.CaptureFixture[str], without_translator: Path
) -> None:
    pairs, said = without_translator / "p.tsv", without_translator / "s.txt"
    pairs.write_text("ja\ten\nこれは良い靴\tgood shoe 5\n急須\tteapot\n", encoding="utf-8")
    said.write_text("これは良い靴\n急須\n", encoding="utf-8")
    words = [
        "eval",
        "translation",
        "--pairs",
        str(pairs),
        "--source",
        "en",
        "--target",
        "ja",
        "--hypotheses",
        str(said),
    ]
    printed = json.loads(run(capsys, *words, "--json"))
    assert printed["n"] == 2
    assert printed["bleu"]["score"] == printed["rouge_l"]["score"] == printed["meteor"]["score"] == 100
    assert "tok:" in printed["bleu"]["signature"]
    assert printed["numbers"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["translate", "Teekanne"],
        ["translate", "Teekanne", "--to", "klingonisch!"],
        ["eval", "translation", "--pairs", "none.tsv", "--source", "en", "--target", "de"],
        ["eval", "translation", "--pairs", "p.tsv", "--source", "en", "--target", "de"],
    ],
)
def test_mistakes_are_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], without_translator: Path, words: list[str]
) -> None:
    (without_translator / "p.tsv").write_text("en\tde\nred\trot\n", encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main(["--encoder", "hash", *words])
    assert caught.value.code == 2
    assert "→" in capsys.readouterr().err
