"""How commands print: tables for people, one JSON object for programs."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import click
import orjson


def say_json(value: Any) -> None:  # Any: whatever JSON can hold
    """Print one JSON value, indented, in UTF-8."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode())


def say_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print left-aligned columns whose widths count full-width characters twice."""
    cells = [list(head), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(width_of(row[place]) for row in cells) for place in range(len(head))]
    for row in cells:
        padded = (cell + " " * (size - width_of(cell)) for cell, size in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def width_of(text: str) -> int:
    """Return how many terminal cells ``text`` takes.

    >>> width_of("吊床 a")
    6
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    joined = sum(unicodedata.combining(letter) != 0 for letter in text)
    return len(text) + wide - joined


def clip(text: str, size: int) -> str:
    """Return ``text`` in at most ``size`` terminal cells, with an ellipsis where it was cut.

    >>> clip("吊床支架", 5)
    '吊床…'
    """
    if width_of(text) <= size:
        return text
    kept = ""
    for letter in text:
        if width_of(kept + letter) > size - 1:
            break
        kept += letter
    return kept + "…"
