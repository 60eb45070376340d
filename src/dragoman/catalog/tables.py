"""Rows of CSV and TSV feeds, each with the line it starts on; a broken row costs itself alone."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dragoman.catalog.opening import Line
from dragoman.catalog.rows import Caution, Problem
from dragoman.errors import Corrupt, TooLarge
from dragoman.types import Rejection

DELIMITERS = ",\t;|"

_SEPARATOR = re.compile(r'"?sep=.?"?', re.IGNORECASE)


class Record(NamedTuple):
    """One row: the line it starts on, and its cells that are not empty, by normalised column name."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """The first row of a table; names are normalised, "" for a column without one."""

    delimiter: str
    names: tuple[str, ...]


def column(name: str) -> str:
    """Return a column's name as the readers know it.

    >>> column(" Image Link "), column("Body (HTML)")
    ('image_link', 'body_(html)')
    """
    return "_".join(name.replace("_", " ").split()).lower()


def header_of(line: str) -> Header:
    """Tell the delimiter of a table from its first line, and its columns.

    >>> header_of("id;Title;g:price\\n")
    Header(delimiter=';', names=('id', 'title', 'price'))
    """
    delimiter = max(DELIMITERS, key=line.count)
    row = next(csv.reader([line], delimiter=delimiter), [])
    return Header(delimiter, tuple(column(name.removeprefix("g:")) for name in row))


def heading(lines: Iterator[str]) -> str:
    """Return the line that names the columns, "" if none does; the lines up to it are taken.

    Blank lines and the "sep=;" that spreadsheets write may stand before it.

    >>> heading(iter(["\\n", "sep=;\\n", "id;title\\n"]))
    'id;title\\n'
    """
    return next((line for line in lines if line.strip() and not _SEPARATOR.fullmatch(line.strip())), "")


def records(lines: Iterable[Line], source: str) -> Iterator[Record | Problem]:
    """Yield the rows of a table in order, and a rejection for each that cannot be one.

    A quote that is never closed swallows the rows after it: the row it stands in is rejected
    and reading goes on at its next line, so the rows after it are found again.
    """
    ahead = _Ahead(iter(lines))
    found = header_of(heading(ahead))
    yield from _doubled(found, source)
    reader = csv.reader(ahead, delimiter=found.delimiter, strict=True)
    width = len(found.names)
    ahead.taken.clear()
    while True:
        cells, problem = _read(reader, ahead)
        if not ahead.taken:
            return
        first = ahead.taken[0]
        damage = next((line.damage for line in ahead.taken if line.damage), "")
        if not problem and not damage and len(cells) != width and any(cells):
            cells, problem = _fitted(cells, width)
        if problem and not damage and found.delimiter == "\t":
            cells, problem = _unquoted(first, width, problem)
            ahead.push_back(1)
        elif problem:
            ahead.push_back(1)
        if problem or damage:
            yield _rejection(first, damage or problem, source)
        elif any(cells):
            pairs = zip(found.names, cells, strict=False)
            yield Record(first.number, {name: cell for name, cell in pairs if cell and name})
        ahead.taken.clear()


class _Ahead:
    """Hands lines to the csv module, remembers which, and can take back all but the first."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines, self._waiting = lines, deque[Line]()
        self.taken: list[Line] = []

    def __iter__(self) -> "_Ahead":
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(line)
        return line.text

    def push_back(self, keep: int) -> None:
        self._waiting.extendleft(reversed(self.taken[keep:]))
        del self.taken[keep:]


def _read(reader: "Iterator[list[str]]", ahead: _Ahead) -> tuple[list[str], str]:
    try:
        return next(reader, []), ""
    except csv.Error as error:
        if "field limit" in str(error):
            return [], f"a cell is longer than {csv.field_size_limit():,} characters"
        return [], "a quote is never closed, or not doubled"


def _fitted(cells: list[str], width: int) -> tuple[list[str], str]:
    if len(cells) > width and not any(cells[width:]):
        return cells[:width], ""
    return cells, f"has {len(cells)} cells where the header has {width}"


def _unquoted(first: Line, width: int, problem: str) -> tuple[list[str], str]:
    """Read a row of a TSV that quotes nothing: '"Best" pan' is then just what it says."""
    cells = first.text.rstrip("\r\n").split("\t")
    return (cells, "") if len(cells) == width else (cells, problem)


_REMEDIES: Sequence[tuple[str, str]] = (
    ("longer", "shorten it"),
    ("quote", 'close the quote, and write a quote inside a cell twice: "5"" pipe"'),
    ("cells", "quote cells that hold the delimiter, and write empty cells too"),
    ("", "save the file as UTF-8"),
)


def _rejection(first: Line, problem: str, source: str) -> Rejection:
    remedy = next(remedy for word, remedy in _REMEDIES if word in problem)
    shown = first.text.strip().encode("utf-8", "replace").decode()
    return Rejection(
        first.number, "row", shown[:79] + "…" if len(shown) > 80 else shown, problem, remedy, source
    )


def _doubled(header: Header, source: str) -> Iterator[Problem]:
    for name in dict.fromkeys(name for name in header.names if name and header.names.count(name) > 1):
        problem = "names several columns; the last one that is filled counts"
        yield Caution(Rejection(1, name, name, problem, "rename all but one", source))


Keep = Callable[[Record], str]
Rows = Callable[[], Iterator[Record | Problem]]


def grouped(source: Rows, key: Keep, *, keyed: Rows | None = None) -> Iterator[Sequence[Record] | Problem]:
    """Yield the rows that belong to one product together, wherever they stand in the feed.

    Reads the feed twice: once to count, so that a group is handed on as soon as it is whole
    and only unfinished groups are in memory. Rows without a key stand alone.

    Args:
        keyed: Reads at least the rows that have a key, where that is cheaper than reading all.
    """
    sizes: dict[str, int] = {}
    for record in readable(keyed or source):
        if isinstance(record, Record) and (name := key(record)):
            sizes[name] = sizes.get(name, 0) + 1
    waiting: dict[str, list[Record]] = {}
    for record in source():
        if not isinstance(record, Record):
            yield record
        elif not (name := key(record)):
            yield [record]
        else:
            group = waiting.setdefault(name, [])
            group.append(record)
            if len(group) >= sizes.get(name, 0):
                yield waiting.pop(name)
    # Nothing is left, unless the feed was written to between the two readings.
    yield from waiting.values()


def readable(source: Rows) -> Iterator[Record | Problem]:
    """Yield the rows of a feed up to where it breaks; whoever reads the feed next will say that it does."""
    try:
        yield from source()
    except (Corrupt, TooLarge):
        return
