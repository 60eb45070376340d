"""Shopify's product CSV, with its old headers and its new ones: rows of one handle are one product.

Columns: https://help.shopify.com/en/manual/products/import-export/using-csv
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from dragoman.catalog.clean import clean
from dragoman.catalog.draft import Draft, Feed, cheapest
from dragoman.catalog.rows import Outcome, Problem, Removal
from dragoman.catalog.tables import Record, grouped
from dragoman.catalog.values import fact_name
from dragoman.text.currencies import of_country
from dragoman.types import Availability, Fact, Offer, Product, Variant

# Old header: new header. Shopify renamed them in 2025 and exports of both kinds are about.
_RENAMED = MappingProxyType({
    "handle": "url_handle",
    "body_(html)": "description",
    "variant_sku": "sku",
    "variant_barcode": "barcode",
    "variant_price": "price",
    "variant_compare_at_price": "compare-at_price",
    "variant_inventory_qty": "inventory_quantity",
    "variant_inventory_policy": "continue_selling_when_out_of_stock",
    "variant_inventory_tracker": "inventory_tracker",
    "variant_grams": "weight_value_(grams)",
    "image_src": "product_image_url",
    "variant_image": "variant_image_url",
    "published": "published_on_online_store",
})  # fmt: skip
_MARKET_PRICE = re.compile(r"price_/_(.+)")
_METAFIELD = re.compile(r"(.+)_\((?:product\.)?metafields\.[^)]+\)|google_shopping_/_(gender|age_group)")


def products(source: Callable[[], Iterator[Record | Problem]], feed: Feed) -> Iterator[Outcome]:
    """Yield the products of a Shopify export; drafts and archived products are removals."""

    def renamed() -> Iterator[Record | Problem]:
        for record in source():
            yield _renamed(record) if isinstance(record, Record) else record

    for group in grouped(renamed, lambda record: record.cells.get("url_handle", "").strip()):
        if isinstance(group, Sequence):
            yield from _product(group, feed)
        else:
            yield group


def _renamed(record: Record) -> Record:
    return Record(record.line, {_RENAMED.get(name, name): cell for name, cell in record.cells.items()})


def _product(group: Sequence[Record], feed: Feed) -> Iterator[Outcome]:
    head = Draft(feed, group[0].line)
    # The first row with a title describes the product; rows without an option are further pictures.
    main = next((record.cells for record in group if record.cells.get("title")), group[0].cells)
    id_ = head.identity("url_handle", main.get("url_handle", ""))
    if not _is_live(main) and id_:
        yield Removal(id_, group[0].line, feed.source)
        return
    names = [clean(main.get(f"option{place}_name", "")) for place in (1, 2, 3)]
    variants: list[Variant] = []
    refused = False
    for record in group:
        if record.cells.get("option1_value") or record.cells.get("price"):
            draft = Draft(feed, record.line)
            draft.id = id_
            variant = _variant(draft, record.cells, names, id_)
            yield from draft.complaints()
            refused = refused or draft.refused
            if not draft.refused:
                variants.append(variant)
    if refused and not variants:
        return
    yield from head.take(_described(head, id_, group, main, tuple(variants)))


def _described(
    draft: Draft, id_: str, group: Sequence[Record], main: Mapping[str, str], variants: tuple[Variant, ...]
) -> Product | None:
    title, body = main.get("title", ""), main.get("description", "")
    lang = draft.tell(title, body)
    titles = draft.title("title", title, lang)
    if not titles:
        return None
    single = len(variants) == 1 and not variants[0].options
    pictures = [record.cells.get("product_image_url", "") for record in group]
    return Product(
        id=id_,
        titles=titles,
        descriptions=draft.texts("description", [body], lang),
        brand=clean(main.get("vendor", "")),
        category=clean(main.get("product_category", "") or main.get("type", "")),
        facts=_facts(draft, main),
        variants=() if single else variants,
        offers=cheapest(variants),
        images=draft.links("product_image_url", pictures),
        url=f"/products/{id_}",
        gtin=variants[0].gtin if single else "",
        mpn=clean(main.get("google_shopping_/_mpn", "")),
    )


def _variant(draft: Draft, cells: Mapping[str, str], names: Sequence[str], handle: str) -> Variant:
    options: list[Fact] = []
    for place, name in enumerate(names, start=1):
        value = clean(cells.get(f"option{place}_value", ""))
        # Shopify's own name for a product without options.
        if name and value and (name, value) != ("Title", "Default Title"):
            options.append(Fact(name, value))
    sku = clean(cells.get("sku", "")).removeprefix("'")
    chosen = "-".join(option.value for option in options)
    member = draft.variant_id("sku", sku or (f"{handle}#{chosen}" if chosen else handle))
    gtin = draft.gtin("barcode", cells.get("barcode", "").removeprefix("'"))
    image = draft.link("variant_image_url", cells.get("variant_image_url", ""))
    return Variant(member, tuple(options), _offers(draft, cells), gtin, image)


def _offers(draft: Draft, cells: Mapping[str, str]) -> tuple[Offer, ...]:
    state = _state(cells)
    price = draft.price("price", cells.get("price", ""))
    listed = draft.list_price("compare-at_price", cells.get("compare-at_price", ""))
    found = [draft.offer(draft.feed.market, price, listed, state)]
    for column, cell in cells.items():
        place = _MARKET_PRICE.fullmatch(column)
        if place:
            found.append(_market_offer(draft, cells, place[1], cell, state))
    return tuple(offer for offer in found if offer)


def _market_offer(
    draft: Draft, cells: Mapping[str, str], name: str, price: str, state: Availability
) -> Offer | None:
    from_name = name.replace("_", " ")
    market = draft.known_market(f"price / {from_name}", from_name)
    if not market or cells.get(f"included_/_{name}", "true").lower() == "false":
        return None
    column = f"price / {from_name}"
    if draft.feed.currency not in of_country(market):
        # The export does not say in which currency it is: a wrong price is worse than none.
        remedy = f"give {market} a feed of its own, with --market and --currency"
        draft.caution(column, price, "may be in another currency than the shop's; left out", remedy)
        return None
    before = cells.get(f"compare-at_price_/_{name}", "") or cells.get(f"compare_at_price_/_{name}", "")
    return draft.offer(market, draft.price(column, price), draft.list_price(column, before), state)


def _state(cells: Mapping[str, str]) -> Availability:
    stock = cells.get("inventory_quantity", "").strip()
    if not cells.get("inventory_tracker") or not re.fullmatch(r"-?\d+", stock):
        return "in_stock" if cells.get("price") else "unknown"
    if int(stock) > 0:
        return "in_stock"
    goes_on = cells.get("continue_selling_when_out_of_stock", "").lower() in ("continue", "true")
    return "backorder" if goes_on else "out_of_stock"


def _facts(draft: Draft, cells: Mapping[str, str]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for column, cell in cells.items():
        if found := _METAFIELD.fullmatch(column):
            facts += draft.fact(fact_name(found[1] or found[2]), cell.replace("; ", ", "))
    grams = cells.get("weight_value_(grams)", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", grams) and float(grams) > 0:
        facts += draft.fact("Weight", f"{grams} g")
    return tuple(facts)


def _is_live(cells: Mapping[str, str]) -> bool:
    published = cells.get("published_on_online_store", "true").strip().lower() != "false"
    return published and cells.get("status", "active").strip().lower() in ("active", "")
