"""Laws of prices: exact, in minor units, in every notation sellers use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import BadInput
from dragoman.text.money import MOST, convert, digits, parse_price, shipped_rates, show
from dragoman.types import Money, Rates

NOTATIONS = [
    ("15.00 USD", 1500, "USD"),
    ("USD15", 1500, "USD"),
    ("US$ 15.00", 1500, "USD"),
    ("$15.00 USD", 1500, "USD"),
    ("€1.299,00", 129900, "EUR"),
    ("1,299.5 EUR", 129950, "EUR"),
    ("1.299 EUR", 129900, "EUR"),
    (".99 EUR", 99, "EUR"),
    ("1 299,00 zł", 129900, "PLN"),
    ("1\u202f299,00\xa0zł", 129900, "PLN"),
    ("1’299.00 CHF", 129900, "CHF"),
    ("5,- Kč", 500, "CZK"),
    ("CHF 12.-", 1200, "CHF"),
    ("R$ 1.299,90", 129990, "BRL"),
    ("₹1,29,999.00", 12999900, "INR"),
    ("299 руб.", 29900, "RUB"),
    ("1.299.000 ₫", 1299000, "VND"),
    ("１，２９９円", 1299, "JPY"),
    ("1299.00 JPY", 1299, "JPY"),
    ("₩1,299", 1299, "KRW"),
    ("1299 원", 1299, "KRW"),
    ("฿1,299", 129900, "THB"),
    ("١٬٢٩٩٫٠٠ ر.س.\u200f", 129900, "SAR"),
    ("٣٫٥ د.ك", 3500, "KWD"),
    ("1.299 KWD", 1299, "KWD"),
    ("১২৯৯ ৳", 129900, "BDT"),
    ("16.806723 EUR", 1681, "EUR"),
    ("0 EUR", 0, "EUR"),
]


@pytest.mark.parametrize(("text", "minor", "currency"), NOTATIONS)
def test_a_price_is_read_in_every_notation(text: str, minor: int, currency: str) -> None:
    assert parse_price(text) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("¥1299", "CNY", 129900),
        ("￥1299", "JPY", 1299),
        ("kr 100", "DKK", 10000),
        ("$5", "CAD", 500),
        ("7", "THB", 700),
    ],
)
def test_the_argument_settles_a_shared_sign_or_none(text: str, currency: str, minor: int) -> None:
    assert parse_price(text, currency) == Money(minor, currency)


def test_a_currency_in_the_text_wins_over_the_argument() -> None:
    assert parse_price("5 €", "USD") == Money(500, "EUR")
    assert parse_price("5 USD", "EUR") == Money(500, "USD")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("-5 EUR", "0 or more"),
        ("EUR −5", "0 or more"),
        ("5", "ISO 4217"),
        ("¥1299", "JPY, CNY"),
        ("$15", "USD"),
        ("15 USB", "USD"),
        ("15 DEM", "EUR"),
        ("$15 EUR", "one currency"),
        ("10-20 EUR", "a number and a currency"),
        ("free", "a number and a currency"),
        ("", "a number and a currency"),
        ("1e5 EUR", "a number and a currency"),
        ("nan EUR", "a number and a currency"),
        ("12,3,4 EUR", "1299.00"),
        ("12.99 JPY", "13 JPY"),
        ("0.999 EUR", "1.00 EUR"),
        ("from 15 USD", "USD"),
        ("9" * 20 + " EUR", "decimal point"),
        ("1" * 10_000, "a number and a currency"),
    ],
)
def test_what_is_not_one_price_is_refused_with_its_remedy(text: str, remedy: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_price(text)
    assert remedy in caught.value.hint
    assert len(str(caught.value)) < 300


@given(st.text(max_size=80), st.sampled_from(["", "EUR", "JPY"]))
def test_any_text_is_a_price_or_a_bad_input(text: str, currency: str) -> None:
    try:
        outcome: Money | str = parse_price(text, currency)
    except BadInput as error:
        outcome = error.hint
    assert outcome
    assert isinstance(outcome, str) or 0 <= outcome.minor <= MOST


@given(st.integers(0, MOST), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_a_plainly_written_price_comes_back(minor: int, currency: str) -> None:
    places = digits(currency)
    whole, rest = divmod(minor, 10**places)
    text = f"{whole}.{rest:0{places}d} {currency}" if places else f"{whole} {currency}"
    assert parse_price(text) == Money(minor, currency)


def test_decimals_follow_iso_4217_not_daily_cash() -> None:
    assert {code: digits(code) for code in ["JPY", "KRW", "KWD", "PKR", "ALL", "HUF"]} == {
        "JPY": 0, "KRW": 0, "KWD": 3, "PKR": 2, "ALL": 2, "HUF": 2
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("en", "€1,299.50"),
        ("de", "1.299,50\xa0€"),
        ("fr", "1\u202f299,50\xa0€"),
        ("pt", "€\xa01.299,50"),
        ("ja", "€1,299.50"),
        ("ru", "1\xa0299,50\xa0€"),
        ("hi", "€1,299.50"),
        ("ar", "\u200f1,299.50\xa0€"),
        ("zh-Hans", "€1,299.50"),
        ("qaa", "€1,299.50"),
    ],
)
def test_a_price_is_shown_as_its_reader_writes_it(lang: str, shown: str) -> None:
    assert show(Money(129950, "EUR"), lang) == shown


def test_showing_never_drops_a_cent() -> None:
    assert show(Money(129950, "ALL"), "en") == "ALL\xa01,299.50"
    assert show(Money(129900, "ALL"), "en") == "ALL\xa01,299"


def test_shipped_rates_know_every_large_currency_and_their_day() -> None:
    rates = shipped_rates()
    assert len(rates.date) == 10
    for code in ["USD", "JPY", "CNY", "INR", "BRL", "SAR", "EGP", "RUB", "THB", "VND", "TWD", "KRW", "KWD"]:
        assert rates.per_base[code] > 0


def test_there_and_back_keeps_a_price_within_a_unit() -> None:
    rates = shipped_rates()
    there = convert(Money(199900, "EUR"), "USD", rates)
    assert there.currency == "USD"
    assert abs(convert(there, "EUR", rates).minor - 199900) <= 1


def test_conversion_counts_the_minor_units_of_both_currencies() -> None:
    rates = Rates("EUR", {"JPY": 160.0, "KWD": 0.35}, "2026-01-01")
    assert convert(Money(16000, "JPY"), "EUR", rates) == Money(10000, "EUR")
    assert convert(Money(16000, "JPY"), "KWD", rates) == Money(35000, "KWD")
    with pytest.raises(BadInput, match="THB"):
        convert(Money(1, "EUR"), "THB", rates)


@pytest.mark.parametrize(("currency", "sign"), [("USD", "US$"), ("TWD", "NT$"), ("JPY", "JP¥")])
def test_a_sign_keeps_its_letters_where_lines_run_from_right_to_left(currency: str, sign: str) -> None:
    assert f"{sign}\u200e" in show(Money(4600, currency), "ar")
    assert "\u200e" not in show(Money(4600, currency), "zh")
