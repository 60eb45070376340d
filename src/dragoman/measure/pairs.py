"""Files of parallel text: one pair a line, a heading that names the languages in any order."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import BadInput, NotFound
from dragoman.text.tags import best, canonical
from dragoman.types import Lang


@dataclass(frozen=True, slots=True)
class Pair:
    """A text and what a person made of it in the other language."""

    source: str
    target: str


def read_pairs(path: Path, source: Lang, target: Lang) -> list[Pair]:
    """Return the pairs of a TSV (or CSV) file, packed with gzip or not, in UTF-8.

    The columns may be more than two and in any order; a heading ``zh-CN`` serves who asks for
    ``zh``. Lines without one of the two texts are left out. Cells wrapped in quotes are unwrapped
    where quotes inside are doubled, as spreadsheets write them; others are taken as they are.

    Raises:
        NotFound: the file does not exist.
        BadInput: the heading names none of the languages, a line has too few cells, or the text is not
            UTF-8; the message holds the line.
    """
    lines = _lines(path)
    head, *rows = lines or [""]
    comma = "\t" if "\t" in head or "," not in head else ","
    names = [cell.strip() for cell in _cells(head, comma)]
    here, there = _column(path, names, source), _column(path, names, target)
    if here == there:
        raise BadInput(
            f"{path}: {source} and {target} are one column", hint="name two languages of its heading"
        )
    pairs = []
    for number, row in enumerate(rows, start=2):
        if not row.strip():
            continue
        cells = _cells(row, comma)
        if len(cells) <= max(here, there):
            raise BadInput(
                f"{path}, line {number}: {len(cells)} of {len(names)} cells",
                hint="one cell for every language of the heading",
            )
        pair = Pair(cells[here].strip(), cells[there].strip())
        pairs += [pair] if pair.source and pair.target else []
    if not pairs:
        raise BadInput(f"{path} holds no pair of texts", hint="a heading, then one pair a line")
    return pairs


def read_hypotheses(path: Path, n: int) -> list[str]:
    """Return the translations of a text file, one a line, as many as there are pairs.

    Raises:
        NotFound: the file does not exist.
        BadInput: another number of lines.
    """
    lines = _lines(path)
    if len(lines) != n:
        raise BadInput(
            f"{path} has {len(lines)} lines for {n} pairs",
            hint="one translation a line, in the order of the pairs",
        )
    return [line.strip() for line in lines]


def _lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        text = raw.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"no file {str(path)!r}", hint="name an existing file") from error
    except IsADirectoryError as error:
        raise NotFound(f"{str(path)!r} is a folder", hint="name a file in it") from error
    except (UnicodeDecodeError, EOFError, OSError) as error:
        raise BadInput(f"{path}: {error}", hint="the texts are UTF-8, with or without gzip") from error
    # Not splitlines: a text may hold U+2028 or a form feed, which end no line of a table.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _cells(line: str, comma: str) -> list[str]:
    if comma == ",":
        return next(csv.reader([line]), [])
    return [_unquoted(cell) for cell in line.split("\t")]


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    is_wrapped = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if is_wrapped else cell


def _column(path: Path, names: Sequence[str], lang: Lang) -> int:
    known = {tag: place for place, name in enumerate(names) if (tag := _tag(name))}
    found = best([canonical(lang)], list(known))
    if not found:
        heading = ", ".join(names)[:100] or "an empty line"
        raise BadInput(
            f"{path}: no column for {lang!r} in its heading ({heading})",
            hint="its first line names the languages",
        )
    return known[found]


def _tag(name: str) -> Lang:
    try:
        return canonical(name)
    except BadInput:
        return ""
