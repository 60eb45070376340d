"""Laws of brands read from titles: known, announced or first, each quoted; never an everyday word."""

import pytest

from dragoman.extract import extract
from dragoman.extract.page import Page, page_of
from dragoman.types import Fact, Product, Text


def brands_of(title: str, lang: str, stated: tuple[Fact, ...] = ()) -> list[Fact]:
    [facts] = extract([Page(titles=(Text(title, lang),), facts=stated)])
    return [fact for fact in facts if fact.name == "Brand"]


@pytest.mark.parametrize(
    ("lang", "title", "brand", "quote"),
    [
        ("en", "Vacmaster 5-Gallon Wet/Dry Vacuum", "Vacmaster", "Vacmaster"),
        ("en", "E250 Photoconductor Kit, Black, by Lexmark LEXE250", "Lexmark", "Lexmark"),
        ("de", "Tefal Bratpfanne 28 cm", "Tefal", "Tefal"),
        ("fr", "Bouilloire électrique Moulinex 1,7 l", "Moulinex", "Moulinex"),
        ("es", "Zapatillas Adidas para correr", "Adidas", "Adidas"),
        ("pt", "Tramontina faca de cozinha", "Tramontina", "Tramontina"),
        ("ru", "Рюкзак Samsonite, 20 л", "Samsonite", "Samsonite"),
        ("zh", "耐克跑步鞋 男款", "Nike", "耐克"),
        ("ja", "パナソニック 炊飯器 5.5合", "Panasonic", "パナソニック"),
        ("ko", "나이키 운동화", "Nike", "나이키"),
        ("ar", "حذاء نايكي للجري", "Nike", "نايكي"),
        ("hi", "सैमसंग मोबाइल", "Samsung", "सैमसंग"),
        ("th", "โซนี่ หูฟังไร้สาย", "Sony", "โซนี่"),
    ],
)
def test_a_title_names_its_maker(lang: str, title: str, brand: str, quote: str) -> None:
    [fact] = brands_of(title, lang)
    assert (fact.value, fact.quote) == (brand, quote)
    assert quote in title
    assert fact.confidence < 1


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "Cordless Drill with Two Batteries"),
        ("en", "Charging Cable for Samsung"),
        ("en", "UNV43660 Wipes"),
        ("de", "Wasserdichte Jacke für Herren"),
        ("de", "Ersatzakku für Bosch"),
        ("de", "Treppenschutzgitter aus Holz"),
        ("nl", "Vaatwasser onderdelen"),
        ("pl", "Wielorazowy bidon sportowy"),
        ("fr", "Coque pour Samsung"),
        ("es", "Funda para Xiaomi"),
        ("pt", "Garrafa térmica de aço"),
        ("ru", "Чехол для Samsung"),
        ("ar", "حقيبة ظهر مدرسية"),
        ("zh", "不锈钢保温杯"),
        ("tr", "Paslanmaz çelik termos"),
    ],
)
def test_a_title_that_names_no_maker_has_none(lang: str, title: str) -> None:
    assert brands_of(title, lang) == []


def test_the_brand_that_a_seller_states_is_not_read_from_words() -> None:
    assert brands_of("Tefal Bratpfanne", "de", (Fact("Brand", "Acme"),)) == []


def test_nor_is_the_brand_of_a_product() -> None:
    product = Product("1", (Text("Bliss Hammocks steel hammock stand", "en"),), brand="Bliss Hammocks")
    [facts] = extract([page_of(product)])
    assert "Brand" not in {fact.name for fact in facts}


def test_what_stands_behind_by_is_surer_than_the_first_word() -> None:
    found = brands_of("Lismore Red Brandy by Waterford", "en")
    assert [fact.value for fact in found] == ["Waterford"]
