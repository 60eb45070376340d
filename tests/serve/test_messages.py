"""The page's own words and files: every message in every language, nothing fetched from elsewhere."""

import gzip
import json
import re
from pathlib import Path
from typing import TypeAlias

import pytest
from babel import Locale

import dragoman.serve

WEB = Path(dragoman.serve.__file__).parent / "web"
Message: TypeAlias = str | dict[str, str]
CATALOGUE: dict[str, dict[str, Message]] = json.loads((WEB / "messages.json").read_text(encoding="utf-8"))
WANTED = ["zh-Hans", "zh-Hant", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "it", "en", "th", "vi"]
WANTED += ["id", "tr", "pl"]
SCRIPTS = sorted(WEB.glob("*.js"))
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (*SCRIPTS, WEB / "index.html"))
# Keys that the code builds: the sort orders, the parts of a score, the states of an offer, the kinds of
# evidence, the sides of a product, verdicts, rows of recommendations.
BUILT = re.compile(
    r"sort_\w+|why_\w+|in_stock|limited|preorder|backorder|out_of_stock|discontinued|unknown"
    r"|description|facts|offers|variants|reviews|answers|titles_other|price_low|price_high"
    r"|kind_\w+|aspect_\w+|verdict_\w+|rail_\w+"
)


def forms(message: Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_message_is_in_every_language(key: str) -> None:
    assert set(CATALOGUE[key]) == set(WANTED)
    assert all(form.strip() for message in CATALOGUE[key].values() for form in forms(message))


@pytest.mark.parametrize("key", CATALOGUE)
def test_placeholders_agree_in_all_languages(key: str) -> None:
    wanted = set(re.findall(r"{(\w+)}", forms(CATALOGUE[key]["en"])[-1]))

    for lang, message in CATALOGUE[key].items():
        found = {name for form in forms(message) for name in re.findall(r"{(\w+)}", form)}
        assert found == wanted, lang


@pytest.mark.parametrize("lang", WANTED)
def test_plural_messages_have_every_form_of_their_language(lang: str) -> None:
    # "other" is CLDR's rest category, which babel leaves unnamed.
    needed = {*Locale.parse(lang.replace("-", "_")).plural_form.tags, "other"}
    plural = {key: said[lang] for key, said in CATALOGUE.items() if isinstance(said["en"], dict)}

    for key, message in plural.items():
        assert isinstance(message, dict), key
        assert needed <= set(message), key


def test_translations_are_not_copies_of_english() -> None:
    same = [
        (key, lang)
        for key, said in CATALOGUE.items()
        for lang in ("zh-Hans", "zh-Hant", "ja", "ko", "ar", "hi", "ru", "th")
        if said[lang] == said["en"]
    ]

    assert same == []


def test_every_message_is_used_and_every_used_message_exists() -> None:
    said = set(re.findall(r'\bt\("(\w+)"', SOURCE)) | set(re.findall(r'data-t(?:-\w+)?="(\w+)"', SOURCE))
    mentioned = {key for key in CATALOGUE if f'"{key}"' in SOURCE or BUILT.fullmatch(key)}

    assert said <= set(CATALOGUE)
    assert mentioned == set(CATALOGUE)


def test_scripts_stay_under_forty_five_kilobytes_on_the_wire() -> None:
    assert sum(len(gzip.compress(path.read_bytes())) for path in SCRIPTS) < 45_000


@pytest.mark.parametrize(
    "path", [*SCRIPTS, *WEB.glob("*.css"), *WEB.glob("*.html")], ids=lambda path: path.name
)
def test_files_tell_one_story_in_under_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.parametrize("path", sorted(WEB.iterdir()), ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    foreign = re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8"))

    assert set(foreign) <= {"http://www.w3.org/2000/svg"}


def test_no_script_or_style_is_inline() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")

    assert not re.search(r"\s(style|on\w+)=|<style|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_text_never_becomes_markup(path: Path) -> None:
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|DOMParser|new Function|srcdoc"

    assert not re.search(banned, path.read_text(encoding="utf-8"))


def test_every_module_is_preloaded() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")

    assert {path.name for path in SCRIPTS} == set(re.findall(r"/web/(\w+\.js)\"", page))
