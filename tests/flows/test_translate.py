"""Translation through the guide: a shop's texts, its pages, and the shop translated beforehand."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dragoman.guide import Guide, open_guide
from dragoman.settings import Settings
from dragoman.testing.word_translators import WordTranslator
from dragoman.translate import Desk, Memory, shipped_quality
from dragoman.translate.quality import EngineQuality, Map
from dragoman.types import Text

WORDS = {
    ("de", "en"): {"teekanne": "teapot", "aus": "of", "gusseisen": "cast iron", "schön": "nice"},
    ("en", "fr"): {"teapot": "théière", "red": "rouge", "nice": "joli"},
    ("de", "fr"): {"teekanne": "théière", "aus": "en", "gusseisen": "fonte", "schön": "joli"},
}
SURE = EngineQuality("words-1", 0.5, is_shown=True, alone=Map(3.0), checked=Map(3.0))
FEED = [
    {
        "id": "pot",
        "lang": "de",
        "title": "Teekanne aus Gusseisen, 0,8 l",
        "brand": "Schön",
        "category": "Home & Garden",
        "bullets": ["Schön schön"],
        "description": "Eine Teekanne. Schön!",
        "facts": {"Farbe": "Rot"},
        "passages": [{"kind": "review", "text": "Schön, Teekanne 12!", "lang": "de"}],
    },
    {"id": "cup", "lang": "en", "title": "Red cup", "brand": ""},
    {"id": "bowl", "lang": "de", "title": {"de": "Schüssel", "fr": "Bol"}},
]


@pytest.fixture
def guide(tmp_path: Path) -> Iterator[Guide]:
    feed = tmp_path / "feed.jsonl"
    feed.write_text("\n".join(json.dumps(row) for row in FEED), encoding="utf-8")
    opened = open_guide(Settings(encoder="hash", index="memory", translator="none", reranker="none"))
    known = replace(shipped_quality(), engines={"words-1": SURE, "default": SURE})
    desk = Desk(WordTranslator(WORDS), memory=Memory(str(tmp_path / "t.sqlite")), quality=known)
    opened = replace(opened, desk=desk)
    opened.ingest([feed])
    yield opened
    opened.close()


def asked(guide: Guide) -> int:
    assert isinstance(guide.desk.translator, WordTranslator)
    return len(guide.desk.translator.asked)


def test_a_text_goes_from_guide_to_translator_and_back(guide: Guide) -> None:
    [made] = guide.translate([Text("Teekanne aus Gusseisen, 0,8 l", "de")], "fr", keep=[("Schön",)])
    assert made.text == Text("théière en fonte, 0,8 l", "fr", "machine")


def test_a_shop_translated_beforehand_is_found_done(guide: Guide) -> None:
    seen: list[tuple[int, int]] = []
    [report] = guide.translate_shelf(
        ["fr"], is_whole=True, progress=lambda done, known: seen.append((done, known))
    )
    before = asked(guide)
    assert report.products == 3
    assert report.texts > 4
    assert report.shown
    assert seen[-1] == (3, 3)
    title = guide.product("pot").titles[0]
    [made] = guide.translate([title], "fr", keep=[("Schön",)], is_checked=True)
    assert made.text.value == "théière en fonte, 0,8 l"
    assert asked(guide) == before


def test_run_again_it_does_what_is_missing(guide: Guide, tmp_path: Path) -> None:
    guide.translate_shelf(["fr"])
    before = asked(guide)
    feed = tmp_path / "more.jsonl"
    feed.write_text(json.dumps({"id": "pan", "lang": "de", "title": "Teekanne schön"}), encoding="utf-8")
    guide.ingest([feed])
    guide.translate_shelf(["fr"])
    assert asked(guide) == before + 1


def test_what_was_done_before_a_crash_stays_done(guide: Guide) -> None:
    def crash(done: int, known: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guide.translate_shelf(["fr", "en"], progress=crash)
    before = asked(guide)
    guide.translate_shelf(["fr"])
    assert asked(guide) == before


def test_abilities_name_the_pairs_and_the_tables(guide: Guide) -> None:
    able = guide.abilities()
    assert able.engine == "words-1"
    assert {(one.source, one.target) for one in able.pairs} == set(WORDS)
    assert "de" in able.terms
