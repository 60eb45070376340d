"""Packs Shopify's product taxonomy into the tables that `dragoman.extract` ships: schema and closed values.

Reads ``<data>/shopify_taxonomy`` (MIT, Copyright (c) Shopify), writes ``src/dragoman/extract/data``:
``schema.json.gz`` (categories, their attributes, closed values, in English) and ``closed/<lang>.json.gz``
(names of attributes and values, in the order of the schema). In ar, hi, id and ru, which the taxonomy lacks,
the names are those of data/parallel/taxonomy. Run: ``python data/taxonomy/build.py [DATA]``.
"""

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
OUT = HERE / "src/dragoman/extract/data"
# Their columns → our tags; Portuguese twice: ours without a country is Brazil's, as theirs is fuller.
COLUMNS = {
    "cs": "cs", "da": "da", "de": "de", "en": "en", "es": "es", "fi": "fi", "fr": "fr", "it": "it",
    "ja": "ja", "ko": "ko",
    "nb": "nb", "nl": "nl", "pl": "pl", "pt-BR": "pt", "pt-PT": "pt-PT", "sv": "sv", "th": "th",
    "tr": "tr", "vi": "vi", "zh-CN": "zh", "zh-TW": "zh-Hant",
}  # fmt: skip
MORE = ("ar", "hi", "id", "ru")
WRITTEN = HERE / "data/parallel/taxonomy.jsonl.gz"
LONGEST = 60  # characters of a value worth looking for in a text


def write(path: Path, value: object) -> None:
    """Write a value as packed JSON, the same bytes each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(packed, 9, mtime=0))


def main(data: Path) -> None:
    """Write the tables, from the taxonomy in ``data``."""
    folder = data / "shopify_taxonomy"
    with gzip.open(folder / "wide.tsv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with gzip.open(folder / "attribute_values.json.gz", "rt", encoding="utf-8") as file:
        told = json.load(file)
    with gzip.open(folder / "category_attributes.jsonl.gz", "rt", encoding="utf-8") as file:
        categories = [json.loads(line) for line in file]
    used = {name for one in categories for name in one["attributes"]}
    texts = {row["id"]: row["en"] for row in rows if row["kind"] == "value"}
    lists = {one["friendly_id"]: one["values"] for one in told["base_attributes"]}
    names = {one["friendly_id"]: one["name"] for one in told["base_attributes"]}
    for one in told["extended_attributes"]:
        lists[one["friendly_id"]] = lists.get(one["values_from"], [])
        names[one["friendly_id"]] = one["name"]
    attributes = sorted(used & set(names))
    english = sorted(
        {texts[v] for a in attributes for v in lists[a] if v in texts and len(texts[v]) <= LONGEST}
    )
    place = {text: at for at, text in enumerate(english)}
    at_attribute = {name: at for at, name in enumerate(attributes)}
    write(OUT / "schema.json.gz", {
        "notice": "Shopify's Standard Product Taxonomy, MIT licence, Copyright (c) Shopify",
        "attributes": [
            [name, names[name], sorted({place[texts[v]] for v in lists[name] if texts.get(v) in place})]
            for name in attributes
        ],
        "categories": [
            [one["id"], one["name"], [at_attribute[a] for a in one["attributes"] if a in at_attribute]]
            for one in categories
        ],
    })  # fmt: skip
    for column, tag in COLUMNS.items():
        # One English word has several rows, some of them mistaken ("Red" as a wine): the commonest wins.
        ways: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            if row["kind"] == "value" and row["en"] in place and row[column]:
                ways[row["en"]][row[column]] += 1
        own = {row["id"]: row[column] for row in rows if row["kind"] == "attribute"}
        write(OUT / f"closed/{tag}.json.gz", {
            "attributes": [own.get(name, "") for name in attributes],
            "values": [ways[text].most_common(1)[0][0] if ways[text] else "" for text in english],
        })  # fmt: skip
    with gzip.open(WRITTEN, "rt", encoding="utf-8") as file:
        said = [json.loads(line)["texts"] for line in file]
    for tag in MORE:
        known = {row["en"][0].lower(): row[tag][0] for row in said if tag in row}
        write(OUT / f"closed/{tag}.json.gz", {
            "attributes": [known.get(names[name].lower(), "") for name in attributes],
            "values": [known.get(text.lower(), "") for text in english],
        })  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "shared/data")
