"""Makes the term tables of `dragoman.translate`: one line a concept, the same line in every language's file.

    python recipes/terms.py ../shared/data/shopify_taxonomy/wide.tsv.gz

Shopify's product taxonomy (MIT, Copyright (c) Shopify): names of categories, attributes and values.
A concept that is the same in all languages as one before it is left out.
"""

import gzip
import io
import sys
from pathlib import Path

from dragoman.text.tags import canonical

OUT = Path(__file__).parents[1] / "src/dragoman/translate/data/terms"
# What several concepts share goes by the first: "Farbe" alone is Color before it is Paint.
KINDS = ("attribute", "value", "category")


def main(path: str) -> None:
    """Write the tables."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        head, *rows = [line.rstrip("\n").split("\t") for line in file]
    langs = head[3:]
    rows = [row for kind in KINDS for row in rows if row[1] == kind and len(row) == len(head)]
    concepts = list(dict.fromkeys(tuple(" ".join(cell.split()) for cell in row[3:]) for row in rows))
    OUT.mkdir(parents=True, exist_ok=True)
    for place, lang in enumerate(langs):
        written = io.BytesIO()
        # No name and no time inside, so that the same taxonomy gives the same bytes.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=written, mtime=0) as packed:
            packed.write("\n".join(concept[place] for concept in concepts).encode())
        (OUT / f"{canonical(lang)}.txt.gz").write_bytes(written.getvalue())
    print(f"{len(concepts)} concepts in {len(langs)} languages")


if __name__ == "__main__":
    main(sys.argv[1])
