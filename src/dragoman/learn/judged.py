"""Questions with all the evidence that people judged for them, by product: what a reranker learns from."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.learn.concepts import Concept
from dragoman.learn.evidence import read_rows
from dragoman.measure.beir import read_qrels
from dragoman.text.normalise import normalise

RANKED = (
    "epqa",
    "hetpqa_ranking_dev",
    "semipqa_ranking_dev",
    "semipqa_ranking_testseen",
    "semipqa_ranking_testunseen",
)
ANSWERED = ("hetpqa_answers_train", "hetpqa_answers_dev", "hetpqa_answers_test")
_SURE = {"epqa": {"0": 0.0, "1": 0.6, "2": 1.0}}  # its 1 is "answers in part"; the other sets know 0 and 1


@dataclass(frozen=True, slots=True)
class Judged:
    """A question about one product, and what its page says, each with how surely it answers, 0..1."""

    question: str
    product: str  # "" where the set does not say
    title: str  # "" where the set does not say
    texts: tuple[str, ...]
    labels: tuple[float, ...]
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the question, by language


def read_judged(
    folder: Path, *, without: frozenset[str] = frozenset(), titles: frozenset[str] = frozenset()
) -> list[Judged]:
    """Return the judged questions of `amazon_pqa`, and those with an answer and nothing else, sorted.

    Args:
        without: Normalised questions to leave out, with all others about the same products.
        titles: Titles of products that no question may be about.

    Raises:
        NotFound: the folder lacks a file.
        BadInput: a line that is no judgement.
    """
    rows = [
        (name, row)
        for name in (*RANKED, *ANSWERED)
        for row in read_rows(folder / f"{name}.jsonl.gz", ("question", "candidate"))
    ]
    barred = {
        row["ASIN"]
        for _, row in rows
        if "ASIN" in row and (normalise(row["question"]) in without or row.get("title", "") in titles)
    }
    groups: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    named: dict[tuple[str, str, str], str] = {}
    for name, row in rows:
        text = " ".join(row["candidate"].split())
        if not text or row.get("ASIN") in barred or normalise(row["question"]) in without:
            continue
        key = (row["question"], row.get("ASIN", ""), "" if row.get("ASIN") else name)
        label = _SURE.get(name, {"1": 1.0, "0": 0.0})[str(row["label"])] if "label" in row else 1.0
        groups[key][text] = max(groups[key].get(text, 0.0), label)
        named[key] = row.get("title", named.get(key, ""))
    return [
        Judged(key[0], key[1], named[key], tuple(labels), tuple(labels.values()))
        for key, labels in sorted(groups.items())
        if any(labels.values())
    ]


def titles_of(folder: Path) -> frozenset[str]:
    """Return the titles of the products that the judged documents of a BEIR set are about.

    Raises:
        NotFound: the folder has no corpus.jsonl.gz or no qrels.tsv.
    """
    judged = {id for grades in read_qrels(folder / "qrels.tsv").values() for id in grades}
    rows = read_rows(folder / "corpus.jsonl.gz", ("_id", "text"))
    return frozenset(row.get("title", "") for row in rows if row["_id"] in judged) - {""}


def told(judged: Sequence[Judged], concepts: Sequence[Concept]) -> list[Judged]:
    """Return them with what the question is in other languages, where a concept has its very words."""
    said = {concept["en"][0].lower(): concept for concept in concepts}
    return [
        Judged(
            one.question,
            one.product,
            one.title,
            one.texts,
            one.labels,
            {"en": [one.question], **said.get(one.question.lower(), {})},
        )
        for one in judged
    ]


def is_aside(one: Judged, share: float) -> bool:
    """Say whether a question only measures: by a hash of its product where known, else of its words."""
    key = one.product or one.question.lower()
    return int(hashlib.sha1(key.encode()).hexdigest(), 16) % 1000 < 1000 * share
