"""Questions with the evidence that answers them and that which does not: `amazon_pqa` or lines of our own."""

import csv
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from dragoman.errors import BadInput, NotFound
from dragoman.learn.concepts import Concept
from dragoman.text.normalise import normalise

Answers: TypeAlias = Mapping[str, frozenset[str]]
"""A question to all that answers it, both normalised."""

_RANKED = (
    "epqa",
    "hetpqa_ranking_dev",
    "semipqa_ranking_dev",
    "semipqa_ranking_testseen",
    "semipqa_ranking_testunseen",
)
_ANSWERED = ("hetpqa_answers_train", "hetpqa_answers_dev", "hetpqa_answers_test")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, what answers it (at least one) and what is about the same product and does not."""

    text: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the question in other languages


def read_questions(path: Path, *, without: frozenset[str] = frozenset()) -> list[Question]:
    """Return the questions of `amazon_pqa`, of the table of `query_category`, or of JSON lines of our own.

    The first are sorted by text, the others stand in their order. A query of the table is answered by the
    categories that people judged right; those of its dev split only measure.

    A line is like ``{"texts": {"en": ["tent"], "ko": ["텐트"]}, "right": ["Dome Tent for 4"]}``. Where
    nothing is said in English, the question's text is the first that there is.

    Args:
        without: Normalised questions to leave out, with all others about the same products.

    Raises:
        NotFound: no such file, or the folder lacks one.
        BadInput: a line that is no question with what answers it.
    """
    if path.name.endswith((".tsv", ".tsv.gz")):
        return _categories(path, without)
    return _judged(path, without) if path.is_dir() else _written(path, without)


def translated(questions: Sequence[Question], concepts: Iterable[Concept]) -> list[Question]:
    """Return the questions with what other languages say, where a concept has the question's very words."""
    said = {concept["en"][0].lower(): concept for concept in concepts}
    return [
        replace(one, said={**one.said, **said[one.text.lower()]}) if one.text.lower() in said else one
        for one in questions
    ]


def _written(path: Path, without: frozenset[str]) -> list[Question]:
    found: list[Question] = []
    for number, row in enumerate(read_rows(path, ("texts", "right")), 1):
        said: Mapping[str, Sequence[str]] = row["texts"]
        right = row["right"]
        if not (said and all(said.values()) and right):
            raise BadInput(f"{path}:{number}: no text or no answer", hint='give "texts" and "right"')
        if not any(normalise(text) in without for texts in said.values() for text in texts):
            found.append(Question(said.get("en", next(iter(said.values())))[0], tuple(right), (), said))
    return found


def _categories(path: Path, without: frozenset[str]) -> list[Question]:
    judged: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for row in _table(path, ("language", "query", "category_path", "label", "split")):
        if row["split"] == "train" and row["query"].strip() and normalise(row["query"]) not in without:
            said = judged[row["language"], row["query"]]
            said[row["category_path"]] = said.get(row["category_path"], False) or row["label"] == "1"
    return [
        Question(
            query,
            tuple(path for path, is_right in paths.items() if is_right),
            tuple(path for path, is_right in paths.items() if not is_right),
            {lang: (query,)},
        )
        for (lang, query), paths in judged.items()
        if any(paths.values())
    ]


def _judged(folder: Path, without: frozenset[str]) -> list[Question]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    rows = [
        row
        for name in (*_RANKED, *_ANSWERED)
        for row in read_rows(folder / f"{name}.jsonl.gz", ("question", "candidate"))
    ]
    barred = {row["ASIN"] for row in rows if "ASIN" in row and normalise(row["question"]) in without}
    for row in rows:
        if row.get("ASIN") in barred or normalise(row["question"]) in without:
            continue
        text = _text(row)
        if not text:
            continue
        judged[row["question"]][text] = max(judged[row["question"]].get(text, 0), int(row.get("label", 2)))
    return [
        Question(question, right, tuple(text for text, label in labels.items() if label == 0))
        for question, labels in sorted(judged.items())
        if (right := tuple(text for text, label in labels.items() if label > 0))
    ]


def queries_of(paths: Iterable[Path]) -> frozenset[str]:
    """Return the normalised texts of BEIR query files: what must not be trained on."""
    found: set[str] = set()
    for path in paths:
        found.update(normalise(row["text"]) for row in read_rows(path, ("text",)))
    return frozenset(found)


def spoken(questions: Iterable[Question], weights: Mapping[str, float]) -> list[Question]:
    """Return the questions without what they say in languages of weight 0, and without those left dumb.

    >>> told = Question("texte", ("a",), (), {"fr": ["texte"], "ko": ["글"]})
    >>> [one.text for one in spoken([told], {"fr": 0.0})], spoken([told], {"fr": 0.0, "ko": 0.0})
    (['글'], [])
    """
    found: list[Question] = []
    for one in questions:
        said = {lang: texts for lang, texts in one.said.items() if weights.get(lang, 1.0)}
        if said or not one.said:
            is_heard = not one.said or any(one.text in texts for texts in said.values())
            text = one.text if is_heard else next(iter(said.values()))[0]
            found.append(replace(one, text=text, said=said))
    return found


def answers_of(questions: Iterable[Question]) -> Answers:
    """Return what answers each question, by all that is known: what must never count as wrong.

    >>> known = answers_of([Question("Tent", ("Dome",), ()), Question("tent", ("Tipi",), ())])
    >>> sorted(known["tent"])
    ['dome', 'tipi']
    """
    found: dict[str, set[str]] = defaultdict(set)
    for one in questions:
        found[normalise(one.text)].update(map(normalise, one.right))
    return {question: frozenset(right) for question, right in found.items()}


def draw_questions(questions: Sequence[Question], k: int, *, rng: random.Random) -> list[Question]:
    """Return ``k`` different questions, each with one right and one wrong text (or none) of its own."""
    return [
        replace(one, right=(rng.choice(one.right),), wrong=(rng.choice(one.wrong),) if one.wrong else ())
        for one in rng.sample(questions, min(k, len(questions)))
    ]


def _text(row: Mapping[str, str]) -> str:
    """Return the candidate, after its product's title where known, as a shop's passages have it."""
    title = row.get("title", "")
    return f"{title} {row['candidate']}".strip()


def read_rows(path: Path, keys: Sequence[str]) -> Iterator[dict[str, Any]]:  # Any: JSON
    """Yield the rows of a JSON-lines file, gzipped or not, each with all of ``keys``.

    Raises:
        NotFound: the file is not there.
        BadInput: a line is no JSON object, or lacks a key; the message says which line.
    """
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                if any(row[key] is None for key in keys):
                    raise ValueError(f"{', '.join(keys)} are needed")
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}:{number}: {error}", hint="fetch the set again") from error
            yield row


def _table(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    with _opened(path) as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if lacking := [name for name in columns if name not in (rows.fieldnames or ())]:
            hint = "a table of questions has the columns of `query_category`"
            raise BadInput(f"{path} has no column {', '.join(lacking)}", hint=hint)
        yield from rows


def _opened(path: Path) -> TextIO:
    if not path.is_file():
        raise NotFound(f"no file {path}", hint="set `data` (DRAGOMAN_DATA) to where the public sets are")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
