"""Dragoman's own JSON lines: every noun of a product, each text in as many languages as there are.

The format is documented in docs/guides/feeds.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from dragoman.catalog.attributes import attribute_facts
from dragoman.catalog.clean import clean
from dragoman.catalog.draft import Draft, Feed, cheapest
from dragoman.catalog.objects import Json, Parsed
from dragoman.catalog.rows import Caution, Outcome, Problem, Removal
from dragoman.types import Fact, Money, Offer, Passage, PassageKind, Product, Rejection, Text, Variant

KEYS = frozenset({
    "id", "title", "lang", "description", "bullets", "brand", "category", "facts", "offers", "variants",
    "images", "url", "gtin", "mpn", "seller", "passages", "deleted", "source", "synthetic",
})  # fmt: skip
"""Everything an object may say; ``source`` and ``synthetic`` are notes that are not read."""

# What makes a product wrong where it is broken; anything else is left out with a caution.
_VITAL = frozenset({"id", "title", "offers", "variants", "variants.id"}) | {
    f"{offers}.{part}" for offers in ("offers", "variants.offers") for part in ("market", "price")
}

_KINDS: Mapping[str, PassageKind] = {
    "review": "review", "answer": "answer", "cqa": "answer", "bullet": "bullet",
    "description": "description", "attribute": "attribute", "title": "title",
}  # fmt: skip


def products(rows: Iterable[Parsed | Problem], feed: Feed) -> Iterator[Outcome]:
    """Yield the products of our own format, and what others say of them."""
    unknown: set[str] = set()
    for row in rows:
        if isinstance(row, Parsed):
            yield from _product(row, feed)
            for key in sorted(row.value.keys() - KEYS - unknown):
                unknown.add(key)
                yield _unknown(key, row.line, feed.source)
        else:
            yield row


def _unknown(key: str, line: int, source: str) -> Caution:
    near = get_close_matches(key, KEYS, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(sorted(KEYS))}"
    problem = "is no key of this format; left out in every row"
    return Caution(Rejection(line, key[:80], "", problem, remedy, source))


def _product(row: Parsed, feed: Feed) -> Iterator[Outcome]:
    value, draft = row.value, Draft(feed, row.line)
    id_ = draft.identity("id", _word(draft, "id", value.get("id")))
    # Taking a product that was to go is worse than a loose reading of "true".
    if str(value.get("deleted")).strip().lower() in ("true", "1", "yes") and id_:
        yield Removal(id_, row.line, feed.source)
        return
    said = _Said(draft, value)
    titles = said.titles()
    descriptions = said.texts("description")
    bullets = said.texts("bullets")
    variants = tuple(_variant(draft, entry) for entry in _objects(draft, "variants", value))
    offers = _offers(draft, value, "offers")
    product = Product(
        id=id_,
        titles=titles,
        descriptions=descriptions + said.of_kind("description"),
        bullets=bullets + said.of_kind("bullet"),
        brand=clean(_word(draft, "brand", value.get("brand"))),
        category=clean(_word(draft, "category", value.get("category"))),
        facts=_facts(draft, value) + said.attributes(),
        variants=variants,
        offers=offers or cheapest(variants),
        images=draft.links("images", _strings(draft, "images", value)),
        url=draft.link("url", _word(draft, "url", value.get("url"))),
        gtin=draft.gtin("gtin", _word(draft, "gtin", value.get("gtin"))),
        mpn=clean(_word(draft, "mpn", value.get("mpn"))),
        seller=clean(_word(draft, "seller", value.get("seller"))),
    )
    yield from draft.take(product, said.by_others(id_))


class _Said:
    """The texts of one object, in whichever languages it names."""

    def __init__(self, draft: Draft, value: Mapping[str, Json]) -> None:
        self._draft, self._value = draft, value
        self._lang = ""
        named = value.get("lang")
        if named is not None:
            self._lang = draft.language("lang", _word(draft, "lang", named))
        self._passages = [
            (kind, text)
            for place, entry in enumerate(_objects(draft, "passages", value))
            for kind, text in self._passage(f"passages[{place}]", entry)
        ]

    def titles(self) -> tuple[Text, ...]:
        title = self._value.get("title")
        found = tuple(
            text
            for lang, words in self._by_lang("title", title)
            for text in self._draft.title("title", words, lang)
        )
        if not found and not self._draft.refused:
            tagged = isinstance(title, Mapping) and any(title.values())
            problem = "has no words in a language that is known" if tagged else "has no words"
            self._draft.refuse(
                "title", title, problem, "write a string, or a map from BCP 47 language tag to string"
            )
        return found

    def texts(self, field: str) -> tuple[Text, ...]:
        value = self._value.get(field)
        return tuple(
            text
            for lang, words in self._by_lang(field, value)
            for text in self._draft.texts(field, [words], lang)
        )

    def of_kind(self, kind: PassageKind) -> tuple[Text, ...]:
        """Return the seller's own words among the passages; a description as one text a language."""
        found = [text for said, text in self._passages if said == kind]
        if kind != "description":
            return tuple(found)
        langs = dict.fromkeys(text.lang for text in found)
        return tuple(
            Text(" ".join(text.value for text in found if text.lang == lang), lang) for lang in langs
        )

    def attributes(self) -> tuple[Fact, ...]:
        return tuple(
            fact
            for kind, text in self._passages
            if kind == "attribute"
            for fact in attribute_facts(text.value)
        )

    def by_others(self, id_: str) -> Sequence[Passage]:
        return [Passage(id_, kind, text) for kind, text in self._passages if kind in ("review", "answer")]

    def _passage(self, field: str, entry: Mapping[str, Json]) -> Iterator[tuple[PassageKind, Text]]:
        kind = _KINDS.get(str(entry.get("kind")))
        if kind is None:
            remedy = f"write one of {', '.join(_KINDS)}"
            self._draft.caution(f"{field}.kind", entry.get("kind"), "is no kind of passage; left out", remedy)
            return
        words = _word(self._draft, f"{field}.text", entry.get("text"))
        named = entry.get("lang")
        lang = self._draft.language(f"{field}.lang", named) if isinstance(named, str) else ""
        lang = lang or self._lang or self._draft.tell(words)
        for text in self._draft.texts(field, [words], lang):
            yield kind, text

    def _by_lang(self, field: str, value: Json) -> Iterator[tuple[str, str]]:
        """Yield language and words of words, a list of them, or a map from language to either."""
        if isinstance(value, Mapping):
            for tag, words in value.items():
                if lang := self._draft.language(f"{field}.{tag}"[:100], str(tag)):
                    for single in _listed(self._draft, f"{field}.{tag}", words):
                        yield lang, single
            return
        for words in _listed(self._draft, field, value):
            self._lang = self._lang or self._draft.tell(words)
            yield self._lang, words


