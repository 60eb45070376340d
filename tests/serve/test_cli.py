"""The command line in a process of its own: results on stdout, the rest on stderr, codes as promised."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.errors import BadInput
from dragoman.serve.commands.find import window_of

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "sellers.jsonl"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    done = run(folder, "ingest", str(SAMPLE), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"] > 100
    return folder


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from dragoman.serve.cli import main; main()"]
    flags = ["--encoder", "hash", "--index", "edge", "--shop", str(folder / "shop")]
    return subprocess.run(
        [*program, *flags, *words], capture_output=True, text=True, cwd=folder, check=False, timeout=60
    )


def test_ingesting_again_changes_nothing(shop: Path) -> None:
    report = json.loads(run(shop, "ingest", str(SAMPLE), "--json").stdout)
    assert (report["added"], report["changed"]) == (0, 0)
    assert report["unchanged"] > 100


def test_search_prints_a_table_for_people_and_the_http_body_for_programs(shop: Path) -> None:
    people = run(shop, "search", "茶", "-k", "3")
    assert people.returncode == 0, people.stderr
    assert len(people.stdout.splitlines()) == 4
    body = json.loads(run(shop, "search", "茶", "-k", "3", "--lang", "ar", "--json").stdout)
    assert len(body["hits"]) == 3
    assert {"facets", "cursor", "understood"} <= body.keys()


def test_products_lists_and_shows(shop: Path) -> None:
    listed = run(shop, "products", "-k", "2")
    assert len(listed.stdout.splitlines()) == 3
    id = listed.stdout.splitlines()[1].split()[0]
    [shown] = json.loads(run(shop, "products", id, "--json").stdout)
    assert shown["id"] == id


def test_products_are_named_in_the_language_asked_for(shop: Path) -> None:
    row = run(shop, "products", "demo-zh-01", "--lang", "EN").stdout.splitlines()[1]
    assert "Yixing Clay Teapot" in row
    [shown] = json.loads(run(shop, "products", "demo-zh-01", "--lang", "zh_CN", "--json").stdout)
    assert (shown["title"]["lang"], shown["title"]["language"]) == ("zh-Hans", "简体中文")


@pytest.mark.parametrize(
    "price", ["50 EUR", "10-50EUR", "-", "- EUR", "EUR", "10-50 EUR please", "10,5-20 EUR"]
)
def test_a_price_that_is_no_window_is_told_how_to_write_one(price: str) -> None:
    with pytest.raises(BadInput, match=r"is no price window") as caught:
        window_of(price)
    assert caught.value.hint == 'write "10-50 EUR"'


@pytest.mark.parametrize(
    ("price", "low", "high", "currency"),
    [
        ("10-50 EUR", 10, 50, "EUR"), (" -50  eur", None, 50, "eur"), ("10.5-", 10.5, None, ""),
        ("", None, None, ""),
    ],
)  # fmt: skip
def test_a_price_window_may_be_open(price: str, low: float | None, high: float | None, currency: str) -> None:
    asked = window_of(price)
    assert (asked.low, asked.high, asked.currency) == (low, high, currency)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("products", "nope"), 2),
        (("search", "a", "--lang", "not a tag!"), 2),
        (("search", "a", "--price", "9-1 EUR"), 2),
        (("search", "a", "--price", "cheap"), 2),
        (("products", "--lang", "not a tag!"), 2),
        (("search", "a", "-k", "0"), 2),
        (("ingest", "nowhere.xml"), 2),
        (("nonsense",), 2),
        (("eval", "retrieval", "no.jsonl", "--corpus", "no", "--qrels", "no"), 2),
    ],
)
def test_a_mistake_of_the_caller_is_told_without_a_traceback(
    shop: Path, words: tuple[str, ...], code: int
) -> None:
    done = run(shop, *words)
    assert done.returncode == code, done.stderr
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_doctor_tells_what_is_well(shop: Path) -> None:
    checks = json.loads(run(shop, "doctor", "--json").stdout)
    assert {check["name"] for check in checks} >= {"python", "disk", "encoder", "index"}
    assert all(check["well"] for check in checks)


def test_settings_name_the_origin_of_each_value(shop: Path) -> None:
    rows = {row["key"]: row for row in json.loads(run(shop, "settings", "--json").stdout)}
    assert rows["encoder"]["origin"] == "flag"
    assert rows["port"]["origin"] == "default"
