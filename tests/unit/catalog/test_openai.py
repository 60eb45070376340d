"""Laws of OpenAI's flat feed and of the nested one of the Agentic Commerce Protocol."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from small_feeds import cautions, products, rejected, removed, rows, taken, write

from dragoman.catalog import detect_format
from dragoman.types import Fact, Listing, Money, Offer

Json = dict[str, Any]  # Any: feeds are JSON

FLAT: list[Json] = [
    {
        "item_id": "S-red-42", "group_id": "S", "item_group_title": "Trail shoe", "listing_has_variations": True,  # noqa: E501
        "title": "Trail shoe, red, 42", "description": "Grippy", "url": "https://s.example/s", "brand": "Alp",
        "image_url": "https://s.example/s.jpg", "price": "95.00 USD", "sale_price": "79.00 USD",
        "availability": "in_stock", "color": "red", "variant_dict": {"color": "red", "size": "42", "Width": "wide"},  # noqa: E501
        "product_category": "Shoes > Trail", "seller_name": "Alp Store", "target_countries": ["US", "CA"],
        "is_eligible_search": True, "weight": "300 g",
    },
    {
        "item_id": "S-blue-43", "group_id": "S", "title": "Trail shoe, blue, 43", "description": "Grippy",
        "url": "https://s.example/s", "image_url": "https://s.example/s2.jpg", "price": "95.00 USD",
        "availability": "pre_order", "color": "blue", "variant_dict": {"color": "blue", "size": "43"},
        "target_countries": ["US"], "is_eligible_search": True,
    },
    {
        "id": "M", "title": "Mug", "description": "Plain", "link": "https://s.example/m", "price": "9.00 USD",
        "availability": "out_of_stock", "enable_search": "true",
    },
    {"id": "X", "title": "Hidden", "price": "9.00 USD", "is_eligible_search": True, "enable_search": False},
]  # fmt: skip

NESTED: Json = {
    "id": "prod_tee",
    "title": "Classic Tee",
    "description": {"html": "<p>Soft <b>cotton</b></p><script>alert(1)</script>"},
    "media": [{"type": "image", "url": "https://m.example/main.jpg"}, {"type": "video", "url": "https://m.example"}],
    "variants": [
        {
            "id": "tee-s", "title": "Classic Tee - Small", "price": {"amount": 1999, "currency": "USD"},
            "list_price": {"amount": 2499, "currency": "USD"},
            "barcodes": [{"type": "EAN", "value": "4006381333931"}],
            "availability": {"available": True, "status": "limited_stock"},
            "variant_options": [{"name": "Size", "value": "Small"}], "seller": {"name": "Example Merchant"},
            "categories": [{"value": "212", "taxonomy": "google"}, {"value": "Shirts", "taxonomy": "merchant"}],  # noqa: E501
            "condition": ["secondhand"],
        },
        {
            "id": "tee-m", "title": "Classic Tee - Medium", "price": {"amount": 1899, "currency": "USD"},
            "availability": {"available": False}, "variant_options": [{"name": "Size", "value": "Medium"}],
        },
    ],
}  # fmt: skip


def _as_csv(objects: list[Json]) -> str:
    names = list(dict.fromkeys(name for entry in objects for name in entry))
    out = io.StringIO()
    table = csv.DictWriter(out, names)
    table.writeheader()
    for entry in objects:
        table.writerow({name: _cell(value) for name, value in entry.items()})
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return json.dumps(value) if isinstance(value, dict | bool) else str(value)


def _written(folder: Path, kind: str) -> Path:
    if kind == "jsonl":
        return write(folder, "feed.jsonl", "\n".join(json.dumps(entry) for entry in FLAT))
    if kind == "array":
        return write(folder, "feed.json", json.dumps(FLAT, indent=1))
    if kind == "csv":
        return write(folder, "feed.csv", _as_csv(FLAT))
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    names = dict.fromkeys(name for entry in FLAT for name in entry)
    cells = [{name: _cell(entry[name]) if name in entry else None for name in names} for entry in FLAT]
    table = arrow.Table.from_pylist(cells)
    parquet.write_table(table, folder / "feed.parquet")
    return folder / "feed.parquet"


@pytest.mark.parametrize("kind", ["jsonl", "array", "csv", "parquet"])
def test_a_flat_feed_says_the_same_in_every_file_format(tmp_path: Path, kind: str) -> None:
    path = _written(tmp_path, kind)
    found = rows(path)
    assert detect_format(path) == "openai"
    assert rejected(found) == []
    assert sorted(taken(found)) == ["M", "S"]
    assert removed(found) == ["X"]
    shoe = next(row.product for row in found if isinstance(row, Listing) and row.product.id == "S")
    assert shoe.titles[0].value == "Trail shoe"
    assert [offer.market for offer in shoe.offers] == ["CA", "US"]
    assert shoe.offers[0] == Offer("CA", Money(7900, "USD"), Money(9500, "USD"), "in_stock")
    assert set(shoe.variants[0].options) == {Fact("Color", "red"), Fact("Size", "42"), Fact("Width", "wide")}
    assert shoe.variants[1].offers[0].availability == "preorder"
    assert shoe.seller == "Alp Store"


def test_a_nested_product_counts_in_minor_units(tmp_path: Path) -> None:
    path = write(tmp_path, "products.jsonl", json.dumps(NESTED))
    tee = products(path, market="US")["prod_tee"]
    assert detect_format(path) == "acp"
    assert tee.descriptions[0].value == "Soft cotton"
    assert tee.variants[0].offers == (Offer("US", Money(1999, "USD"), Money(2499, "USD"), "limited"),)
    assert tee.variants[0].gtin == "4006381333931"
    assert tee.variants[1].offers[0].availability == "out_of_stock"
    assert tee.offers == tee.variants[0].offers
    assert (tee.category, tee.seller) == ("Shirts", "Example Merchant")
    assert tee.images == ("https://m.example/main.jpg",)
    assert tee.facts == (Fact("Condition", "secondhand"),)


@pytest.mark.parametrize("amount", [-1, 19.99, "1999", True, None, 10**30])
def test_a_nested_price_is_a_whole_number_of_minor_units(tmp_path: Path, amount: object) -> None:
    bad = json.loads(json.dumps(NESTED))
    bad["variants"][0]["price"]["amount"] = amount
    found = rows(write(tmp_path, "products.jsonl", json.dumps(bad)))
    assert taken(found) == ["prod_tee"]
    assert [(row.field, row.product) for row in rejected(found)] == [("variants.price", "prod_tee")]


def test_a_broken_nested_list_price_is_left_out_and_said(tmp_path: Path) -> None:
    bad = json.loads(json.dumps(NESTED))
    bad["variants"][0]["list_price"]["amount"] = 24.99
    found = rows(write(tmp_path, "products.jsonl", json.dumps(bad)))
    assert (taken(found), rejected(found)) == (["prod_tee"], [])
    assert [row.field for row in cautions(found)] == ["variants.list_price"]


def test_a_nested_product_without_variants_is_refused(tmp_path: Path) -> None:
    text = json.dumps(NESTED) + "\n" + json.dumps(NESTED | {"variants": []})
    found = rows(write(tmp_path, "p.jsonl", text))
    assert taken(found) == ["prod_tee"]
    assert [(row.line, row.field) for row in rejected(found)] == [(2, "variants")]
