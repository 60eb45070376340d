"""The shipped translator on real texts: terms that nobody taught it, and titles of the demo shop."""

import gzip
import json
import random
from functools import cache
from pathlib import Path

import pytest
from sacrebleu.metrics.chrf import CHRF

from dragoman.backends.translators.phrases import PhraseTranslator
from dragoman.learn.phrases import Phrase, is_held_out, read_phrases
from dragoman.settings import configure
from dragoman.translate.desk import Desk
from dragoman.translate.request import translate
from dragoman.types import Text

SHOP = Path(__file__).parents[2] / "data/sample/products.jsonl.gz"
TERMS = configure().settings.data
LANGS = ("de", "es", "fr", "pt", "ja", "ko", "zh", "th", "vi", "tr")
pytestmark = pytest.mark.quality


@cache
def shipped() -> PhraseTranslator:
    return PhraseTranslator()


@cache
def held_out() -> tuple[Phrase, ...]:
    path = Path(TERMS) / "shopify_taxonomy/wide.tsv.gz"
    some = [one for one in read_phrases(path) if is_held_out(one) and len(one["en"]) < 40]
    return tuple(random.Random(5).sample(some, 60))


@pytest.mark.skipif(
    not (Path(TERMS) / "shopify_taxonomy").is_dir(), reason="the taxonomy is not here (DRAGOMAN_DATA)"
)
@pytest.mark.parametrize("lang", LANGS)
def test_terms_never_taught_come_out_near_what_people_wrote(lang: str) -> None:
    """Both ways; the floors lie ten points under what was measured of all held-out terms."""
    known = [one for one in held_out() if lang in one]
    for source, target, floor in (("en", lang, 30.0), (lang, "en", 42.0)):
        said = shipped().translate([one[source] for one in known], source, target)
        score = CHRF().corpus_score([one.text.value for one in said], [[one[target] for one in known]]).score
        assert score >= floor, f"{source} → {target}"


@pytest.mark.parametrize(
    "lang", ["ar", "de", "es", "fr", "hi", "ja", "ko", "pt", "ru", "th", "vi", "zh-Hans"]
)
def test_titles_keep_their_numbers_and_brands(lang: str) -> None:
    """In every language, whether what comes out is shown or the original."""
    with gzip.open(SHOP, "rt", encoding="utf-8") as lines:
        shop = [json.loads(line) for line in lines][40:52]
    texts = [Text(one["title"], "en") for one in shop]
    made = translate(texts, lang, desk=Desk(shipped()), keep=[(one.get("brand") or "",) for one in shop])
    for one, said in zip(shop, made, strict=True):
        numbers = [part for part in one["title"].split() if part.isdigit()]
        assert all(number in said.text.value for number in numbers)
        brand = (one.get("brand") or "").lower()
        assert (brand in said.text.value.lower()) == (brand in one["title"].lower())
