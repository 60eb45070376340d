"""Writes the shopping words that queries are put into English with, a file a language.

    python recipes/lexicon.py ../shared/data/shopify_taxonomy/wide.tsv.gz

A row is a normalised term and its English: the names of 596 kinds of product (data/parallel/nouns), those of
the Shopify taxonomy (MIT), last step of a category's path, attributes and values, its names in languages that
it lacks (data/parallel/taxonomy), what else shoppers call those products, names of CLDR (Unicode-3.0), then
words of goods (data/parallel/goods). The first English of a term stays.
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
FIRST, OTHERS = slice(1), slice(1, None)


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


def said(path: Path, *, other: bool = False, at: slice = FIRST) -> Iterator[tuple[str, str, str]]:
    """Yield (English, language, name): the names ``at`` of a file's concepts, or of their ``other`` forms."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if bool(row.get("form")) == other:
                english = row["texts"]["en"][0]
                yield from ((english, lang, name) for lang, some in row["texts"].items() for name in some[at])


def main(taxonomy: Path) -> None:
    """Write the tables."""
    nouns, more, goods, signs = (
        PARALLEL / f"{name}.jsonl.gz" for name in ("nouns", "taxonomy", "goods", "cldr")
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    names = chain(said(nouns), names_of(taxonomy), said(more))
    others = chain(said(nouns, other=True), said(more, at=OTHERS), said(signs), said(goods))
    for english, lang, text in chain(names, others):
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
