"""Writes the shopping words that queries are put into English with, a file a language.

    python recipes/lexicon.py ../shared/data/shopify_taxonomy/wide.tsv.gz data/parallel/cldr.jsonl.gz

A row is a normalised term and its English: names of the Shopify taxonomy (MIT), last step of a category's
path, attributes and values, then names of CLDR (Unicode-3.0) for languages that the taxonomy lacks.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from dragoman.text.normalise import normalise

OUT = Path(__file__).parents[1] / "src/dragoman/text/data/lexicon"
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


def main(taxonomy: Path, cldr: Path) -> None:
    """Write the tables."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for english, lang, text in names_of(taxonomy):
        add(found[lang], text, english)
    with gzip.open(cldr, "rt", encoding="utf-8") as lines:
        for line in lines:
            texts = json.loads(line)["texts"]
            for lang in set(texts) & LANGS:
                add(found[lang], texts[lang][0], texts["en"][0])
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
    main(Path(sys.argv[1]), Path(sys.argv[2]))
