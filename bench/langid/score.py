"""Measures ``detect`` on the half of the Shopify taxonomy that taught nothing; knows no model.

A string is often a word of several languages, so three counts are given, and none of them alone:

* ``row``: right if the answer is the language of the row that was drawn;
* ``any``: right if the answer is a language in which the held-out half has that very string;
* ``only``: as ``row``, over strings that the held-out half has in one language only.

``row, at best`` is what nobody can pass: a string of four languages is right for one row of its four.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sources import Sample

LENGTHS = {"1 word": range(1, 2), "2-4 words": range(2, 5)}
_MERGED = {"zh-Hans": "zh", "zh-Hant": "zh"}
Detect = Callable[..., Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A held-out string, the language of its row, and every language that has it."""

    lang: str
    text: str
    langs: frozenset[str]
    taught: bool  # the same string of the same language is in the teaching half too


def draw(held: Iterable[Sample], taught: Iterable[Sample], words: range, most: int, seed: int) -> list[Drawn]:
    """Return at most ``most`` different strings a language, of a length in words (between spaces)."""
    pairs = sorted({(_MERGED.get(s.lang, s.lang), " ".join(s.text.lower().split())) for s in held})
    known = {(_MERGED.get(s.lang, s.lang), " ".join(s.text.lower().split())) for s in taught}
    owners: dict[str, set[str]] = defaultdict(set)
    for lang, text in pairs:
        owners[text].add(lang)
    by_lang: dict[str, list[Drawn]] = defaultdict(list)
    for lang, text in pairs:
        if len(text.split()) in words:
            by_lang[lang].append(Drawn(lang, text, frozenset(owners[text]), (lang, text) in known))
    rng = random.Random(seed)
    return [row for rows in by_lang.values() for row in rng.sample(rows, min(most, len(rows)))]


def score(
    rows: Sequence[Drawn], detect: Detect, among: Sequence[str], *, locale_right: float = 0.0, seed: int = 0
) -> tuple[dict[str, dict[str, float]], float]:
    """Return the shares by language (and ``mean`` over languages), and microseconds a text.

    ``locale_right``: how often the shopper's locale is the row's language; else it is another, evenly.
    The prior then names that locale with this weight. 0 means no prior.
    """
    rng = random.Random(seed)
    hits: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    best: dict[str, list[float]] = defaultdict(list)
    began = time.process_time()
    for row in rows:
        prior: dict[str, float] = {}
        if locale_right:
            others = [lang for lang in among if lang != row.lang]
            prior = {row.lang if rng.random() < locale_right else rng.choice(others): locale_right}
        answer = next(iter(detect(row.text, among=among, prior=prior)), "")
        hits["row"][row.lang].append(answer == row.lang)
        best[row.lang].append(1 / len(row.langs))
        hits["any"][row.lang].append(answer in row.langs)
        if len(row.langs) == 1:
            hits["only"][row.lang].append(answer == row.lang)
            if not row.taught:
                hits["only, not taught"][row.lang].append(answer == row.lang)
    took = (time.process_time() - began) / max(len(rows), 1) * 1e6
    if not locale_right:
        hits["row, at best"] = best
    return {name: _shares(by_lang) for name, by_lang in hits.items()}, took


def _shares(by_lang: Mapping[str, Sequence[float]]) -> dict[str, float]:
    shares = {lang: sum(right) / len(right) for lang, right in sorted(by_lang.items())}
    return {"mean": sum(shares.values()) / len(shares), **shares}


def show(shares: Mapping[str, Mapping[str, float]], title: str) -> str:
    """Return a table: a line a count, a column a language."""
    langs = next(iter(shares.values())).keys()
    lines = [f"{title:20}" + "".join(f"{lang:>6}" for lang in langs)]
    for name, row in shares.items():
        lines.append(f"{name:20}" + "".join(f"{row.get(lang, 0):6.3f}" for lang in langs))
    return "\n".join(lines)
