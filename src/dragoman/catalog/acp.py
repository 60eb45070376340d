"""Products as the Agentic Commerce Protocol feeds them: nested, prices in minor units.

Schema: https://github.com/agentic-commerce-protocol/agentic-commerce-protocol, schema.feed.json.
"""

from collections.abc import Iterable, Iterator, Mapping

from dragoman.catalog.clean import clean
from dragoman.catalog.draft import Draft, Feed, cheapest
from dragoman.catalog.objects import Json, Parsed
from dragoman.catalog.rows import Outcome, Problem
from dragoman.types import Availability, Fact, Offer, Product, Variant


def products(rows: Iterable[Parsed | Problem], feed: Feed) -> Iterator[Outcome]:
    """Yield the products of an ACP feed; a broken variant is refused alone."""
    for row in rows:
        if isinstance(row, Parsed):
            yield from _product(row, feed)
        else:
            yield row


def _product(row: Parsed, feed: Feed) -> Iterator[Outcome]:
    value, head = row.value, Draft(feed, row.line)
    id_ = head.identity("id", _word(value.get("id")))
    entries = _members(value.get("variants"))
    if not entries:
        head.refuse(
            "variants",
            value.get("variants"),
            "holds no variant",
            "list at least one variant with id and title",
        )
    variants: list[Variant] = []
    for entry in entries:
        draft = Draft(feed, row.line)
        draft.id = id_
        variant = _variant(draft, entry)
        yield from draft.complaints()
        if not draft.refused:
            variants.append(variant)
    if entries and not variants:
        return
    pictures = [*_pictures(value), *(url for entry in entries for url in _pictures(entry))]
    title = _word(value.get("title")) or _word(entries[0].get("title") if entries else "")
    first = entries[0] if entries else {}
    description = _described(value.get("description")) or _described(first.get("description"))
    lang = head.tell(title, description)
    product = Product(
        id=id_,
        titles=head.title("title", title, lang),
        descriptions=head.texts("description", [description], lang),
        category=_category(entries),
        facts=_facts(head, entries),
        variants=tuple(variants) if len(variants) > 1 or any(variant.options for variant in variants) else (),
        offers=cheapest(variants),
        images=head.links("media.url", pictures),
        url=head.link("url", _word(value.get("url")) or _word(first.get("url"))),
        gtin=variants[0].gtin if len(variants) == 1 else "",
        seller=clean(next((name for entry in entries if (name := _seller(entry))), "")),
    )
    yield from head.take(product)


def _variant(draft: Draft, entry: Mapping[str, Json]) -> Variant:
    member = draft.variant_id("variants.id", _word(entry.get("id")))
    options = [
        Fact(clean(_word(option.get("name"))), clean(_word(option.get("value"))))
        for option in _members(entry.get("variant_options"))
        if option.get("name") and option.get("value")
    ]
    pictures = draft.links("variants.media.url", _pictures(entry))
    return Variant(
        member, tuple(options), _offers(draft, entry), _gtin(draft, entry), pictures[0] if pictures else ""
    )


def _offers(draft: Draft, entry: Mapping[str, Json]) -> tuple[Offer, ...]:
    price, listed = entry.get("price"), entry.get("list_price")
    if not isinstance(price, Mapping):
        if price is not None:
            draft.refuse("variants.price", price, "is no price", 'write {"amount": 1999, "currency": "USD"}')
        return ()
    asked = draft.minor_price("variants.price", price.get("amount"), price.get("currency"))
    before = None
    if isinstance(listed, Mapping):
        before = draft.minor_list_price("variants.list_price", listed.get("amount"), listed.get("currency"))
    offer = draft.offer(draft.feed.market, asked, before, _state(draft, entry.get("availability")))
    return (offer,) if offer else ()


def _state(draft: Draft, value: Json) -> Availability:
    if not isinstance(value, Mapping):
        return "unknown"
    if value.get("status"):
        return draft.availability("variants.availability.status", _word(value["status"]))
    available = value.get("available")
    return "in_stock" if available is True else "out_of_stock" if available is False else "unknown"


def _gtin(draft: Draft, entry: Mapping[str, Json]) -> str:
    kinds = ("GTIN", "UPC", "EAN", "ISBN", "JAN")
    codes = (
        _word(code.get("value"))
        for code in _members(entry.get("barcodes"))
        if _word(code.get("type")).upper().replace("-", "").startswith(kinds)
    )
    return draft.gtin("variants.barcodes", next(codes, ""))


def _facts(draft: Draft, entries: list[Mapping[str, Json]]) -> tuple[Fact, ...]:
    conditions = dict.fromkeys(
        _word(said)
        for entry in entries
        for said in entry.get("condition") or ()
        if _word(said) not in ("", "new")
    )
    return tuple(fact for said in conditions for fact in draft.fact("Condition", said))


def _category(entries: list[Mapping[str, Json]]) -> str:
    """Return the shop's own path where it says which is its own, else the first."""
    found = [category for entry in entries for category in _members(entry.get("categories"))]
    own = [category for category in found if category.get("taxonomy") in ("merchant", None)]
    return clean(_word((own or found)[0].get("value"))) if found else ""


def _described(value: Json) -> str:
    """Return the richest form there is without markup; markdown reads as it stands."""
    if isinstance(value, Mapping):
        return next((_word(value[kind]) for kind in ("plain", "html", "markdown") if value.get(kind)), "")
    return _word(value)


def _pictures(value: Mapping[str, Json]) -> list[str]:
    media = _members(value.get("media"))
    return [
        _word(entry.get("url"))
        for entry in media
        if entry.get("type", "image") == "image" and entry.get("url")
    ]


def _seller(entry: Mapping[str, Json]) -> str:
    seller = entry.get("seller") or entry.get("marketplace")
    return _word(seller.get("name")) if isinstance(seller, Mapping) else ""


def _members(value: Json) -> list[Mapping[str, Json]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _word(value: Json) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
