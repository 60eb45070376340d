"""Floors of language identification on the half of the Shopify taxonomy that taught nothing."""

import gzip
import hashlib
import os
import random
from collections import defaultdict
from pathlib import Path

import pytest

from dragoman.text.detect import detect

TAXONOMY = Path(os.environ.get("DRAGOMAN_DATA", "../shared/data"), "shopify_taxonomy/wide.tsv.gz")
MERGED = {"pt-BR": "pt", "pt-PT": "pt", "zh-CN": "zh", "zh-TW": "zh"}
A_LANGUAGE = 80  # strings: the mean over 19 languages is then known within about .02


@pytest.fixture(scope="module")
def owners() -> dict[str, set[str]]:
    """Every held-out string with the languages that have it; the split is bench/langid/split.py's."""
    if not TAXONOMY.exists():
        pytest.skip(f"{TAXONOMY} is not there: set DRAGOMAN_DATA")
    found: dict[str, set[str]] = defaultdict(set)
    with gzip.open(TAXONOMY, "rt", encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split("\t")
        for line in lines:
            row = dict(zip(header, line.rstrip("\n").split("\t"), strict=True))
            if hashlib.sha256(row["en"].lower().encode()).digest()[0] % 2 == 0:
                continue
            for lang in header[3:] if row["kind"] != "attribute_description" else ():
                if any(map(str.isalpha, row[lang])):
                    found[" ".join(row[lang].lower().split())].add(MERGED.get(lang, lang))
    return found


@pytest.mark.quality
@pytest.mark.parametrize(
    ("words", "locale", "floor"),
    [
        (range(1, 2), 0.0, 0.84),
        (range(2, 5), 0.0, 0.93),
        (range(1, 2), 0.85, 0.89),
        (range(2, 5), 0.85, 0.955),
    ],
    ids=["1 word", "2-4 words", "1 word with a locale", "2-4 words with a locale"],
)
def test_the_answer_is_a_language_that_has_the_string(
    owners: dict[str, set[str]], words: range, locale: float, floor: float
) -> None:
    rng = random.Random(0)
    rows: dict[str, list[str]] = defaultdict(list)
    for text in sorted(owners):
        for lang in owners[text] if len(text.split()) in words else ():
            rows[lang].append(text)
    langs = sorted(rows)
    shares = []
    for lang in langs:
        drawn = rng.sample(rows[lang], A_LANGUAGE)
        shown = [lang if rng.random() < locale else rng.choice(langs) for _ in drawn]
        right = [
            next(iter(detect(text, among=langs, prior={seen: locale} if locale else {})), "") in owners[text]
            for text, seen in zip(drawn, shown, strict=True)
        ]
        shares.append(sum(right) / len(right))
    assert sum(shares) / len(shares) >= floor
