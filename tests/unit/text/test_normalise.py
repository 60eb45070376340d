"""Laws of normalising: one form for all spellings, and no change the second time."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.text.normalise import normalise

SAMPLES = {
    "zh-Hans": "无线蓝牙耳机（降噪）",
    "zh-Hant": "無線藍牙耳機，降噪頭戴式",
    "ja": "ﾜｲﾔﾚｽ・ヘッドホン 発電機",
    "ko": "무선 이어폰 각인",
    "ar": "سَمَّاعَاتٌ لاسلكيّة ٤٢ ـــ آلة",
    "fa": "می‌خواهم کفش ۱۲",
    "hi": "हिन्दी क़लम चाँद ४२",
    "ru": "Ёлочные игрушки, №5 й",
    "de": "Größe Öfen STRASSE",
    "es": "Zapatillas de niño",
    "fr": "Crème brûlée, l’œuf",
    "pt": "Tênis Coração",
    "en": "Nike® “Air” 10×20 1½",
    "th": "รองเท้า น้ำหอม ๔๒",
    "vi": "Giày thể thao đường",
    "tr": "İSTANBUL ığdır",
    "he": "נַעֲלֵי רִיצָה",
    "el": "Παπούτσια ΆΝΕΤΑ ς",
    "pl": "Łódź źdźbło",
}
EVERY_CHARACTER = "".join(map(chr, range(0x10000))) + "\U000e0001\U0001f9d1\U0001d7d8\U00020000"


@pytest.mark.parametrize("lang", SAMPLES)
def test_normalising_twice_changes_nothing(lang: str) -> None:
    once = normalise(SAMPLES[lang])
    assert normalise(once) == once


@settings(deadline=None)  # the first text loads tables
@given(st.text())
def test_any_text_normalises_to_a_fixed_point(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(deadline=None)  # the first text loads tables
@given(
    st.lists(st.sampled_from("".join(SAMPLES.values())) | st.characters(categories=["Mn", "Mc", "Cf", "Lm"]))
)
def test_marks_and_controls_among_letters_normalise_to_a_fixed_point(characters: list[str]) -> None:
    once = normalise("".join(characters))
    assert normalise(once) == once


@settings(deadline=None)  # the first text loads tables
@given(st.text(), st.text())
def test_words_normalise_alone_as_they_do_together(left: str, right: str) -> None:
    assert normalise(f"{left} {right}") == f"{normalise(left)} {normalise(right)}".strip()


@pytest.mark.parametrize(
    ("written", "also_written"),
    [
        ("無線藍牙耳機", "无线蓝牙耳机"),
        ("発電機", "发电机"),
        ("ＵＳＢ　ｹｰﾌﾞﾙ", "USB ケーブル"),
        ("أحذية", "احذيه"),
        ("کفش ۴۲", "كفش 42"),
        ("سَمَّاعات", "سماعات"),
        ("हिन्दी", "हिंदी"),
        ("क़लम", "कलम"),
        ("ёлка", "елка"),
        ("CRÈME", "creme"),
        ("Straße", "STRASSE"),
        ("smørrebrød", "smorrebrod"),
        ("İstanbul", "istanbul"),
        ("Παπούτσι", "ΠΑΠΟΥΤΣΙ"),
        ("נַעֲלֵי", "נעלי"),
        ("Wi‑Fi", "wi-fi"),
        ("l’huile", "l'huile"),
        ("15.6″", '15.6"'),
        ("Nike™", "nike"),
        ("shoe\u200b\u202es\u2060", "shoes"),
        ("1½", "1 1/2"),
    ],
)
def test_spellings_of_one_word_meet(written: str, also_written: str) -> None:
    assert normalise(written) == normalise(also_written)


@pytest.mark.parametrize(("one", "other"), [("ガラス", "カラス"), ("й", "и"), ("น้ำ", "นำ"), ("มา", "ม")])
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_no_control_or_surrogate_is_left() -> None:
    left = {unicodedata.category(c) for c in normalise(EVERY_CHARACTER)}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}
