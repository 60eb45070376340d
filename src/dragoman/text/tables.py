"""Reads the tab-separated tables that ship with the package; knows rows, not what they mean."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of ``data/<name>.tsv``; empty lines and lines that start with ``#`` are left out."""
    text = files("dragoman.text").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(rows(text))


def rows(text: str) -> Iterator[tuple[str, ...]]:
    r"""Yield the rows of a tab-separated text, cells stripped.

    >>> list(rows("# brands\nNike\t耐克 \n"))
    [('Nike', '耐克')]
    """
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield tuple(cell.strip() for cell in line.split("\t"))
