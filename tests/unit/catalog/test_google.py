"""Laws of Google Merchant feeds: RSS, Atom and tables say the same."""

from pathlib import Path

import pytest
from small_feeds import cautions, products, rejected, rows, taken, write

from dragoman.catalog import detect_format
from dragoman.types import Fact, Listing, Money, Offer, Text

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0">
<channel>
  <title>Küchenhaus</title><link>https://kuechenhaus.example</link>
  <language>de-DE</language>
  <item>
    <g:id>K-1</g:id>
    <title><![CDATA[Wasserkocher "Ruhr", 1,7 l]]></title>
    <description>&lt;p&gt;Leise &amp;amp; schnell.&lt;/p&gt;
      &lt;ul&gt;&lt;li&gt;Edelstahl&lt;/li&gt;&lt;/ul&gt;</description>
    <link>https://kuechenhaus.example/k-1</link>
    <g:image_link>https://cdn.example/k1.jpg</g:image_link>
    <g:additional_image_link>https://cdn.example/k1-b.jpg</g:additional_image_link>
    <g:additional_image_link>https://cdn.example/k1-c.jpg</g:additional_image_link>
    <g:availability>in stock</g:availability>
    <g:price>49.90 EUR</g:price>
    <g:sale_price>39,90 EUR</g:sale_price>
    <g:brand>Ruhr</g:brand><g:gtin>4006381333931</g:gtin><g:mpn>R-17</g:mpn>
    <g:condition>new</g:condition>
    <g:color>Silber</g:color>
    <g:google_product_category>1604</g:google_product_category>
    <g:product_type>Küche &gt; Wasserkocher</g:product_type>
    <g:product_highlight>Abschaltautomatik</g:product_highlight>
    <g:product_highlight>Kalkfilter, abnehmbar</g:product_highlight>
    <g:product_detail><g:section_name>Technik</g:section_name><g:attribute_name>Leistung</g:attribute_name>
      <g:attribute_value>2200 W</g:attribute_value></g:product_detail>
    <g:shipping><g:country>DE</g:country><g:service>DHL</g:service><g:price>4.95 EUR</g:price></g:shipping>
  </item>
</channel>
</rss>
"""

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0" xml:lang="pt-BR">
  <entry>
    <id>tag:ignored</id><g:id>C1</g:id>
    <title>Cafeteira italiana</title><link href="https://loja.example/c1"/>
    <summary>Para 6 x&#237;caras</summary>
    <g:price>R$ 129,90</g:price><g:availability>preorder</g:availability>
  </entry>
</feed>
"""

_COLUMNS = "id,title,description,link,image link,price,availability,item group id,color,size,gtin"
_ROWS = (
    "T-r-s;オーガニックTシャツ;やわらかい;https://s.example/t?c=r;https://s.example/r.jpg;2,980 JPY;in_stock;T;赤;S;4901234567894",  # noqa: E501
    "X-1;マグカップ;陶器;https://s.example/x;https://s.example/x.jpg;￥1,200;out of stock;;白;;",
    "T-b-s;オーガニックTシャツ;やわらかい;https://s.example/t?c=b;https://s.example/b.jpg;2,480 JPY;in_stock;T;青;S;",  # noqa: E501
)
TSV = "\n".join((_COLUMNS.replace(",", "\t"), *(row.replace(";", "\t") for row in _ROWS))) + "\n"


def test_every_attribute_of_an_rss_item_has_its_place(tmp_path: Path) -> None:
    product = products(write(tmp_path, "feed.xml", RSS), market="DE")["K-1"]
    assert product.titles == (Text('Wasserkocher "Ruhr", 1,7 l', "de-DE"),)
    assert product.descriptions == (Text("Leise & schnell.\nEdelstahl", "de-DE"),)
    assert [text.value for text in product.bullets] == ["Abschaltautomatik", "Kalkfilter, abnehmbar"]
    assert product.offers == (
        Offer("DE", Money(3990, "EUR"), Money(4990, "EUR"), "in_stock", "DHL, 4.95 EUR"),
    )
    assert product.category == "Küche > Wasserkocher"
    assert product.facts == (Fact("Color", "Silber"), Fact("Leistung", "2200", "W", "2200 W"))
    assert (product.brand, product.gtin, product.mpn) == ("Ruhr", "4006381333931", "R-17")
    assert product.url == "https://kuechenhaus.example/k-1"
    assert product.images == tuple(f"https://cdn.example/k1{part}.jpg" for part in ("", "-b", "-c"))


def test_an_atom_entry_is_a_product_too(tmp_path: Path) -> None:
    product = products(write(tmp_path, "feed.xml", ATOM))["C1"]
    assert product.titles == (Text("Cafeteira italiana", "pt-BR"),)
    assert product.descriptions == (Text("Para 6 xícaras", "pt-BR"),)
    assert product.offers == (Offer("", Money(12990, "BRL"), None, "preorder"),)
    assert product.url == "https://loja.example/c1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "shift_jis"])
def test_a_table_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "feed.tsv", TSV.encode(encoding))
    found = rows(path, currency="JPY")
    assert detect_format(path) == "google"
    assert taken(found) == ["X-1", "T"]
    assert rejected(found) == []


