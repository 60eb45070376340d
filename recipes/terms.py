"""Makes the term tables of `dragoman.translate`: one line a concept, the same line in every language's file.

    python recipes/terms.py ../shared/data/shopify_taxonomy/wide.tsv.gz

Shopify's product taxonomy (MIT, Copyright (c) Shopify): names of categories, attributes and values; in ar,
hi, id and ru, which it lacks, those of data/parallel/taxonomy. A concept that is the same in all languages as
one before it is left out.
"""

import gzip
import io
import json
import sys
from pathlib import Path

from dragoman.text.tags import canonical

OUT = Path(__file__).parents[1] / "src/dragoman/translate/data/terms"
# What several concepts share goes by the first: "Farbe" alone is Color before it is Paint.
KINDS = ("attribute", "value", "category")
WRITTEN = Path(__file__).parents[1] / "data/parallel/taxonomy.jsonl.gz"
MORE = ("ar", "hi", "id", "ru")
# Colours that the taxonomy takes for wines, and hair.
MENDED = {
    ("zh-CN", "红酒"): "红色", ("zh-CN", "蓝酒"): "蓝色", ("zh-CN", "橙酒"): "橙色",
    ("vi", "Vang đỏ"): "Màu đỏ", ("vi", "Vang xanh dương"): "Màu xanh dương", ("vi", "Vang cam"): "Màu cam",
    ("vi", "Vang trắng"): "Màu trắng", ("vi", "Tóc bạc"): "Màu xám",
}  # fmt: skip
COLOURS = ("Red", "Blue", "Orange", "White", "Gray")


def names_of(path: Path) -> dict[str, list[str]]:
    """Return the names in the languages of ``MORE``, "" where none, by the English in small letters."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line)["texts"] for line in lines]
    return {row["en"][0].lower(): [row.get(lang, [""])[0] for lang in MORE] for row in rows}


def mended(cells: list[str], langs: list[str]) -> list[str]:
    """Return a row's names without the mistakes that we know of."""
    if cells[langs.index("en")] not in COLOURS:
        return cells
    return [MENDED.get((lang, cell), cell) for lang, cell in zip(langs, cells, strict=True)]


def main(path: str) -> None:
    """Write the tables."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        head, *rows = [line.rstrip("\n").split("\t") for line in file]
    rows = [row for kind in KINDS for row in rows if row[1] == kind and len(row) == len(head)]
    cells = [mended([" ".join(cell.split()) for cell in row[3:]], head[3:]) for row in rows]
    english, more = head.index("en") - 3, names_of(WRITTEN)
    concepts = list(dict.fromkeys((*row, *more.get(row[english].lower(), [""] * len(MORE))) for row in cells))
    langs = [*head[3:], *MORE]
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
