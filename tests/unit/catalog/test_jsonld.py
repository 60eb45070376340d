"""Laws of schema.org products in saved pages."""

import json
from pathlib import Path

from small_feeds import products, rejected, rows, taken, write

from dragoman.catalog import detect_format
from dragoman.types import Fact, Listing, Money, Offer, Passage, Text

PAGE = """<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="{charset}">
<title>متجر</title><link rel="canonical" href="https://souq.example/p/77">
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"Organization","name":"سوق"}}</script>
<script type="application/ld+json">
{script}
</script></head><body><h1>غلاية</h1></body></html>
"""

KETTLE = {
    "@context": "https://schema.org/",
    "@type": "Product",
    "sku": "77",
    "name": [{"@value": "غلاية كهربائية", "@language": "ar"}, {"@value": "Electric kettle", "@language": "en"}],  # noqa: E501
    "description": "سعة 1.7 لتر &amp; آمنة",
    "image": ["/img/77.jpg", {"@type": "ImageObject", "contentUrl": "https://cdn.example/77b.jpg"}],
    "brand": {"@type": "Brand", "name": "Al Noor"},
    "gtin13": "4006381333931",
    "color": "أبيض",
    "additionalProperty": [{"@type": "PropertyValue", "name": "السعة", "value": 1.7, "unitCode": "LTR"}],
    "offers": [
        {
            "@type": "Offer", "price": "149.00", "priceCurrency": "SAR",
            "availability": "https://schema.org/InStock",
            "areaServed": "SA", "seller": {"@type": "Organization", "name": "سوق"},
            "priceSpecification": {"priceType": "https://schema.org/ListPrice", "price": 199, "priceCurrency": "SAR"},  # noqa: E501
        },
        {
            "@type": "Offer", "price": 145, "priceCurrency": "AED", "availability": "PreOrder",
            "shippingDetails": {"shippingDestination": {"@type": "DefinedRegion", "addressCountry": "AE"}},
            "itemCondition": "https://schema.org/RefurbishedCondition",
        },
    ],
    "review": [{"@type": "Review", "reviewBody": "Boils fast", "inLanguage": "en", "author": "N."}],
}  # fmt: skip

GROUP = {
    "@context": {"@language": "ja", "@vocab": "https://schema.org/"},
    "@graph": [
        {"@type": "BreadcrumbList", "itemListElement": []},
        {
            "@type": "ProductGroup", "productGroupID": "tee", "name": "Tシャツ", "variesBy": ["size"],
            "hasVariant": [
                {"@type": "Product", "sku": "tee-s", "size": "S", "offers": {"price": 2980, "priceCurrency": "JPY"}},  # noqa: E501
                {"@type": "Product", "sku": "tee-m", "size": "M", "offers": {"price": 3280, "priceCurrency": "JPY"}},  # noqa: E501
            ],
        },
    ],
}  # fmt: skip


def _page(folder: Path, value: object, charset: str = "utf-8") -> Path:
    text = PAGE.format(charset=charset, script=json.dumps(value, ensure_ascii=False, indent=1))
    return write(folder, "page.html", text.encode(charset))


def test_a_product_page_is_read_in_both_its_languages(tmp_path: Path) -> None:
    path = _page(tmp_path, KETTLE)
    kettle = products(path)["77"]
    assert detect_format(path) == "jsonld"
    assert kettle.titles == (Text("غلاية كهربائية", "ar"), Text("Electric kettle", "en"))
    assert kettle.descriptions == (Text("سعة 1.7 لتر & آمنة", "ar"),)
    assert kettle.offers == (
        Offer("SA", Money(14900, "SAR"), Money(19900, "SAR"), "in_stock"),
        Offer("AE", Money(14500, "AED"), None, "preorder"),
    )
    assert kettle.images == ("https://souq.example/img/77.jpg", "https://cdn.example/77b.jpg")
    assert kettle.facts == (
        Fact("Color", "أبيض"),
        Fact("Condition", "Refurbished"),
        Fact("السعة", "1.7", "l", "1.7 l"),
    )
    assert (kettle.brand, kettle.gtin, kettle.seller) == ("Al Noor", "4006381333931", "سوق")
    assert kettle.url == "https://souq.example/p/77"


def test_reviews_are_kept_beside_the_product(tmp_path: Path) -> None:
    (listing,) = rows(_page(tmp_path, KETTLE))
    assert isinstance(listing, Listing)
    assert listing.passages == (Passage("77", "review", Text("Boils fast", "en")),)


def test_a_group_is_one_product_with_its_variants(tmp_path: Path) -> None:
    tee = products(_page(tmp_path, GROUP))["tee"]
    assert [(variant.id, variant.options) for variant in tee.variants] == [
        ("tee-s", (Fact("Size", "S"),)),
        ("tee-m", (Fact("Size", "M"),)),
    ]
    assert tee.offers == (Offer("", Money(2980, "JPY"), None, "unknown"),)
    assert tee.titles[0].value == "Tシャツ"


def test_a_bare_document_is_read_like_a_page(tmp_path: Path) -> None:
    path = write(tmp_path, "p.jsonld", json.dumps(KETTLE))
    assert detect_format(path) == "jsonld"
    assert list(products(path)) == ["77"]


def test_a_page_in_its_own_encoding_is_read(tmp_path: Path) -> None:
    assert products(_page(tmp_path, KETTLE, "windows-1256"))["77"].titles[0].value == "غلاية كهربائية"


def test_a_broken_script_never_loses_another(tmp_path: Path) -> None:
    text = PAGE.format(charset="utf-8", script=json.dumps(KETTLE))
    text = text.replace('"@type":"Organization","name":"سوق"}', '"@type": "Product",')
    found = rows(write(tmp_path, "page.html", text))
    assert taken(found) == ["77"]
    assert [(row.line, row.field) for row in rejected(found)] == [(4, "script")]


def test_a_page_without_products_says_so(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "page.html", "<!doctype html><html><body><h1>Sorry</h1></body></html>"))
    assert [row.problem for row in rejected(found)] == ["holds no JSON-LD"]
