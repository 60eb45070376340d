"""JSON objects of a feed, each with its line: one a line, or the members of one array."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import orjson

from dragoman.catalog.opening import Line
from dragoman.catalog.rows import BrokenOff, Problem
from dragoman.types import Rejection

Json: TypeAlias = Any  # Any: foreign JSON, checked where it is read

LARGEST_DOCUMENT = 64 << 20
"""Characters of a feed that is one JSON document; larger ones belong in JSON lines."""


class Parsed(NamedTuple):
    """One object and the line it starts on."""

    line: int
    value: Mapping[str, Json]


def objects(lines: Iterable[Line], source: str) -> Iterator[Parsed | Problem]:
    """Yield the objects of JSON lines, and a rejection for every line that is none.

    A feed that is one document over several lines is read whole: an array of products, or an
    object that holds one under "products" or "items". Its members are numbered, not their lines.
    Only what stands first can begin a document: a stray bracket further down is one bad line.
    """
    waiting = iter(lines)
    begun = False
    for line in waiting:
        text = line.text.strip().removeprefix("\ufeff")
        if not text:
            continue
        if not begun and not line.damage and (text == "{" or text.startswith("[")):
            rest = [] if _is_whole(text) else _rest(waiting)
            yield from _document([line, *rest], source)
        else:
            yield _parsed(line, text, source)
        begun = True


def _is_whole(text: str) -> bool:
    try:
        read_json(text)
    except ValueError:
        return False
    return True


def read_json(text: str) -> Json:
    """Return what a JSON text says, forgiving raw control characters within strings.

    Raises:
        ValueError: not JSON, or nested deeper than the parser goes.

    >>> read_json('{"a": "one\\ttwo"}')
    {'a': 'one\\ttwo'}
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(text, strict=False, parse_constant=_no_constant)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        except ValueError:
            raise ValueError(str(error)) from None


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")


def _parsed(line: Line, text: str, source: str) -> Parsed | Problem:
    if line.damage:
        remedy = "shorten it" if "longer" in line.damage else "save the file as UTF-8"
        return _rejection(line.number, text, line.damage, remedy, source)
    try:
        value = read_json(text)
    except ValueError as error:
        return _rejection(line.number, text, f"is not JSON: {error}", "write one JSON object a line", source)
    if not isinstance(value, dict):
        return _rejection(line.number, text, "is no JSON object", "write one JSON object a line", source)
    return Parsed(line.number, value)


def _rest(lines: Iterator[Line]) -> Iterator[Line]:
    size = 0
    for line in lines:
        size += len(line.text)
        if size > LARGEST_DOCUMENT:
            return
        yield line


def _document(lines: list[Line], source: str) -> Iterator[Parsed | Problem]:
    text = "".join(line.text for line in lines)
    hint = "write one JSON object a line"
    if len(text) > LARGEST_DOCUMENT:
        problem = f"one JSON document of more than {LARGEST_DOCUMENT:,} characters"
        yield BrokenOff(_rejection(1, text, problem, hint, source))
        return
    try:
        value = read_json(text.lstrip("\ufeff"))
    except ValueError as error:
        yield from _members_of_broken(text.lstrip("\ufeff"), source)
        yield BrokenOff(_rejection(1, text, f"is not JSON: {error}", hint, source))
        return
    if isinstance(value, dict):
        value = value.get("products") or value.get("items") or [value]
    for place, member in enumerate(value if isinstance(value, list) else [value], start=1):
        if isinstance(member, dict):
            yield Parsed(place, member)
        else:
            yield _rejection(place, str(member), "is no JSON object", "write objects in the array", source)


def _members_of_broken(text: str, source: str) -> Iterator[Parsed | Problem]:
    """Yield an array's members up to the broken one, then those that begin a line as the first did."""
    place, at, first = 0, 0, re.match(r"\s*\[(\s*)(?=\{)", text)
    again = re.compile(r"\n" + re.escape(first[1].rpartition("\n")[2]) + r"(?=\{)") if first else None
    found = first
    while again and found:
        place, at = place + 1, found.end()
        try:
            value, at = _DECODER.raw_decode(text, at)
            yield Parsed(place, value)
        except (ValueError, RecursionError):
            yield _rejection(place, text[at : at + 200], "is not JSON", "mend or remove this member", source)
            at += 1
            found = again.search(text, at)
            continue
        found = _NEXT.match(text, at) or again.search(text, at)


_NEXT = re.compile(r"\s*,\s*(?=\{)")
_DECODER = json.JSONDecoder(strict=False, parse_constant=_no_constant)


def _rejection(line: int, text: str, problem: str, remedy: str, source: str) -> Rejection:
    shown = " ".join(text[:200].encode("utf-8", "replace").decode().split())
    return Rejection(line, "row", shown[:79] + "…" if len(shown) > 80 else shown, problem, remedy, source)
