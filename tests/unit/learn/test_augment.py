"""Laws of other ways to write a text, over twelve languages: near what it was, and as people write it."""

import random
import unicodedata
from dataclasses import dataclass

import pytest

from dragoman.learn.augment import mistype, rewritten, varied
from dragoman.text.normalise import normalise
from dragoman.text.scripts import script
from dragoman.text.transliterate import romanise

TEXTS = {
    "zh": "户外吊床支架 可折叠", "ja": "ミシン 押さえ金", "ko": "아기 안전문", "ar": "غسالة قطع غيار",
    "hi": "सिलाई मशीन की सुई", "ru": "скрипка для начинающих", "de": "Kopfhörer mit Kabel",
    "es": "olla de barro japonesa", "fr": "rasoir électrique", "pt": "pão de açúcar", "th": "กาต้มน้ำไฟฟ้า",
    "en": "garden hose",
}  # fmt: skip
SEEDS = range(40)
each_lang = pytest.mark.parametrize(("lang", "text"), TEXTS.items(), ids=list(TEXTS))


@dataclass(frozen=True, slots=True)
class Some:
    scripts: float = 0.0
    keys: float = 0.0
    slips: float = 0.0


@each_lang
def test_a_rewritten_text_is_itself_the_other_chinese_or_plain_latin(lang: str, text: str) -> None:
    for seed in SEEDS:
        found = rewritten(text, rng=random.Random(seed))
        is_latin = found == romanise(text)
        assert found == text or is_latin or normalise(found) == normalise(text)
        assert found.strip()


def test_chinese_is_written_in_the_other_script_and_spelled_in_letters() -> None:
    for text, other in (("无线蓝牙耳机", "無線藍牙耳機"), ("無線藍牙耳機", "无线蓝牙耳机")):
        found = {rewritten(text, rng=random.Random(seed)) for seed in SEEDS}
        assert found == {other, "wu xian lan ya er ji"}


def test_japanese_with_chinese_characters_is_never_read_as_mandarin() -> None:
    assert {rewritten(TEXTS["ja"], rng=random.Random(seed)) for seed in SEEDS} == {TEXTS["ja"]}
    assert rewritten("コーヒー", rng=random.Random(0)) == "kohi"


@each_lang
def test_a_mistyped_text_differs_in_one_letter_of_the_same_script(lang: str, text: str) -> None:
    for seed in SEEDS:
        found = mistype(text, rng=random.Random(seed), lang=lang)
        assert len(found) == len(text)
        changed = [(was, is_) for was, is_ in zip(text, found, strict=True) if was != is_]
        assert len(changed) <= 1
        assert all(script(was) == script(is_) in {"Latn", "Cyrl"} for was, is_ in changed)
        assert all(was.isupper() == is_.isupper() for was, is_ in changed)


@pytest.mark.parametrize("lang", ["ru", "de", "es", "fr", "pt", "en"])
def test_fingers_slip_where_there_are_keys(lang: str) -> None:
    found = {mistype(TEXTS[lang], rng=random.Random(seed), lang=lang) for seed in SEEDS}
    assert len(found - {TEXTS[lang]}) > 10


@pytest.mark.parametrize("lang", ["zh", "ja", "ko", "ar", "hi", "th"])
def test_what_is_typed_in_another_way_is_left_alone(lang: str) -> None:
    assert {mistype(TEXTS[lang], rng=random.Random(seed), lang=lang) for seed in SEEDS} == {TEXTS[lang]}


def test_neighbours_are_those_of_the_language_s_keyboard() -> None:
    def beside(letter: str, lang: str) -> set[str]:
        text = letter * 6
        found = {mistype(text, rng=random.Random(seed), lang=lang) for seed in range(200)}
        return {next(iter(set(one) - {letter})) for one in found if one != text}

    assert beside("a", "en") == set("qwsz")
    assert beside("a", "fr") == set("zq")
    assert beside("z", "de") <= set("tughj")
    assert beside("g", "en") == set("tyfhvb")
    assert {"е", "а", "р", "и"} <= beside("п", "ru")


def test_neighbourhood_is_mutual() -> None:
    def beside(letter: str) -> set[str]:
        found = {mistype(letter * 6, rng=random.Random(seed), lang="en") for seed in range(200)}
        return {next(iter(set(one) - {letter})) for one in found}

    known = {letter: beside(letter) for letter in "qwertyuiopasdfghjklzxcvbnm"}
    assert all(letter in known[other] for letter, others in known.items() for other in others)


@each_lang
def test_shares_of_nothing_change_nothing_and_draw_nothing(lang: str, text: str) -> None:
    rng = random.Random(7)
    before = rng.getstate()
    assert varied(text, lang, Some(), rng=rng) == text
    assert rng.getstate() == before


@each_lang
def test_variation_is_a_function_of_the_seed(lang: str, text: str) -> None:
    shares = Some(scripts=0.5, keys=0.5, slips=0.5)
    found = [varied(text, lang, shares, rng=random.Random(seed)) for seed in SEEDS]
    assert found == [varied(text, lang, shares, rng=random.Random(seed)) for seed in SEEDS]
    assert len(set(found)) > 3
    assert all(unicodedata.normalize("NFC", one).strip() for one in found)
