"""Questions with the evidence that answers them and that which does not, from `amazon_pqa`."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import BadInput, NotFound
from dragoman.text.normalise import normalise

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


def read_questions(folder: Path, *, without: frozenset[str] = frozenset()) -> list[Question]:
    """Return the questions of every file that judges evidence, sorted by text.

    Args:
        without: Normalised questions to leave out, with all others about the same products.

    Raises:
        NotFound: the folder lacks a file.
        BadInput: a line that is no JSON object with question and candidate.
    """
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    rows = [row for name in (*_RANKED, *_ANSWERED) for row in _rows(folder / f"{name}.jsonl.gz")]
    barred = {row["ASIN"] for row in rows if "ASIN" in row and normalise(row["question"]) in without}
    for row in rows:
        if row.get("ASIN") in barred or normalise(row["question"]) in without:
            continue
        text = _text(row)
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
        found.update(normalise(row["text"]) for row in _rows(path))
    return frozenset(found)


def draw_questions(questions: Sequence[Question], k: int, *, rng: random.Random) -> list[Question]:
    """Return ``k`` different questions, each with one right and one wrong text (or none) of its own."""
    return [
        Question(one.text, (rng.choice(one.right),), (rng.choice(one.wrong),) if one.wrong else ())
        for one in rng.sample(questions, min(k, len(questions)))
    ]


def _text(row: Mapping[str, str]) -> str:
    """Return the candidate, after its product's title where known, as a shop's passages have it."""
    title = row.get("title", "")
    return f"{title} {row['candidate']}".strip()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise NotFound(f"no file {path}", hint="set `data` (DRAGOMAN_DATA) to where the public sets are")
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                if not isinstance(row["question" if "question" in row else "text"], str):
                    raise ValueError("its text is no string")
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}:{number}: {error}", hint="fetch the set again") from error
            yield row
