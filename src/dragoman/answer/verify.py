"""The verifier: code that lets no sentence through whose claims stand in nothing that it cites.

It does not ask a model. Every quote must stand word for word in a cited passage; every number, unit,
price, state of stock, promise, name, negation and verdict must be in the cited words or the shop's own
offers. What it cannot trace it refuses: a good sentence may be lost, an invented claim may not pass.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from dragoman.answer.asking import Question, is_negated
from dragoman.answer.cues import folded, found, kinds
from dragoman.answer.measures import Amount, claimed, equal, price_amount, stated
from dragoman.answer.messages import catalogue, reply_lang, say
from dragoman.answer.names import strange_names
from dragoman.answer.offers import KNOWN
from dragoman.answer.parts import Sentence, Sheet
from dragoman.answer.stance import Stance, opens_yes_no, stance
from dragoman.text.money import show
from dragoman.types import Availability, Lang, Money, Offer, Text

_QUOTE = "\ufffc"  # stands where a quote was
_ISOLATED = re.compile("\u2068([^\u2068\u2069]*)\u2069")
_MARKED = re.compile(
    r"“([^“”]*)”|„([^„“”]*)[“”]|«\s*([^«»]*?)\s*»|「([^「」]*)」|『([^『』]*)』|\"([^\"]{3,})\"|《([^《》]*)》"
)
# A word of yes or no set off by a mark, or one that opens no other sentence.
_VERDICT = re.compile(
    r"^[^\W\d_]+(?:\s*[,.!;:，。、！；：،]|$)|^(?:yes|oui|нет|да|nein|sim|hayır|evet|tak)\b", re.IGNORECASE
)
_SOLD: frozenset[Availability] = frozenset({"in_stock", "limited"})
_GONE: frozenset[Availability] = frozenset({"out_of_stock", "discontinued", "backorder", "preorder"})
_FRAMES = (
    "nearest",
    "says_seller", "says_buyer", "says_answer", "says_fact", "price", "price_before", "price_span",
    "praise", "blame", "opinion", "buyers.zero", "buyers.one", "buyers.two", "buyers.few", "buyers.many",
    "buyers.other", "compared.zero", "compared.one", "compared.two", "compared.few", "compared.many",
    "compared.other", "label_price", "label_stock", "label_brand",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a sentence may stand on: cited words with their languages, amounts of the offers, verdicts."""

    texts: tuple[Text, ...]  # cited passages
    bodies: tuple[Text, ...]  # those of them that are no titles
    quotable: tuple[str, ...]
    prices: tuple[Money, ...]  # of the cited offers
    amounts: frozenset[Amount]
    stock: frozenset[Availability]
    stances: frozenset[Stance]
    names: tuple[str, ...]
    is_free: bool


def problems(
    sentence: Sentence, question: Question, sheets: Sequence[Sheet], same: frozenset[str] = frozenset()
) -> list[str]:
    """Return what of a sentence its citations and offers do not hold; [] if all of it can be traced.

    Args:
        same: Questions of community answers that are known to mean the same as this one.
    """
    grounds = grounds_of(sentence, question, sheets, same)
    if not grounds.texts and not sentence.offers:
        return ["it cites nothing"]
    wrong, rest = _unquoted(sentence.text, grounds)
    lang = question.reply
    rest = _without_prices(rest, lang, grounds)
    # Stock first: "Нет в наличии" opens with a no and is no verdict.
    more, rest = _without_stock(rest, lang, grounds)
    wrong += more
    more, rest = _without_verdict(rest, lang, grounds)
    wrong += more
    rest = _without_frames(rest, lang)
    return wrong + _claims(rest, lang, grounds)


def grounds_of(
    sentence: Sentence, question: Question, sheets: Sequence[Sheet], same: frozenset[str]
) -> Grounds:
    """Return what a sentence stands on, as the pages themselves hold it: a citation is not believed."""
    pieces = [
        piece
        for sheet in sheets
        for piece in sheet.pieces
        for cited in sentence.citations
        if piece.passage == cited.passage and (cited.quote in piece.passage.text.value)
    ]
    products = {piece.passage.product for piece in pieces}
    own = [sheet for sheet in sheets if sheet.product.id in products or sheet.offer in sentence.offers]
    texts = tuple(dict.fromkeys(piece.passage.text for piece in pieces))
    titles = tuple(title for sheet in own for title in sheet.product.titles)
    real = [offer for sheet in own for offer in _offers(sheet) if offer in sentence.offers]
    amounts: set[Amount] = {Amount(Decimal(count)) for count in sentence.counts}
    for text in (*texts, *titles):
        amounts |= stated(text.value, text.lang)
    prices = [price for offer in real for price in (offer.price, offer.list_price) if price is not None]
    amounts |= {price_amount(price.minor, price.currency) for price in prices}
    return Grounds(
        texts=texts,
        bodies=tuple(piece.passage.text for piece in pieces if piece.passage.kind != "title"),
        quotable=tuple(text.value for text in (*texts, *titles)),
        prices=tuple(prices),
        amounts=frozenset(amounts),
        stock=frozenset(offer.availability for offer in real),
        stances=frozenset(
            stance(question, piece, same=piece.asked in same and bool(piece.asked)) for piece in pieces
        ),
        names=(*(text.value for text in (*texts, *titles)), *(sheet.product.brand for sheet in own)),
        is_free=any(price == Money(0, price.currency) for price in prices),
    )


def _offers(sheet: Sheet) -> list[Offer]:
    product = sheet.product
    return [*product.offers, *(offer for variant in product.variants for offer in variant.offers)]


