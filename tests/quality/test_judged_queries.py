"""The judged queries of the demo shop, on the real weights: a sensible product among the first three hits."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman import Query, Settings, open_guide
from dragoman.guide import Guide

pytestmark = pytest.mark.quality

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data/sample"
FEEDS = [SAMPLE / "products.jsonl.gz", SAMPLE / "sellers.jsonl"]
JUDGED = [json.loads(line) for line in (SAMPLE / "judged.jsonl").read_text(encoding="utf-8").splitlines()]
FIRST = 3

# Of the 44, how many are answered at least. Seen on 2026-11-28: 35; 30 before the term table had the everyday
# names of products, 19 without the shipped adapter. Raise it with the search, never lower it.
FLOOR = 34


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guide]:
    """The default guide over the whole demo shop."""
    guide = open_guide(Settings(shop=str(tmp_path_factory.mktemp("demo") / "shop")))
    guide.ingest(FEEDS)
    yield guide
    guide.close()


def test_every_row_of_the_shop_is_taken(guide: Guide) -> None:
    assert guide.count() == 888 + 120


def test_sensible_products_come_first_for_at_least_the_floor_of_judged_queries(guide: Guide) -> None:
    missed = {}
    for row in JUDGED:
        hits = guide.search(Query(row["query"], k=FIRST)).hits
        if not {hit.product.id for hit in hits} & set(row["good"]):
            missed[row["query"]] = [hit.product.titles[0].value[:40] for hit in hits]
    assert len(JUDGED) - len(missed) >= FLOOR, missed


def test_the_travel_example_finds_sights_in_five_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "examples/travel.py"), run_name="__main__")
    printed = capsys.readouterr().out
    for sight in ("Petra", "金閣寺", "Тадж-Махал", "Neuschwanstein", "Hạ Long"):
        assert sight in printed
