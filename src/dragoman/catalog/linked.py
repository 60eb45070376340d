"""Product nodes in saved pages: JSON-LD wherever it is nested, else microdata, else what the page shows."""

import re
from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import NamedTuple

from lxml import etree

from dragoman.catalog.microdata import items
from dragoman.catalog.objects import Json, read_json
from dragoman.catalog.opening import Encoding
from dragoman.catalog.rows import BrokenOff, Problem
from dragoman.catalog.specs import made_id, shown_product, with_specs
from dragoman.types import Rejection

LARGEST_PAGE = 16 << 20
"""Bytes of one saved page."""

PRODUCTS = frozenset(
    {"Product", "ProductGroup", "IndividualProduct", "ProductModel", "SomeProducts", "Vehicle", "Book"}
)
_DEEPEST = 40


class Node(NamedTuple):
    """One product node, the line its script starts on, and what the page says around it."""

    line: int
    value: Mapping[str, Json]
    lang: str
    url: str


def nodes(stream: BufferedReader, encoding: Encoding, source: str) -> Iterator[Node | Problem]:
    """Yield the product nodes of a page, or of a bare JSON-LD document.

    A page is one row: a broken script is rejected by itself, and a page without any is told as such.
    """
    raw = stream.read(LARGEST_PAGE + 1)
    if len(raw) > LARGEST_PAGE:
        problem = f"the page is larger than {LARGEST_PAGE:,} bytes"
        yield BrokenOff(Rejection(1, "page", "", problem, "save the page without its pictures", source))
        return
    yield from nodes_of(raw.decode(encoding.name, "replace"), source)


def nodes_of(text: str, source: str) -> Iterator[Node | Problem]:
    """Yield the product nodes of a page's markup, or of a bare JSON-LD document's text."""
    if text.lstrip("\ufeff \r\n\t").startswith(("{", "[")):
        yield from _script(text, 1, "", "", source)
        return
    yield from _page(text, source)


def _page(text: str, source: str) -> Iterator[Node | Problem]:
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    if root is None:
        yield _nothing(source)
        return
    lang = str(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    url = _address(root, text)
    scripts = [script for script in root.iter("script") if _is_linked(script)]
    told = [
        node for script in scripts for node in _script(script.text or "", _line(script), lang, url, source)
    ]
    linked = [node for node in told if isinstance(node, Node)]
    yield from (problem for problem in told if not isinstance(problem, Node))
    found = linked or _shown(root, lang, url)
    # A table of specifications says more of the page's product; of several, nobody knows which.
    yield from (
        [node._replace(value=with_specs(dict(node.value), root)) for node in found]
        if len(found) == 1
        else found
    )
    if not found and scripts and not told:
        yield Rejection(1, "script", "", "holds no product", "name pages of single products", source)
    elif not found and not scripts:
        yield _nothing(source)


def _nothing(source: str) -> Rejection:
    remedy = "save the page as HTML after it has loaded; not every shop writes JSON-LD"
    return Rejection(1, "script", "", "holds no JSON-LD", remedy, source)


def _shown(root: etree._Element, lang: str, url: str) -> list[Node]:
    """Products of a page without JSON-LD: its microdata, else what it shows."""
    found = [_with_id(node, url) for item in items(root) for node in _found(item, 0)]
    if not found and (shown := shown_product(root, url)):
        found = [shown]
    return [Node(1, node, lang, url) for node in found]


def _with_id(node: Mapping[str, Json], url: str) -> Mapping[str, Json]:
    """Markup for people often names no id; the page's address is one, else its title must do."""
    own = any(node.get(name) for name in ("sku", "productID", "gtin13", "gtin", "mpn", "@id", "url"))
    return node if own or url else {**node, "@id": made_id(said(node.get("name")))}


def _is_linked(script: etree._Element) -> bool:
    return "ld+json" in (script.get("type") or "").lower()


def _line(element: etree._Element) -> int:
    return element.sourceline if isinstance(element.sourceline, int) else 1


def _address(root: etree._Element, text: str) -> str:
    for link in root.iter("link"):
        if link.get("rel") == "canonical" and link.get("href"):
            return str(link.get("href"))
    saved = re.search(r"<!-- saved from url=\(\d+\)(\S+)", text[:2000])
    return saved[1] if saved else ""


def _script(text: str, line: int, lang: str, url: str, source: str) -> Iterator[Node | Problem]:
    # Some systems wrap the script in comments or CDATA for browsers of the nineties.
    bare = (
        re.sub(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*$", "", text)
        .strip()
        .rstrip(";")
    )
    try:
        value = read_json(bare)
    except ValueError as error:
        shown = " ".join(bare[:200].split())[:80]
        yield Rejection(line, "script", shown, f"is not JSON: {error}", "mend the page's JSON-LD", source)
        return
    for node in _found(value, 0):
        context = node.get("@context") or (value.get("@context") if isinstance(value, Mapping) else None)
        yield Node(line, node, _context_lang(context) or lang, url)


def _found(value: Json, depth: int) -> Iterator[Mapping[str, Json]]:
    """Yield product nodes, outermost only: the variants within a group are the group's own."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _found(entry, depth + 1)
    elif isinstance(value, Mapping):
        if PRODUCTS & set(kinds(value)) and ("name" in value or "hasVariant" in value):
            yield value
        else:
            for entry in value.values():
                if isinstance(entry, list | Mapping):
                    yield from _found(entry, depth + 1)


def kinds(value: Mapping[str, Json]) -> list[str]:
    """Return the types of a node without their vocabulary's address.

    >>> kinds({"@type": ["http://schema.org/Product", "Car"]})
    ['Product', 'Car']
    """
    return [kind.rpartition("/")[2] for kind in listed(value.get("@type")) if isinstance(kind, str)]


def listed(value: Json) -> list[Json]:
    """Return the values of a property, which JSON-LD writes bare when there is one.

    >>> listed(None), listed("a"), listed(["a", "b"])
    ([], ['a'], ['a', 'b'])
    """
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value: Json) -> Json:
    """Return the first value of a property, None without any."""
    return next(iter(listed(value)), None)


def said(value: Json) -> str:
    """Return the words of a value, whichever way JSON-LD wraps them: a name, an @value, an @id.

    >>> said({"@type": "Brand", "name": "Acme"}), said({"@value": 5}), said(["a", "b"])
    ('Acme', '5', 'a')
    """
    for _ in range(_DEEPEST):
        if isinstance(value, list):
            value = first(value)
        elif isinstance(value, Mapping):
            keys = ("name", "@value", "value", "@id", "url")
            value = next((value[key] for key in keys if value.get(key) is not None), None)
        else:
            break
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip() if isinstance(value, str | int | float) else ""


def words(value: Json) -> Iterator[tuple[str, str]]:
    """Yield each text of a property with the language it states, "" for none.

    >>> list(words([{"@value": "Rot", "@language": "de"}, "Red"]))
    [('Rot', 'de'), ('Red', '')]
    """
    for entry in listed(value):
        if isinstance(entry, Mapping) and "@value" not in entry and not entry.get("name"):
            # A language map: {"de": "Rot", "en": "Red"}.
            for tag, text in entry.items():
                if not tag.startswith("@"):
                    yield said(text), tag
        elif text := said(entry):
            yield text, str(entry.get("@language", "")) if isinstance(entry, Mapping) else ""


def _context_lang(context: Json) -> str:
    found = (entry.get("@language") for entry in listed(context) if isinstance(entry, Mapping))
    return next((tag for tag in found if isinstance(tag, str)), "")
