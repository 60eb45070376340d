"""How many rows a second each feed format is read at: parsing and mapping alone, languages given.

Run: python bench/feeds.py [ROWS]
"""

import csv
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dragoman.catalog import Reading, read
from dragoman.types import Listing

TITLE = "Edelstahl-Wasserkocher mit Temperaturregler, {n} ml"
BODY = (
    "<p>Leiser Wasserkocher mit <b>fünf</b> Stufen.</p><ul><li>Abschaltautomatik</li><li>Kalkfilter</li></ul>"
) * 3


def google_tsv(count: int) -> str:
    """A Merchant Center table; every fourth row belongs to a group of four."""
    head = "id title description link image_link price sale_price availability brand gtin"
    rows = [f"{head} item_group_id color size".replace(" ", "\t")]
    for n in range(count):
        group = f"g{n // 8}" if n % 8 < 4 else ""
        cells = [f"p{n}", TITLE.format(n=n), BODY, f"https://s.example/p{n}", f"https://s.example/{n}.jpg"]
        cells += [f"{n % 90 + 10}.90 EUR", f"{n % 90 + 5}.90 EUR", "in_stock", "Ruhr", "4006381333931", group]
        rows.append("\t".join([*cells, "rot" if n % 2 else "blau", "M"]))
    return "\n".join(rows)


def google_xml(count: int) -> str:
    """The same as RSS."""
    names, *rows = (row.split("\t") for row in google_tsv(count).splitlines())
    items = (
        "".join(
            f"<g:{name}><![CDATA[{cell}]]></g:{name}>" for name, cell in zip(names, row, strict=True) if cell
        )
        for row in rows
    )
    body = "\n".join(f"<item>{item}</item>" for item in items)
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>\n{body}\n</channel></rss>'


def shopify(count: int) -> str:
    """Two rows a handle."""
    names = (
        "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
        "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,"
        "Status"
    )
    rows: list[list[str]] = []
    for n in range(count):
        main = [TITLE.format(n=n), BODY, "Ruhr", "Küche", "TRUE", "Size"] if n % 2 == 0 else [""] * 6
        row = [f"h{n // 2}", *main, "S" if n % 2 else "M", f"sku{n}", "500", "shopify", str(n % 7), "deny"]
        rows.append([*row, f"{n % 90 + 10}.90", f"https://cdn.example/{n}.jpg", "active"])
    return _csv(names, rows)


def woocommerce(count: int) -> str:
    """Simple products."""
    names = "ID,Type,SKU,Name,Published,Description,In stock?,Sale price,Regular price,Categories,Images"
    rows = []
    for n in range(count):
        row = [str(n), "simple", f"sku{n}", TITLE.format(n=n), "1", BODY, "1", f"{n % 90 + 5},90"]
        rows.append([*row, f"{n % 90 + 10},90", "Küche > Kocher", f"https://s.example/{n}.jpg"])
    return _csv(names, rows)


def openai(count: int) -> str:
    """Flat JSON lines."""
    return "\n".join(
        json.dumps({
            "item_id": f"p{n}", "title": TITLE.format(n=n), "description": BODY, "url": f"https://s.example/{n}",
            "price": f"{n % 90 + 10}.90 EUR", "availability": "in_stock", "brand": "Ruhr", "color": "rot",
            "image_url": f"https://s.example/{n}.jpg", "product_category": "Küche > Kocher",
            "is_eligible_search": True,
        })
        for n in range(count)
    )  # fmt: skip


def acp(count: int) -> str:
    """Nested products of one variant."""
    return "\n".join(
        json.dumps({
            "id": f"p{n}", "title": TITLE.format(n=n), "description": {"html": BODY},
            "variants": [{
                "id": f"v{n}", "title": "M", "price": {"amount": 1000 + n, "currency": "EUR"},
                "availability": {"status": "in_stock"}, "variant_options": [{"name": "Size", "value": "M"}],
            }],
        })
        for n in range(count)
    )  # fmt: skip


def own(count: int) -> str:
    """Our own lines, two languages and two markets each."""
    return "\n".join(
        json.dumps({
            "id": f"p{n}", "title": {"de": TITLE.format(n=n), "en": f"Steel kettle {n}"},
            "description": {"de": BODY},
            "facts": {"Color": "red", "Power": "2200 W"}, "images": [f"https://s.example/{n}.jpg"],
            "offers": [
                {"market": "DE", "price": f"{n % 90 + 10}.90 EUR", "availability": "in_stock"},
                {"market": "US", "price": f"{n % 90 + 10}.90 USD", "availability": "in_stock"},
            ],
        })
        for n in range(count)
    )  # fmt: skip


def _csv(names: str, rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([names.split(","), *rows])
    return out.getvalue()


FEEDS: dict[str, Callable[[int], str]] = {
    "google tsv": google_tsv, "google xml": google_xml, "shopify": shopify, "woocommerce": woocommerce,
    "openai jsonl": openai, "acp jsonl": acp, "dragoman jsonl": own,
}  # fmt: skip


def main(count: int) -> None:
    """Print rows a second per format."""
    reading = Reading(lang="de", currency="EUR")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in FEEDS.items():
            path = Path(folder) / "feed"
            path.write_text(make(count), "utf-8")
            start, spent = time.perf_counter(), time.process_time()
            products = sum(isinstance(row, Listing) for row in read(path, reading=reading))
            wall, cpu = time.perf_counter() - start, time.process_time() - spent
            rates = f"{count / wall:8.0f} rows/s wall {count / cpu:8.0f} rows/s cpu"
            print(f"{name:15} {products:6} products {rates} {path.stat().st_size / 1e6 / wall:6.1f} MB/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
