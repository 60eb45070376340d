"""Recommendations of the demo shop on the real weights: three hammocks lead outdoors, in Arabic too."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragoman.guide import open_guide
from dragoman.serve.http import create_app
from dragoman.settings import Settings

pytestmark = pytest.mark.quality

SAMPLE = Path(__file__).parents[2] / "data/sample"
OUTDOORS = ("Home & Garden > Lawn & Garden", "Sporting Goods > Outdoor Recreation")
HAMMOCKS = {
    "hammock-de": ("de", "Waldruhe Hängematte aus Baumwolle, 240 cm, mit Tragetasche"),
    "hammock-zh": ("zh-Hans", "野趣 户外双人吊床 加厚帆布 露营秋千"),
    "hammock-ar": ("ar", "أرجوحة شبكية للحديقة والتخييم، قماش قوي مع حبال تثبيت"),
}


def part_of_the_shop(folder: Path) -> Path:
    """The outdoor things of the demo shop, every sixth of the others, and three hammocks."""
    with gzip.open(SAMPLE / "products.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    kept = [row for at, row in enumerate(rows) if row["category"].startswith(OUTDOORS) or at % 6 == 0]
    for id_, (lang, title) in HAMMOCKS.items():
        offers = [{"market": "", "price": "39.00 EUR", "availability": "in_stock"}]
        category = f"{OUTDOORS[0]} > Outdoor Living"
        kept.append({"id": id_, "lang": lang, "title": title, "category": category, "offers": offers})
    path = folder / "part.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in kept), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(shop=str(folder / "shop"))
    guide = open_guide(settings)
    guide.ingest([part_of_the_shop(folder), SAMPLE / "sellers.jsonl"])
    with TestClient(create_app(guide, settings)) as client:
        yield client


def test_who_views_three_hammocks_sees_outdoor_things_next_told_why_in_arabic(client: TestClient) -> None:
    events: list[dict[str, Any]] = [  # Any: JSON
        {"kind": "view", "shopper": "s-1", "product": id_, "lang": "ar"} for id_ in HAMMOCKS
    ]
    assert client.post("/v1/events", json=events).json()["recorded"] == 3
    page = client.post("/v1/recommend", json={"shopper": "s-1", "langs": ["ar"], "k": 8}).json()
    outdoors = [hit for hit in page["hits"] if hit["category"].startswith(OUTDOORS)]
    assert len(outdoors) >= 6, [hit["category"] for hit in page["hits"]]
    assert not {hit["id"] for hit in page["hits"]} & set(HAMMOCKS)
    for hit in page["hits"]:
        reason = hit["reason"]
        assert reason["product"] in HAMMOCKS
        assert (reason["text"]["lang"], reason["text"]["dir"]) == ("ar", "rtl")
        assert reason["text"]["value"].startswith("لأنك شاهدت")


def test_the_invented_shoppers_of_the_demo_are_taken_whole(client: TestClient) -> None:
    with gzip.open(SAMPLE / "events.jsonl.gz") as file:
        rows = file.read().splitlines()
    reports = [
        client.post("/v1/events", content=b"\n".join(rows[at : at + 2_000]))
        for at in range(0, len(rows), 2_000)
    ]
    assert sum(one.json()["recorded"] for one in reports) == len(rows)
    page = client.post("/v1/recommend", json={"kind": "trending", "market": "DE", "langs": ["de"]}).json()
    assert page["basis"] == "market"
    assert page["hits"][0]["reason"]["text"]["value"] == "Gerade gefragt: Deutschland"
