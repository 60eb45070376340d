"""Writes the shopping words that queries are put into English with, a file a language.

    python recipes/lexicon.py ../shared/data/shopify_taxonomy/wide.tsv.gz

A row is a normalised term and its English: the names of 596 kinds of product (data/parallel/nouns), those of
the Shopify taxonomy (MIT), last step of a category's path, attributes and values, what else shoppers call
those products, then names of CLDR (Unicode-3.0) for languages that the taxonomy lacks. The first English of a
term stays.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from dragoman.text.normalise import normalise

REPO = Path(__file__).parents[1]
OUT = REPO / "src/dragoman/text/data/lexicon"
PARALLEL = REPO / "data/parallel"
COLUMNS = {"pt-BR": "pt", "pt-PT": "pt", "zh-CN": "zh", "zh-TW": "zh"}
# No vi: without its tone marks shoes are paper.
LANGS = set("ar cs da de es fi fr he hi id it ja ko nb nl pl pt ru sv th tr uk zh".split())  # noqa: SIM905
KINDS = ("category", "attribute", "value")  # what wins where a term is several things
LONGEST = 5  # words


def names_of(taxonomy: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (English, language, name) of every category's last step, attribute and value, in this order."""
    with gzip.open(taxonomy, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in sorted(
        (row for row in rows if row["kind"] in KINDS), key=lambda row: KINDS.index(row["kind"])
    ):
        for column, text in row.items():
            lang = COLUMNS.get(column, column)
            if text and lang in LANGS:
                yield row["en"].split(" > ")[-1], lang, text.split(" > ")[-1]


def said(path: Path, *, other: bool = False) -> Iterator[tuple[str, str, str]]:
    """Yield (English, language, text) of a file's concepts: their names, or their ``other`` forms."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if bool(row.get("form")) == other:
                yield from ((row["texts"]["en"][0], lang, some[0]) for lang, some in row["texts"].items())


def main(taxonomy: Path) -> None:
    """Write the tables."""
    nouns, signs = PARALLEL / "nouns.jsonl.gz", PARALLEL / "cldr.jsonl.gz"
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for english, lang, text in chain(said(nouns), names_of(taxonomy), said(nouns, other=True), said(signs)):
        if lang in LANGS:
            add(found[lang], text, english)
    OUT.mkdir(exist_ok=True)
    for lang, terms in sorted(found.items()):
        with gzip.GzipFile(OUT / f"{lang}.tsv.gz", "wb", mtime=0) as out:
            out.write("".join(f"{term}\t{terms[term]}\n" for term in sorted(terms)).encode())
        print(lang, len(terms), (OUT / f"{lang}.tsv.gz").stat().st_size)


def add(terms: dict[str, str], text: str, english: str) -> None:
    """Keep the first English of a term that is none itself."""
    term = normalise(text)
    if (
        len(term) > 1
        and term != normalise(english)
        and max(len(term.split()), len(english.split())) <= LONGEST
    ):
        terms.setdefault(term, english.lower())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
