"""The HTTP API: what it answers, and that no request, however broken, gets more than a problem."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragoman.backends.encoders.cached import CachedEncoder
from dragoman.errors import BadConfig, BadInput, Unavailable
from dragoman.guide import open_guide
from dragoman.ports import Role
from dragoman.serve.http import create_app
from dragoman.serve.problems import status_of
from dragoman.serve.shown import Reader, facet_view, product_view
from dragoman.settings import Settings
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Facet, FacetCount, Money, Offer, Product, Text, Variant, Vectors

CHEAP = Money(100, "EUR")
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "sellers.jsonl"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    settings = Settings(encoder="hash", index="memory", pictures=str(SAMPLE.parent / "pictures"))
    guide = open_guide(settings)
    guide.ingest([SAMPLE])
    with TestClient(create_app(guide, settings), raise_server_exceptions=False) as client:
        yield client


def search(client: TestClient, **body: Any) -> Any:  # Any: JSON
    response = client.post("/v1/search", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_page_s_files_travel_small_and_are_asked_for_anew(client: TestClient) -> None:
    page = client.get("/", headers={"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    script = next(line for line in page.text.split('"') if line.startswith("/web/") and line.endswith(".js"))
    first = client.get(script)
    assert first.headers["cache-control"] == "no-cache"
    assert client.get(script, headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "words",
    [
        "茶壶",
        "急須",
        "도자기",
        "إبريق",
        "हाथ",
        "чайник",
        "Teekanne",
        "tetera",
        "théière",
        "bule",
        "teapot",
        "กาน้ำชา",
        "ấm",
    ],
)
def test_every_language_gets_hits_with_their_language_and_direction(client: TestClient, words: str) -> None:
    for hit in search(client, query=words, langs=["en"], k=5)["hits"]:
        title = hit["title"]
        assert title["value"]
        assert title["lang"]
        assert title["dir"] == ("rtl" if title["lang"] in ("ar", "he", "fa", "ur") else "ltr")
        assert title["language"]
        assert hit["why"]


def test_filters_narrow_and_facets_count(client: TestClient) -> None:
    page = search(client, query="", k=200, facets=True)
    [availability] = [facet for facet in page["facets"] if facet["name"] == "availability"]
    wanted = availability["counts"][0]["value"]
    narrowed = search(client, query="", k=200, filters={"availability": [wanted]})
    assert 0 < narrowed["total"] <= page["total"]


@pytest.mark.parametrize(
    ("lang", "deep", "colour"),
    [
        ("ar", "ملابس وإكسسوارات", "اللون"),
        ("zh-Hans", "服饰与配饰", "颜色"),
        ("de", "Bekleidung & Accessoires", "Farbe"),
        ("ru", "Одежда и аксессуары", "Цвет"),
        ("en", "Apparel & Accessories", "Color"),
    ],
)
def test_facets_are_counted_as_they_are_and_shown_in_the_reader_s_language(
    client: TestClient, lang: str, deep: str, colour: str
) -> None:
    page = client.get("/v1/facets", params={"names": "category,fact:Color,brand", "k": 200, "lang": lang})
    category, color, brand = page.json()["facets"]
    shown = {one["value"]: one["shown"] for one in category["counts"]}
    assert shown["Apparel & Accessories"] == deep
    assert all(value.count(" > ") == said.count(" > ") for value, said in shown.items())
    assert (color["name"], color["shown"]) == ("fact:Color", colour)
    assert all(one["shown"] == one["value"] for one in brand["counts"])
    found = search(client, query="", k=5, langs=[lang], facets=True)
    [same] = [facet for facet in found["facets"] if facet["name"] == "category"]
    assert {one["value"]: one["shown"] for one in same["counts"]}.items() <= shown.items()


def test_pages_by_cursor_never_overlap(client: TestClient) -> None:
    first = search(client, query="cup", k=7)
    second = search(client, query="cup", k=7, cursor=first["cursor"])
    ids = [hit["id"] for hit in first["hits"] + second["hits"]]
    assert len(set(ids)) == len(ids) == 14


def test_a_price_window_holds_in_the_market_it_is_asked_for(client: TestClient) -> None:
    window = {"low": 10, "high": 40, "currency": "EUR"}
    page = search(client, query="", market="DE", k=100, filters={"price": window})
    prices = [hit["price"] for hit in page["hits"] if hit["price"]["currency"] == "EUR"]
    assert prices
    assert all(1000 <= price["minor"] <= 4000 for price in prices)


def test_a_product_comes_back_whole(client: TestClient) -> None:
    [id] = client.get("/v1/products?k=1").json()["ids"]
    body = client.get(f"/v1/products/{id}?lang=ar&market=DE").json()
    assert body["id"] == id
    assert {"title", "titles", "facts", "offers", "reviews", "variants"} <= body.keys()


@pytest.mark.parametrize(("market", "first"), [("DE", ["DE", ""]), ("jp", [""]), ("", ["CN", "", "DE"])])
def test_offers_of_the_readers_market_come_first(client: TestClient, market: str, first: list[str]) -> None:
    offers = (Offer("CN", CHEAP), Offer("", CHEAP), Offer("DE", CHEAP), Offer("US", CHEAP))
    product = Product("p", (Text("Cup", "en"),), offers=offers, variants=(Variant("v", (), offers),))
    view = product_view(product, (), Reader(("en",), market.upper()))
    for shown in (view, view["variants"][0]):
        markets = [offer["market"] for offer in shown["offers"]]
        assert markets[: len(first)] == first
        assert sorted(markets) == ["", "CN", "DE", "US"]
    sold = client.get(f"/v1/products/demo-zh-01?market={market}").json()["offers"]  # CN, US, DE
    assert sold[0]["market"] == (market if market == "DE" else "CN")


def test_a_category_is_named_as_a_category() -> None:
    """Not as an attribute or a value of the same English name: that of dogs, here."""
    counts = (FacetCount("Baby & Toddler > Potty Training", 2), FacetCount("Office Supplies", 1))
    for lang, names in {
        "de": ["Baby & Kleinkind > Töpfchentraining", "Bürobedarf"],
        "es": ["Bebés y niños pequeños > Control de esfínteres", "Material de oficina"],
    }.items():
        view = facet_view(Facet("category", counts), Reader((lang,)))
        assert [count["shown"] for count in view["counts"]] == names


def test_health_metrics_docs_and_page_answer(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json()["products"] > 100
    assert "dragoman_requests_total" in client.get("/metrics").text
    assert "http" not in client.get("/docs").text.replace("http://testserver", "").split("</title>")[0]
    assert client.get("/openapi.json").json()["paths"].keys() >= {"/v1/search", "/v1/facets"}
    page = client.get("/")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]


BROKEN = {
    "not JSON": b"{",
    "an array": b"[]",
    "a number as query": b'{"query": 3}',
    "invalid UTF-8": b'{"query": "\xff\xfe"}',
    "a lone surrogate": b'{"query": "\\ud800"}',
    "unknown field": b'{"query": "a", "fiter": {}}',
    "k of zero": b'{"query": "a", "k": 0}',
    "k of a billion": b'{"query": "a", "k": 1000000000}',
    "k as text": b'{"query": "a", "k": "many"}',
    "negative price": b'{"query": "a", "filters": {"price": {"low": -1, "currency": "EUR"}}}',
    "infinite price": b'{"query": "a", "filters": {"price": {"low": 1e999, "currency": "EUR"}}}',
    "price upside down": b'{"query": "a", "filters": {"price": {"low": 9, "high": 1, "currency": "EUR"}}}',
    "price without currency": b'{"query": "a", "filters": {"price": {"low": 1}}}',
    "unknown currency": b'{"query": "a", "filters": {"price": {"low": 1, "currency": "EURO"}}}',
    "currency that never was": b'{"query": "a", "filters": {"price": {"low": 1, "currency": "QQQ"}}}',
    "broken language tag": b'{"query": "a", "langs": ["not a tag!"]}',
    "language tag with path": b'{"query": "a", "langs": ["../../etc"]}',
    "market of three letters": b'{"query": "a", "market": "DEU"}',
    "market that is no country": b'{"query": "a", "market": "XX"}',
    "unknown currency of prices": b'{"query": "a", "currency": "XYZ"}',
    "market in Chinese": '{"query": "a", "market": "中国"}'.encode(),
    "unknown sort": b'{"query": "a", "sort": "random"}',
    "forged cursor": b'{"query": "a", "cursor": "AAAA"}',
    "cursor of garbage": b'{"query": "a", "cursor": "\\u0000\\u0000"}',
    "unknown availability": b'{"query": "a", "filters": {"availability": ["maybe"]}}',
    "filter as text": b'{"query": "a", "filters": "brand:x OR 1=1"}',
    "facts as list": b'{"query": "a", "filters": {"facts": ["Color"]}}',
    "deep nesting": b'{"query": "a", "filters": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "far too large": b'{"query": "' + b"a" * 1_100_000 + b'"}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_request_gets_a_problem_with_a_remedy(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/search", content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["detail"]
    assert problem["hint"]
    assert "Traceback" not in response.text


def test_a_hint_is_about_what_was_sent(client: TestClient) -> None:
    kind = {"content-type": "application/json"}
    broken = client.post("/v1/translate", content=b'{"texts":', headers=kind).json()
    assert "no JSON at character" in broken["detail"]
    assert "content-type" in client.post("/v1/translate", content=b'{"texts": []}').json()["hint"]
    assert "filters" not in client.post("/v1/translate", json={}).json()["hint"]
    assert "brand" in client.post("/v1/search", json={"filters": {"brnd": ["x"]}}).json()["hint"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"market": "DEU"}, "market 'DEU' is not a country"),
        ({"market": "x" * 99}, "is not a country"),
        ({"currency": "EURO"}, "'EURO' is not a currency in use"),
        ({"filters": {"price": {"low": 1, "currency": "EURO"}}}, "'EURO' is not a currency in use"),
        ({"k": 500}, ": 500"),
        ({"k": "many"}, ": 'many'"),
        ({"sort": "random"}, ": 'random'"),
        ({"fiter": "red"}, "fiter: Extra inputs are not permitted: 'red'"),
    ],
)
def test_a_refusal_says_what_was_sent(client: TestClient, body: dict[str, Any], said: str) -> None:
    assert said in client.post("/v1/search", json=body).json()["detail"]


def test_a_refusal_repeats_no_whole_book(client: TestClient) -> None:
    sent = {"k": "\ud800" * 5_000}
    for body in (sent, {"shopper": "x" * 5_000}, {"market": "x" * 101}, {"langs": "x" * 5_000}):
        assert len(client.post("/v1/search", content=json.dumps(body)).json()["detail"]) < 200
    assert "{" not in client.post("/v1/search", json={"filters": {"brand": {"a": 1}}}).json()["detail"]


ODD = {
    "emoji only": "🎧🎧",
    "right-to-left override": "red \u202eeohs\u202c",
    "NUL": "red\x00shoe",
    "zero-width": "r\u200bed sh\u2060oe",
    "quotes and operators": '"red" AND (brand:x) OR *:* {"must": []}',
    "script": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE products; --",
    "combining pile": "e" + "\u0301" * 500,
    "only spaces": "   \u3000\t\n",
    "mixed scripts": "nike 跑步鞋 кроссовки حذاء",
    "private use": "\ue000\uf8ff",
    "a long word": "x" * 1900,
}


@pytest.mark.parametrize("words", ODD.values(), ids=ODD.keys())
def test_odd_words_are_searched_like_any_others(client: TestClient, words: str) -> None:
    page = search(client, query=words, k=3)
    assert isinstance(page["hits"], list)
    json.dumps(page).encode("utf-8")


def test_a_query_of_100_000_letters_is_cut_or_refused_never_a_fault(client: TestClient) -> None:
    response = client.post("/v1/search", json={"query": "吊床" * 50_000})
    assert response.status_code in (200, 400, 413)
    assert response.status_code == 200 or response.json()["hint"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/products/nope", 404),
        ("/v1/products/%00", 404),
        ("/v1/products/..%2f..%2fetc%2fpasswd", 404),
        ("/v1/facets?names=evil", 400),
        ("/v1/facets?k=0", 400),
        ("/v1/products?k=-1", 400),
        ("/nowhere", 404),
        ("/web/../settings.py", 404),
        ("/web/%2e%2e/http.py", 404),
        ("/pictures/..%2fproducts.jsonl.gz", 404),
    ],
)
def test_a_wrong_address_gets_a_problem(client: TestClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status, response.text
    assert response.json()["hint"]


def test_a_method_that_is_not_there_gets_a_problem(client: TestClient) -> None:
    response = client.delete("/v1/search")
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"


def test_readiness_asks_the_encoder_each_time(tmp_path: Path) -> None:
    guide = open_guide(Settings(encoder="hash", index="memory", journal="memory", shop=str(tmp_path)))
    with TestClient(create_app(guide, Settings()), raise_server_exceptions=False) as client:
        assert client.get("/health/ready").status_code == 200
        down = replace(guide, encoder=CachedEncoder(Gone(), size=10))
        with TestClient(create_app(down, Settings()), raise_server_exceptions=False) as other:
            assert [other.get("/health/ready").status_code for _ in range(2)] == [200, 503]


class Gone(HashEncoder):
    """An encoder that answers once."""

    asked = 0

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.asked += 1
        if self.asked > 1:
            raise Unavailable("nobody answers", hint="start it")
        return super().encode(texts, role)


def test_a_wrong_setting_is_the_shops_fault_and_not_the_callers() -> None:
    assert (status_of(BadConfig("no key")), status_of(BadInput("no query"))) == (500, 400)
