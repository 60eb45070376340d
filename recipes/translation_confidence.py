"""Makes ``translate/data/quality.json``: how far a translation can be trusted, and which pairs are shown.

    python recipes/translation_confidence.py strangers ../shared/data/shopify_taxonomy/wide.tsv.gz
    python recipes/translation_confidence.py engine pairs/*.tsv.gz [--pair en-de …] [--config dragoman.toml]

``strangers`` writes the entry of translators that nobody measured, and how long each language is
beside English: descriptions of Shopify's attributes (MIT) in 21 languages beside their English, as
they are, and damaged: words lost, half of it missing, somebody else's, a phrase that loops, never translated.
``engine`` measures the translator of the settings on parallel text that it never saw: each file a
TSV whose heading names the languages. A translation is good from chrF 50 against its reference;
confidence is the share of good ones among those with the same signs (logistic regression, L2); a pair
is shown to shoppers from mean chrF 45 on 50 texts or more, from the lowest floor (.5, .6, .7) above which
there are 50 texts or more and 60 % of them are good.
"""

import argparse
import gzip
import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF

from dragoman.learn.logistic import fit_logistic
from dragoman.measure.pairs import read_pairs
from dragoman.opening import desk_of, open_encoder
from dragoman.ports import Encoder
from dragoman.settings import configure
from dragoman.text.tags import canonical
from dragoman.translate.anatomy import Sentence, body_of
from dragoman.translate.desk import Desk
from dragoman.translate.guards import trouble_with, weight_of
from dragoman.translate.machine import Outcome, by_machine, signs_of_quality
from dragoman.translate.protect import Guarding

OUT = Path(__file__).parents[1] / "src/dragoman/translate/data/quality.json"
GOOD, SHOWN, ENOUGH, PRECISE = 50.0, 45.0, 50, 0.6
FLOORS = (0.5, 0.6, 0.7)
FLOOR = FLOORS[0]
ALONE, CHECKED = ("length", "pieces", "size"), ("length", "pieces", "size", "cosine")
Floats = NDArray[np.float64]


def fitted(rows: Sequence[dict[str, float]], good: Sequence[bool], names: Sequence[str]) -> dict[str, object]:
    """Return the logistic map of these signs."""
    intercept, weights = fit_logistic(rows, good, names)
    return {"intercept": intercept, "weights": weights}


def applied(found: dict[str, object], rows: Sequence[dict[str, float]]) -> Floats:
    """Return the confidences that a map gives."""
    weights: dict[str, float] = found["weights"]  # type: ignore[assignment]
    total = [found["intercept"] + sum(w * row[name] for name, w in weights.items()) for row in rows]  # type: ignore[operator]
    return 1.0 / (1.0 + np.exp(-np.array(total)))


