"""Laws of brands: one name in every script, and no brand where an everyday word stands."""

import pytest

from dragoman.text.brands import closest, forms, recognise
from dragoman.text.tables import table
from dragoman.text.transliterate import romanise


@pytest.mark.parametrize(
    "text",
    [
        "耐克跑步鞋", "耐吉 跑鞋", "ナイキ スニーカー", "나이키 운동화", "나이키운동화", "나이키를",
        "найк кроссовки", "кроссовки найка", "حذاء نايكي", "नाइके जूते", "รองเท้าไนกี้ผู้ชาย",
        "NIKE shoes", "Nike's shoes", "Ｎｉｋｅ",
    ],
)  # fmt: skip
def test_a_brand_is_one_name_in_every_script(text: str) -> None:
    assert recognise(text) == ("Nike",)


@pytest.mark.parametrize(
    "text",
    ["apple juice", "苹果", "今日立减", "完美的礼物", "サーモスタット", "파인애플", "เกียร์", "dell'acqua",
     "brauner Gürtel", "500 ميلي", "miele di acacia", "5 3m cable", ""],
)  # fmt: skip
def test_everyday_words_are_no_brands(text: str) -> None:
    assert recognise(text) == ()


def test_brands_come_once_in_the_order_of_mention() -> None:
    assert recognise("чехол самсунг, не айфон; Samsung") == ("Samsung", "iPhone")


def test_the_longest_form_wins() -> None:
    assert recognise("philips avent bottle") == ("Philips Avent",)


def test_a_shop_adds_its_own_rows() -> None:
    known = forms([*table("brands"), ("Шапито", "шапито", "ru"), ("Шапито", "shapito", "mul")])
    assert recognise("Shapito и Nike", known=known) == ("Шапито", "Nike")


def test_every_shipped_form_names_its_brand() -> None:
    assert [row for row in table("brands") if recognise(row[1]) != (row[0],)] == []


@pytest.mark.parametrize("written", ["Макита", "マキタ", "มากิตา", "마키타"])
def test_a_romanised_name_finds_the_catalogue_brand(written: str) -> None:
    assert closest(romanise(written), ["Nike", "Makita", "Bosch"]) == "Makita"


def test_an_unknown_name_is_close_to_no_brand() -> None:
    assert closest(romanise("табуретка"), ["Nike", "Makita", "Bosch"]) == ""
