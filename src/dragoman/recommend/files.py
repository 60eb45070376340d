"""Reads files of events line by line: JSON lines or CSV, plain or gzipped. Knows lines, not what they say."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from dragoman.errors import BadInput, NotFound
from dragoman.recommend.record import Line

_LONGEST: Final = 1_000_000  # bytes of a line; a purchase of a thousand products has a tenth


def lines_of(paths: Iterable[Path]) -> Iterator[Line]:
    """Yield the lines of the files, in order; a ``.csv`` has a header with the names of fields.

    Raises:
        NotFound: no such file.
        BadInput: a CSV without a ``kind``, ``event_type`` or ``action_name`` among its columns.
    """
    for path in paths:
        if not path.is_file():
            raise NotFound(
                f"no events {path}", hint='a line is {"kind": "view", "shopper": …, "product": …, "at": …}'
            )
        plain = path.with_suffix("") if path.suffix == ".gz" else path
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            try:
                yield from (
                    _csv(file, str(path)) if plain.suffix in (".csv", ".tsv") else _json(file, str(path))
                )
            except (EOFError, gzip.BadGzipFile) as error:
                raise BadInput(f"{path} is a broken archive: {error}", hint="make it again") from error


def _json(file: Iterable[bytes], source: str) -> Iterator[Line]:
    for number, line in enumerate(file, 1):
        text = line.strip().removeprefix(b"\xef\xbb\xbf")
        if text:
            yield Line(number, text[:_LONGEST], source)


def _csv(file: Iterable[bytes], source: str) -> Iterator[Line]:
    text = (
        line.decode("utf-8-sig" if at == 0 else "utf-8", "replace").replace("\0", "")
        for at, line in enumerate(file)
    )
    first = next(text, "")
    mark = max(",;\t", key=first.count)
    head = next(csv.reader([first], delimiter=mark), [])
    names = [name.strip() for name in head]
    if not {"kind", "event_type", "action_name", "event_name"} & set(names):
        raise BadInput(
            f"{source}: no column says what happened", hint="a header like kind,shopper,product,at"
        )
    rows = csv.reader(text, delimiter=mark)
    for row in rows:
        if row:
            cells = zip(names, row, strict=False)
            yield Line(rows.line_num + 1, {name: cell for name, cell in cells if cell.strip()}, source)