def error_of(confidence: Floats, good: Sequence[bool]) -> float:
    """Return the expected calibration error over ten bins."""
    y, bins = np.array(good, float), np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(confidence[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


def cosines(pairs: Sequence[tuple[str, str]], encoder: Encoder) -> list[float]:
    """Return how near each pair is."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    vectors = dict(zip(texts, encoder.encode(texts, "passage"), strict=True))
    return [float(vectors[one] @ vectors[other]) for one, other in pairs]


def damaged(text: str, other: str, source: str, rng: random.Random) -> list[str]:
    """Return translations that went wrong in the ways that translators go wrong."""
    words = text.split() if " " in text.strip() else list(text)
    glue = " " if " " in text.strip() else ""
    lost = [word for word in words if rng.random() > 0.35] or words[:1]
    half = words[: max(1, len(words) // 2)]
    loop = words[: max(1, len(words) // 3)] + words[:2] * 3
    return [other, glue.join(lost), glue.join(half), glue.join(loop), source]


def strangers(path: str) -> dict[str, object]:
    """Return lengths and the maps of translators that nobody measured."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        head, *lines = [line.rstrip("\n").split("\t") for line in file]
    texts = [dict(zip(head, row, strict=True)) for row in lines if row[1] == "attribute_description"]
    langs = {canonical(name): name for name in head[3:]}
    lengths = {
        lang.split("-")[0]: round(
            float(
                np.median(
                    [math.log((weight_of(t[name]) + 2) / (weight_of(t["en"]) + 2)) for t in texts if t[name]]
                )
            ),
            3,
        )
        for lang, name in langs.items()
    }
    rng = random.Random(0)
    chosen = [
        (t, lang)
        for t in rng.sample(texts, 150)
        for lang in rng.sample(sorted(langs), 3)
        if lang != "en" and t[langs[lang]]
    ]
    pairs, rows, good = [], [], []
    for text, lang in chosen:
        right = text[langs[lang]]
        wrong = damaged(right, rng.choice(texts)[langs[lang]] or right, text["en"], rng)
        # As many right ones as wrong ones: a fair coin, before anything is known.
        for said in [right] * len(wrong) + wrong:
            # What the guards refuse gets no confidence at all, so no map may be fitted on it either.
            if trouble_with(text["en"], said, lang):
                continue
            sentence = Sentence(text["en"], (), "en")
            signs = signs_of_quality(sentence, Outcome(said), lengths[lang.split("-")[0]])
            rows.append(signs | {"pieces": 0.0})
            good.append(CHRF().sentence_score(said, [right]).score >= GOOD)
            pairs.append((text["en"], said))
    return {"lengths": lengths, "default": maps(rows, good, pairs, measured=False)}


def maps(
    rows: Sequence[dict[str, float]],
    good: Sequence[bool],
    pairs: Sequence[tuple[str, str]],
    *,
    measured: bool,
) -> dict[str, object]:
    """Return both maps with their errors on the half that they were not fitted on."""
    near = cosines(pairs, open_encoder(configure().settings))
    full = [row | {"cosine": cosine} for row, cosine in zip(rows, near, strict=True)]
    # Halves of source texts, not of rows: a text in both would be tested on what it was fitted on.
    texts = sorted({source for source, _ in pairs})
    tested = set(random.Random(1).sample(texts, len(texts) // 2))
    seen = [i for i, (source, _) in enumerate(pairs) if source not in tested]
    new = [i for i, (source, _) in enumerate(pairs) if source in tested]
    found: dict[str, object] = {"floor": FLOOR, "shown": not measured}
    for key, names in (("alone", ALONE), ("checked", CHECKED)):
        used = (*names, "score") if measured else names
        half = fitted([full[i] for i in seen], [good[i] for i in seen], used)
        right = [good[i] for i in new]
        error = error_of(applied(half, [full[i] for i in new]), right)
        print(f"{key}: calibration error {error:.3f} on {len(new)} new rows, good {np.mean(right):.2f}")
        found[key] = fitted(full, good, used) | {"error": round(error, 4), "n": len(good)}
    for key in ("alone", "checked"):
        if not measured:
            # Broken placeholders were not among the damages: each costs what was seen of our own model.
            found[key]["weights"]["pieces"] = -1.0  # type: ignore[index]
    return found


def engine(
    files: Sequence[Path], wanted: Sequence[str], config: str, limit: int
) -> tuple[str, dict[str, object]]:
    """Return the name of the translator in force, and what was measured of it."""
    desk = replace(desk_of(replace(configure(config).settings, index="memory")))
    assert desk.translator is not None, "the settings name no translator"
    rows: list[dict[str, float]] = []
    good: list[bool] = []
    pairs: list[tuple[str, str]] = []
    owner: list[str] = []
    scores: list[float] = []
    for path in files:
        for pair in pairs_of(path, wanted):
            source, target = pair.split(">")
            known = read_pairs(path, source, target)[:limit]
            for signs, said, right, text in measured(known, source, target, desk):
                chrf = CHRF().sentence_score(said, [right]).score
                rows.append(signs)
                good.append(chrf >= GOOD)
                scores.append(chrf)
                pairs.append((text, said))
                owner.append(pair)
            print(path.name, pair, len(known), f"chrF {np.mean(scores[-len(known) :]):.1f}", flush=True)
    found = maps(rows, good, pairs, measured=True)
    near = cosines(pairs, open_encoder(configure().settings))
    sure = applied(
        found["checked"], [row | {"cosine": cosine} for row, cosine in zip(rows, near, strict=True)]
    )  # type: ignore[arg-type]
    table = {}
    for pair in dict.fromkeys(owner):
        own = np.array([name == pair for name in owner])
        mean = float(np.array(scores)[own].mean())
        floor, precise = floor_of(sure[own], np.array(good)[own])
        is_shown = mean >= SHOWN and int(own.sum()) >= ENOUGH and precise >= PRECISE
        told = {"shown": is_shown, "chrf": round(mean, 1), "n": int(own.sum()), "good": round(precise, 3)}
        table[pair] = told | ({"floor": floor} if is_shown and floor != FLOOR else {})
    return desk.engine, found | {"pairs": table}


def floor_of(sure: Floats, good: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the lowest floor above which enough are good, and their share; of none, the first floor's."""
    shares = []
    for floor in FLOORS:
        above = good[sure >= floor]
        shares.append(float(above.mean()) if len(above) else 0.0)
        if len(above) >= ENOUGH and shares[-1] >= PRECISE:
            return floor, shares[-1]
    return FLOOR, shares[0]


def measured(known: Sequence, source: str, target: str, desk: Desk):
    """Yield signs, output, reference and source of each text that is one sentence for the verb."""
    bodies = [list(body_of(one.source, source, target, Guarding()).sentences()) for one in known]
    alone = [(one, sentences[0]) for one, sentences in zip(known, bodies, strict=True) if len(sentences) == 1]
    outcomes = by_machine([sentence for _, sentence in alone], target, desk.translator)
    for one, sentence in alone:
        outcome = outcomes[sentence]
        expected = desk.quality.expected(source.split("-")[0], target.split("-")[0])
        if not outcome.trouble:
            yield signs_of_quality(sentence, outcome, expected), outcome.text, one.target, one.source


def pairs_of(path: Path, wanted: Sequence[str]) -> list[str]:
    """Return the pairs of a file's heading, those wanted if any are named."""
    raw = path.read_bytes()
    head = (
        (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        .decode("utf-8-sig")
        .split("\n", 1)[0]
        .strip()
    )
    langs = [canonical(name).split("-")[0] for name in head.split("\t")]
    return [f"{a}>{b}" for a, b in permutations(langs, 2) if not wanted or f"{a}-{b}" in wanted]


def main() -> None:
    """Write the file anew, with what it held of other translators."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["strangers", "engine"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--pair", action="append", default=[])
    parser.add_argument("--config", default="")
    parser.add_argument("--limit", type=int, default=300)
    args = parser.parse_args()
    held = json.loads(OUT.read_text(encoding="utf-8"))
    if args.what == "strangers":
        found = strangers(args.files[0])
        held["lengths"] = found["lengths"]
        held["engines"]["default"] = found["default"]
    else:
        name, made = engine([Path(file) for file in args.files], args.pair, args.config, args.limit)
        held["engines"][name] = made
    OUT.write_text(json.dumps(held, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
