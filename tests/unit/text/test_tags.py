"""Laws of language tags."""

import pytest

from dragoman.errors import BadInput
from dragoman.text.tags import best, canonical, direction, language_name, locale_of

SAMPLE = [
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
    "pt",
    "en",
    "th",
    "vi",
    "he",
    "fa",
]


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("EN_us", "en-US"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("cmn-Hant-TW", "zh-Hant"),
        ("zh-MO", "zh-Hant-MO"),
        ("zh", "zh"),
        ("in", "id"),
        ("sh", "sr-Latn"),
        ("sr-Cyrl", "sr"),
        ("ru-Cyrl-RU", "ru-RU"),
        ("en-UK", "en-GB"),
        ("de-CH-1901", "de-CH-1901"),
        (" ja ", "ja"),
        ("es-419", "es-419"),
        ("und", "und"),
    ],
)
def test_one_language_has_one_spelling(written: str, spelt: str) -> None:
    assert canonical(written) == spelt


@pytest.mark.parametrize("tag", SAMPLE)
def test_a_canonical_tag_stays_as_it_is(tag: str) -> None:
    assert canonical(canonical(tag)) == canonical(tag)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "-",
        "en--US",
        "e",
        "xx",
        "日本",
        "en,de",
        "e\0n",
        "*",
        "a" * 101,
        "zh-Hans-Hant",
        "en US",
        "\u202een",
    ],
)
def test_a_broken_tag_is_refused_with_a_remedy(broken: str) -> None:
    with pytest.raises(BadInput) as caught:
        canonical(broken)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("english", "en"), ("German", "de"), ("jp", "ja"), ("cn", "zh-Hans"), ("ua", "uk"), ("gr", "el")],
)
def test_a_country_or_an_english_name_is_answered_with_the_tag(wrong: str, meant: str) -> None:
    with pytest.raises(BadInput, match=f"did you mean '{meant}'"):
        canonical(wrong)


def test_direction_follows_the_script() -> None:
    assert [tag for tag in SAMPLE if direction(tag) == "rtl"] == ["ar", "he", "fa"]
    assert direction("ur") == direction("pa-PK") == direction("ckb") == "rtl"
    assert direction("uz-Cyrl") == direction("qaa") == "ltr"


@pytest.mark.parametrize("reader", SAMPLE)
def test_every_language_has_a_name_in_every_sample_language(reader: str) -> None:
    names = [language_name(tag, reader) for tag in SAMPLE]
    assert len(set(names)) == len(SAMPLE)
    assert not set(names) & set(SAMPLE)


def test_a_language_without_a_name_is_shown_by_its_tag() -> None:
    assert language_name("qaa-Latn", "de") == "qaa-Latn"
    assert language_name("de", "qaa") == "German"


@pytest.mark.parametrize(
    ("wanted", "available", "served"),
    [
        (["zh-TW"], ["zh-Hans", "zh-Hant"], "zh-Hant"),
        (["zh-HK"], ["en", "zh-Hans"], "zh-Hans"),
        (["zh"], ["zh-Hant", "zh-Hans"], "zh-Hans"),
        (["en"], ["en-GB", "en-US"], "en-US"),
        (["en-GB"], ["en-AU", "en"], "en"),
        (["es-MX"], ["es", "es-419"], "es-419"),
        (["pt-PT"], ["pt-BR"], "pt-BR"),
        (["no"], ["en", "nb"], "nb"),
        (["fr", "de"], ["en", "de"], "de"),
        (["fr"], ["en", "de"], ""),
        ([], ["en"], ""),
        (["en"], [], ""),
        (["ar", "ar-EG"], ["ar-EG"], "ar-EG"),
    ],
)
def test_a_reader_is_served_the_nearest_text_there_is(
    wanted: list[str], available: list[str], served: str
) -> None:
    assert best(wanted, available) == served


@pytest.mark.parametrize("tag", [*SAMPLE, "qaa", "tlh", "zh-Hant-HK", "de-XX"])
def test_every_tag_has_a_locale(tag: str) -> None:
    assert str(locale_of(tag))
