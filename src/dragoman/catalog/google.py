"""Google Merchant feeds: RSS, Atom and TSV rows as products, item groups as variants.

Attribute names and their meaning: https://support.google.com/merchants/answer/7052112
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from dragoman.catalog.clean import clean
from dragoman.catalog.draft import Draft, Feed, cheapest
from dragoman.catalog.rows import Outcome, Removal
from dragoman.catalog.tables import Record, Rows, grouped
from dragoman.catalog.values import fact_name
from dragoman.types import Fact, Money, Offer, Product, TextSource, Variant

SEVERAL = "\x1f"
"""Stands between the values of a repeated element: a control character that no clean text holds."""

OPTIONS = ("color", "size", "material", "pattern")
"""What a shopper chooses between within an item group; same everywhere in the group, it is a fact."""

OPTION = "option:"
"""Before the names of further options, for feeds that have more than Google's four."""

_FACTS = (
    "color", "size", "material", "pattern", "gender", "age_group", "size_system", "size_type", "condition",
    "energy_efficiency_class", "unit_pricing_measure", "product_weight", "product_length", "product_width",
    "product_height", "multipack", "is_bundle",
)  # fmt: skip
_SHIPPING = ("country", "region", "service", "price")
# Answers to these are worth saying only when they are not the rule.
_USUAL = MappingProxyType({"condition": "new", "is_bundle": "no", "multipack": "1"})


def products(source: Rows, feed: Feed, *, keyed: Rows | None = None) -> Iterator[Outcome]:
    """Yield the products of records with Google's attribute names; ``keyed`` as in ``grouped``."""
    for group in grouped(source, lambda record: record.cells.get("item_group_id", ""), keyed=keyed):
        if isinstance(group, Sequence):
            yield from _single(group[0], feed) if _alone(group) else _family(group, feed)
        else:
            yield group


def _alone(group: Sequence[Record]) -> bool:
    return not group[0].cells.get("item_group_id")


def _single(record: Record, feed: Feed) -> Iterator[Outcome]:
    draft = Draft(feed, record.line)
    cells = record.cells
    id_ = draft.identity("id", cells.get("id", ""))
    if _deleted(cells) and id_:
        yield Removal(id_, record.line, feed.source)
        return
    offers = _offers(draft, cells)
    facts = tuple(fact for name in _FACTS if name in cells for fact in _attribute(draft, name, cells))
    product = _product(draft, id_, cells, facts + _details(draft, cells))
    if product:
        product = replace(product, offers=offers, gtin=draft.gtin("gtin", _first(cells, "gtin")))
    yield from draft.take(product)


def _family(group: Sequence[Record], feed: Feed) -> Iterator[Outcome]:
    """A group is one product; a bad member is refused alone."""
    lead: Product | None = None
    variants: dict[str, Variant] = {}
    drafts: list[Draft] = []
    names = (*OPTIONS, *dict.fromkeys(name for row in group for name in row.cells if name.startswith(OPTION)))
    varying = [name for name in names if len({record.cells.get(name, "") for record in group}) > 1]
    for record in group:
        draft = Draft(feed, record.line)
        drafts.append(draft)
        cells = record.cells
        member = draft.variant_id("id", cells.get("id", ""))
        if _deleted(cells):
            continue
        draft.id = cells["item_group_id"].strip()
        fixed = tuple(
            fact for name in _FACTS if name not in varying for fact in _attribute(draft, name, cells)
        )
        shared = cells | {"title": cells.get("item_group_title") or cells.get("title", "")}
        product = _product(draft, draft.identity("item_group_id", cells["item_group_id"]), shared, fixed)
        options = tuple(fact for name in varying for fact in _attribute(draft, name, cells))
        offers = _offers(draft, cells)
        image = draft.link("image_link", _first(cells, "image_link"))
        variant = Variant(member, options, offers, draft.gtin("gtin", _first(cells, "gtin")), image)
        if product and not draft.refused:
            lead = lead or product
            variants[member] = variant
    yield from _whole(group, drafts, lead, tuple(variants.values()), feed)


def _whole(
    group: Sequence[Record],
    drafts: Sequence[Draft],
    lead: Product | None,
    variants: tuple[Variant, ...],
    feed: Feed,
) -> Iterator[Outcome]:
    for draft in drafts:
        yield from draft.complaints()
    if lead:
        head = Draft(feed, group[0].line)
        yield from head.take(replace(lead, offers=cheapest(variants), variants=variants))
    elif all(_deleted(record.cells) for record in group):
        yield Removal(group[0].cells["item_group_id"].strip(), group[0].line, feed.source)


