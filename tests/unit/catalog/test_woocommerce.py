"""Laws of WooCommerce exports: variations find their parents."""

from pathlib import Path

import pytest
from small_feeds import products, rejected, removed, rows, taken, write

from dragoman.catalog import detect_format
from dragoman.types import Fact, Money, Offer, Text

HEADER = (
    'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,"Visibility in catalog","Short description",Description,'  # noqa: E501
    '"Date sale price starts","Date sale price ends","In stock?",Stock,"Weight (kg)","Sale price","Regular price",'  # noqa: E501
    'Categories,Images,Parent,"Attribute 1 name","Attribute 1 value(s)"\n'
)
SIMPLE = (
    '7,simple,CUP-1,4006381333931,Blå kopp,1,visible,"<p>Stentøj</p>","Lang tekst",,,1,4,0.35,"79,00","99,00",'  # noqa: E501
    '"Kitchen > Cups, Sale","https://s.example/a.jpg, https://s.example/b.jpg",,Material,Stoneware\n'
)
FAMILY = (
    '8,variable,TEE,,Tee,1,visible,,Cotton,,,1,,,,,Shirts,https://s.example/t.jpg,,Size,"S, M"\n'
    "9,variation,TEE-S,,Tee - S,1,visible,,,,,1,2,,,20,,,{parent},Size,S\n"
    "10,variation,TEE-M,,Tee - M,1,visible,,,,,backorder,,,15,20,,https://s.example/m.jpg,{parent},Size,M\n"
)


def test_a_simple_product_keeps_what_it_says(tmp_path: Path) -> None:
    path = write(tmp_path, "wc.csv", HEADER + SIMPLE)
    cup = products(path, currency="DKK", lang="da", market="DK")["CUP-1"]
    assert detect_format(path) == "woocommerce"
    assert cup.titles == (Text("Blå kopp", "da"),)
    assert cup.descriptions == (Text("Stentøj", "da"), Text("Lang tekst", "da"))
    assert cup.offers == (Offer("DK", Money(7900, "DKK"), Money(9900, "DKK"), "in_stock"),)
    assert cup.category == "Kitchen > Cups"
    assert cup.images == ("https://s.example/a.jpg", "https://s.example/b.jpg")
    assert cup.facts == (Fact("Material", "Stoneware"), Fact("Weight", "0.35", "kg", "0.35 kg"))
    assert cup.gtin == "4006381333931"


@pytest.mark.parametrize("parent", ["TEE", "id:8"])
def test_variations_join_their_parent_wherever_they_stand(tmp_path: Path, parent: str) -> None:
    lines = FAMILY.format(parent=parent).splitlines(keepends=True)
    path = write(tmp_path, "wc.csv", HEADER + lines[1] + lines[0] + lines[2])
    tee = products(path, currency="EUR")["TEE"]
    assert [(variant.id, variant.options) for variant in tee.variants] == [
        ("TEE-S", (Fact("Size", "S"),)),
        ("TEE-M", (Fact("Size", "M"),)),
    ]
    assert tee.offers == (Offer("", Money(1500, "EUR"), Money(2000, "EUR"), "backorder"),)
    assert tee.facts == (Fact("Size", "S, M"),)


def test_an_orphan_is_refused_and_its_neighbours_are_not(tmp_path: Path) -> None:
    text = HEADER + SIMPLE + FAMILY.format(parent="GONE").replace("8,variable", "8,simple")
    found = rows(write(tmp_path, "wc.csv", text), currency="EUR")
    assert sorted(taken(found)) == ["CUP-1", "TEE"]
    assert [(row.line, row.field) for row in rejected(found)] == [(4, "parent"), (5, "parent")]


def test_drafts_and_hidden_products_are_removed(tmp_path: Path) -> None:
    text = HEADER + SIMPLE.replace("Blå kopp,1", "Blå kopp,-1") + FAMILY.replace("visible", "hidden")
    found = rows(write(tmp_path, "wc.csv", text.format(parent="TEE")), currency="EUR")
    assert removed(found) == ["CUP-1", "TEE"]


def test_the_exporters_line_breaks_are_line_breaks(tmp_path: Path) -> None:
    text = HEADER + SIMPLE.replace("Lang tekst", r"Lang\ntekst C:\\new")
    cup = products(write(tmp_path, "wc.csv", text), currency="EUR")["CUP-1"]
    assert cup.descriptions[1].value == "Lang\ntekst C:\\new"


def test_a_sale_that_is_over_is_over(tmp_path: Path) -> None:
    text = HEADER + SIMPLE.replace('"Lang tekst",,,', '"Lang tekst",2026-01-01,2026-02-01,')
    cup = products(write(tmp_path, "wc.csv", text), currency="EUR")["CUP-1"]
    assert cup.offers == (Offer("", Money(9900, "EUR"), None, "in_stock"),)
