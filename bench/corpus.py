"""A catalogue of any size out of real multilingual words, for timing only.

Titles and sentences are real (Shopify's taxonomy, MIT, 20 languages); brands, model numbers and their
combination into products are composed by a seeded draw. Nothing measured on it is a quality claim.
"""

import csv
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

LANGS = ["en", "de", "es", "fr", "it", "ja", "ko", "pt-BR"]
LANGS += ["zh-CN", "zh-TW", "th", "tr", "vi", "nl", "pl", "sv"]
MARKETS = {"US": "USD", "DE": "EUR", "FR": "EUR", "JP": "JPY"}
MARKETS |= {"GB": "GBP", "BR": "BRL", "TH": "THB", "KR": "KRW"}
SYLLABLES = ("ka", "lo", "mi", "ne", "ra", "to", "vi", "su", "be", "do", "fi", "gu", "ha", "jo", "pe", "ri")
TAGS = {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}


def taxonomy(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return the taxonomy's rows by kind (category, attribute, attribute_description, value)."""
    rows: dict[str, list[dict[str, str]]] = {}
    with gzip.open(folder / "shopify_taxonomy" / "wide.tsv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows.setdefault(row["kind"], []).append(row)
    return rows


def products(n: int, folder: Path, seed: int = 7) -> Iterator[dict[str, object]]:
    """Yield n products in our own JSONL shape, the same ones for the same seed."""
    draw = random.Random(seed)
    rows = taxonomy(folder)
    categories, values = rows["category"], rows["value"]
    sentences = [row for row in rows["attribute_description"] if all(row[lang] for lang in LANGS)]
    brands = ["".join(draw.choices(SYLLABLES, k=3)).capitalize() for _ in range(400)]
    for number in range(n):
        lang = draw.choice(LANGS)
        category, value, sentence = draw.choice(categories), draw.choice(values), draw.choice(sentences)
        brand = draw.choice(brands)
        model = f"{draw.choice('ABCDEFGHKMRSTX')}{draw.randrange(100, 9999)}"
        leaf = (category[lang] or category["en"]).split(" > ")[-1]
        chosen = draw.sample(sorted(MARKETS), k=draw.randint(1, 3))
        yield {
            "id": f"s{number:07d}",
            "title": f"{brand} {leaf} {value[lang] or value['en']} {model}",
            "lang": TAGS.get(lang, lang),
            "description": sentence[lang],
            "brand": brand,
            "category": category["en"],
            "facts": {"Style": value["en"]},
            "offers": [
                {
                    "market": market,
                    "price": {"amount": draw.randrange(500, 50_000), "currency": MARKETS[market]},
                    "availability": draw.choice(["in_stock", "in_stock", "out_of_stock"]),
                }
                for market in chosen
            ],
            "seller": f"seller-{draw.randrange(200)}",
        }


def queries(n: int, folder: Path, seed: int = 11) -> list[str]:
    """Return n distinct queries of one to four real words in many languages."""
    draw = random.Random(seed)
    rows = taxonomy(folder)
    found: dict[str, None] = {}
    while len(found) < n:
        row, lang = draw.choice(rows["category"]), draw.choice(LANGS)
        leaf = (row[lang] or row["en"]).split(" > ")[-1]
        value = draw.choice(rows["value"])
        other = value[lang] or value["en"]
        text = leaf if draw.random() < 0.5 else f"{other} {leaf}"
        found[" ".join(text.split()[:5])] = None
    return list(found)


def write(path: Path, n: int, folder: Path) -> None:
    """Write the catalogue as JSONL."""
    with path.open("w", encoding="utf-8") as file:
        for product in products(n, folder):
            file.write(json.dumps(product, ensure_ascii=False) + "\n")
