"""schema.org products out of saved pages: the JSON-LD that shops write for search engines.

Properties: https://schema.org/Product, https://schema.org/ProductGroup, https://schema.org/Offer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urljoin

from dragoman.catalog.clean import clean
from dragoman.catalog.draft import Draft, Feed, cheapest
from dragoman.catalog.linked import Node, first, listed, said, words
from dragoman.catalog.objects import Json
from dragoman.catalog.rows import Outcome, Problem
from dragoman.catalog.values import fact_name
from dragoman.errors import BadInput
from dragoman.text.tags import canonical
from dragoman.types import Fact, Money, Offer, Passage, Product, Text, Variant

_CODES = ("gtin", "gtin14", "gtin13", "gtin12", "gtin8", "isbn")
_OPTIONS = ("color", "size", "material", "pattern")
_FACTS = (*_OPTIONS, "model", "weight", "width", "height", "depth", "countryOfOrigin", "keywords", "award")


def products(nodes: Iterable[Node | Problem], feed: Feed) -> Iterator[Outcome]:
    """Yield the products of a page. A group is one product with its variants."""
    for node in nodes:
        if isinstance(node, Node):
            yield from _product(node, feed)
        else:
            yield node


def _product(node: Node, feed: Feed) -> Iterator[Outcome]:
    value, draft = node.value, Draft(feed, node.line)
    draft.identity("sku", _id(value, node.url))
    lang = _lang(draft, node)
    members = [entry for entry in listed(value.get("hasVariant")) if isinstance(entry, Mapping)]
    variants = tuple(_variant(draft, entry, node) for entry in members if _named(entry))
    titles = _titles(draft, value, lang)
    if not titles and members:
        titles = _titles(draft, members[0], lang)
    if not titles:
        draft.refuse("name", value.get("name"), "has no words", "give the product a name")
    offers = _offers(draft, value)
    product = Product(
        id=draft.id,
        titles=titles,
        descriptions=_long(draft, "description", value, lang),
        brand=clean(said(value.get("brand")) or said(value.get("manufacturer"))),
        category=_category(value.get("category")),
        facts=_facts(draft, value, _FACTS if not members else _FACTS[len(_OPTIONS) :]),
        variants=variants,
        offers=offers or cheapest(variants),
        images=draft.links("image", [_absolute(url, node.url) for url in _images(value)]),
        url=draft.link("url", _absolute(said(value.get("url")) or node.url, node.url)),
        gtin=draft.gtin("gtin", _gtin(value)),
        mpn=clean(said(value.get("mpn"))),
        seller=clean(
            next((name for offer in _offer_nodes(value) if (name := said(offer.get("seller")))), "")
        ),
    )
    yield from draft.take(product, _reviews(draft, value, lang))


def _id(value: Mapping[str, Json], url: str) -> str:
    own = (
        said(value.get(name)) for name in ("productGroupID", "sku", "productID", *_CODES, "mpn", "@id", "url")
    )
    return next((name for name in own if name), url)


def _named(value: Mapping[str, Json]) -> bool:
    return any(value.get(name) for name in ("sku", "productID", "name", "@id", "url", *_CODES))


def _lang(draft: Draft, node: Node) -> str:
    stated = said(node.value.get("inLanguage"))
    tag = draft.language("inLanguage", stated) if stated else ""
    if tag or draft.feed.teller.fixed or not node.lang:
        return tag or draft.tell(said(node.value.get("name")), said(node.value.get("description")))
    try:
        return canonical(node.lang)
    except BadInput:
        return draft.tell(said(node.value.get("name")), said(node.value.get("description")))


def _titles(draft: Draft, value: Mapping[str, Json], lang: str) -> tuple[Text, ...]:
    found: dict[str, Text] = {}
    for text, tag in words(value.get("name")):
        named = draft.language("name.@language", tag) if tag else lang
        for title in draft.title("name", text, named or lang):
            found.setdefault(title.lang, title)
    return tuple(found.values())


def _long(draft: Draft, field: str, value: Mapping[str, Json], lang: str) -> tuple[Text, ...]:
    found: list[Text] = []
    for raw, tag in words(value.get(field)):
        named = draft.language(f"{field}.@language", tag) if tag else ""
        found += draft.texts(field, [raw], named or lang)
    return tuple(found)


def _variant(draft: Draft, value: Mapping[str, Json], node: Node) -> Variant:
    options = [fact for name in _OPTIONS for fact in draft.fact(fact_name(name), said(value.get(name)))]
    options += [
        fact for fact in _properties(draft, value) if fact.name not in {option.name for option in options}
    ]
    images = draft.links("hasVariant.image", [_absolute(url, node.url) for url in _images(value)])
    return Variant(
        draft.variant_id("hasVariant.sku", _id(value, said(value.get("name")))),
        tuple(options),
        _offers(draft, value),
        draft.gtin("hasVariant.gtin", _gtin(value)),
        images[0] if images else "",
    )


def _offer_nodes(value: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    for entry in listed(value.get("offers")):
        if isinstance(entry, Mapping):
            inner = [offer for offer in listed(entry.get("offers")) if isinstance(offer, Mapping)]
            yield from inner or [entry]


def _offers(draft: Draft, value: Mapping[str, Json]) -> tuple[Offer, ...]:
    found: dict[str, Offer] = {}
    for entry in _offer_nodes(value):
        price, before = _prices(draft, entry)
        state = draft.availability("offers.availability", said(entry.get("availability")))
        for country in _countries(entry) or [""]:
            offer = draft.offer(draft.market("offers.eligibleRegion", country), price, before, state)
            if offer and (offer.market not in found or offer.price.minor < found[offer.market].price.minor):
                found[offer.market] = offer
    return tuple(found.values())


def _prices(draft: Draft, entry: Mapping[str, Json]) -> tuple[Money | None, Money | None]:
    """Return what is asked and what was asked before; a list price is a price specification that says so."""
    currency = said(entry.get("priceCurrency"))
    asked = said(entry.get("price")) or said(entry.get("lowPrice"))
    before = ""
    for part in listed(entry.get("priceSpecification")):
        if isinstance(part, Mapping):
            kind = said(part.get("priceType")).rpartition("/")[2]
            if kind in ("ListPrice", "StrikethroughPrice", "SRP", "MSRP"):
                before = before or said(part.get("price"))
            else:
                asked = asked or said(part.get("price"))
            currency = currency or said(part.get("priceCurrency"))
    listed_price = draft.list_price("offers.priceSpecification", before, currency)
    return draft.price("offers.price", asked, currency), listed_price


def _countries(entry: Mapping[str, Json]) -> list[str]:
    """Return the countries an offer is made to; regions within countries say nothing of a market."""
    places = [*listed(entry.get("eligibleRegion")), *listed(entry.get("areaServed"))]
    for details in listed(entry.get("shippingDetails")):
        if isinstance(details, Mapping):
            places += listed(details.get("shippingDestination"))
    codes = (
        said(place.get("addressCountry") or place) if isinstance(place, Mapping) else said(place)
        for place in places
    )
    return list(dict.fromkeys(code for code in codes if len(code) == 2))


def _facts(draft: Draft, value: Mapping[str, Json], names: Sequence[str]) -> tuple[Fact, ...]:
    facts = [fact for name in names for fact in draft.fact(fact_name(name), _measured(value.get(name)))]
    condition = said(value.get("itemCondition")) or next(
        (found for offer in _offer_nodes(value) if (found := said(offer.get("itemCondition")))), ""
    )
    state = condition.rpartition("/")[2].removesuffix("Condition")
    if state not in ("", "New"):
        facts += draft.fact("Condition", fact_name(state))
    return (*facts, *_properties(draft, value))


def _properties(draft: Draft, value: Mapping[str, Json]) -> list[Fact]:
    found: list[Fact] = []
    for entry in listed(value.get("additionalProperty")):
        if isinstance(entry, Mapping):
            found += draft.fact(said(entry.get("name")), _measured(entry))
    return found


def _measured(value: Json) -> str:
    if isinstance(value, Mapping) and "value" in value:
        unit = said(value.get("unitText")) or _UNITS.get(said(value.get("unitCode")), "")
        return f"{said(value['value'])} {unit}".strip()
    return ", ".join(text for entry in listed(value) if (text := said(entry)))


# UN/CEFACT codes, which schema.org asks for, of the commonest measures.
_UNITS = {
    "GRM": "g", "KGM": "kg", "LBR": "lb", "ONZ": "oz", "MMT": "mm", "CMT": "cm", "MTR": "m", "INH": "in",
    "FOT": "ft", "MLT": "ml", "LTR": "l", "WTT": "W", "VLT": "V", "KWH": "kWh", "HTZ": "Hz", "4L": "MB",
    "E34": "GB",
}  # fmt: skip


def _reviews(draft: Draft, value: Mapping[str, Json], lang: str) -> list[Passage]:
    found: list[Passage] = []
    for entry in listed(value.get("review")):
        if isinstance(entry, Mapping):
            body = said(entry.get("reviewBody")) or said(entry.get("description"))
            tag = draft.language("review.inLanguage", said(entry.get("inLanguage")))
            found += [
                Passage(draft.id, "review", text) for text in draft.texts("review", [body], tag or lang)
            ]
    return found


def _category(value: Json) -> str:
    paths = [clean(said(entry)) for entry in listed(value)]
    return max((path.replace("/", ">") if ">" not in path else path for path in paths), key=len, default="")


def _gtin(value: Mapping[str, Json]) -> str:
    return next((code for name in _CODES if (code := said(first(value.get(name))))), "")


def _images(value: Mapping[str, Json]) -> list[str]:
    entries = listed(value.get("image"))
    urls = (
        entry.get("contentUrl") or entry.get("url") if isinstance(entry, Mapping) else entry
        for entry in entries
    )
    return [url for url in map(said, urls) if url]


def _absolute(url: str, page: str) -> str:
    try:
        return urljoin(page, url) if page and url else url
    except ValueError:
        return url
