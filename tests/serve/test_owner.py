"""The owner's report: for the owner only, without a script, in every language, live and as a file."""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dragoman.guide import Guide, open_guide
from dragoman.measure.intervals import Interval
from dragoman.recommend import Line, Taking
from dragoman.serve.cli import main
from dragoman.serve.http import create_app
from dragoman.serve.plots import WIDTH, Bar, bars
from dragoman.serve.report_page import report_page
from dragoman.serve.report_words import Words
from dragoman.serve.reports import OwnersReport, owners_report
from dragoman.settings import Settings

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
CATALOGUE: dict[str, Any] = json.loads(
    files("dragoman.serve").joinpath("report.json").read_text(encoding="utf-8")
)
LANGS = sorted(CATALOGUE.keys() - {"about"})
KEY = "sesame"


def caller(app: FastAPI, address: str = "127.0.0.1", host: str = "127.0.0.1:8080") -> TestClient:
    """A client at an address that asks for the shop by a name."""
    return TestClient(app, client=(address, 50_000), base_url=f"http://{host}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("owner")


@pytest.fixture(scope="module")
def guide(folder: Path) -> Iterator[Guide]:
    """The demo sellers, with the demo shop's events moved to the last days."""
    settings = Settings(encoder="hash", index="memory", journal="memory", shop=str(folder), extract=False)
    guide = open_guide(settings)
    guide.ingest([SAMPLE / "sellers.jsonl"])
    now = 1_800_000_000.0
    with gzip.open(SAMPLE / "events.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    seekers = [
        {
            "kind": "search",
            "query": "hema <b>ya</b> kambi",
            "hits": 0,
            "shopper": f"sw-{i}",
            "lang": "sw",
            "at": now,
        }
        | {"variant": "pool:wide"}
        for i in range(6)
    ]
    shown = [{**one, "kind": "show", "product": "demo-zh-09"} for one in seekers]
    told = [Line(number, row) for number, row in enumerate([*rows, *seekers, *shown])]
    assert guide.record(told, Taking(guide.audience.mask, now, is_live=False)).rejected == 0
    yield guide
    guide.close()


@pytest.fixture(scope="module")
def report(guide: Guide) -> OwnersReport:
    return owners_report(guide, 0.0, 2e9)


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[dict[str, TestClient]]:
    """Clients of one small shop with events of this hour: with a key and without."""
    settings = Settings(encoder="hash", index="memory", journal="memory", shop=str(folder), owner_key=KEY)
    open_to_all = Settings(encoder="hash", index="memory", journal="memory", shop=str(folder))
    guide = open_guide(settings)
    lines = [
        Line(i, {"kind": "view", "shopper": f"s{i}", "product": "p", "market": "DE", "lang": "de"})
        for i in range(9)
    ]
    guide.ingest([SAMPLE / "sellers.jsonl"])
    with caller(create_app(guide, settings)) as locked:
        locked.post("/v1/events", json=[line.value for line in lines])
        plain = create_app(guide, open_to_all)
        yield {
            "locked": locked,
            "home": caller(plain),
            "away": caller(plain, address="203.0.113.9"),
            "rebound": caller(plain, host="evil.example"),
        }


@pytest.mark.parametrize("path", ["/owner", "/v1/report"])
def test_the_key_opens_as_a_bearer_token_or_a_browsers_password(
    live: dict[str, TestClient], path: str
) -> None:
    basic = "Basic " + b64encode(f"owner:{KEY}".encode()).decode()
    for header in (f"Bearer {KEY}", f"bearer {KEY}", basic):
        assert live["locked"].get(path, headers={"authorization": header}).status_code == 200


@pytest.mark.parametrize("path", ["/owner", "/v1/report"])
@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", "Basic !", f"Digest {KEY}", "Bearer é"]
)
def test_anybody_else_is_asked_for_the_key(live: dict[str, TestClient], path: str, header: str) -> None:
    answer = live["locked"].get(path, headers=[(b"authorization", header.encode())])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="owner"'
    assert "owner_key" in answer.json()["detail"]


