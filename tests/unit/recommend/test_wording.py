"""Reasons in words: every language says every reason, and a title never turns a sentence around."""

import json
import re
from importlib.resources import files
from typing import get_args

import pytest

from dragoman.recommend.wording import languages, market_name, message, worded
from dragoman.types import Reason, ReasonKind, Text

TEXT = files("dragoman.recommend").joinpath("data", "reasons.json").read_text(encoding="utf-8")
CATALOGUE: dict[str, dict[str, str]] = {k: v for k, v in json.loads(TEXT).items() if k != "about"}
PAGE = json.loads(files("dragoman.serve").joinpath("web", "messages.json").read_text(encoding="utf-8"))
GAP = re.compile(r"\{\w+\}")


def test_reasons_are_written_in_every_language_of_the_page() -> None:
    assert set(PAGE["home"]) == set(CATALOGUE)


@pytest.mark.parametrize("lang", CATALOGUE)
def test_every_language_has_every_message_with_the_same_gaps(lang: str) -> None:
    english = CATALOGUE["en"]
    assert CATALOGUE[lang].keys() == english.keys()
    for key, text in CATALOGUE[lang].items():
        assert sorted(GAP.findall(text)) == sorted(GAP.findall(english[key])), key


@pytest.mark.parametrize("lang", sorted(set(CATALOGUE) - {"en"}))
def test_nothing_was_left_in_english(lang: str) -> None:
    said = [key for key, text in CATALOGUE[lang].items() if text == CATALOGUE["en"][key]]
    assert set(said) <= {"popular"}  # "Popular: {market}" is Spanish and Portuguese too


@pytest.mark.parametrize("kind", get_args(ReasonKind))
@pytest.mark.parametrize("lang", languages())
def test_every_reason_can_be_said_with_and_without_its_product(kind: ReasonKind, lang: str) -> None:
    for title in (Text("吊床 支架", "zh-Hans"), None):
        said = worded(Reason(kind, "p1", "DE"), [lang], title)
        assert said.text.value
        assert said.text.lang == lang
        assert not GAP.search(said.text.value)


def test_a_language_that_is_none_of_ours_gets_english_and_a_variant_its_own() -> None:
    assert worded(Reason("again"), ["sv"]).text.lang == "en"
    assert worded(Reason("again"), []).text.lang == "en"
    assert worded(Reason("again"), ["zh-TW"]).text.lang == "zh-Hant"
    assert worded(Reason("again"), ["sw", "pt-BR"]).text.lang == "pt"


def test_a_title_of_the_other_direction_is_isolated() -> None:
    arabic = worded(Reason("viewed", "p"), ["en"], Text("أرجوحة", "ar")).text.value
    english = worded(Reason("viewed", "p"), ["ar"], Text("Hammock", "en")).text.value
    same = worded(Reason("viewed", "p"), ["en"], Text("Hammock", "en")).text.value
    assert "\u2068أرجوحة\u2069" in arabic
    assert "\u2068Hammock\u2069" in english
    assert "\u2068" not in same


def test_long_titles_are_cut() -> None:
    said = worded(Reason("viewed", "p"), ["en"], Text("very " * 60, "en")).text.value
    assert len(said) < 100
    assert "…" in said


def test_a_title_with_braces_is_a_title() -> None:
    said = worded(Reason("viewed", "p"), ["en"], Text("{market} {0} {}", "en")).text.value
    assert "{market} {0} {}" in said


@pytest.mark.parametrize("lang", languages())
def test_countries_have_names_in_every_language(lang: str) -> None:
    assert market_name("JP", lang) not in ("", "JP")


def test_headings_are_messages() -> None:
    assert message("your_brands", ["ja"]).value == "お好きなブランド"
