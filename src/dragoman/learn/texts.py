"""Plain texts of whatever a shop has: lines, concepts in several languages, product feeds. Knows files."""

import gzip
import json
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path

from dragoman.catalog import BrokenOff, Reading, read
from dragoman.errors import Corrupt, NotFound
from dragoman.learn.concepts import read_concepts
from dragoman.types import Listing, Product


def read_texts(path: Path, *, langs: Collection[str] = ()) -> Iterator[str]:
    """Yield the texts of a file: lines of a .txt, concepts (see `read_concepts`), queries, or a product feed.

    Args:
        langs: Of concepts and feeds, only texts in these languages; none means all of them.

    Raises:
        NotFound: no such file.
        BadInput: a line of concepts that is none, or a feed of no known format.
        Corrupt: a feed that breaks off.
    """
    if not path.is_file():
        raise NotFound(f"no file of texts {path}", hint="name lines of text, concepts or a product feed")
    if path.name.endswith((".txt", ".txt.gz")):
        return _lines(path)
    keys = _keys(path)
    if "texts" in keys or (path.name.endswith((".tsv", ".tsv.gz")) and _is_taxonomy(path)):
        return (
            text
            for concept in read_concepts(path)
            for lang, texts in concept.items()
            if not langs or lang in langs
            for text in texts
        )
    if {"_id", "text"} <= keys:  # queries and corpora as BEIR writes them
        rows = map(json.loads, _lines(path))
        return (f"{row.get('title', '')} {row['text']}".strip() for row in rows)
    return _feed(path, langs)


def _lines(path: Path) -> Iterator[str]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        yield from (line.strip() for line in lines if line.strip())


def _keys(path: Path) -> set[str]:
    """The keys of the first line where it is a JSON object."""
    try:
        first = json.loads(next(islice(_lines(path), 1), ""))
    except (ValueError, OSError):
        return set()
    return set(first) if isinstance(first, dict) else set()


def _is_taxonomy(path: Path) -> bool:
    return next(islice(_lines(path), 1), "").startswith("id\tkind\t")


def _feed(path: Path, langs: Collection[str]) -> Iterator[str]:
    # Prices are not read here, so any currency will do for feeds that name none.
    for row in read(path, reading=Reading(currency="EUR")):
        if isinstance(row, BrokenOff):
            raise Corrupt(f"{path}: {row.about.problem}", hint=row.about.remedy)
        if isinstance(row, Listing):
            yield from _of_product(row.product, langs)


def _of_product(product: Product, langs: Collection[str]) -> Iterable[str]:
    texts = (*product.titles, *product.descriptions, *product.bullets)
    yield from (text.value for text in texts if not langs or text.lang.split("-")[0] in langs)
    yield from (text for text in (product.brand, product.category) if text)
    yield from (f"{fact.name} {fact.value}" for fact in product.facts)
