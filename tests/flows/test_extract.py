"""Facts are read at ingest, in any language, and the filters and facets of search find them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dragoman.guide import Guide, open_guide
from dragoman.settings import Settings
from dragoman.types import FactFilter, Filter, Query

CLOTHES = "Apparel & Accessories > Clothing"
FEED = [
    {
        "id": "pan-de",
        "lang": "de",
        "title": "Gusseisenpfanne 26 cm, 2,5 kg, schwarz",
        "bullets": ["Nicht spülmaschinenfest"],
    },
    {
        "id": "pan-ru",
        "lang": "ru",
        "title": "Сковорода чугунная",
        "facts": {"Вес": "1,9 кг", "Цвет": "чёрный"},
    },
    {
        "id": "pan-en",
        "lang": "en",
        "title": "Cast iron skillet, 4 lbs",
        "facts": {"Weight": "5 lb", "Color": "Onyx"},
    },
    {
        "id": "mug-zh",
        "lang": "zh-Hans",
        "title": "不锈钢保温杯 500毫升 黑色",
        "bullets": ["可用洗碗机"],
    },
    {"id": "shirt-ja", "lang": "ja", "title": "綿100%シャツ レディース ブラック", "category": CLOTHES},
]
SETTINGS = Settings(
    encoder="hash", index="memory", translator="none", reranker="none", journal="none", writer="none"
)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feed") / "feed.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in FEED), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["memory", "edge"])
def guide(
    request: pytest.FixtureRequest, feed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guide]:
    folder = tmp_path_factory.mktemp("shop")
    opened = open_guide(replace(SETTINGS, index=request.param, shop=str(folder / "shop"), home=str(folder)))
    opened.ingest([feed])
    yield opened
    opened.close()


def found(guide: Guide, *facts: FactFilter) -> set[str]:
    return {hit.product.id for hit in guide.search(Query("", k=10, where=Filter(facts=facts))).hits}


def test_closed_values_of_every_language_are_filtered_by_their_english_name(guide: Guide) -> None:
    assert found(guide, FactFilter("Material", ("Cast iron",))) == {"pan-de", "pan-ru", "pan-en"}
    assert found(guide, FactFilter("Color", ("Black",))) == {"pan-de", "pan-ru", "mug-zh", "shirt-ja"}
    assert found(guide, FactFilter("Dishwasher safe", ("no",))) == {"pan-de"}


def test_amounts_are_filtered_by_range_whatever_unit_they_are_in(guide: Guide) -> None:
    assert found(guide, FactFilter("Weight", low=2, high=3, unit="kg")) == {"pan-de", "pan-en"}
    assert found(guide, FactFilter("Weight", low=4, high=4.5, unit="lb")) == {"pan-ru"}
    assert found(guide, FactFilter("Volume", high=0.5, unit="l")) == {"mug-zh"}
    impossible = Filter(facts=(FactFilter("Weight", low=2, high=3, unit="cm"),))
    assert guide.search(Query("", where=impossible)).relaxed


def test_facets_count_read_facts(guide: Guide) -> None:
    [facet] = guide.facets(["fact:Material"], Filter(), 10)
    assert {count.value: count.count for count in facet.counts}["Cast iron"] == 3


def test_what_the_seller_states_is_neither_changed_nor_doubled(guide: Guide) -> None:
    product = guide.product("pan-en")
    assert [(fact.value, fact.unit, fact.confidence) for fact in product.facts if fact.name == "Weight"] == [
        ("5", "lb", 1.0)
    ]
    assert [fact.value for fact in product.facts if fact.name == "Color"] == ["Onyx"]


def test_read_facts_are_marked_and_quote_the_page(guide: Guide) -> None:
    product = guide.product("pan-de")
    words = [text.value for text in (*product.titles, *product.bullets)]
    assert product.facts
    assert all(fact.confidence < 1 and any(fact.quote in text for text in words) for fact in product.facts)


def test_reading_again_changes_nothing(guide: Guide, feed: Path) -> None:
    assert guide.ingest([feed]).unchanged == len(FEED)


def test_the_setting_turns_it_off_and_on_again(feed: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, home=str(tmp_path))
    plain = open_guide(replace(settings, extract=False))
    plain.ingest([feed])
    assert plain.product("pan-de").facts == ()
    reading = replace(plain, extractor=open_guide(settings).extractor)
    assert reading.ingest([feed]).changed == len(FEED)
    assert reading.product("pan-de").facts != ()


def test_what_is_read_moves_no_product_in_a_ranking(feed: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, home=str(tmp_path))
    scores = []
    for extract in (True, False):
        guide = open_guide(replace(settings, extract=extract))
        guide.ingest([feed])
        scores.append(
            [(hit.product.id, hit.score) for hit in guide.search(Query("black iron pan", k=5)).hits]
        )
    assert scores[0] == scores[1]