def test_a_browser_is_asked_in_the_way_that_opens_its_dialogue(live: dict[str, TestClient]) -> None:
    answer = live["locked"].get("/owner", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.headers["www-authenticate"] == 'Basic realm="owner"'


def test_without_a_key_only_this_machine_is_served(live: dict[str, TestClient]) -> None:
    assert live["home"].get("/owner").status_code == 200
    assert live["away"].get("/owner").status_code == 403
    assert live["rebound"].get("/v1/report").status_code == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_what_a_proxy_passes_on_is_not_this_machine(live: dict[str, TestClient], header: str) -> None:
    assert live["home"].get("/owner", headers={header: "127.0.0.1"}).status_code == 403


def test_the_page_may_load_and_run_nothing(live: dict[str, TestClient]) -> None:
    answer = live["home"].get("/owner?days=7", headers={"accept-language": "ar"})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "aria-current=page>آخر 7" in answer.text


def test_days_out_of_range_and_broken_languages_are_the_callers_mistake(live: dict[str, TestClient]) -> None:
    assert [live["home"].get(f"/owner?{q}").status_code for q in ("days=0", "days=9999", "lang=%21")] == [
        400
    ] * 3


def test_a_period_without_events_is_said_in_words(folder: Path) -> None:
    settings = Settings(encoder="hash", index="memory", journal="memory", shop=str(folder))
    with caller(create_app(open_guide(settings), settings)) as client:
        assert CATALOGUE["de"]["empty"] in client.get("/owner?lang=de").text
        missing = client.get("/v1/report")
    assert missing.status_code == 404
    assert "dragoman events" in missing.json()["hint"]


def test_the_figures_are_those_of_the_page(live: dict[str, TestClient]) -> None:
    body = live["home"].get("/v1/report?days=7").json()
    assert (body["shoppers"], body["events"], body["markets"][0]["key"]) == (9, 9, "DE")
    assert "Germany" in live["home"].get("/owner?lang=en").text


class Seen(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_whole_by_itself_in_every_language(report: OwnersReport, lang: str) -> None:
    page = report_page(report, Words(lang), title="A & <b>B</b>")
    seen = Seen(page)
    assert not {"script", "link", "img", "iframe", "object", "b"} & set(seen.tags)
    assert not [
        name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "style", "href")
    ]
    assert seen.tags.count("svg") >= 8
    assert seen.tags.count("table") >= 7
    assert "hema &lt;b&gt;ya&lt;/b&gt; kambi" in page
    assert not re.search(r"{\w+}", page.partition("</style>")[2])


def test_the_page_names_no_shopper(report: OwnersReport) -> None:
    page = report_page(report, Words("en"), title="shop")
    assert not re.search(r"demo-\d{3}\b|sw-\d", page)


def test_the_demo_shop_is_reported(report: OwnersReport) -> None:
    assert report.shop.shoppers == 246
    assert {"US", "DE", "GB"} <= {one.key for one in report.shop.markets}
    assert {one.lang for one in report.shop.demand if one.is_served is False} == {"it", "sw"}
    [line] = report.experiments
    assert (line.experiment, line.arm, line.shoppers) == ("pool", "wide", 6)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_bars_stay_inside_and_run_with_the_language(direction: Any) -> None:  # Any: pytest's parameter
    rows = [Bar("<a>", Interval(0.5, 0.4, 0.6), "50%", 0.55), Bar("b", Interval(0, 0, 0), "0%")]
    svg = ElementTree.fromstring(bars("x", rows, direction=direction))
    [first, last] = svg.findall("rect")
    start = {"ltr": float(first.attrib["x"]), "rtl": float(first.attrib["x"]) + float(first.attrib["width"])}
    assert start[direction] == {"ltr": 4.0, "rtl": WIDTH - 4.0}[direction]
    assert float(last.attrib["width"]) == 0.0
    assert all(0 <= float(each.attrib["x"]) <= WIDTH for each in svg.findall("rect"))


@pytest.mark.parametrize("lang", LANGS)
def test_every_message_is_in_every_language_with_the_same_gaps(lang: str) -> None:
    assert CATALOGUE[lang].keys() == CATALOGUE["en"].keys()
    for key, said in CATALOGUE[lang].items():
        assert said.strip()
        assert sorted(re.findall(r"{\w+}", said)) == sorted(re.findall(r"{\w+}", CATALOGUE["en"][key]))


def run(folder: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--encoder", "hash", "--index", "edge", "--shop", str(folder / "cli"), *words])
    code = left.value.code
    return code if isinstance(code, int) else 0


def test_the_command_writes_a_page_or_prints_figures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, shop = (
        folder / "report.html",
        ["--encoder", "hash", "--index", "edge", "--shop", str(folder / "cli")],
    )
    main([*shop, "events", str(SAMPLE / "events.jsonl.gz")])
    main([*shop, "report", "--since", "2026-11-01", "--lang", "ja", "--out", str(out)])
    assert '<html lang="ja" dir="ltr">' in out.read_text(encoding="utf-8")
    assert [path.name for path in folder.glob("report.html*")] == ["report.html"]
    capsys.readouterr()
    main([*shop, "report", "--json"])
    assert json.loads(capsys.readouterr().out)["shoppers"] == 240


@pytest.mark.parametrize(
    "words",
    [("--since", "2001-01-01", "--until", "2001-02-01"), ("--since", "soon"), ("--since", "2999-01-01")],
)
def test_a_mistake_is_told_with_a_remedy(
    folder: Path, words: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "report", *words) == 2
    said = capsys.readouterr().err
    assert "→" in said
    assert "Traceback" not in said
