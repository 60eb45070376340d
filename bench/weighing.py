"""Learns how well a passage bears on a question, and where to decline; writes what `dragoman.answer` ships.

python bench/weighing.py --data ../shared/data [--vectors runs/answer/vectors]

From `amazon_pqa` alone (ePQA and hetPQA, CDLA-Sharing-1.0: English questions, passages graded by people);
the public dev sets are not read. Five folds by product: a product's passages are never learned from and
scored by the same fit. Writes ``data/weighing.npz`` and ``data/crowd.tsv`` of the package; needs torch.
"""

import argparse
import gzip
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import dragoman.answer
from dragoman.answer.cues import rows as rows_of_table
from dragoman.answer.weigh import GENERIC, NEAREST, measure, without_language
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import open_encoder
from dragoman.rank.level import level
from dragoman.search import levelling_of
from dragoman.settings import configure

OUT = Path(dragoman.answer.__file__).parent / "data"
FOLDS, CROWD, SEED = 5, 128, 0
PENALTIES = (0.002, 0.01, 0.05, 0.2)  # of the squared weights, per example

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of question and passage, their grades, and which question and product each is of."""

    questions: Floats
    passages: Floats
    grades: NDArray[np.int64]
    groups: list[str]
    folds: NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, default=Path("runs/answer/vectors"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = read(options.data)
    encoder = CachedVectors(open_encoder(configure().settings), options.vectors)
    write_crowd(rows)
    rows_of_table.cache_clear()
    fixed = measure(encoder)
    judged = encoded(rows, encoder)
    learned, plain = features(judged, fixed["background"]), features(judged, fixed["background"])[:, :2]
    scores = {penalty: across_folds(learned, judged, penalty) for penalty in PENALTIES}
    for penalty, found in scores.items():
        print(f"learned, penalty {penalty:<6} {told(found, judged)}")
    best = max(scores, key=lambda penalty: area(scores[penalty], judged) + gain(scores[penalty], judged))
    print(f"cosine alone             {told((judged.questions * judged.passages).sum(1), judged)}")
    plain_scores = across_folds(plain, judged, 0.0)
    print(f"cosine and crowd         {told(plain_scores, judged)}")
    floor, plain_floor = floor_of(scores[best], judged), floor_of(plain_scores, judged)
    faint, plain_faint = faint_of(scores[best], judged), faint_of(plain_scores, judged)
    weights, plain_weights = fit(learned, judged, best), fit(plain, judged, 0.0)
    dim = encoder.dim
    np.savez_compressed(
        OUT / "weighing.npz",
        name=np.array(encoder.name),
        cosine=weights[0], crowd=weights[1], bias=weights[-1],
        product=weights[2 : 2 + dim].astype("f4"), passage=weights[2 + dim : -1].astype("f4"),
        background=fixed["background"].astype("f2"), mood=fixed["mood"], floor=floor, faint=faint,
        plain_cosine=plain_weights[0], plain_crowd=plain_weights[1], plain_bias=plain_weights[-1],
        plain_floor=plain_floor, plain_faint=plain_faint,
    )  # fmt: skip
    print(f"chosen penalty {best}, floor {floor:.3f}, faint {faint:.3f}, encoder {encoder.name}")
    print(f"with cosine and crowd alone: floor {plain_floor:.3f}, faint {plain_faint:.3f}")


def read(data: Path) -> list[dict[str, str]]:
    rows = []
    for name in ("epqa", "hetpqa_ranking_dev"):
        with gzip.open(data / "amazon_pqa" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows += [json.loads(line) | {"set": name} for line in lines]
    return rows


def write_crowd(rows: list[dict[str, str]]) -> None:
    """A fixed draw of passages of all kinds, none very short or long."""
    texts = sorted({" ".join(row["candidate"].split()) for row in rows if row["set"] == "epqa"})
    fit_texts = [text for text in texts if 25 <= len(text) <= 140 and not {"?", "#"} & set(text)]
    drawn = np.random.default_rng(SEED).choice(len(fit_texts), CROWD, replace=False)
    head = (
        "# Passages of many products, against which every encoder's cosines are measured.\n"
        "# Drawn by bench/weighing.py from ePQA (amazon-science/contextual-product-qa, CDLA-Sharing-1.0;\n"
        "# this file is under the same licence).\n"
    )
    body = "\n".join(fit_texts[i] for i in sorted(drawn))
    (OUT / "crowd.tsv").write_text(head + body + "\n", encoding="utf-8")


def encoded(rows: list[dict[str, str]], encoder: CachedVectors) -> Judged:
    asked = encoder.encode([row["question"] for row in rows], "query")
    levelling = levelling_of(encoder, Path(configure().settings.home).expanduser() / "levelling")
    made = level(asked, levelling, guard=1.0, generic=GENERIC)
    return Judged(
        made.vectors * made.lengths[:, None],
        without_language(encoder.encode([row["candidate"] for row in rows], "passage"), levelling),
        np.array([int(row["label"]) for row in rows]),
        [f"{row['set']} {row['qid']}" for row in rows],
        np.array([int(hashlib.md5(row["ASIN"].encode()).hexdigest(), 16) % FOLDS for row in rows]),
    )


def features(judged: Judged, background: Floats) -> Floats:
    """Cosine, nearness of the crowd, products, passage: what `dragoman.answer.weigh` adds up."""
    q, p = judged.questions, judged.passages
    near = np.sort(background @ q.T, axis=0)[-NEAREST:].mean(axis=0)
    return np.c_[(q * p).sum(1), near, q * p, p].astype(np.float32)


# What the penalty makes equal: a cosine spreads over .1, a product over .005, a component over .05.
def scales(width: int) -> Floats:
    products = (width - 2) // 2
    return np.r_[10.0, 10.0, np.full(products, 20.0), np.full(products, 3.0)].astype(np.float32)


def fit(x: Floats, judged: Judged, penalty: float, keep: NDArray[np.bool_] | None = None) -> Floats:
    """Logistic regression by L-BFGS; the last weight is the bias."""
    kept = np.ones(len(x), bool) if keep is None else keep
    scale = scales(x.shape[1])[: x.shape[1]]
    inputs = torch.tensor(x[kept] * scale)
    wanted = torch.tensor((judged.grades[kept] > 0).astype(np.float32))
    weights = torch.zeros(x.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    steps = torch.optim.LBFGS([weights, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        steps.zero_grad()
        lost = torch.nn.functional.binary_cross_entropy_with_logits(inputs @ weights + bias, wanted)
        total = lost + penalty * weights.square().sum() / 10
        total.backward()  # type: ignore[no-untyped-call]
        return total

    steps.step(loss)  # type: ignore[no-untyped-call]
    return np.r_[weights.detach().numpy() * scale, bias.detach().numpy()].astype(np.float32)


def across_folds(x: Floats, judged: Judged, penalty: float) -> Floats:
    """Logits of every pair by the fit that never saw its product."""
    scores = np.zeros(len(x), np.float32)
    for fold in range(FOLDS):
        weights = fit(x, judged, penalty, judged.folds != fold)
        held = judged.folds == fold
        scores[held] = x[held] @ weights[:-1] + weights[-1]
    return scores


def pages(judged: Judged) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(judged.groups):
        if group.startswith("epqa"):
            found[group].append(place)
    return {group: np.array(places) for group, places in found.items()}


def answerable(scores: Floats, judged: Judged) -> tuple[list[float], list[float]]:
    """The best score of each page as it is, and without the passages that people called relevant."""
    whole, without = [], []
    for places in pages(judged).values():
        rest = places[judged.grades[places] == 0]
        if len(rest) and len(rest) < len(places):
            whole.append(float(scores[places].max()))
            without.append(float(scores[rest].max()))
    return whole, without


def area(scores: Floats, judged: Judged) -> float:
    """AUROC of telling a page that answers from the same page without what answers."""
    whole, without = answerable(scores, judged)
    pairs = np.subtract.outer(np.array(whole), np.array(without))
    return float((pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def told(scores: Floats, judged: Judged) -> str:
    return f"nDCG@10 {gain(scores, judged):.4f}  answerability AUROC {area(scores, judged):.4f}"


def gain(scores: Floats, judged: Judged) -> float:
    """Mean nDCG@10 over the pages with anything relevant."""
    gains = []
    for places in pages(judged).values():
        grades = judged.grades[places]
        if grades.any():
            order = places[np.argsort(-scores[places], kind="stable")]
            gains.append(_dcg(judged.grades[order]) / _dcg(np.sort(grades)[::-1]))
    return float(np.mean(gains))


def _dcg(grades: NDArray[np.int64]) -> float:
    return float(((2.0**grades - 1) / np.log2(np.arange(len(grades)) + 2)).sum())


def faint_of(logits: Floats, judged: Judged) -> float:
    """The probability that all but one in forty of the pages that answer reach."""
    whole, _ = answerable(logits, judged)
    return float(1.0 / (1.0 + np.exp(-np.quantile(whole, 1 / 40))))


def floor_of(logits: Floats, judged: Judged) -> float:
    """The probability that best parts pages that answer from those that do not (Youden 1950).

    Prints the whole trade: what is answered of each half, and how often the first passage shown is relevant.
    """
    whole, without = (np.array(one) for one in answerable(logits, judged))
    firsts = [places[np.argmax(logits[places])] for places in pages(judged).values()]
    right = np.array([judged.grades[best] > 0 for best in firsts])
    shown = np.array([logits[best] for best in firsts])
    best, found = -1.0, 0.5
    for floor in np.arange(0.2, 0.9, 0.025):
        logit = float(np.log(floor / (1 - floor)))
        hit, false = float((whole >= logit).mean()), float((without >= logit).mean())
        if abs(floor * 10 - round(floor * 10)) < 1e-6:
            relevant = right[shown >= logit].mean()
            print(f"   floor {floor:.1f}: answers {hit:.2f} of pages that answer, {false:.2f} of the others, "
                  f"first passage relevant {relevant:.2f}")  # fmt: skip
        if hit - false > best:
            best, found = hit - false, float(floor)
    return found


if __name__ == "__main__":
    main()
