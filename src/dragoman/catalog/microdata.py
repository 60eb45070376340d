"""schema.org microdata in saved pages, as the nodes that JSON-LD would have been.

The HTML standard's algorithm (html.spec.whatwg.org, 5.2.5 and 5.4) on lxml's tree; `extruct` does the same,
but brings rdflib, html5lib and a dozen more packages with it.
"""

from collections.abc import Iterator

from lxml import etree

from dragoman.catalog.objects import Json

DEEPEST = 20
MOST = 20_000
"""Nesting of items, and elements of a page, that are followed."""

_LINKS = {
    "a": "href", "area": "href", "link": "href", "img": "src", "source": "src", "video": "src",
    "iframe": "src", "audio": "src", "embed": "src", "object": "data",
}  # fmt: skip


def items(root: etree._Element) -> list[dict[str, Json]]:
    """Return the outermost items of a page, each with its type and properties, values as lists.

    >>> name = '<b itemprop="name">Wok</b>'
    >>> items(etree.HTML(f'<div itemscope itemtype="http://schema.org/Product">{name}</div>'))
    [{'@type': ['http://schema.org/Product'], 'name': ['Wok']}]
    """
    by_id = {str(element.get("id")): element for element in root.iter(etree.Element) if element.get("id")}
    found = [element for element in root.iter(etree.Element) if element.get("itemscope") is not None]
    outer = [element for element in found[:MOST] if element.get("itemprop") is None]
    return [_item(element, by_id, frozenset(), 0) for element in outer]


def _item(
    element: etree._Element, by_id: dict[str, etree._Element], seen: frozenset[etree._Element], depth: int
) -> dict[str, Json]:
    node: dict[str, Json] = {"@type": list((element.get("itemtype") or "").split())}
    if element.get("itemid"):
        node["@id"] = str(element.get("itemid"))
    if depth > DEEPEST or element in seen:
        return node
    seen |= {element}
    parts = [element, *(by_id[name] for name in (element.get("itemref") or "").split() if name in by_id)]
    for part in parts:
        for prop in _properties(part, is_root=part is element):
            value: Json = (
                _item(prop, by_id, seen, depth + 1) if prop.get("itemscope") is not None else _value(prop)
            )
            for name in (prop.get("itemprop") or "").split():
                listed = node.setdefault(name.rpartition("/")[2], [])
                if isinstance(listed, list) and value not in ("", None):
                    listed.append(value)
    return node


def _properties(part: etree._Element, *, is_root: bool) -> Iterator[etree._Element]:
    """Yield the elements with properties of this very item: not those of items inside it. Not recursive."""
    waiting = list(reversed(part)) if is_root else [part]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        if element.get("itemprop"):
            yield element
        if element.get("itemscope") is None:
            waiting.extend(reversed(element))


def _value(element: etree._Element) -> str:
    """Return what a property's element says: its content attribute, link, date or words."""
    if (content := element.get("content")) is not None:
        return str(content).strip()
    link = _LINKS.get(str(element.tag))
    if link:
        return str(element.get(link) or "").strip()
    if element.tag in ("data", "meter"):
        return str(element.get("value") or "").strip()
    if element.tag == "time" and element.get("datetime"):
        return str(element.get("datetime")).strip()
    return " ".join("".join(map(str, element.itertext())).split())
