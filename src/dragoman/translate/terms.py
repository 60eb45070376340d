"""Exact terms of shops in 25 languages: a category, attribute or value in, its name out. No grammar."""

import gzip
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from dragoman.text.tags import best
from dragoman.types import Lang

STEP = " > "
_LONGEST = 4  # words of a term looked for inside a text


def term_for(text: str, source: Lang, target: Lang, *, is_category: bool = False) -> str:
    """Return the name of a term in another language, "" where no table has it.

    A path ("Home > Kitchen") is a term where each of its steps is one; a term that several
    concepts share goes by the name that most of them have. A capital first letter is kept, as is
    a small one.

    Args:
        is_category: A lone step is a category's name; that of an attribute or a value may differ.

    >>> term_for("Home & Garden > Kitchen & Dining", "en", "de")
    'Heim & Garten > Küche & Esszimmer'
    >>> term_for("red", "en", "ja"), term_for("a red thing", "en", "ja")
    ('レッド', '')
    """
    if not text or len(text) > 400:
        return ""
    table = _between(source, target)
    is_path = is_category or STEP in text
    steps = [table.get(step, is_category=is_path) for step in text.split(STEP)] if table else [""]
    if not all(steps):
        return ""
    written = text.split(STEP)
    return STEP.join(_cased(step, name, target) for step, name in zip(written, steps, strict=True))


def terms_within(text: str, source: Lang, target: Lang) -> list[tuple[str, str]]:
    """Return the terms of up to four words that a text holds, each with its name in the other language.

    For measuring: word by word, longest first from the left; not for scripts without spaces.
    """
    table, words = _between(source, target), text.split()
    found: list[tuple[str, str]] = []
    at = 0
    while table and at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 0, -1)
        terms = [" ".join(words[at : at + size]).strip(".,;:!?()\"'") for size in sizes]
        hits = [(term, name) for term in terms if len(term) > 2 and (name := table.get(term))]
        found += hits[:1]
        at += len(hits[0][0].split()) if hits else 1
    return found


def tag_of(lang: Lang) -> Lang:
    """Return the tag of the table that serves a language, "" where there is none."""
    return best([lang], _tags())


def term_langs() -> tuple[Lang, ...]:
    """Return the languages that have a table."""
    return _tags()


class _Table:
    """Names of one language for the terms of another, looked up when asked for."""

    def __init__(self, source: Lang, target: Lang) -> None:
        self._rows, self._names = _rows_of(source), _lines(target)

    def get(self, term: str, *, is_category: bool = False) -> str:
        """Return the commonest name of a term, "" if there is none; of several that of an attribute or value.

        Categories stand last in the tables, and for one of them the last name comes first.
        """
        rows = self._rows.get(_key(term), ())
        found = [name for row in (rows[::-1] if is_category else rows) if (name := self._names[row])]
        return Counter(found).most_common(1)[0][0] if found else ""


def _between(source: Lang, target: Lang) -> _Table | None:
    here, there = tag_of(source), tag_of(target)
    return _Table(here, there) if here and there and here != there else None


@cache
def _rows_of(lang: Lang) -> Mapping[str, tuple[int, ...]]:
    """The lines on which each term of a language stands."""
    rows: dict[str, tuple[int, ...]] = {}
    for row, term in enumerate("\n".join(_lines(lang)).casefold().split("\n")):
        rows[term] = (*rows.get(term, ()), row)
    rows.pop("", None)
    return rows


@cache
def _lines(lang: Lang) -> Sequence[str]:
    packed = files("dragoman.translate").joinpath("data", "terms", f"{lang}.txt.gz").read_bytes()
    return gzip.decompress(packed).decode("utf-8").split("\n")


@lru_cache(maxsize=1)
def _tags() -> tuple[Lang, ...]:
    folder = files("dragoman.translate").joinpath("data", "terms")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".txt.gz") for name in names if name.endswith(".txt.gz")))


def _key(term: str) -> str:
    return " ".join(term.casefold().split())


def _cased(written: str, name: str, target: Lang) -> str:
    """A name with a first letter as the term had it; German nouns keep theirs."""
    if written[:1].isupper():
        return name[:1].upper() + name[1:]
    is_plain = name[1:] == name[1:].lower() and not target.startswith("de")
    return name[:1].lower() + name[1:] if written[:1].islower() and is_plain else name
