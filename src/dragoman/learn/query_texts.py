"""Texts like those that shoppers type, by language, from term tables, parallel text and product feeds."""

import csv
import gzip
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO, TypeAlias

from dragoman.catalog import Reading, read
from dragoman.errors import BadInput, NotFound
from dragoman.learn.concepts import Source, read_concepts
from dragoman.learn.files import Find
from dragoman.suggest.shelf import first_words
from dragoman.suggest.typed import LONGEST, typed
from dragoman.text.normalise import normalise
from dragoman.types import Lang, Listing

Counted: TypeAlias = Mapping[Lang, Mapping[str, float]]
"""Texts as typed, by language, with how much each counts."""

_LANGS = {"pt-BR": "pt", "pt-PT": "pt", "zh-CN": "zh", "zh-TW": "zh-Hant"}
_KINDS = {"category", "value"}  # names of attributes and their explanations are nobody's query
_WORDS = 8  # of a title


def read_queries(sources: Iterable[Source], find: Find, *, langs: Collection[Lang] = ()) -> Counted:
    """Return the texts of all sources: each counts the root of how often it occurs, times its source's share.

    | content | texts |
    |---|---|
    | JSON lines of concepts | all, in their languages |
    | the wide table of `shopify_taxonomy` | names of categories and values |
    | a table without heading, number and text (`chinese_ecom`) | the texts, in the source's language |
    | a product feed | the first words of titles |

    Args:
        langs: Only these; none means all that there are.

    Raises:
        NotFound: no such file.
        BadInput: a line that is not what its file holds.
    """
    found: dict[Lang, dict[str, float]] = {}
    for source in sources:
        counts: Counter[tuple[Lang, str]] = Counter()
        for lang, text in _texts(find(source.path), source.lang):
            if not langs or lang in langs:
                counts[lang, typed(text)] += 1
        for (lang, said), count in counts.items():
            if 1 < len(said) <= LONGEST:
                some = found.setdefault(lang, {})
                some[said] = some.get(said, 0.0) + source.share * count**0.5
    return found


def parted_queries(
    texts: Counted, *, held: int, without: frozenset[str] = frozenset()
) -> tuple[Counted, Counted]:
    """Return the texts to learn from and those to measure by: ``held`` in a hundred, by their normal form.

    Args:
        without: Normalised texts that are on neither side: those of the dev sets.

    >>> parted_queries({"en": {"red tent": 1.0, "Hose": 1.0}}, held=100, without=frozenset({"hose"}))
    ({'en': {}}, {'en': {'red tent': 1.0}})
    """
    taught: dict[Lang, dict[str, float]] = {lang: {} for lang in texts}
    aside: dict[Lang, dict[str, float]] = {lang: {} for lang in texts}
    for lang, some in texts.items():
        for text, weight in some.items():
            normal = normalise(text)
            if normal not in without:
                is_held = int(hashlib.sha1(normal.encode()).hexdigest(), 16) % 100 < held
                (aside if is_held else taught)[lang][text] = weight
    return taught, aside


def _texts(path: Path, lang: Lang) -> Iterator[tuple[Lang, str]]:
    if not path.is_file():
        hint = "set `data` (DRAGOMAN_DATA) to where the public sets are"
        raise NotFound(f"no texts at {path}", hint=hint)
    if path.name.endswith((".tsv", ".tsv.gz")):
        yield from _table(path, lang)
    elif _is_concepts(path):
        for concept in read_concepts(path):
            yield from ((code, text) for code, texts in concept.items() for text in texts)
    else:
        yield from _feed(path)


def _table(path: Path, lang: Lang) -> Iterator[tuple[Lang, str]]:
    with _opened(path) as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        columns = next(rows, [])
        if "context_en" in columns:
            for row in (dict(zip(columns, row, strict=False)) for row in rows):
                if row["kind"] in _KINDS:
                    yield from (
                        (_LANGS.get(code, code), text) for code, text in row.items() if _is_lang(code)
                    )
            return
        for number, row in enumerate([columns, *rows], 1):
            if len(row) != 2:
                raise BadInput(f"{path}:{number}: {len(row)} columns", hint="a number, a tab, a query")
            yield lang or "und", row[1]


def _is_lang(column: str) -> bool:
    return column not in {"id", "kind", "context_en"}


def _feed(path: Path) -> Iterator[tuple[Lang, str]]:
    # Prices are not read here, so any currency will do for feeds that name none.
    for row in read(path, reading=Reading(currency="EUR")):
        if isinstance(row, Listing):
            yield from ((text.lang.split("-")[0], _head(text.value)) for text in row.product.titles)


def _head(title: str) -> str:
    return " ".join(first_words(title).split()[:_WORDS])


def _is_concepts(path: Path) -> bool:
    with _opened(path) as lines:
        return '"texts":' in next(iter(lines), "")


def _opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
