"""Concepts: the same thing said in several languages, read from files, drawn so that no language drowns.

A file is JSON lines, ``{"texts": {"en": ["tent"], "ko": ["텐트"]}}``, or the Shopify taxonomy's wide table.
"""

import csv
import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dragoman.errors import BadInput, NotFound
from dragoman.text.normalise import normalise

Concept: TypeAlias = Mapping[str, Sequence[str]]
"""Language to texts; "en" always among them."""

_COLUMNS = {"pt-BR": "pt", "pt-PT": "pt", "zh-CN": "zh", "zh-TW": "zh"}
_HELD = 4  # per cent of concepts that only measure


@dataclass(frozen=True, slots=True)
class Source:
    """A file, how often one of its rows is drawn beside the other sources' 1, and its language."""

    path: str
    share: float = 1.0
    lang: str = ""  # of texts that do not say; concepts always do
    held: int = 0  # rows in a hundred that only measure; 0 is what the task says (`reading` alone asks)


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, the English of the same concept, and the language of the first."""

    text: str
    english: str
    lang: str


def read_concepts(path: Path, *, without: frozenset[str] = frozenset()) -> list[Concept]:
    """Return the concepts of a file in its order, each English text once.

    Args:
        without: Normalised texts that no concept may hold in any language: those of the dev sets.

    Raises:
        NotFound: no such file.
        BadInput: a line that is no concept, with its number.
    """
    if not path.is_file():
        raise NotFound(
            f"no concepts at {path}", hint="set `data` (DRAGOMAN_DATA) to where the public sets are"
        )
    found: dict[str, Concept] = {}
    for concept in _taxonomy(path) if path.name.endswith((".tsv", ".tsv.gz")) else _lines(path):
        if len(concept) < 2 or (without and _holds(concept, without)):
            continue
        found.setdefault(concept["en"][0].lower(), concept)
    return list(found.values())


def is_held_out(concept: Concept) -> bool:
    """Say whether a concept only measures: four in a hundred, by a hash of its English text."""
    return int(hashlib.sha1(concept["en"][0].lower().encode()).hexdigest(), 16) % 100 < _HELD


def draw(
    concepts: Sequence[Concept], k: int, *, weights: Mapping[str, float], rng: random.Random
) -> list[Pair]:
    """Return ``k`` pairs: a concept at random, then a language by weight among those it has.

    Args:
        weights: Language to weight, 1 where it says nothing; 0 leaves a language out.
    """
    pairs: list[Pair] = []
    while len(pairs) < k:
        concept = rng.choice(concepts)
        langs = [lang for lang in concept if lang != "en"]
        chances = [weights.get(lang, 1.0) for lang in langs]
        if not sum(chances):
            continue
        lang = rng.choices(langs, chances)[0]
        pairs.append(Pair(_cased(rng, rng.choice(concept[lang])), _cased(rng, concept["en"][0]), lang))
    return pairs


def _cased(rng: random.Random, text: str) -> str:
    """Shoppers seldom write capitals."""
    return text.lower() if rng.random() < 0.3 else text


def _holds(concept: Concept, without: frozenset[str]) -> bool:
    return any(normalise(text) in without for texts in concept.values() for text in texts)


def _lines(path: Path) -> Iterator[Concept]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for number, line in enumerate(lines, 1):
            try:
                texts = json.loads(line)["texts"]
                if not (texts["en"][0] and all(isinstance(texts[lang][0], str) for lang in texts)):
                    raise ValueError("no English text")
            except (ValueError, KeyError, TypeError, IndexError) as error:
                hint = 'a line is like {"texts": {"en": ["tent"], "ko": ["텐트"]}}'
                raise BadInput(f"{path}:{number}: {error}", hint=hint) from error
            yield texts


def _taxonomy(path: Path) -> Iterator[Concept]:
    """Rows of `shopify_taxonomy/wide.tsv`: categories are paths, whose parts become words side by side."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            texts: dict[str, list[str]] = {}
            for column, value in row.items():
                if column in {"id", "kind", "context_en"} or not value:
                    continue
                text = value.replace(" > ", " ").strip()
                known = texts.setdefault(_COLUMNS.get(column, column), [])
                if text not in known:
                    known.append(text)
            if texts.get("en"):
                yield texts
