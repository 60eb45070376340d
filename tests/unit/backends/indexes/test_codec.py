"""Whatever a product holds comes back from the index's own text unchanged."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.backends.indexes.codec import decode_passages, decode_product, encode_passages, encode_product
from dragoman.errors import BadInput, Corrupt
from dragoman.types import Fact, Money, Offer, Passage, Product, Text, Variant

NASTY = ["", "0", '"\\', "\0", "\u2028\n", "登山鞋", "साड़ी", "حذاء\u200f", "👟", "x" * 300]
WORDS = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=2)
LANGS = st.sampled_from(
    ["en", "zh-Hant", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt-BR", "th", "und"]
)
TEXTS = st.builds(Text, WORDS, LANGS, st.sampled_from(["seller", "human", "machine"]))
FACTS = st.builds(Fact, WORDS, WORDS, WORDS, WORDS)
MONEY = st.builds(Money, st.integers(0, 2**40), st.sampled_from(["EUR", "JPY", "KWD"]))
STATES = st.sampled_from(["in_stock", "limited", "preorder", "out_of_stock", "unknown"])
OFFERS = st.builds(Offer, st.sampled_from(["", "DE", "JP"]), MONEY, st.none() | MONEY, STATES, WORDS)


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=1).map(tuple)


VARIANTS = st.builds(Variant, WORDS, some(FACTS), some(OFFERS), WORDS, WORDS)
PRODUCTS = st.builds(
    Product, WORDS, some(TEXTS), some(TEXTS), some(TEXTS), WORDS, WORDS, some(FACTS), some(VARIANTS),
    some(OFFERS), some(WORDS), WORDS, WORDS, WORDS, WORDS,
)  # fmt: skip
PASSAGES = st.builds(Passage, WORDS, st.sampled_from(["review", "answer", "title"]), TEXTS)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(PRODUCTS)
def test_products_come_back_equal(product: Product) -> None:
    assert decode_product(encode_product(product)) == product


@given(st.lists(PASSAGES, max_size=4).map(tuple))
def test_passages_come_back_equal(passages: tuple[Passage, ...]) -> None:
    assert decode_passages(encode_passages(passages)) == passages


def test_defaults_take_no_room() -> None:
    assert encode_product(Product("p", ())) == '{"v":1,"id":"p","titles":[]}'
    assert encode_passages(()) == ""


@pytest.mark.parametrize(
    "product",
    [
        Product("p", (Text("half \ud83d", "en"),)),
        Product("p", (), offers=(Offer("", Money(1 << 70, "EUR")),)),
    ],
)
def test_what_json_cannot_hold_is_refused_by_name(product: Product) -> None:
    with pytest.raises(BadInput, match="'p'"):
        encode_product(product)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"v":1}', '{"v":1,"id":"p","titles":[["a"]]}', '{"v":1,"id":"p","titles":3}'],
)
def test_what_is_not_ours_is_corrupt(text: str) -> None:
    with pytest.raises(Corrupt):
        decode_product(text)


def test_a_later_format_is_told_apart() -> None:
    later = orjson.loads(encode_product(Product("p", ()))) | {"v": 2}
    with pytest.raises(Corrupt, match="format 2") as caught:
        decode_product(orjson.dumps(later).decode())
    assert "upgrade" in caught.value.hint
