"""Laws of the verifier: what is on the page passes in every language, what is invented never does."""

from decimal import Decimal

import numpy as np
import pytest
from answer_pages import LANGS, product, said
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.answer.asking import Question, understand_question
from dragoman.answer.compose import evidence_draft, opinion_draft
from dragoman.answer.cues import rows, spoken
from dragoman.answer.measures import Amount, claimed, equal, stated
from dragoman.answer.messages import catalogue, quoted, reply_lang, say
from dragoman.answer.names import strange_names
from dragoman.answer.offers import KNOWN, offer_of, price_sentences, stock_sentences
from dragoman.answer.parts import Evidence, Sentence, Sheet
from dragoman.answer.passages import Piece, pieces_of
from dragoman.answer.verify import problems
from dragoman.text.money import show
from dragoman.text.tags import locale_of
from dragoman.types import Citation, Money, Offer, Opinion, Query

PAGE = (
    said("review", "It lasted 18 months, then the lid did not close."),
    said("review", "boils fast and looks great"),
)
NUMBERS = {
    "en": "It weighs {n} kg.",
    "de": "Es wiegt {n} kg.",
    "fr": "Il pèse {n} kg.",
    "es": "Pesa {n} kg.",
    "it": "Pesa {n} kg.",
    "pt": "Pesa {n} kg.",
    "pl": "Waży {n} kg.",
    "ru": "Он весит {n} кг.",
    "zh": "重量是{n}公斤。",
    "ja": "重さは{n}キロです。",
    "ko": "무게는 {n}킬로입니다.",
    "ar": "يزن {n} كجم.",
    "hi": "इसका वज़न {n} किलो है।",
    "th": "หนัก {n} กก",
}
NEGATED = {
    "en": "It is not heavy.",
    "de": "Er ist nicht schwer.",
    "fr": "Il n'est pas lourd.",
    "es": "No es pesado.",
    "it": "Non è pesante.",
    "pt": "Não é pesado.",
    "pl": "Nie jest ciężki.",
    "ru": "Он не тяжёлый.",
    "zh": "它不重。",
    "ja": "重くないです。",
    "ko": "무겁지 않습니다.",
    "ar": "ليس ثقيلا.",
    "hi": "यह भारी नहीं है।",
    "th": "ไม่หนัก",
}
PLAIN = {
    "en": "It closes well.",
    "de": "Er schließt gut.",
    "fr": "Il ferme bien.",
    "es": "Cierra bien.",
    "it": "Chiude bene.",
    "pt": "Fecha bem.",
    "pl": "Dobrze się zamyka.",
    "ru": "Он хорошо закрывается.",
    "zh": "盖子很紧。",
    "ja": "よく閉まります。",
    "ko": "잘 닫힙니다.",
    "ar": "يغلق جيدا.",
    "hi": "यह अच्छे से बंद होता है।",
    "th": "ปิดสนิทดี",
}
BRANDED = {
    "en": "It is made by Samsung.",
    "de": "Es ist von Samsung.",
    "fr": "Il est fabriqué par Samsung.",
    "es": "Lo fabrica Samsung.",
    "it": "È prodotto da Samsung.",
    "pt": "É da Samsung.",
    "pl": "Robi to Samsung.",
    "ru": "Его делает Самсунг.",
    "zh": "它是三星的。",
    "ja": "サムスンの製品です。",
    "ko": "삼성 제품입니다.",
    "ar": "هو من سامسونج.",
    "hi": "यह सैमसंग का है।",
    "th": "เป็นของ Samsung",
}
FREE = {
    "en": "Shipping is for free.",
    "de": "Der Versand ist kostenlos.",
    "fr": "La livraison est gratuite.",
    "es": "El envío es gratis.",
    "it": "La spedizione è gratuita.",
    "pt": "O frete é grátis.",
    "pl": "Wysyłka jest darmowa.",
    "ru": "Доставка бесплатная.",
    "zh": "免费送货。",
    "ja": "送料は無料です。",
    "ko": "배송은 무료입니다.",
    "ar": "الشحن مجاني.",
    "hi": "डिलीवरी मुफ़्त है।",
    "th": "ส่งฟรี",
}


def question(lang: str, text: str = "is it heavy?") -> Question:
    return understand_question(Query(text, langs=(lang,)))


def sheet(market: str = "DE") -> Sheet:
    one = product()
    pieces = pieces_of(one, PAGE)
    return Sheet(one, offer_of(one, market), pieces, np.zeros((len(pieces), 2), np.float32))


