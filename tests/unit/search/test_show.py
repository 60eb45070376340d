"""Laws of what a shopper is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.search.show import offer_for, price_for, title_for
from dragoman.text.money import show
from dragoman.types import Money, Offer, Product, Query, Text, Variant

settings.register_profile("unhurried", deadline=None)  # the law counts, not the clock
settings.load_profile("unhurried")

LANGS = [
    "zh-Hans",
    "zh-Hant",
    "ja",
    "ko",
    "ar",
    "hi",
    "ru",
    "de",
    "es",
    "fr",
    "pt-BR",
    "en",
    "th",
    "fa",
    "bn",
    "mr",
    "de-CH",
]
CURRENCIES = ["EUR", "USD", "JPY", "KWD", "IQD", "INR", "CHF", "HUF", "XAF"]


@given(st.integers(0, 10**12), st.sampled_from(CURRENCIES), st.sampled_from(LANGS))
def test_prices_are_written_as_cldr_writes_them(minor: int, currency: str, lang: str) -> None:
    price = Money(minor, currency)
    assert price_for(Offer("", price), Query("", langs=(lang,)), Text("", "und")) == show(price, lang)


@pytest.mark.parametrize("lang", LANGS)
def test_every_length_of_price_is_written_as_cldr_writes_it(lang: str) -> None:
    for minor in [0, 5, *(int("1234567890123"[:length]) for length in range(1, 14))]:
        price = Money(minor, "EUR")
        assert price_for(Offer("", price), Query("", langs=(lang,)), Text("", "und")) == show(price, lang)


def test_a_price_is_written_in_the_titles_language_when_the_shopper_names_none() -> None:
    assert price_for(Offer("", Money(150000, "EUR")), Query(""), Text("Zelt", "de")) == "1.500,00\xa0€"
    assert price_for(None, Query(""), Text("Zelt", "de")) == ""


def test_the_markets_own_offer_comes_before_that_for_every_market() -> None:
    everywhere, french, german = (
        Offer("", Money(1, "EUR")),
        Offer("FR", Money(9, "EUR")),
        Offer("DE", Money(5, "EUR")),
    )
    product = Product("1", (), offers=(everywhere, french, german))
    assert [offer_for(product, market) for market in ("FR", "DE", "US", "")] == [
        french,
        german,
        everywhere,
        everywhere,
    ]


def test_no_offer_is_made_up_for_a_market() -> None:
    assert offer_for(Product("1", (), offers=(Offer("FR", Money(9, "EUR")),)), "US") is None
    assert offer_for(Product("1", ()), "US") is None


def test_the_cheapest_variant_is_offered_where_the_product_itself_is_not() -> None:
    cheap, dear = Offer("DE", Money(5, "EUR")), Offer("DE", Money(9, "EUR"))
    product = Product("1", (), variants=(Variant("a", offers=(dear,)), Variant("b", offers=(cheap,))))
    assert offer_for(product, "DE") == cheap


@pytest.mark.parametrize(
    ("langs", "shown"),
    [
        (("de",), "de"),
        (("zh-TW",), "zh-Hant"),
        (("pt",), "pt-BR"),
        (("ko", "de"), "de"),
        (("ko",), "ja"),
        ((), "ja"),
    ],
)
def test_the_best_title_for_a_reader_is_shown(langs: tuple[str, ...], shown: str) -> None:
    titles = tuple(Text(lang, lang) for lang in ("ja", "de", "zh-Hans", "zh-Hant", "pt-BR"))
    assert title_for(Product("1", titles), langs).lang == shown


def test_a_product_without_a_title_shows_nothing() -> None:
    assert title_for(Product("1", ()), ["de"]) == Text("", "und")
