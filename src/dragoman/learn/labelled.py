"""Texts with one label each: a shop's own table, or a public set, told from its content. Knows no torch."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dragoman.errors import BadConfig, BadInput
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.text.normalise import normalise

_HEADERS = frozenset({"lang", "language"})
_OWN = 'three columns, "lang, tab, label, tab, text", or JSON like {"lang": "de", "label": "…", "text": "…"}'


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and its label; rows of one ``key`` are never both trained on and measured by."""

    text: str
    lang: str
    label: str
    key: str


class HasLang(Protocol):
    """A row that knows its language."""

    @property
    def lang(self) -> str:
        """A language tag, "und" where nobody knows."""


class HasKey(HasLang, Protocol):
    """A row that also knows which others it must not be parted from."""

    @property
    def key(self) -> str:
        """What decides on which side of the split it is."""


Row = TypeVar("Row")
Keyed = TypeVar("Keyed", bound=HasKey)


def read_labelled(
    path: Path, *, lang: str = "und", depth: int = 0, without: frozenset[str] = frozenset()
) -> list[Labelled]:
    """Return the rows of a file in its order, each (text, language, label) once.

    | content | text | label |
    |---|---|---|
    | table ``lang, label, text``, with a header or without | as it stands | as it stands |
    | JSON lines ``{"lang", "label", "text"}`` | as it stands | as it stands |
    | `query_category`'s table | query judged relevant, of the train split | category path |
    | `shopify_taxonomy`'s wide table | category name in each language | its English path |
    | `customer_support`'s JSON lines | utterance | intent |

    Args:
        path: Packed or not.
        lang: Of texts that do not say.
        depth: Parts of a label "a > b > c" that count; 0 is all.
        without: Normalised texts to leave out.

    Raises:
        NotFound: no such file.
        BadInput: a line that is none of these, with its number.
    """
    found: dict[tuple[str, str, str], Labelled] = {}
    for row in _rows(path, lang):
        label = " > ".join(row.label.split(" > ")[:depth]) if depth else row.label
        if normalise(row.text) not in without:
            found.setdefault((row.text, row.lang, label), Labelled(row.text, row.lang, label, row.key))
    if not found:
        raise BadInput(f"{path} holds no rows", hint=_OWN)
    return list(found.values())


def parted(rows: Sequence[Keyed], *, held: int) -> tuple[list[Keyed], list[Keyed]]:
    """Return the rows to train on and those to measure by: ``held`` in a hundred, by a hash of their keys.

    >>> row = Labelled("red tent", "en", "tents", "red tent")
    >>> parted([row], held=0), parted([row], held=100) == ([], [row])
    (([Labelled(text='red tent', lang='en', label='tents', key='red tent')], []), True)
    """
    sides: tuple[list[Keyed], list[Keyed]] = ([], [])
    for row in rows:
        sides[int(hashlib.sha1(row.key.encode()).hexdigest(), 16) % 100 < held].append(row)
    return sides


def few_of_each(rows: Sequence[Keyed], most: int, *, seed: int) -> dict[str, list[Keyed]]:
    """Return at most ``most`` rows of each language, the same ones for the same seed."""
    found: dict[str, list[Keyed]] = {}
    for row in random.Random(seed).sample(list(rows), len(rows)):
        some = found.setdefault(row.lang, [])
        if len(some) < most:
            some.append(row)
    return dict(sorted(found.items()))


def drawer(rows: Sequence[Row], chances: Sequence[float]) -> Callable[[int, random.Random], list[Row]]:
    """Return what draws rows by their chances.

    Raises:
        BadConfig: no row has a chance.
    """
    sums: list[float] = []
    for chance in chances:
        sums.append(chance + (sums[-1] if sums else 0.0))
    if not sums or not sums[-1]:
        raise BadConfig(
            "nothing is left to train on", hint="fewer in `held_out`, `without`, `rare`, or more data"
        )

    def draw(k: int, rng: random.Random) -> list[Row]:
        return rng.choices(rows, cum_weights=sums, k=k)

    return draw


def chances_of(labels: Sequence[str], *, balance: float) -> list[float]:
    """Return each row's chance so that labels are drawn evenly (1), as often as they occur (0), or between.

    n ** -balance for a row of a label that n rows have: the q of Kang et al. 2020, eq. 1, is 1 - balance.

    >>> chances_of(["tents", "tents", "hoses"], balance=1.0)
    [0.5, 0.5, 1.0]
    """
    counts = Counter(labels)
    return [float(counts[label] ** -balance) for label in labels]


def _rows(path: Path, lang: str) -> Iterator[Labelled]:
    """Choose the reader by the first line."""
    lines = numbered_lines(path)
    first = next(lines, None)
    if first is None:
        return
    if first[1].startswith("{"):
        for number, line in _again(first, lines):
            yield _object(path, number, line, lang)
        return
    columns = first[1].split("\t")
    if {"language", "query", "category_path", "label", "split"} <= set(columns):
        yield from _queries(lines, columns)
    elif {"kind", "context_en", "en"} <= set(columns):
        yield from _categories(lines, columns)
    else:
        is_header = columns[0].strip().casefold() in _HEADERS
        for number, line in lines if is_header else _again(first, lines):
            yield _own(path, number, line)


def _again(first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from lines


def _own(path: Path, number: int, line: str) -> Labelled:
    columns = [column.strip() for column in line.split("\t")]
    if len(columns) != 3 or not all(columns):
        raise bad_line(path, number, f"{len(columns)} columns, or an empty one", _OWN)
    lang, label, text = columns
    return Labelled(text, lang, label, normalise(text))


def _object(path: Path, number: int, line: str, lang: str) -> Labelled:
    try:
        row: Mapping[str, Any] = json.loads(line)  # Any: JSON
        text, label = (row["utterance"], row["intent"]) if "utterance" in row else (row["text"], row["label"])
        said = row.get("lang", lang)
        if not (all(isinstance(one, str) for one in (text, label, said)) and text.strip() and label.strip()):
            raise ValueError("an empty text or label")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_line(path, number, f"{error}", _OWN) from error
    return Labelled(text.strip(), said, label.strip(), normalise(text))


def _queries(lines: Iterator[tuple[int, str]], columns: Sequence[str]) -> Iterator[Labelled]:
    """`query_category`: what was judged relevant, of the train split alone; the dev split only measures."""
    for _, line in lines:
        row = dict(zip(columns, line.split("\t"), strict=False))
        if row.get("split") == "train" and row["label"] == "1" and row["query"].strip():
            yield Labelled(row["query"], row["language"], row["category_path"], normalise(row["query"]))


def _categories(lines: Iterator[tuple[int, str]], columns: Sequence[str]) -> Iterator[Labelled]:
    """`shopify_taxonomy`: the key is the English name, so that its translations stay on its side."""
    langs = {column: column.split("-")[0] for column in columns if column not in {"id", "kind", "context_en"}}
    for _, line in lines:
        row = dict(zip(columns, line.split("\t"), strict=False))
        if row["kind"] == "category" and row.get("en"):
            for column, lang in langs.items():
                if row.get(column):
                    yield Labelled(row[column], lang, row["context_en"], row["en"].lower())
