"""Events, recommendations and profiles over HTTP and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from dragoman.backends.journals.sqlite import SqliteJournal
from dragoman.errors import DragomanError
from dragoman.guide import open_guide
from dragoman.opening import JOURNAL
from dragoman.serve.cli import main
from dragoman.serve.http import create_app
from dragoman.settings import Settings, pseudonym_key

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "sellers.jsonl"
TENT, TABLE, GERMAN = "demo-zh-09", "demo-ko-05", "demo-de-04"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shoppers")


@pytest.fixture(scope="module")
def client(shop: Path) -> Iterator[TestClient]:
    settings = Settings(encoder="hash", index="memory", journal="memory", shop=str(shop))
    guide = open_guide(settings)
    guide.ingest([SAMPLE])
    with TestClient(create_app(guide, settings), raise_server_exceptions=False) as client:
        yield client


def view(shopper: str, product: str, **more: Any) -> dict[str, Any]:  # Any: JSON
    return {"kind": "view", "shopper": shopper, "product": product, "market": "DE", "lang": "de", **more}


def tell(client: TestClient, *events: dict[str, Any], **headers: str) -> Any:  # Any: JSON
    response = client.post("/v1/events", json=list(events), headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


def recommend(client: TestClient, **body: Any) -> Any:  # Any: JSON
    response = client.post("/v1/recommend", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_one_event_a_list_and_lines_are_taken(client: TestClient) -> None:
    one = client.post("/v1/events", json=view("forms", TENT)).json()
    several = client.post("/v1/events", json=[view("forms", TABLE), view("forms", GERMAN)]).json()
    lines = b"\n".join(json.dumps(view("lines", id_)).encode() for id_ in (TENT, TABLE)) + b"\n"
    told = client.post("/v1/events", content=lines, headers={"content-type": "application/x-ndjson"}).json()
    assert [report["recorded"] for report in (one, several, told)] == [1, 2, 2]


def test_a_bad_event_is_reported_and_loses_no_good_one(client: TestClient) -> None:
    report = tell(client, view("mixed", TENT), {"kind": "blink"}, view("mixed", TABLE))
    assert (report["recorded"], report["rejected"]) == (2, 1)
    [rejection] = report["rejections"]
    assert rejection["line"] == 2
    assert rejection["remedy"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[1, 2]", b'{"kind": "blink"}', b"\xff\xfe", b"null", b"[" * 9_000]
)
def test_nothing_but_bad_events_is_a_problem_with_a_remedy(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/events", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["hint"]


def test_sending_events_again_changes_nothing(client: TestClient) -> None:
    rows = [view("again", TENT), view("again", TABLE)]
    first = tell(client, *rows, **{"idempotency-key": "k-1"})
    again = tell(client, *rows, **{"idempotency-key": "k-1"})
    assert (first["recorded"], again["recorded"], again["known"]) == (2, 0, 2)


def test_the_event_that_the_docs_show_may_be_sent_again(client: TestClient) -> None:
    asked = client.get("/openapi.json").json()["paths"]["/v1/events"]["post"]
    event = asked["requestBody"]["content"]["application/json"]["example"]
    assert "Idempotency-Key" in asked["description"]
    event["product"] = TENT
    first, again = tell(client, event), tell(client, event)
    assert (first["recorded"], again["recorded"], again["known"]) == (1, 0, 1)


def test_crawlers_are_counted_and_not_kept(client: TestClient) -> None:
    report = tell(client, view("crawler", TENT), **{"user-agent": "Googlebot/2.1"})
    assert (report["bots"], report["recorded"]) == (1, 0)


def test_an_event_changes_the_next_recommendation(client: TestClient) -> None:
    before = recommend(client, shopper="quick", langs=["en"])
    tell(client, view("quick", TENT))
    after = recommend(client, shopper="quick", langs=["en"])
    assert before["basis"] in ("everywhere", "market", "catalogue")
    assert after["basis"] == "profile"
    assert after["impression"] != before["impression"]
    assert after["hits"][0]["reason"]["product"] == TENT


@pytest.mark.parametrize("lang", ["ar", "zh-Hans", "ja", "de", "hi", "th", "en"])
def test_reasons_come_in_the_language_of_the_page(client: TestClient, lang: str) -> None:
    tell(client, view(f"reads-{lang}", TENT))
    page = recommend(client, shopper=f"reads-{lang}", langs=[lang], k=5)
    for hit in page["hits"]:
        text = hit["reason"]["text"]
        assert (text["lang"], text["dir"]) == (lang, "rtl" if lang == "ar" else "ltr")
        assert text["value"]


def test_a_visit_without_identity_is_enough_and_nothing_of_it_is_kept(client: TestClient) -> None:
    rows = [{"kind": "view", "product": TENT}, {"kind": "blink"}]
    page = recommend(client, session=rows, langs=["en"])
    assert (page["basis"], page["hits"][0]["reason"]["product"]) == ("session", TENT)
    assert len(page["rejections"]) == 1


def test_a_profile_says_what_is_known_and_forgets_when_told(client: TestClient) -> None:
    tell(
        client,
        view("known", TENT),
        view("known", GERMAN),
        {"kind": "buy", "shopper": "known", "product": TABLE},
    )
    told = client.get("/v1/profile/known?lang=ar").json()
    assert told["is_known"]
    assert {one["id"] for one in told["liked"]} == {TENT, GERMAN, TABLE}
    assert [one["id"] for one in told["bought"]] == [TABLE]
    assert told["headings"]["your_brands"]["dir"] == "rtl"
    assert told["langs"][0]["name"] == "الألمانية"
    assert client.delete(f"/v1/profile/known/products/{GERMAN}").json() == {"forgotten": 1}
    assert GERMAN not in {one["id"] for one in client.get("/v1/profile/known").json()["liked"]}
    assert client.delete("/v1/profile/known").json() == {"forgotten": 2}
    assert not client.get("/v1/profile/known").json()["is_known"]


@pytest.mark.parametrize("shopper", ["ab/cd+=", "/", "a//b/", "a?b#c"])
def test_any_name_that_is_recorded_is_shown_changed_and_forgotten(client: TestClient, shopper: str) -> None:
    """Base64 has slashes: who is recorded under one must be found by it, and can be erased."""
    path = f"/v1/profile/{quote(shopper, safe='')}"
    tell(client, view(shopper, TENT), view(shopper, TABLE), view(shopper, "z/products/b"))
    told = client.get(path).json()
    assert (told["shopper"], told["is_known"]) == (shopper, True)
    assert client.patch(path, json={"like": [{"product": GERMAN}]}).json()["recorded"] == 1
    assert client.delete(f"{path}/products/{quote(TENT, safe='')}").json() == {"forgotten": 1}
    assert TENT not in {one["id"] for one in client.get(path).json()["liked"]}
    assert client.delete(path).json() == {"forgotten": 3}
    assert not client.get(path).json()["is_known"]


def test_an_id_may_hold_the_words_of_the_route(client: TestClient) -> None:
    tell(client, view("plain", "z/products/b"), view("plain", TENT))
    assert client.delete("/v1/profile/plain/products/z%2Fproducts%2Fb").json() == {"forgotten": 1}
    assert client.delete("/v1/profile/plain").json() == {"forgotten": 1}


@pytest.mark.parametrize("path", ["/v1/profile/", "/v1/profile//products/x"])
def test_nobody_in_particular_has_no_profile_to_forget(client: TestClient, path: str) -> None:
    tell(client, {"kind": "view", "product": "x", "consent": False})
    assert 400 <= client.delete(path).status_code < 500


def test_a_shopper_says_what_they_do_not_want(client: TestClient) -> None:
    tell(client, view("edits", TENT))
    first = recommend(client, shopper="edits", k=10)["hits"][0]
    change = {
        "dismiss": [{"product": first["id"]}, {"brand": "Nobody's"}],
        "follow": [{"brand": first["brand"]}],
    }
    response = client.patch("/v1/profile/edits", json=change)
    assert response.status_code == 200, response.text
    profile = client.get("/v1/profile/edits").json()
    assert first["id"] in {one["id"] for one in profile["disliked"]}
    assert profile["avoided"] == ["brand:Nobody's"]
    assert first["id"] not in {hit["id"] for hit in recommend(client, shopper="edits", k=50)["hits"]}


@pytest.mark.parametrize(
    "change", [{}, {"like": [{}]}, {"like": [{"brand": "A", "product": "b"}]}, {"love": []}, {"like": "A"}]
)
def test_a_change_of_nothing_or_of_two_things_is_refused(
    client: TestClient, change: Any
) -> None:  # Any: JSON
    response = client.patch("/v1/profile/someone", json=change)
    assert response.status_code == 400
    assert response.json()["hint"]


def test_an_address_is_never_kept_and_finds_its_shopper_all_the_same(client: TestClient, shop: Path) -> None:
    tell(client, view("jo@example.org", TENT))
    profile = client.get("/v1/profile/jo@example.org").json()
    assert profile["shopper"].startswith("p-")
    assert profile["is_known"]
    assert recommend(client, shopper="jo@example.org")["basis"] == "profile"
    assert (shop / "pseudonym.key").stat().st_mode & 0o077 == 0
    assert client.delete("/v1/profile/jo@example.org").json() == {"forgotten": 1}


BROKEN: dict[str, dict[str, Any]] = {  # Any: broken on purpose
    "unknown kind": {"kind": "magic"},
    "similar to nothing": {"kind": "similar"},
    "k of zero": {"k": 0},
    "k of a thousand": {"k": 1000},
    "dial above one": {"diversity": 2},
    "a shopper far too long": {"shopper": "x" * 500},
    "unknown field": {"shoper": "s"},
    "about as text": {"about": "x"},
    "session as text": {"session": "x"},
    "broken language": {"langs": ["not a tag!"]},
    "market of three letters": {"market": "DEU"},
    "half a character": {"shopper": "\ud800"},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_request_for_recommendations_gets_a_problem(
    client: TestClient, body: dict[str, Any]
) -> None:
    response = client.post(
        "/v1/recommend", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert response.status_code == 400, response.text
    assert response.json()["hint"]


def test_the_command_line_reads_recommends_shows_and_forgets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["--shop", str(tmp_path / "shop"), "--encoder", "hash", "--index", "edge"]
    events = tmp_path / "events.jsonl"
    rows = [view("cli", id_, at=f"2026-03-01T10:0{place}:00Z") for place, id_ in enumerate((TENT, TABLE))]
    events.write_text("\n".join(map(json.dumps, [*rows, {"kind": "blink"}])), encoding="utf-8")
    main([*run, "ingest", str(SAMPLE)])
    capsys.readouterr()
    main([*run, "events", str(events), "--json"])
    assert json.loads(capsys.readouterr().out)["recorded"] == 2
    main([*run, "events", str(events)])
    assert "2 known already" in capsys.readouterr().out
    main([*run, "recommend", "--shopper", "cli", "--lang", "ja", "--json"])
    page = json.loads(capsys.readouterr().out)
    assert (page["basis"], page["hits"][0]["reason"]["text"]["lang"]) == ("profile", "ja")
    main([*run, "profile", "cli"])
    assert "taste" in capsys.readouterr().out
    main([*run, "forget", "cli"])
    assert capsys.readouterr().out.strip() == "2 events forgotten"


def test_a_command_that_only_looks_makes_no_journal(tmp_path: Path) -> None:
    run = ["--shop", str(tmp_path / "shop"), "--encoder", "hash", "--index", "edge"]
    main([*run, "ingest", str(SAMPLE)])
    assert not (tmp_path / "shop" / "journal.db").exists()


def test_a_journal_before_the_first_product_does_not_hinder_the_index(tmp_path: Path) -> None:
    settings = Settings(encoder="hash", index="edge", shop=str(tmp_path))
    pseudonym_key(settings)
    SqliteJournal(tmp_path / JOURNAL).close()
    guide = open_guide(settings)
    assert guide.count() == 0
    guide.close()


def test_errors_of_the_journal_are_ours(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database at all, " * 100)
    guide = open_guide(Settings(encoder="hash", index="edge", shop=str(tmp_path)))
    with pytest.raises(DragomanError, match="journal"):
        guide.audience.journal.shoppers("", 1)
    guide.close()


def test_recommendations_keep_to_a_price_window(client: TestClient) -> None:
    window = {"high": 20, "currency": "EUR"}
    page = recommend(client, market="DE", k=50, filters={"price": window})
    prices = [hit["price"]["minor"] for hit in page["hits"] if hit["price"]["currency"] == "EUR"]
    assert prices, page["hits"]
    assert max(prices) <= 2000


@pytest.mark.parametrize("given", [{"query": "x"}, {"cursor": "x"}, {"sort": "price_up"}, {"facets": True}])
def test_what_belongs_to_a_search_is_refused_by_recommendations(
    client: TestClient, given: dict[str, Any]
) -> None:
    response = client.post("/v1/recommend", json=given)
    assert response.status_code == 400
    assert next(iter(given)) in response.json()["detail"]


def test_a_product_that_has_left_the_shop_hides_nothing(client: TestClient) -> None:
    tell(client, view("late", "aaa-gone"))  # the first of all ids
    filters = {"price": {"high": 20, "currency": "EUR"}}
    assert recommend(client, market="DE", filters=filters)["hits"]