def _product(draft: Draft, id_: str, cells: Mapping[str, str], facts: tuple[Fact, ...]) -> Product | None:
    title = _first(cells, "title") or _first(cells, "structured_title")
    description = _first(cells, "description") or _first(cells, "structured_description")
    # Google wants texts that a model wrote in the structured_ attributes.
    source: TextSource = "seller" if _first(cells, "title") else "machine"
    lang = draft.language("content_language", _first(cells, "content_language")) or draft.tell(
        title, description
    )
    titles = draft.title("title", title, lang, source)
    if not titles:
        return None
    return Product(
        id=id_,
        titles=titles,
        descriptions=draft.texts("description", [description], lang, source),
        bullets=draft.texts("product_highlight", _all(cells, "product_highlight"), lang),
        brand=clean(_first(cells, "brand")),
        category=_category(cells),
        facts=facts,
        images=draft.links("image_link", [*_all(cells, "image_link"), *_images(cells)]),
        url=draft.link("link", _first(cells, "link")),
        mpn=clean(_first(cells, "mpn")),
        seller=clean(_first(cells, "external_seller_id") or _first(cells, "store_name")),
    )


def _offers(draft: Draft, cells: Mapping[str, str]) -> tuple[Offer, ...]:
    currency = _first(cells, "currency")
    price = draft.price("price", _first(cells, "price"), currency)
    sale = draft.list_price("sale_price", _first(cells, "sale_price"), currency)
    state = draft.availability("availability", _first(cells, "availability"))
    listed: Money | None = None
    if (
        price
        and sale
        and _running(draft, cells)
        and sale.currency == price.currency
        and sale.minor < price.minor
    ):
        price, listed = sale, price
    found: list[Offer] = []
    for country in _countries(cells):
        market = draft.market("target_country", country)
        if offer := draft.offer(market, price, listed, state):
            found.append(replace(offer, delivery=_delivery(cells, market)))
    return tuple(found)


def _countries(cells: Mapping[str, str]) -> list[str]:
    label = _first(cells, "feed_label").strip()
    named = [part for text in _all(cells, "target_country") for part in re.split(r"[,;\s]+", text) if part]
    return list(dict.fromkeys(named)) or [label if len(label) == 2 else ""]


def _running(draft: Draft, cells: Mapping[str, str]) -> bool:
    """Whether the sale is on: dates are "start/end" in ISO 8601."""
    dates = _first(cells, "sale_price_effective_date")
    if not dates:
        return True
    try:
        start, end = (_moment(part) for part in dates.split("/"))
    except ValueError:
        draft.caution(
            "sale_price_effective_date", dates, "is no period", "write 2026-11-01T00:00Z/2026-11-30T23:59Z"
        )
        return False
    return start <= draft.feed.now <= end


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _delivery(cells: Mapping[str, str], market: str) -> str:
    """Return the first delivery to this market: Google writes "country:region:service:price:…"."""
    for name in cells:
        if name == "shipping" or name.startswith("shipping("):
            # A table's heading may name the parts that it has: "shipping(country:price)".
            parts = name.removeprefix("shipping").strip("()").split(":") if "(" in name else _SHIPPING
            for entry in _all(cells, name):
                said = dict(zip(parts, map(clean, entry.split(":")), strict=False))
                words = ", ".join(said[part] for part in ("service", "price") if said.get(part))
                if words and (not market or said.get("country", "").upper() in ("", market)):
                    return words
    return clean(_first(cells, "shipping_label"))


def _attribute(draft: Draft, name: str, cells: Mapping[str, str]) -> tuple[Fact, ...]:
    value = _first(cells, name)
    if not value or _USUAL.get(name) == value.strip().lower():
        return ()
    return draft.fact(fact_name(name.removeprefix(OPTION)), value)


def _details(draft: Draft, cells: Mapping[str, str]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for entry in _all(cells, "product_detail"):
        parts = entry.split(":", 2)
        if len(parts) == 3:
            facts += draft.fact(parts[1], parts[2])
        else:
            draft.caution("product_detail", entry, "is no detail", "write section:name:value")
    return tuple(facts)


def _category(cells: Mapping[str, str]) -> str:
    own = clean(_first(cells, "product_type"))
    googles = clean(_first(cells, "google_product_category"))
    # A bare number is an id of Google's taxonomy, which is not ours to ship.
    path = own or ("" if googles.isdigit() else googles)
    return " > ".join(part.strip() for part in re.split(r"\s*[>›]\s*", path) if part.strip())


def _deleted(cells: Mapping[str, str]) -> bool:
    return _first(cells, "deleted").strip().lower() in ("true", "1", "yes")


def _images(cells: Mapping[str, str]) -> list[str]:
    return [
        part
        for text in _all(cells, "additional_image_link")
        for part in re.split(r",\s*(?=https?:|//|/)", text)
    ]


def _first(cells: Mapping[str, str], name: str) -> str:
    text = cells.get(name, "")
    return text.partition(SEVERAL)[0] if SEVERAL in text else text


def _all(cells: Mapping[str, str], name: str) -> list[str]:
    text = cells.get(name, "")
    if not text:
        return []
    if SEVERAL not in text and name.partition("(")[0] in ("product_highlight", "product_detail", "shipping"):
        # In tables a comma stands between the values, and a quoted value may hold one.
        return [
            part.strip(' "') for part in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', text) if part.strip(' "')
        ]
    return [part for part in text.split(SEVERAL) if part]