def test_an_item_group_is_one_product_with_its_variants(tmp_path: Path) -> None:
    shirt = products(write(tmp_path, "feed.tsv", TSV), currency="JPY")["T"]
    assert [(variant.id, variant.options, variant.gtin) for variant in shirt.variants] == [
        ("T-r-s", (Fact("Color", "赤"),), "4901234567894"),
        ("T-b-s", (Fact("Color", "青"),), ""),
    ]
    assert shirt.facts == (Fact("Size", "S"),)
    assert shirt.offers == (Offer("", Money(2480, "JPY"), None, "in_stock"),)
    assert shirt.titles == (Text("オーガニックTシャツ", "ja"),)


def test_a_bad_member_of_a_group_never_loses_the_good_ones(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "feed.tsv", TSV.replace("2,980 JPY", "-2980 JPY")), currency="JPY")
    assert taken(found) == ["X-1", "T"]
    assert [(row.line, row.field, row.value, row.product) for row in rejected(found)] == [
        (2, "price", "-2980 JPY", "T")
    ]


@pytest.mark.parametrize(
    ("dates", "price"),
    [
        ("2026-11-01T00:00Z/2026-11-30T23:59Z", 800),
        ("2026-11-01T00:00+0100/2026-11-30T23:59+0100", 800),
        ("2027-01-01/2027-01-31", 1000),
        ("next week", 1000),
        ("", 800),
    ],
)
def test_a_sale_price_holds_on_its_days(tmp_path: Path, dates: str, price: int) -> None:
    text = "id\ttitle\tlink\tprice\tsale_price\tsale_price_effective_date\n"
    text += f"1\tCup\thttps://s.example/1\t10.00 EUR\t8.00 EUR\t{dates}\n"
    found = rows(write(tmp_path, "feed.tsv", text))
    (product,) = (row.product for row in found if isinstance(row, Listing))
    assert product.offers[0].price.minor == price
    assert bool(cautions(found)) == (dates == "next week")


def test_several_countries_are_several_offers(tmp_path: Path) -> None:
    text = 'id,title,price,link,target_country\n1,Cup,10 EUR,https://s.example,"DE,AT"\n'
    product = products(write(tmp_path, "feed.csv", text))["1"]
    assert [offer.market for offer in product.offers] == ["DE", "AT"]


@pytest.mark.parametrize(
    ("heading", "cell", "delivery"),
    [
        ("shipping", "US:CA:Ground:5.00 USD:1:1:2:3", "Ground, 5.00 USD"),
        ("shipping", "DE::DHL:4.95 EUR,US:::0 USD", "0 USD"),
        ("shipping(country:price)", "US:5 USD", "5 USD"),
        ("shipping", "US", ""),
    ],
)
def test_delivery_is_read_however_many_parts_it_has(
    tmp_path: Path, heading: str, cell: str, delivery: str
) -> None:
    text = f"id\ttitle\tlink\tprice\t{heading}\n1\tCup\t\t9 USD\t{cell}\n"
    assert products(write(tmp_path, "f.tsv", text), market="US")["1"].offers[0].delivery == delivery


def test_an_item_that_is_not_xml_costs_itself_alone(tmp_path: Path) -> None:
    items = [f"<item><g:id>{n}</g:id><title>Cup {n}</title><g:price>1 EUR</g:price></item>" for n in range(6)]
    items[1] = items[1].replace("Cup", "Salt & Pepper")
    items[2] = items[2].replace("</title>", "")
    items[3] = items[3].replace("</item>", "")
    items[4] = items[4].replace("Cup", "&nbsp;&uuml; <![CDATA[</item><b>x</b>]]>")
    head = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
    found = rows(write(tmp_path, "f.xml", head + "\n".join(items) + "</channel></rss>"))
    assert taken(found) == ["0", "4", "5"]
    assert [row.line for row in rejected(found)] == [3, 4, 5]


def test_entities_are_never_expanded_or_fetched(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret.txt", "top secret")
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE rss [<!ENTITY a0 "ha"><!ENTITY x SYSTEM "{secret.as_uri()}">{bomb}]>'
    item = "<item><g:id>{}</g:id><title>Cup {}</title></item>"
    body = item.format(1, "&x;") + item.format(2, "&a11;") + item.format(3, "")
    found = rows(write(tmp_path, "f.xml", f"{head}<rss><channel>{body}</channel></rss>"))
    assert taken(found) == ["3"]
    assert "secret" not in str(found).replace(str(tmp_path), "")
    assert "never expanded" in cautions(found)[0].problem


def test_items_in_comments_are_not_read(tmp_path: Path) -> None:
    items = [f"<item><id>{n}</id><title>Cup</title></item>" for n in (1, 2)]
    text = f"<rss><!-- {items[0]} -->{items[1]}</rss>"
    assert taken(rows(write(tmp_path, "f.xml", text))) == ["2"]


def test_a_declared_encoding_is_believed(tmp_path: Path) -> None:
    text = RSS.replace("UTF-8", "ISO-8859-1")
    product = products(write(tmp_path, "f.xml", text.encode("latin-1")))["K-1"]
    assert product.category == "Küche > Wasserkocher"


def test_texts_a_model_wrote_say_so(tmp_path: Path) -> None:
    text = (
        '<rss xmlns:g="http://base.google.com/ns/1.0"><item><g:id>1</g:id><g:structured_title>'
        "<g:digital_source_type>trained_algorithmic_media</g:digital_source_type>"
        "<g:content>Blue cup</g:content></g:structured_title></item></rss>"
    )
    assert products(write(tmp_path, "f.xml", text))["1"].titles == (Text("Blue cup", "en", "machine"),)
