"""Saved pages without JSON-LD: microdata, tables and meta tags give name, price and facts."""

from pathlib import Path

import pytest
from lxml import etree
from small_feeds import write

from dragoman.catalog import read, read_page
from dragoman.catalog.microdata import items
from dragoman.catalog.specs import spec_rows
from dragoman.types import Listing, Money

MICRODATA = """<!doctype html><html lang="fr"><body>
<div itemscope itemtype="https://schema.org/Product" itemref="more">
<h1 itemprop="name">Théière en fonte</h1><img itemprop="image" src="https://example.com/a.jpg">
<span itemprop="brand" itemscope itemtype="https://schema.org/Brand">
<b itemprop="name">Iwa</b></span>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<span itemprop="price" content="39.5">39,50 €</span>
<meta itemprop="priceCurrency" content="EUR"><link itemprop="availability" href="https://schema.org/InStock"></div>
<meta itemprop="sku" content="T-1"></div>
<p id="more" itemprop="description">Pour le thé vert.</p>
<dl><dt>Poids :</dt><dd>1,2 kg</dd><dt>Couleur</dt><dd>noir</dd></dl></body></html>"""

TABLES = """<!doctype html><html lang="pl"><head><meta property="og:type" content="product">
<meta property="og:title" content="Czajnik elektryczny">
<meta property="product:price:amount" content="129.00">
<meta property="product:price:currency" content="PLN"><link rel="canonical" href="https://sklep.example/czajnik"></head>
<body><nav><table><tr><td>Menu</td><td>Start</td></tr>
<tr><td>Konto</td><td>Zaloguj</td></tr></table></nav>
<h1>Czajnik</h1><table><tr><th>Moc</th><td>2200 W</td></tr>
<tr><th>Pojemność</th><td>1,7 l</td></tr></table></body></html>"""


def only(markup: str) -> Listing:
    [listing] = read_page(markup)
    return listing


def test_microdata_gives_name_price_brand_and_facts() -> None:
    product = only(MICRODATA).product
    assert (product.id, product.titles[0].value, product.titles[0].lang) == ("T-1", "Théière en fonte", "fr")
    assert product.brand == "Iwa"
    assert product.descriptions[0].value == "Pour le thé vert."
    assert [(offer.price, offer.availability) for offer in product.offers] == [
        (Money(3950, "EUR"), "in_stock")
    ]
    assert [(fact.name, fact.value, fact.unit) for fact in product.facts] == [
        ("Poids", "1.2", "kg"),
        ("Couleur", "noir", ""),
    ]


def test_meta_tags_and_tables_stand_in_where_there_is_no_markup() -> None:
    product = only(TABLES).product
    assert product.titles[0].value == "Czajnik elektryczny"
    assert [offer.price for offer in product.offers] == [Money(12900, "PLN")]
    assert [(fact.name, fact.value, fact.unit) for fact in product.facts] == [
        ("Moc", "2200", "W"),
        ("Pojemność", "1.7", "l"),
    ]
    assert product.url == "https://sklep.example/czajnik"


def test_a_table_adds_to_json_ld_what_it_does_not_state() -> None:
    power = '[{"name": "Power", "value": "2 kW"}]'
    script = f'{{"@type": "Product", "name": "Kettle", "sku": "k", "additionalProperty": {power}}}'
    rows = "<table><tr><th>Power<td>9 kW<tr><th>Colour<td>red</table>"
    product = only(f'<html><script type="application/ld+json">{script}</script>{rows}</html>').product
    assert [(fact.name, fact.value) for fact in product.facts] == [("Power", "2"), ("Colour", "red")]


def test_a_table_between_several_products_is_nobodys() -> None:
    parts = '<b itemprop="name">Cup {0}</b><i itemprop="sku">{0}</i>'
    one = f'<div itemscope itemtype="http://schema.org/Product">{parts}</div>'
    rows = "<table><tr><th>Weight<td>1 kg<tr><th>Colour<td>red</table>"
    listings = read_page(f"<html>{one.format('a')}{one.format('b')}{rows}</html>")
    assert [(listing.product.id, listing.product.facts) for listing in listings] == [("a", ()), ("b", ())]


def test_a_page_of_words_is_no_product() -> None:
    assert read_page("<html><body><h1>About us</h1><p>We sell cups.</p></body></html>") == ()


def test_a_feed_of_such_a_page_is_ingested(tmp_path: Path) -> None:
    [row] = [row for row in read(write(tmp_path, "page.html", MICRODATA)) if isinstance(row, Listing)]
    assert row.product.id == "T-1"


def test_hostile_nesting_and_references_come_to_an_end() -> None:
    inner = '<b itemprop="name" id="b">Wok</b>'
    loop = f'<div id="a" itemscope itemtype="http://schema.org/Product" itemref="a b">{inner}</div>'
    [node] = items(etree.HTML(loop))
    assert "Wok" in str(node)
    deep = '<div itemscope itemprop="x">' * 300 + "</div>" * 300
    assert len(items(etree.HTML(f"<div itemscope>{deep}</div>"))) == 1


@pytest.mark.parametrize(
    "markup", ["<table><tr><td>a<td>b<td>c</table>", "<table></table>", "<dl><dd>x</dl>", "<p>"]
)
def test_tables_of_other_shapes_are_no_specifications(markup: str) -> None:
    assert spec_rows(etree.HTML(markup)) == []