def _variant(draft: Draft, entry: Mapping[str, Json]) -> Variant:
    member = draft.variant_id("variants.id", _word(draft, "variants.id", entry.get("id")))
    return Variant(
        member,
        _facts(draft, {"facts": entry.get("options")}),
        _offers(draft, entry, "variants.offers"),
        draft.gtin("variants.gtin", _word(draft, "variants.gtin", entry.get("gtin"))),
        draft.link("variants.image", _word(draft, "variants.image", entry.get("image"))),
    )


def _offers(draft: Draft, value: Mapping[str, Json], field: str) -> tuple[Offer, ...]:
    found: list[Offer] = []
    for entry in _objects(draft, "offers", value):
        market = draft.market(f"{field}.market", _word(draft, f"{field}.market", entry.get("market")))
        price = _price(draft, f"{field}.price", entry.get("price"))
        listed = _list_price(draft, f"{field}.list_price", entry.get("list_price"))
        said = _word(draft, f"{field}.availability", entry.get("availability"))
        state = draft.availability(f"{field}.availability", said)
        if price is None and not draft.refused:
            draft.refuse(f"{field}.price", entry.get("price"), "is missing", 'write "19.99 EUR"')
        if offer := draft.offer(market, price, listed, state):
            delivery = clean(_word(draft, f"{field}.delivery", entry.get("delivery")))
            found.append(Offer(offer.market, offer.price, offer.list_price, offer.availability, delivery))
    return tuple(found)


def _price(draft: Draft, field: str, value: Json) -> Money | None:
    if isinstance(value, Mapping):
        return draft.minor_price(field, value.get("amount"), value.get("currency"))
    return draft.price(field, _word(draft, field, value))


def _list_price(draft: Draft, field: str, value: Json) -> Money | None:
    if isinstance(value, Mapping):
        return draft.minor_list_price(field, value.get("amount"), value.get("currency"))
    return draft.list_price(field, _word(draft, field, value))


def _facts(draft: Draft, value: Mapping[str, Json]) -> tuple[Fact, ...]:
    facts = value.get("facts")
    if isinstance(facts, Mapping):
        pairs = [(str(name), _word(draft, f"facts.{name}"[:100], said)) for name, said in facts.items()]
        return tuple(fact for name, said in pairs for fact in draft.fact(name, said))
    found: list[Fact] = []
    for entry in _objects(draft, "facts", value):
        name, said, unit, quote = (
            _word(draft, f"facts.{part}", entry.get(part)) for part in ("name", "value", "unit", "quote")
        )
        for fact in draft.fact(name, said):
            # A unit that is given stands; otherwise one may hide in the value.
            whole = replace(fact, value=clean(said), unit=clean(unit), quote="") if unit else fact
            found.append(replace(whole, quote=clean(quote) or whole.quote))
    return tuple(found)


def _objects(draft: Draft, field: str, value: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    entries = value.get(field)
    if entries is None:
        return
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, Mapping):
            yield entry
        else:
            _complain(draft, field, entry, "is not a list of objects")


def _strings(draft: Draft, field: str, value: Mapping[str, Json]) -> list[str]:
    return list(_listed(draft, field, value.get(field)))


def _listed(draft: Draft, field: str, value: Json) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        if words := _word(draft, field, entry):
            yield words


def _word(draft: Draft, field: str, value: Json) -> str:
    """Return a string as it is, a number or truth value in words, "" with a complaint for anything else."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    _complain(draft, field, value, "is not a string")
    return ""


def _complain(draft: Draft, field: str, value: Json, problem: str) -> None:
    remedy = "see docs/guides/feeds.md for its shape"
    if field in _VITAL or field.startswith("title."):
        draft.refuse(field, value, problem, remedy)
    else:
        draft.caution(field, value, f"{problem}; left out", remedy)
