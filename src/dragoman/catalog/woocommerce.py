"""WooCommerce's product CSV: variations follow their parent by SKU or "id:…".

Columns: https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from dragoman.catalog.clean import clean
from dragoman.catalog.draft import Draft, Feed, cheapest
from dragoman.catalog.rows import Outcome, Problem, Removal
from dragoman.catalog.tables import Record, grouped, readable
from dragoman.types import Availability, Fact, Offer, Product, Variant

_ATTRIBUTE = re.compile(r"attribute_(\d+)_name")
_MEASURE = re.compile(r"(weight|length|width|height)_\((\w+)\)")
_GTIN = "gtin,_upc,_ean,_or_isbn"


def products(source: Callable[[], Iterator[Record | Problem]], feed: Feed) -> Iterator[Outcome]:
    """Yield the products of a WooCommerce export; unpublished products are removals."""
    keys: dict[str, str] = {}
    for record in readable(source):
        if isinstance(record, Record) and "variable" in _kinds(record.cells):
            key = _own_key(record.cells)
            keys |= {key: key, record.cells.get("sku", "").strip() or key: key}

    def family(record: Record) -> str:
        parent = record.cells.get("parent", "").strip()
        if "variation" in _kinds(record.cells):
            return keys.get(parent, parent)
        return _own_key(record.cells) if "variable" in _kinds(record.cells) else ""

    for group in grouped(source, family):
        if isinstance(group, Sequence):
            yield from _product(group, feed)
        else:
            yield group


def _kinds(cells: Mapping[str, str]) -> list[str]:
    return re.split(r",\s*", cells.get("type", "").strip().lower())


def _own_key(cells: Mapping[str, str]) -> str:
    return f"id:{cells['id'].strip()}" if cells.get("id") else cells.get("sku", "").strip()


def _product(group: Sequence[Record], feed: Feed) -> Iterator[Outcome]:
    main = next((record for record in group if "variation" not in _kinds(record.cells)), None)
    if main is None:
        yield from _orphans(group, feed)
        return
    head = Draft(feed, main.line)
    cells = main.cells
    id_ = head.identity("sku", cells.get("sku", "") or cells.get("id", ""))
    if not _is_live(cells) and id_:
        yield Removal(id_, main.line, feed.source)
        return
    variants: list[Variant] = []
    for record in group:
        if record is not main and _is_live(record.cells):
            draft = Draft(feed, record.line)
            draft.id = id_
            variant = _variant(draft, record.cells)
            yield from draft.complaints()
            if not draft.refused:
                variants.append(variant)
    yield from head.take(_described(head, id_, cells, tuple(variants)))


def _orphans(group: Sequence[Record], feed: Feed) -> Iterator[Outcome]:
    for record in group:
        draft = Draft(feed, record.line)
        parent = record.cells.get("parent", "")
        draft.refuse(
            "parent", parent, "names no product of this feed", "export parents together with their variations"
        )
        yield from draft.take(None)


def _described(
    draft: Draft, id_: str, cells: Mapping[str, str], variants: tuple[Variant, ...]
) -> Product | None:
    title = cells.get("name", "")
    body, short = (_unescaped(cells.get(name, "")) for name in ("description", "short_description"))
    lang = draft.language("language", cells.get("language", "")) or draft.tell(title, f"{short}\n{body}")
    titles = draft.title("name", title, lang)
    if not titles:
        return None
    own = _offers(draft, cells)
    return Product(
        id=id_,
        titles=titles,
        descriptions=draft.texts("description", [short, body], lang),
        brand=clean(cells.get("brands", "") or cells.get("meta:_brand", "")),
        category=_category(cells.get("categories", "")),
        facts=_facts(draft, cells),
        variants=variants,
        offers=cheapest(variants) or own,
        images=draft.links("images", _listed(cells.get("images", ""))),
        url=draft.link("external_url", cells.get("external_url", "")),
        gtin=draft.gtin(_GTIN, cells.get(_GTIN, "")),
    )


def _variant(draft: Draft, cells: Mapping[str, str]) -> Variant:
    options = tuple(
        Fact(name, clean(cells.get(f"attribute_{place}_value(s)", "")))
        for place, name in _attributes(cells)
        if cells.get(f"attribute_{place}_value(s)")
    )
    member = draft.variant_id("sku", cells.get("sku", "") or cells.get("id", ""))
    images = draft.links("images", _listed(cells.get("images", "")))
    gtin = draft.gtin(_GTIN, cells.get(_GTIN, ""))
    return Variant(member, options, _offers(draft, cells), gtin, images[0] if images else "")


def _offers(draft: Draft, cells: Mapping[str, str]) -> tuple[Offer, ...]:
    regular = draft.price("regular_price", cells.get("regular_price", ""))
    sale = draft.list_price("sale_price", cells.get("sale_price", ""))
    price, listed = regular, None
    if regular and sale and sale.minor < regular.minor and _running(draft, cells):
        price, listed = sale, regular
    offer = draft.offer(draft.feed.market, price, listed, _state(cells))
    return (offer,) if offer else ()


def _running(draft: Draft, cells: Mapping[str, str]) -> bool:
    try:
        start, end = (_moment(cells.get(f"date_sale_price_{side}", "")) for side in ("starts", "ends"))
    except ValueError:
        draft.caution("date_sale_price_starts", "", "is no date", "write 2026-11-30")
        return False
    return (start is None or start <= draft.feed.now) and (end is None or draft.feed.now <= end)


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _state(cells: Mapping[str, str]) -> Availability:
    stock = cells.get("in_stock?", "").strip().lower()
    states: dict[str, Availability] = {
        "1": "in_stock", "0": "out_of_stock", "backorder": "backorder", "instock": "in_stock",
        "outofstock": "out_of_stock", "onbackorder": "backorder",
    }  # fmt: skip
    return states.get(stock, "unknown")


def _facts(draft: Draft, cells: Mapping[str, str]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    # What a parent lists for its variations to choose from is a fact of the parent too.
    for place, name in _attributes(cells):
        facts += draft.fact(name, ", ".join(_listed(cells.get(f"attribute_{place}_value(s)", ""))))
    for column, cell in cells.items():
        if found := _MEASURE.fullmatch(column):
            facts += draft.fact(found[1].capitalize(), f"{cell.strip()} {found[2]}")
    return tuple(facts)


def _attributes(cells: Mapping[str, str]) -> list[tuple[str, str]]:
    found = ((_ATTRIBUTE.fullmatch(column), cell) for column, cell in cells.items())
    return [(place[1], clean(cell)) for place, cell in found if place]


def _category(text: str) -> str:
    """Return the deepest of the category paths: Woo lists every one, commas between them."""
    paths = [clean(path) for path in _listed(text)]
    return max(paths, key=lambda path: path.count(">"), default="")


def _listed(text: str) -> list[str]:
    # A comma within a value is written "\,".
    return [part.strip().replace("\\,", ",") for part in re.split(r"(?<!\\),", text) if part.strip()]


def _unescaped(text: str) -> str:
    # WooCommerce's exporter writes a line break as "\\n", and a "\\n" that was there as "\\\\n".
    return re.sub(r"(\\?)\\n", lambda found: "\\n" if found[1] else "\n", text)


def _is_live(cells: Mapping[str, str]) -> bool:
    visible = cells.get("visibility_in_catalog", "visible").strip().lower() != "hidden"
    return visible and cells.get("published", "1").strip() not in ("0", "-1")
