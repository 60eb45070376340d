"""Laws of our own JSON lines."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from small_feeds import cautions, products, rejected, removed, rows, taken, write

from dragoman.catalog import detect_format
from dragoman.types import Fact, Listing, Money, Offer, Passage, Text, Variant

WHOLE: dict[str, Any] = {  # Any: a feed is JSON
    "id": "p1",
    "title": {"zh-Hans": "不锈钢保温杯", "en": "Steel flask", "AR": "قارورة"},
    "lang": "zh-Hans",
    "description": {"en": "Keeps <b>warm</b>"},
    "bullets": {"en": ["Leakproof", "Light"], "zh-CN": ["防漏"]},
    "brand": "Wen",
    "category": "Home & Garden > Kitchen",
    "facts": {"Color": "red", "Weight": "500 g", "Lid": True, "Layers": 2},
    "offers": [
        {"market": "DE", "price": "19.99 EUR", "list_price": {"amount": 2499, "currency": "EUR"},
         "availability": "in stock"},
        {"market": "jp", "price": {"amount": 2980, "currency": "JPY"}, "delivery": "2 days"},
    ],
    "variants": [
        {"id": "p1-red", "options": {"Color": "red"}, "offers": [{"market": "DE", "price": "18 EUR"}],
         "gtin": "4006381333931"},
    ],
    "images": ["/pictures/p1.svg"],
    "url": "https://s.example/p1",
    "mpn": "W-1",
    "seller": "Wen Store",
    "passages": [
        {"kind": "review", "text": "Bleibt heiß", "lang": "de"},
        {"kind": "answer", "text": "Yes, it fits"},
        {"kind": "bullet", "text": "双层", "lang": "zh-Hans"},
    ],
}  # fmt: skip


def _line(**changes: object) -> str:
    return json.dumps({"id": "1", "title": "Cup", "lang": "en"} | changes, ensure_ascii=False)


def test_everything_a_product_says_arrives(tmp_path: Path) -> None:
    path = write(tmp_path, "p.jsonl", json.dumps(WHOLE))
    (listing,) = rows(path)
    assert isinstance(listing, Listing)
    product = listing.product
    assert detect_format(path) == "dragoman"
    assert product.titles == (
        Text("不锈钢保温杯", "zh-Hans"),
        Text("Steel flask", "en"),
        Text("قارورة", "ar"),
    )
    assert product.descriptions == (Text("Keeps warm", "en"),)
    assert product.bullets == (
        Text("Leakproof", "en"), Text("Light", "en"), Text("防漏", "zh-Hans"), Text("双层", "zh-Hans")
    )  # fmt: skip
    assert product.facts == (
        Fact("Color", "red"), Fact("Weight", "500", "g", "500 g"), Fact("Lid", "yes"), Fact("Layers", "2")
    )  # fmt: skip
    assert product.offers == (
        Offer("DE", Money(1999, "EUR"), Money(2499, "EUR"), "in_stock"),
        Offer("JP", Money(2980, "JPY"), None, "unknown", "2 days"),
    )
    options = (Fact("Color", "red"),)
    assert product.variants == (
        Variant("p1-red", options, (Offer("DE", Money(1800, "EUR")),), "4006381333931"),
    )
    assert listing.passages == (
        Passage("p1", "review", Text("Bleibt heiß", "de")),
        Passage("p1", "answer", Text("Yes, it fits", "zh-Hans")),
    )


def test_facts_may_be_a_list_with_units_and_quotes(tmp_path: Path) -> None:
    facts = [
        {"name": "Weight", "value": "0.5", "unit": "kg", "quote": "500 Gramm"},
        {"name": "Power", "value": "5 W"},
    ]
    product = products(write(tmp_path, "p.jsonl", _line(facts=facts)))["1"]
    assert product.facts == (Fact("Weight", "0.5", "kg", "500 Gramm"), Fact("Power", "5", "W", "5 W"))


def test_words_without_a_language_are_told(tmp_path: Path) -> None:
    text = '{"id": "1", "title": "コップ"}\n{"id": "2", "title": "Tasse für Küche"}\n'
    found = products(write(tmp_path, "p.jsonl", text))
    assert [product.titles[0].lang for product in found.values()] == ["ja", "de"]


def test_a_broken_language_loses_its_text_alone(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "p.jsonl", _line(title={"english": "Cup", "de": "Tasse"})))
    assert isinstance(found[-1], Listing)
    assert found[-1].product.titles == (Text("Tasse", "de"),)
    assert [(row.field, row.remedy) for row in cautions(found)] == [("title.english", "did you mean 'en'?")]


@pytest.mark.parametrize("said", ["true", '"true"', '"Yes"', "1"])
def test_a_deleted_product_is_a_removal(tmp_path: Path, said: str) -> None:
    line = f'{{"id": "9", "title": "Cup", "deleted": {said}}}'
    assert removed(rows(write(tmp_path, "p.jsonl", line))) == ["9"]


def test_an_unknown_key_is_named_once_with_the_nearest(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "p.jsonl", _line(descripton="x") + "\n" + _line(id="2", descripton="y")))
    assert taken(found) == ["1", "2"]
    assert [(row.field, row.remedy) for row in cautions(found)] == [
        ("descripton", "did you mean 'description'?")
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": None}, "id"),
        ({"id": ["1"]}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"title": ""}, "title"),
        ({"title": {}}, "title"),
        ({"title": {"en": {"x": 1}}}, "title.en"),
        ({"title": "\u0000\u202e"}, "title"),
        ({"title": [{"en": "Cup"}]}, "title"),
        ({"variants": "S"}, "variants"),
        ({"variants": [{"id": ["S"]}]}, "variants.id"),
        ({"offers": [{"market": ["DE"], "price": "1 EUR"}]}, "offers.market"),
        ({"variants": [{"id": "S", "offers": [{"price": ["1 EUR"]}]}]}, "variants.offers.price"),
        ({"offers": "19.99 EUR"}, "offers"),
        ({"offers": [{"market": "DE"}]}, "offers.price"),
        ({"offers": [{"market": "Germoney", "price": "1 EUR"}]}, "offers.market"),
        ({"offers": [{"price": "1 EURO?"}]}, "offers.price"),
        ({"offers": [{"price": {"amount": 1.5, "currency": "EUR"}}]}, "offers.price"),
        ({"offers": [{"price": {"amount": 1, "currency": "XXX"}}]}, "offers.price"),
        ({"variants": [{"options": {"Size": "S"}}]}, "variants.id"),
    ],
)
def test_what_makes_a_product_wrong_refuses_it(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    found = rows(write(tmp_path, "p.jsonl", _line(**changes) + "\n" + _line(id="good")))
    assert taken(found) == ["good"]
    assert [(row.line, row.field) for row in rejected(found)] == [(1, field)]
    assert all(row.remedy for row in rejected(found))


LISTED = (
    "two", ["2 EUR"], {"currency": "EUR"}, {"amount": 250},
    {"amount": 2.5, "currency": "EUR"}, {"amount": 250, "currency": "XXX"},
)  # fmt: skip
"""Prices before a reduction that say nothing."""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"images": ["https://ok.example/1.jpg", "data:image/png;base64,AAAA"]}, "images"),
        ({"gtin": "4006381333932"}, "gtin"),
        ({"gtin": "4.00638E+12"}, "gtin"),
        ({"offers": [{"price": "1 EUR", "availability": "perhaps"}]}, "offers.availability"),
        ({"offers": [{"price": "1 EUR", "availability": ["in_stock"]}]}, "offers.availability"),
        *(({"offers": [{"price": "1 EUR", "list_price": listed}]}, "offers.list_price") for listed in LISTED),
        ({"offers": [{"price": "1 EUR", "delivery": {"days": 2}}]}, "offers.delivery"),
        ({"brand": {"name": "Wen"}}, "brand"),
        ({"description": {"id": ["Cangkir", {}]}}, "description.id"),
        ({"facts": {"price": {"low": 1}}}, "facts.price"),
        ({"facts": "red"}, "facts"),
        ({"passages": ["great"]}, "passages"),
        ({"variants": [{"id": "S", "image": ["/s.jpg"]}]}, "variants.image"),
        ({"passages": [{"kind": "rumour", "text": "x"}]}, "passages[0].kind"),
        ({"title": "x" * 2000}, "title"),
    ],
)
def test_anything_else_is_left_out_and_said(tmp_path: Path, changes: dict[str, object], field: str) -> None:
    found = rows(write(tmp_path, "p.jsonl", _line(**changes)))
    assert taken(found) == ["1"]
    assert [row.field for row in cautions(found)] == [field]


def test_the_public_question_catalogue_is_read_as_it_is(tmp_path: Path) -> None:
    entry = {
        "id": "B0", "title": "Ice maker", "lang": "en",
        "passages": [
            {"kind": "cqa", "text": "yes it fits Question: does it fit?"},
            {"kind": "bullet", "text": "quiet"},
            {"kind": "attribute", "text": 'color:  { standardized_values:[ "silver" ], value:"silver" }'},
            {"kind": "attribute", "text": "item_weight:  { unit:pounds, normalized_value:{ value:4 }, value:4.50 }"},  # noqa: E501
            {"kind": "description", "text": "makes ice."}, {"kind": "description", "text": "26 lbs a day."},
            {"kind": "review", "text": "works great"},
        ],
    }  # fmt: skip
    path = tmp_path / "products.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(entry).encode()))
    (listing,) = rows(path)
    assert isinstance(listing, Listing)
    assert listing.product.descriptions == (Text("makes ice. 26 lbs a day.", "en"),)
    assert listing.product.bullets == (Text("quiet", "en"),)
    assert [(fact.name, fact.value, fact.unit) for fact in listing.product.facts] == [
        ("Color", "silver", ""),
        ("Item weight", "4.5", "lb"),
    ]
    assert [passage.kind for passage in listing.passages] == ["answer", "review"]
