"""Items of RSS and Atom feeds, each parsed alone: one that is not XML costs itself, never the feed.

The parser sees one item at a time and never a document type, so there are no entities to expand,
nothing to fetch, and no tree larger than one item.
"""

import codecs
import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import NamedTuple

from lxml import etree

from dragoman.catalog.google import SEVERAL
from dragoman.catalog.opening import Encoding, encoding_of
from dragoman.catalog.rows import BrokenOff, Caution, Problem
from dragoman.catalog.tables import Record
from dragoman.types import Rejection

LARGEST_ITEM = 4 << 20
"""Bytes of one item; the rest of a larger one is skipped."""

GOOGLE = "http://base.google.com/ns/1.0"
_BLOCK = 1 << 18
_NAME = rb"(?:[A-Za-z_][\w.-]*:)?(?:item|entry)"
_START = re.compile(rb"<" + _NAME + rb"(?=[\s>])")
_END = re.compile(rb"</" + _NAME + rb"\s*>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NESTED = {
    "product_detail": ("section_name", "attribute_name", "attribute_value"),
    "shipping": ("country", "region", "service", "price"),
    "structured_title": ("content",),
    "structured_description": ("content",),
}


class Item(NamedTuple):
    """The bytes from an item's start tag to its end tag; ``problem`` is "" for a whole one."""

    line: int
    markup: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed says before its first item."""

    encoding: Encoding
    lang: str
    namespaces: str
    root: str
    has_entities: bool


def head_of(sample: bytes) -> Head:
    """Read a feed's encoding, namespaces and language from its first bytes."""
    found = encoding_of(sample)
    text = sample.decode(found.name, "replace")
    start = re.search(_START.pattern.decode(), text)
    before = text[: start.start()] if start else text
    lang = re.search(r"<(?:\w+:)?language>\s*([\w-]+)|xml:lang=[\"']([\w-]+)", before)
    spaces = {"g": GOOGLE, "c": GOOGLE} | dict(re.findall(r"xmlns:([\w.-]+)=[\"']([^\"'<&]*)[\"']", before))
    root = re.search(r"<([A-Za-z_][\w.:-]*)", before)
    return Head(
        encoding=found,
        lang=(lang[1] or lang[2]) if lang else "",
        namespaces=" ".join(f'xmlns:{name}="{uri}"' for name, uri in spaces.items()),
        root=root[1] if root else "",
        has_entities="<!ENTITY" in before,
    )


def records(
    stream: BufferedReader, head: Head, source: str, *, holding: bytes = b""
) -> Iterator[Record | Problem]:
    """Yield the items of a feed as records with Google's attribute names, repeated ones joined.

    Items whose markup does not hold ``holding`` are left out without being parsed.
    """
    if head.has_entities:
        problem = "declares XML entities, which are never expanded"
        yield Caution(Rejection(1, "<!ENTITY>", "", problem, "write the characters themselves", source))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    for item in _items(_blocks(stream, head.encoding.name), head.root):
        if item.problem.startswith("the feed ends"):
            yield BrokenOff(_rejection(item, item.problem, "export the feed again", source))
        elif item.problem:
            yield _rejection(item, item.problem, "shorten it", source)
        elif holding in item.markup:
            yield _record(item, head, parser, source)


def _record(item: Item, head: Head, parser: etree.XMLParser, source: str) -> Record | Problem:
    wide = head.encoding.name.startswith(("utf-16", "utf-32"))
    encoding = "utf-8" if wide else head.encoding.name.removesuffix("-sig")
    try:
        text = _ENTITY.sub(_character, item.markup.decode(encoding))
        root = etree.fromstring(f"<r {head.namespaces}>{text}</r>".encode(), parser)
    except UnicodeDecodeError:
        return _rejection(
            item, f"is not {encoding.upper()}", "save the feed in the encoding it declares", source
        )
    except etree.XMLSyntaxError as error:
        line = item.line + max(0, (error.lineno or 1) - 1)
        message = re.sub(r", line \d+, column \d+.*", "", str(error.msg or "broken")).strip()
        return _rejection(
            item, f"is not XML: line {line}: {message}", "escape & as &amp; and close every tag", source
        )
    return Record(item.line, _cells(root[0]))