def cite(piece: Piece) -> Citation:
    return Citation(piece.passage, piece.quote)


def piece(start: str) -> Piece:
    return next(one for one in sheet().pieces if one.quote.startswith(start))


def wrong(text: str, lang: str, *pieces: Piece, offers: tuple[Offer, ...] = ()) -> list[str]:
    sentence = Sentence(text, tuple(cite(one) for one in pieces), offers=offers)
    return problems(sentence, question(lang), [sheet()])


@pytest.mark.parametrize("lang", LANGS)
def test_a_weight_on_the_page_passes_in_any_unit_that_says_the_same(lang: str) -> None:
    number = format_decimal(Decimal("0.9"), locale=locale_of(lang))
    assert wrong(NUMBERS[lang].format(n=number), lang, piece("Weight")) == []


@pytest.mark.parametrize("lang", LANGS)
@settings(max_examples=25, deadline=None)
@given(number=st.integers(2, 899))
def test_an_invented_number_is_caught(lang: str, number: int) -> None:
    assert wrong(NUMBERS[lang].format(n=number), lang, piece("Weight"))


@pytest.mark.parametrize("lang", LANGS)
@settings(max_examples=10, deadline=None)
@given(place=st.integers(3, 12))
def test_an_invented_number_word_is_caught(lang: str, place: int) -> None:
    word = next(row for row in rows("numerals") if row[0] == spoken(lang))[place].split("|")[0]
    unit = {"zh": "{w}年", "ja": "{w}年間", "ko": "{w} 개월", "th": "{w}ปี"}.get(lang, "{w}")
    assert wrong(unit.format(w=word), lang, piece("Weight"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("digits", ["٤٢", "४२", "๔๒", "４２", "42"])
def test_an_invented_number_is_caught_in_digits_of_any_script(lang: str, digits: str) -> None:
    assert wrong(NUMBERS[lang].format(n=digits), lang, piece("Weight"))


@pytest.mark.parametrize(
    "unit", ["hours", "years", "inches", "liters", "watts", "volts", "%", "pounds", "lb", "°C"]
)
def test_an_invented_unit_is_caught(unit: str) -> None:
    assert wrong(f"It is 900 {unit}.", "en", piece("Weight"))


@pytest.mark.parametrize("lang", LANGS)
@settings(max_examples=25, deadline=None)
@given(minor=st.integers(1, 10**6))
def test_a_price_that_no_cited_offer_has_is_caught(lang: str, minor: int) -> None:
    offer = product().offers[0]
    price = Money(minor + 4000, "EUR")
    assert wrong(say("price", lang, price=show(price, lang)), lang, piece("Acme"), offers=(offer,))


@pytest.mark.parametrize("lang", LANGS)
def test_a_negation_that_nothing_cited_holds_is_caught(lang: str) -> None:
    assert wrong(NEGATED[lang], lang, piece("boils fast"))
    assert wrong(NEGATED[lang], lang, piece("It lasted")) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_statement_whose_grounds_are_all_negated_is_caught(lang: str) -> None:
    assert wrong(PLAIN[lang], lang, piece("It does not whistle"))


@pytest.mark.parametrize("lang", LANGS)
def test_an_invented_brand_is_caught_in_its_written_form(lang: str) -> None:
    assert wrong(BRANDED[lang], lang, piece("boils fast"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["Zorbax", "QX-9000", "TurboWash"])
def test_an_invented_name_in_latin_letters_is_caught(lang: str, name: str) -> None:
    assert wrong(f"{PLAIN[lang].rstrip('.。।')} {name}.", lang, piece("boils fast"))


@pytest.mark.parametrize("lang", LANGS)
def test_an_invented_promise_that_it_is_free_is_caught(lang: str) -> None:
    assert wrong(FREE[lang], lang, piece("boils fast"))


@pytest.mark.parametrize("lang", sorted(catalogue()["yes"]))
@pytest.mark.parametrize("state", KNOWN)
def test_stock_is_told_as_it_is_and_never_otherwise(lang: str, state: str) -> None:
    one = product(offers=(Offer("DE", Money(100, "EUR"), availability=state),), variants=())  # type: ignore[arg-type]
    mine = Sheet(one, one.offers[0], pieces_of(one), np.zeros((1, 2), np.float32))
    [told] = stock_sentences(question(lang), mine, "DE")
    assert problems(told, question(lang), [mine]) == []
    other = product(offers=(Offer("DE", Money(100, "EUR"), availability="unknown"),), variants=())
    theirs = Sheet(other, other.offers[0], pieces_of(other), np.zeros((1, 2), np.float32))
    assert problems(Sentence(told.text, told.citations, offers=other.offers), question(lang), [theirs])


@pytest.mark.parametrize("lang", sorted(catalogue()["yes"]))
@settings(max_examples=10, deadline=None)
@given(
    minor=st.integers(1, 10**9),
    currency=st.sampled_from(["EUR", "USD", "JPY", "CNY", "INR", "KWD", "BRL", "THB"]),
)
def test_prices_of_the_templates_always_pass(lang: str, minor: int, currency: str) -> None:
    offer = Offer("DE", Money(minor, currency), Money(minor + 1000, currency))
    dearer = Offer("DE", Money(minor * 2 + 1, currency))
    for offers in ((offer,), (offer, dearer)):
        one = product(offers=offers, variants=())
        mine = Sheet(one, offer_of(one, "DE"), pieces_of(one), np.zeros((1, 2), np.float32))
        for told in price_sentences(question(lang), mine, "DE"):
            assert problems(told, question(lang), [mine]) == [], told.text


@pytest.mark.parametrize("lang", sorted(catalogue()["yes"]))
def test_quotes_and_opinions_of_the_templates_always_pass(lang: str) -> None:
    mine, asked = sheet(), question(lang)
    for place, one in enumerate(mine.pieces):
        for named in (True, False):
            draft = evidence_draft(asked, [Evidence(one, 0.9, 0, place)], [mine], named=named)
            assert [problems(told, asked, [mine]) for told in draft.sentences] == [[]]
    reviews = tuple(cite(one) for one in mine.pieces if one.passage.kind == "review")
    opinion = Opinion("durability", 1, 1, reviews[1:], reviews[:1])
    for told in opinion_draft(asked, [opinion]).sentences:
        assert problems(told, asked, [mine]) == [], told.text


@pytest.mark.parametrize("lang", LANGS)
def test_a_quote_that_is_on_no_cited_passage_is_caught(lang: str) -> None:
    told = say("says_buyer", lang, quote=quoted("it is wonderful", lang))
    assert wrong(told, lang, piece("boils fast"))


@pytest.mark.parametrize("lang", LANGS)
def test_a_verdict_that_no_cited_piece_gives_is_caught(lang: str) -> None:
    for verdict in ("yes", "no", "mixed"):
        assert wrong(f"{say(verdict, lang)} {PLAIN[lang]}", lang, piece("boils fast"))


def test_a_citation_is_not_believed_unless_the_page_holds_it() -> None:
    forged = Citation(said("review", "It weighs 5 kg."), "It weighs 5 kg.")
    assert problems(Sentence("It weighs 5 kg.", (forged,)), question("en"), [sheet()])


@given(st.decimals(0, 10**6, places=2))
def test_an_amount_equals_itself(value: object) -> None:
    amount = Amount(value, "kg")  # type: ignore[arg-type]
    assert equal(amount, amount)


@pytest.mark.parametrize(
    ("text", "lang", "holds"),
    [
        ("one year", "en", Amount(1, "year")),  # type: ignore[arg-type]
        ("保修两年", "zh", Amount(2, "year")),  # type: ignore[arg-type]
        ("1,299.5 g", "en", Amount("1299.5", "g")),  # type: ignore[arg-type]
        ("٨٠ سم", "ar", Amount(80, "cm")),  # type: ignore[arg-type]
    ],
)
def test_evidence_states_its_amounts(text: str, lang: str, holds: Amount) -> None:
    assert any(
        equal(one, Amount(type(one.value)(str(holds.value)), holds.unit)) for one in stated(text, lang)
    )


def test_a_claim_is_read_by_the_habits_of_its_language() -> None:
    assert [str(one.value) for [one] in claimed("1.299 Stück", "de")] == ["1299"]
    assert [str(one.value) for [one] in claimed("1.299 m", "en")] == ["1.299"]


def test_ordinary_words_are_no_names() -> None:
    assert strange_names("Buyers say that it works well.", "en", ["a kettle"]) == []
    assert strange_names("Der Deckel schließt gut.", "de", ["der Deckel"]) == []


def test_every_language_of_the_catalogue_has_every_message() -> None:
    plural = {key for key in catalogue() if "." in key and not key.endswith(".other")}
    langs = set(catalogue()["yes"])
    assert {key: langs - set(said_) for key, said_ in catalogue().items() if key not in plural} == {
        key: set() for key in catalogue() if key not in plural
    }
    assert reply_lang("xx") == "en"