def _unquoted(text: str, grounds: Grounds) -> tuple[list[str], str]:
    """Check each quote, and put one mark in the place of all of it, marks included."""
    wrong: list[str] = []

    def checked(match: re.Match[str]) -> str:
        words = next(group for group in match.groups() if group is not None).strip("\u2068\u2069 \u202f")
        if words.strip(_QUOTE + " ") and not any(words in source for source in grounds.quotable):
            wrong.append(f"not on the page: {words[:80]!r}")
        return _QUOTE

    rest = _MARKED.sub(checked, _ISOLATED.sub(checked, text))
    return wrong, rest


def _without_prices(rest: str, lang: Lang, grounds: Grounds) -> str:
    """Leave out the prices of cited offers, written exactly as this shop writes them for these readers."""
    shown = sorted((show(price, lang) for price in grounds.prices), key=len, reverse=True)
    for price in shown:
        # Not the end of a longer number: "100 €" in "1 100 €".
        rest = re.sub(rf"(?<!\d)(?<!\d[\s.,'’]){re.escape(price)}(?!\d|[.,]\d)", " ", rest)
    return rest


def _without_verdict(rest: str, lang: Lang, grounds: Grounds) -> tuple[list[str], str]:
    """A leading yes or no has to be that of a cited piece; "the statements differ" needs one of each."""
    plain_start = rest.lstrip(f" {_QUOTE}:：")
    for verdict, wanted in (("mixed", {"yes", "no"}), ("yes", {"yes"}), ("no", {"no"})):
        message = say(verdict, lang)
        if plain_start.startswith(message):
            wrong = [] if wanted <= grounds.stances else [f"the verdict {verdict!r} stands in no cited piece"]
            return wrong, plain_start[len(message) :]
    opened = opens_yes_no(folded(plain_start), lang)
    if opened and _VERDICT.match(plain_start) and opened not in grounds.stances:
        return [f"it says {opened!r}, and no cited piece does"], rest
    return [], rest


def _without_stock(rest: str, lang: Lang, grounds: Grounds) -> tuple[list[str], str]:
    wrong = []
    for state in KNOWN:
        message = say(f"stock_{state}", lang).rstrip(".。 ")
        if message in rest:
            if state not in grounds.stock:
                wrong.append(f"no cited offer is {state}")
            rest = rest.replace(message, " ")
    return wrong, rest


def _without_frames(rest: str, lang: Lang) -> str:
    """Leave out the words of our own templates; what was put into them stays and is checked."""
    for pattern in _frames(reply_lang(lang)):
        rest = pattern.sub(lambda match: " " + " ".join(part for part in match.groups() if part) + " ", rest)
    return rest


@cache
def _frames(lang: Lang) -> tuple[re.Pattern[str], ...]:
    made = []
    for key in _FRAMES:
        message = catalogue().get(key, {}).get(lang, "")
        parts = re.split(r"\{\w+\}", message)
        if len("".join(parts).strip()) >= 2:
            # Without the final stop: sentences are told apart by more than that.
            body = "([^\\n.。]{0,60}?)".join(map(re.escape, parts))
            made.append(
                re.compile(rf"(?<!\w){body}" if parts[0][:1].isalnum() and parts[0].isascii() else body)
            )
    aspects = [said[lang] for key, said in catalogue().items() if key.startswith("aspect_") and lang in said]
    return (*made, re.compile("|".join(map(re.escape, sorted(aspects, key=len, reverse=True)))))


def _claims(rest: str, lang: Lang, grounds: Grounds) -> list[str]:
    wrong = [
        f"the amount {'/'.join(f'{one.value} {one.unit}'.strip() for one in amount)} is not in what it cites"
        for amount in claimed(rest, lang)
        if not _is_stated(amount, grounds.amounts)
    ]
    plain = folded(rest)
    wrong += [
        f"it claims {kind!r} ({words[0]}), and nothing cited does"
        for kind in kinds("claims")
        if (words := found(plain, lang, kind, "claims")) and not _is_backed(kind, grounds)
    ]
    wrong += [
        f"the name {name!r} is not in what it cites" for name in strange_names(rest, lang, grounds.names)
    ]
    return wrong + _negation(plain, lang, grounds)


def _is_stated(claim: Sequence[Amount], amounts: Iterable[Amount]) -> bool:
    if all(one.value == 1 and one.is_word and not one.unit for one in claim):
        return True  # "one" is a pronoun and an article as often as a number
    return any(equal(one, known) for known in amounts for one in claim)


def _is_backed(kind: str, grounds: Grounds) -> bool:
    if kind == "free" and grounds.is_free:
        return True
    if (kind == "in_stock" and grounds.stock & _SOLD) or (kind == "out_of_stock" and grounds.stock & _GONE):
        return True
    if kind in ("in_stock", "out_of_stock") and grounds.stock:
        return False  # the offer says otherwise, whatever a buyer once wrote
    return any(found(folded(text.value), text.lang, kind, "claims") for text in grounds.texts)


def _negation(plain: str, lang: Lang, grounds: Grounds) -> list[str]:
    """What the sentence says itself, quotes and templates apart, must be negated where its grounds are."""
    if not any(char.isalpha() for char in plain.replace(_QUOTE, "")):
        return []
    cited = [is_negated(folded(text.value), text.lang) for text in grounds.bodies]
    if is_negated(plain, lang):
        gone = grounds.stock & _GONE
        return [] if any(cited) or gone else ["it negates, and nothing cited does"]
    return ["all that it cites is negated, and it is not"] if cited and all(cited) else []