def _cells(item: etree._Element) -> dict[str, str]:
    plain: dict[str, list[str]] = {}
    googles: dict[str, list[str]] = {}
    for element in item:
        if isinstance(element.tag, str):
            space, _, name = element.tag.rpartition("}")
            value = _value(element, name)
            if value:
                (googles if space[1:] == GOOGLE else plain).setdefault(name, []).append(value)
    for atom, ours in (("summary", "description"), ("content", "description")):
        plain.setdefault(ours, plain.get(atom, []))
    return {name: SEVERAL.join(found) for name, found in (plain | googles).items() if found}


def _value(element: etree._Element, name: str) -> str:
    if name == "link" and element.get("href"):
        return str(element.get("href"))
    if len(element) == 0:
        return (element.text or "").strip()
    parts = {str(child.tag).rpartition("}")[2]: (child.text or "").strip() for child in element}
    if name in _NESTED:
        return ":".join(parts.get(part, "") for part in _NESTED[name])
    # Atom's xhtml content, or markup that should have been escaped: its words.
    return " ".join("".join(str(text) for text in element.itertext()).split())


def _items(blocks: Iterator[bytes], root: str) -> Iterator[Item]:
    buffer, place, line, ended, tail = b"", 0, 1, False, b""
    while True:
        start = _next_start(buffer, place)
        end = _end(buffer, start) if start >= 0 else -1
        if end < 0 and not ended and (start < 0 or len(buffer) - start <= LARGEST_ITEM):
            # Nothing whole here: keep the item that began, or what may be the beginning of a tag or comment.
            keep = start if start >= 0 else max(place, _loose_end(buffer))
            line += buffer.count(b"\n", place, keep)
            block = next(blocks, b"")
            ended, tail = not block, (tail + block)[-1000:]
            buffer, place = buffer[keep:] + block, 0
            continue
        if start < 0:
            break
        line += buffer.count(b"\n", place, start)
        if end < 0:
            end = len(buffer)
            yield Item(line, buffer[start : start + 200], _unended(ended))
        else:
            yield Item(line, buffer[start:end])
        line += buffer.count(b"\n", start, end)
        place = end
    if root and not re.search(
        rb"</" + re.escape(root.encode()) + rb"\s*>\s*(<!--.*-->\s*)?$", tail, re.DOTALL
    ):
        yield Item(line, b"", f"the feed ends without </{root}>")


def _loose_end(buffer: bytes) -> int:
    return buffer.rfind(b"<!--") if _in_comment(buffer, 0, len(buffer)) else max(0, len(buffer) - 64)


def _unended(ended: bool) -> str:
    return "the feed ends within this item" if ended else f"the item is larger than {LARGEST_ITEM:,} bytes"


def _next_start(buffer: bytes, place: int) -> int:
    seek = place
    while found := _START.search(buffer, seek):
        if not _in_comment(buffer, place, found.start()):
            return found.start()
        seek = buffer.find(b"-->", found.start())
        if seek < 0:
            return -1
    return -1


def _in_comment(buffer: bytes, place: int, end: int) -> bool:
    return buffer.rfind(b"<!--", place, end) > buffer.rfind(b"-->", place, end)


def _end(buffer: bytes, start: int) -> int:
    """Return where an item ends, looking past CDATA; where the next one starts, if it never does; else -1."""
    place = start + 1
    while found := _END.search(buffer, place):
        following = _START.search(buffer, place)
        stop = following if following and following.start() < found.start() else found
        opened = buffer.rfind(b"<![CDATA[", start, stop.start())
        closed = buffer.find(b"]]>", opened) if opened >= 0 else 0
        if opened < 0 or 0 <= closed < stop.start():
            return stop.end() if stop is found else stop.start()
        if closed < 0:
            # A section that is never closed: end here once it cannot be closed any more.
            return found.end() if len(buffer) - start > LARGEST_ITEM // 4 else -1
        place = closed
    return -1


def _blocks(stream: BufferedReader, encoding: str) -> Iterator[bytes]:
    """Yield the feed in blocks in which a tag is ASCII: wide encodings become UTF-8."""
    if not encoding.startswith(("utf-16", "utf-32")):
        while block := stream.read1(_BLOCK):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := stream.read1(_BLOCK):
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _character(found: re.Match[str]) -> str:
    # HTML's names are not XML's, yet half of all feeds hold an &nbsp;.
    name = found[1]
    return found[0] if name in _XML_ENTITIES else html.entities.html5.get(f"{name};", found[0])


def _rejection(item: Item, problem: str, remedy: str, source: str) -> Rejection:
    shown = " ".join(item.markup[:200].decode("utf-8", "replace").split())[:80]
    return Rejection(item.line, "item", shown, problem, remedy, source)
