"""Laws of what must come through a translation, for any translator whatsoever."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.testing.word_translators import HostileTranslator
from dragoman.text.brands import recognise
from dragoman.text.figures import codes, numbers, plain_digits
from dragoman.translate import Desk, translate
from dragoman.translate.protect import Kept, joined, kept_in, masked, restored
from dragoman.types import Text

SAMPLE = Path(__file__).parents[3] / "data/sample/products.jsonl.gz"

TITLES = {
    "en": "Acme steel kettle KH-900/2 with 1.7 l and 2200W, 3-pack, size XL",
    "de": "Nike Laufschuh Größe 42,5 mit 10 Zoll Sohle RX7-B, 1.299,00 €",
    "fr": "Théière en fonte 0,8 litre, réf. T-800X, 12 × 20 cm",
    "es": "Zapatillas Adidas de correr talla 38 modelo GW9213",
    "pt": "Panela de pressão 5 litros código PP5L-220V",
    "it": "Zaino 40 litri impermeabile IPX4",
    "ru": "Чехол для найка 5 дюймов, модель ГОСТ-42 и A52s",
    "zh": "小米 耐克跑步鞋 500毫升 AB-12 两只装 2024款",
    "ja": "防水ハイキングシューズ 25.5cm モデルHX-300",
    "ko": "나이키 운동화 270mm 모델 DV3337-100",
    "ar": "حذاء نايك مقاس ٤٢ موديل XR-7 سعر ٩٩٫٥",
    "hi": "ऊनी टोपी आकार ५ मॉडल WL-20",
    "th": "กระทะเหล็กหล่อ 20 ซม. รุ่น CP-26",
}


@pytest.mark.parametrize("lang", TITLES)
@pytest.mark.parametrize("target", ["de", "zh-Hant", "ar", "th", "ru"])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_translator_changes_a_number_or_a_code(lang: str, target: str, seed: int) -> None:
    title = TITLES[lang]
    [made] = translate([Text(title, lang)], target, desk=Desk(HostileTranslator(seed=seed)), is_floored=False)
    assert numbers(made.text.value) == numbers(title)
    assert set(codes(title)) <= set(codes(made.text.value)) | {"10", "20"}
    assert set(recognise(title)) <= set(recognise(made.text.value))


WORDS = st.sampled_from(
    ["red", "kettle", "12", "3.5", "AB-12", "Nike", "500 ml", "10 x 20 cm", "⟦0⟧", "⟦", "XL", "5\"", "👍🏽",
     "https://a.example/x?y=1", "me@shop.example", "50%", "1½", "٤٢", "二", "鞋", "รองเท้า", "حذاء", ".", ",",
     "-", "<b>", "</b>", "&amp;", "\n", "2 in 1", "$19.99"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=14), st.integers(0, 50))
def test_whatever_stands_in_a_text_its_numbers_come_through(words: list[str], seed: int) -> None:
    text = " ".join(words)
    [made] = translate([Text(text, "en")], "de", desk=Desk(HostileTranslator(seed=seed)), is_floored=False)
    assert numbers(made.text.value) == numbers(text)


def test_titles_of_a_real_shop_keep_numbers_brands_and_codes() -> None:
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file][:150]
    titles, brands = [row["title"] for row in rows], [row.get("brand", "") for row in rows]
    made = translate(
        [Text(title, "en") for title in titles],
        "ja",
        desk=Desk(HostileTranslator(seed=5)),
        keep=[(brand,) if brand else () for brand in brands],
        is_floored=False,
    )
    said = [one.text.value for one in made]
    assert [numbers(text) for text in said] == [numbers(title) for title in titles]
    rows_said = zip(titles, brands, said, strict=True)
    assert all(brand in text for title, brand, text in rows_said if brand in title)


def test_a_unit_spelled_out_is_written_as_the_reader_writes_it() -> None:
    text = "shelf 10 inches, 5 pounds"
    shown = {target: [one.shown for one in kept_in(text, "en", target)] for target in ("de", "ru", "zh")}
    assert shown["de"] == ["10 in", "5 lb"]
    assert shown["ru"][0].startswith("10 ")
    assert shown["zh"][0] == "10英寸"


def test_a_brand_in_a_script_the_reader_does_not_write_goes_by_its_own_name() -> None:
    [brand] = kept_in("耐克跑步鞋", "zh", "en")
    [same] = kept_in("耐克跑步鞋", "zh", "zh-Hant")
    assert (brand.shown, same.shown) == ("Nike", "耐克")


def test_a_name_is_kept_as_written_and_not_as_a_word() -> None:
    from dragoman.translate.protect import Guarding

    kept = kept_in("Simple soap is simple, SIMPLE", "en", "de", Guarding(names=("Simple",)))
    assert [one.shown for one in kept] == ["Simple", "SIMPLE"]


@pytest.mark.parametrize(
    "output",
    ["⟦0⟧", "⟦0⟧ ⟦1⟧ ⟦1⟧", "⟦0⟧ ⟦2⟧", "⟦0⟧ ⟦1⟧ 7", "⟦0⟧ ⟦1", "[0] [1]", "", "⟦0⟧ ⟦1⟧ ⟦", "⟦0⟧ ⟦1⟧ ٤"],
)
def test_broken_placeholders_are_noticed(output: str) -> None:
    kept = [Kept(0, 1, "A1", "code"), Kept(2, 3, "2", "number")]
    assert restored(output, kept) is None


@pytest.mark.parametrize("output", ["⟦0⟧ a ⟦1⟧", "⟦1⟧⟦0⟧", "⟦ 1 ⟧ x ⟦0⟧"])
def test_placeholders_may_come_in_any_order(output: str) -> None:
    kept = [Kept(0, 1, "A1", "code"), Kept(2, 3, "2", "number")]
    text = restored(output, kept)
    assert text is not None
    assert numbers(text) == {"1": 1, "2": 1}


def test_nothing_that_is_kept_grows_into_its_neighbour() -> None:
    assert joined("12", "34") == "12 34"
    assert joined("AB", "cd") == "AB cd"
    assert joined("12", "个") == "12个"


def test_a_text_and_its_mask_hold_the_same_words() -> None:
    text = "red kettle 5 l AB-1"
    kept = kept_in(text, "en", "de")
    assert restored(masked(text, kept), kept) == text


def test_digits_of_other_scripts_are_written_as_everybody_reads_them() -> None:
    assert plain_digits("٤٢ ५ ２") == "42 5 2"
