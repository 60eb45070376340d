"""Facts read in the shopper's language: names, closed values, amounts; and equal values are one."""

import pytest

from dragoman.extract import shown_fact, shown_name, shown_value
from dragoman.extract.normal import normalise, sizes_like
from dragoman.extract.schema import known_category, taxonomy
from dragoman.extract.words import LANGS, names, shown_forms
from dragoman.types import Fact

COMMON = [
    "Color",
    "Material",
    "Pattern",
    "Weight",
    "Power source",
    "Fabric",
    "Sleeve length type",
    "Waterproof",
    "Age group",
]


@pytest.mark.parametrize("lang", LANGS)
def test_every_name_of_ours_has_a_word_in_every_language(lang: str) -> None:
    missing = [key[0] for key, shown in shown_forms("names", 2) if not shown.get(lang)]
    missing += [
        key[0] for key, shown in shown_forms("claims", 1) if lang != "zh-Hant" and not shown.get(lang)
    ]
    missing += [key[1] for key, shown in shown_forms("values", 2) if not shown.get(lang)]
    assert missing == []


@pytest.mark.parametrize("lang", ["ar", "hi", "ru", "id"])
def test_common_names_are_translated_where_the_taxonomy_is_not(lang: str) -> None:
    known = [key[0] for key, _ in shown_forms("more_names", 1)] + [name.name for name in names()]
    assert len(known) > 120
    assert all(shown_name(name, lang) != name for name in COMMON)


def test_names_and_values_read_in_the_shoppers_language() -> None:
    fact = Fact("Material", "Stainless steel", "", "inox", 0.8)
    assert shown_fact(fact, "de") == ("Material", "Edelstahl")
    assert shown_fact(fact, "ru").value == "Нержавеющая сталь"
    assert shown_fact(fact, "zh-TW").value == "不鏽鋼"
    assert shown_fact(Fact("Batteries included", "no"), "fr") == ("Piles incluses", "Non")
    assert shown_value(Fact("Power source", "Battery-powered"), "de") == "Batteriebetrieben"


def test_what_has_no_translation_stays() -> None:
    assert shown_fact(Fact("柄", "朴の木"), "de") == ("柄", "朴の木")
    assert shown_fact(Fact("Color", "Mystic fog"), "tlh") == ("Color", "Mystic fog")


def test_amounts_are_written_by_the_readers_locale_in_a_handy_unit() -> None:
    assert shown_value(Fact("Weight", "2500", "g"), "de") == "2,5 kg"
    assert shown_value(Fact("Weight", "2500", "g"), "ru") == "2,5 кг"
    assert shown_value(Fact("Voltage", "100-240", "V"), "en") == "100 – 240 V"
    assert shown_value(Fact("Warranty", "24", "month"), "es") == "24 meses"
    assert shown_value(Fact("Weight", "oops", "g"), "en") == "oops g"


SAME = [
    ("Shoe size", ["39码", "EU 39", "39"]),
    ("Width", ["9.5 inches", "24.13 cm", "24,13 см", "9½ in", "２４.１３ｃｍ"]),
    ("Weight", ["1 lb", "16 oz", "453.592 g"]),
    ("Color", ["schwarz", "noir", "черный", "أسود", "黒"]),
]


@pytest.mark.parametrize(("name", "ways"), SAME)
def test_equal_values_become_one(name: str, ways: list[str]) -> None:
    langs = {"schwarz": "de", "noir": "fr", "черный": "ru", "أسود": "ar", "黒": "ja"}
    found = {(fact.value, fact.unit) for way in ways for fact in normalise(name, way, langs.get(way, "en"))}
    assert len(found) == 1


def test_a_size_is_known_in_every_countrys_counting() -> None:
    [size] = normalise("鞋码", "39码", "zh")
    assert sizes_like(size, "women's shoes") == {"EU": "39", "US": "8.5", "UK": "6", "JP": "25"}
    assert sizes_like(Fact("Size", "M"), "men's clothes")["EU"] == "48"
    assert sizes_like(Fact("Size", "99"), "men's clothes") == {}


def test_what_does_not_suit_its_name_means_nothing() -> None:
    assert normalise("Weight", "30 cm") == ()
    assert normalise("No such thing", "30 cm") == ()


def test_a_category_is_found_by_its_path_or_its_last_name() -> None:
    assert known_category("Apparel & Accessories > Shoes > Boots") is not None
    assert known_category("Shop > Everything > Flutes") is not None
    assert known_category("") is None


def test_the_taxonomy_is_whole_and_says_whose_it_is() -> None:
    assert len(taxonomy().categories) > 10_000
    assert all(0 <= at < len(taxonomy().attributes) for one in taxonomy().categories for at in one.attributes)


COLOURS = {
    "es": ("Rojo", "Negro", "Azul"), "pt": ("Vermelho", "Preto", "Azul"), "it": ("Rosso", "Nero", "Blu"),
    "pl": ("Czerwony", "Czarny", "Niebieski"), "ru": ("Красный", "Чёрный", "Синий"),
    "de": ("Rot", "Schwarz", "Blau"), "fr": ("Rouge", "Noir", "Bleu"), "fi": ("Punainen", "Musta", "Sininen"),
}  # fmt: skip


@pytest.mark.parametrize("lang", COLOURS)
def test_a_value_is_shown_as_a_dictionary_has_it_and_not_as_a_stem(lang: str) -> None:
    shown = tuple(shown_value(Fact("Color", value), lang) for value in ("Red", "Black", "Blue"))
    assert shown == COLOURS[lang]


def test_a_colour_that_ends_in_no_vowel_of_its_language_is_a_whole_word() -> None:
    vowels = {"es": "oaeé", "pt": "oaeé", "it": "oae", "pl": "yia", "ru": "йыа"}
    odd = {
        form
        for key, shown in shown_forms("values", 2)
        for lang, form in shown.items()
        if key[0] == "Color" and lang in vowels and form[-1] not in vowels[lang]
    }
    assert odd == {
        "gris", "azul", "blu", "blu navy", "marrón", "marrom", "różowe złoto", "розовое золото", "multicolor",
        "burdeos", "bordô", "bordeaux", "caqui", "cáqui", "cachi", "хаки", "marfil", "marfim",
    }  # fmt: skip
