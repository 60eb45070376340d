"""What a saved page shows in tables and meta tags, where it tells machines nothing better."""

import re
from collections.abc import Iterator
from hashlib import blake2b

from lxml import etree

from dragoman.catalog.objects import Json

LONGEST_LABEL, LONGEST_VALUE = 60, 300
MOST = 200
"""Rows of specifications that are read."""

_FEWEST = 2  # rows that make a table one of specifications
_SKIPPED = frozenset({"script", "style", "template", "noscript", "svg", "head"})
_AROUND = frozenset({"nav", "footer", "aside", "form", "header"})


def spec_rows(root: etree._Element) -> list[tuple[str, str]]:
    """Return label and value of every row of tables and definition lists that look like specifications.

    >>> spec_rows(etree.HTML("<table><tr><th>Weight:<td>5,8 kg<tr><th>Material<td>Stahl</table>"))
    [('Weight', '5,8 kg'), ('Material', 'Stahl')]
    """
    found: dict[str, str] = {}
    for element in root.iter("table", "dl"):
        rows = list(_rows(element) if element.tag == "table" else _terms(element))
        told = [
            (label, value) for label, value in rows if _is_label(label) and 0 < len(value) <= LONGEST_VALUE
        ]
        if len(told) >= _FEWEST and len(told) * 2 >= len(rows) and not _is_around(element):
            for label, value in told[:MOST]:
                found.setdefault(label.rstrip(" :："), value)
    return list(found.items())[:MOST]


def shown_product(root: etree._Element, address: str) -> dict[str, Json] | None:
    """Return a product node from what the page shows of one: a title with a price, or with specifications."""
    metas = _metas(root)
    name = metas.get("og:title") or _heading(root) or metas.get("twitter:title", "")
    price = metas.get("product:price:amount") or metas.get("og:price:amount", "")
    rows = spec_rows(root)
    is_product = (
        "product" in metas.get("og:type", "") or bool(price) or (bool(_heading(root)) and len(rows) > 2)
    )
    if not name or not is_product:
        return None
    node: dict[str, Json] = {"@type": "Product", "name": name, "@id": address or made_id(name)}
    if price:
        currency = metas.get("product:price:currency") or metas.get("og:price:currency", "")
        node["offers"] = {"@type": "Offer", "price": price, "priceCurrency": currency}
    given = {"description": "og:description", "image": "og:image", "brand": "product:brand", "url": "og:url"}
    node |= {key: metas[meta] for key, meta in given.items() if metas.get(meta)}
    return node


def with_specs(node: dict[str, Json], root: etree._Element) -> dict[str, Json]:
    """Return a page's only product with the rows of its specifications that it does not state itself."""
    own = node.get("additionalProperty") or []
    listed = own if isinstance(own, list) else [own]
    said = {str(entry.get("name", "")).casefold() for entry in listed if isinstance(entry, dict)}
    added: list[Json] = [
        {"name": label, "value": value} for label, value in spec_rows(root) if label.casefold() not in said
    ]
    return node | {"additionalProperty": [*listed, *added]} if added else node


def _rows(table: etree._Element) -> Iterator[tuple[str, str]]:
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if len(cells) == 2 and not any(cell.find(".//table") is not None for cell in cells):
            yield _words(cells[0]), _words(cells[1])


def _terms(terms: etree._Element) -> Iterator[tuple[str, str]]:
    label = ""
    for element in terms.iter("dt", "dd"):
        if element.tag == "dt":
            label = _words(element)
        elif label:
            yield label, _words(element)
            label = ""


def _is_label(text: str) -> bool:
    return 0 < len(text) <= LONGEST_LABEL and re.search(r"[^\W\d_]", text) is not None


def _is_around(element: etree._Element) -> bool:
    return any(parent.tag in _AROUND for parent in element.iterancestors())


def _metas(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = str(meta.get("property") or meta.get("name") or "").lower()
        content = " ".join(str(meta.get("content") or "").split())
        if name and content:
            found.setdefault(name, content)
    return found


def _heading(root: etree._Element) -> str:
    return next((words for heading in root.iter("h1") if (words := _words(heading))), "")


def _words(element: etree._Element) -> str:
    parts = [
        text
        for node in element.iter()
        if isinstance(node.tag, str) and node.tag not in _SKIPPED
        for text in (node.text, *(child.tail for child in node))
        if text
    ]
    return " ".join(" ".join(parts).split())


def made_id(name: str) -> str:
    """Return an id for a page that was saved without its address: the same next time, from its title."""
    return f"page-{blake2b(name.encode(), digest_size=6).hexdigest()}"
