"""Laws of Shopify exports: old and new headers, rows of one handle."""

from pathlib import Path

import pytest
from small_feeds import cautions, products, rejected, removed, rows, taken, write

from dragoman.catalog import Reading, detect_format, read
from dragoman.errors import BadInput
from dragoman.types import Fact, Listing, Money, Offer, Text

OLD = """Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,\
Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,\
Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,\
Variant Image,Included / Austria,Price / Austria,Compare At Price / Austria,Status
tee,Größen-T-Shirt,"<p>Bio-Baumwolle,<br>fair</p>
<ul><li>Waschbar</li></ul>",Faden,Apparel & Accessories > Clothing,Shirts,"bio, neu",true,Color,Red,Size,S,\
TEE-R-S,180,shopify,3,deny,19.90,24.90,'4006381333931,https://cdn.example/1.jpg,1,https://cdn.example/r.jpg,\
true,25.00,30.00,active
tee,,,,,,,,,Red,,M,TEE-R-M,190,shopify,0,deny,19.90,24.90,,https://cdn.example/2.jpg,2,,true,25.00,,
tee,,,,,,,,,Blue,,S,TEE-B-S,180,shopify,-1,continue,17.90,,,,,,true,,,
tee,,,,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,,,,,
mug,Mug,Plain,Ton,,Mugs,,TRUE,Title,Default Title,,,MUG-1,350,,,deny,9.50,,,https://cdn.example/m.jpg,1,,,,,active
old,Old thing,,Ton,,Mugs,,TRUE,Title,Default Title,,,O,1,,,deny,9.50,,,,,,,,,archived
"""

NEW = (
    "Title,URL handle,Description,Vendor,Product category,Published on online store,Status,SKU,Barcode,"
    "Option1 name,Option1 value,Option2 name,Option2 value,Price,Compare-at price,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Weight value (grams),Product image URL,"
    "Image position,Variant image URL,Color (product.metafields.shopify.color-pattern),"
    "Price / Austria,Compare-at price / Austria\n"
    'Größen-T-Shirt,tee,"<p>Bio-Baumwolle,<br>fair</p><ul><li>Waschbar</li></ul>",Faden,'
    "Apparel & Accessories > Clothing,true,Active,TEE-R-S,4006381333931,Color,Red,Size,S,19.90,24.90,shopify,3,"  # noqa: E501
    "FALSE,180,https://cdn.example/1.jpg,1,https://cdn.example/r.jpg,red; blue,25.00,30.00\n"
    ",tee,,,,,,TEE-R-M,,,Red,,M,19.90,24.90,shopify,0,FALSE,190,https://cdn.example/2.jpg,2,,,25.00,\n"
    ",tee,,,,,,TEE-B-S,,,Blue,,S,17.90,,shopify,-1,TRUE,180,,,,,,\n"
    ",tee,,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,,,,\n"
)


@pytest.mark.parametrize("text", [OLD, NEW], ids=["old", "new"])
def test_rows_of_one_handle_are_one_product(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "products_export.csv", text)
    found = rows(path, currency="EUR", market="DE")
    assert detect_format(path) == "shopify"
    assert rejected(found) == []
    tee = next(row.product for row in found if isinstance(row, Listing))
    assert tee.id == "tee"
    assert tee.titles == (Text("Größen-T-Shirt", "de"),)
    assert tee.descriptions == (Text("Bio-Baumwolle,\nfair\nWaschbar", "de"),)
    assert [(variant.id, variant.offers[0].availability) for variant in tee.variants] == [
        ("TEE-R-S", "in_stock"),
        ("TEE-R-M", "out_of_stock"),
        ("TEE-B-S", "backorder"),
    ]
    first = tee.variants[0]
    assert first.options == (Fact("Color", "Red"), Fact("Size", "S"))
    assert first.gtin == "4006381333931"
    assert first.offers == (
        Offer("DE", Money(1990, "EUR"), Money(2490, "EUR"), "in_stock"),
        Offer("AT", Money(2500, "EUR"), Money(3000, "EUR"), "in_stock"),
    )
    assert [(offer.market, offer.price.minor) for offer in tee.offers] == [("AT", 2500), ("DE", 1790)]
    assert tee.images == tuple(f"https://cdn.example/{n}.jpg" for n in (1, 2, 3))
    assert (tee.brand, tee.category) == ("Faden", "Apparel & Accessories > Clothing")
    assert Fact("Weight", "180", "g", "180 g") in tee.facts


def test_a_product_without_options_has_no_variants(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "p.csv", OLD), currency="EUR")
    mug = next(row.product for row in found if isinstance(row, Listing) and row.product.id == "mug")
    assert mug.variants == ()
    assert mug.offers == (Offer("", Money(950, "EUR"), None, "in_stock"),)


def test_archived_and_unpublished_products_are_removed(tmp_path: Path) -> None:
    hidden = OLD.replace("TRUE,Title,Default Title,,,MUG-1", "FALSE,Title,Default Title,,,MUG-1")
    assert removed(rows(write(tmp_path, "p.csv", hidden), currency="EUR")) == ["mug", "old"]


def test_rows_of_a_handle_need_not_be_neighbours(tmp_path: Path) -> None:
    lines = NEW.splitlines()
    lines.insert(2, "Cup,cup,,,,true,Active,CUP,,Title,Default Title,,,5,,,,,,,,,,,")
    tee = products(write(tmp_path, "p.csv", "\n".join(lines)), currency="EUR")["tee"]
    assert len(tee.variants) == 3


def test_a_bad_variant_is_refused_alone(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "p.csv", NEW.replace("17.90", "free")), currency="EUR")
    assert taken(found) == ["tee"]
    assert [(row.line, row.field, row.product) for row in rejected(found)] == [(4, "price", "tee")]


def test_a_market_that_is_no_country_is_left_out(tmp_path: Path) -> None:
    text = NEW.replace("/ Austria", "/ International")
    found = rows(write(tmp_path, "p.csv", text), currency="EUR")
    assert taken(found) == ["tee"]
    assert {row.field for row in cautions(found)} == {"price / international"}


def test_a_market_of_another_currency_is_left_out(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "p.csv", NEW.replace("/ Austria", "/ Japan")), currency="EUR")
    assert [offer.market for row in found if isinstance(row, Listing) for offer in row.product.offers] == [""]
    assert {row.field for row in cautions(found)} == {"price / japan"}


def test_a_currency_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--currency"):
        list(read(write(tmp_path, "p.csv", NEW), reading=Reading()))
