"""Runs in TREC's six columns, read and written; knows no metric.

A run is an ordered list. trec_eval does not see the order, only the scores: it compares them as
32-bit floats and puts equal ones in *descending* id order (get_trec_results.c; usnistgov/trec_eval
issue 22), while this package breaks ties in ascending order. So a run is written with scores that
fall at every line, and one that is read from a file is ordered as trec_eval would: the file, this
package and trec_eval always mean the same ranking.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from dragoman.errors import BadInput
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.types import Scored

Run: TypeAlias = Mapping[str, Sequence[Scored]]
"""Documents by query id, best first, none twice."""

_LARGEST = 3.0e38  # just inside 32 bits, with room below for ties

Candidates: TypeAlias = Mapping[str, Sequence[str]]
"""The only documents that may be ranked, by query id, in ascending order."""


def read_run(path: Path) -> Run:
    """Return the run of a TREC file, packed or not, ordered as trec_eval orders it.

    Raises:
        BadInput: not six columns, a score that is no finite number, or a document twice in a query.
    """
    found: dict[str, dict[str, float]] = {}
    for number, line in numbered_lines(path):
        columns = line.split()
        if len(columns) != 6:
            raise bad_line(path, number, f"{len(columns)} columns", "query Q0 document rank score tag")
        query, document, score = columns[0], columns[2], _score(columns[4], path, number)
        hits = found.setdefault(query, {})
        if document in hits:
            raise bad_line(path, number, f"{document!r} twice for query {query!r}", "keep one line")
        hits[document] = score
    return {query: as_trec_eval_orders(hits) for query, hits in found.items()}


def as_trec_eval_orders(scores: Mapping[str, float]) -> list[Scored]:
    """Order documents as trec_eval does: by score as a 32-bit float, then by id, both descending.

    >>> [hit.id for hit in as_trec_eval_orders({"a": 1.0, "b": 1.0 + 1e-9, "c": 2.0})]
    ['c', 'b', 'a']
    """
    by_id = sorted(scores.items(), key=lambda pair: pair[0].encode(), reverse=True)
    with np.errstate(over="ignore"):  # beyond 32 bits is infinity, there and here
        narrow = np.array([score for _, score in by_id]).astype(np.float32)
    order = np.argsort(-narrow, kind="stable")  # ids of one score stay descending
    return [Scored(*by_id[i]) for i in order]


def write_run(path: Path, run: Run, *, tag: str = "dragoman") -> None:
    """Write a run so that trec_eval sees the order it has: scores are lowered where they tie.

    Args:
        tag: Name of the system, without blanks.

    Raises:
        BadInput: an id holds a blank, which the format cannot carry, or the path cannot be written.
    """
    _refuse_blanks(run, tag)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for query, hits in run.items():
                scores = falling([hit.score for hit in hits])
                for rank, (hit, score) in enumerate(zip(hits, scores, strict=True), start=1):
                    file.write(f"{query} Q0 {hit.id} {rank} {score:.9g} {tag}\n")
        part.replace(path)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}", hint="name a writable file") from error


def falling(scores: Iterable[float]) -> list[float]:
    """Lower each score that is not below the one before it to the next 32-bit float below that one.

    >>> falling([2.0, 1.0, 1.0]) == [2.0, 1.0, float(np.nextafter(np.float32(1), np.float32(0)))]
    True
    """
    lowered: list[float] = []
    last = np.float32(np.inf)
    for score in scores:
        narrow = np.float32(max(-_LARGEST, min(_LARGEST, score)))
        last = min(narrow, np.nextafter(last, np.float32(-np.inf)))
        lowered.append(float(last))
    return lowered


def read_candidates(path: Path) -> Candidates:
    """Return the documents that each query may be answered with, from any of three kinds of file.

    | columns | read as |
    |---|---|
    | 6, blanks | a TREC run; its scores do not matter |
    | 4, blanks | TREC qrels |
    | 2 or 3, tabs | ``query document`` and an ignored third, with BEIR's header or without |

    Raises:
        BadInput: another number of columns.
    """
    allowed: dict[str, set[str]] = {}
    for number, line in numbered_lines(path):
        columns = line.split("\t") if "\t" in line else line.split()
        if columns[0] == "query-id":
            continue
        if len(columns) not in (2, 3, 4, 6):
            raise bad_line(path, number, f"{len(columns)} columns", "a TREC run, or query and document")
        document = columns[1] if len(columns) < 4 else columns[2]
        allowed.setdefault(columns[0].strip(), set()).add(document.strip())
    if not allowed:
        raise BadInput(f"{path} holds no rows", hint="is this the right file?")
    return {query: tuple(sorted(documents)) for query, documents in allowed.items()}


def run_path(out: Path, name: str, *, alone: bool) -> Path:
    """Return where the run of one query file goes: ``out`` itself, or ``out/<name>.run`` beside others.

    Query files in several languages may share their ids, so their runs cannot share a file.

    >>> run_path(Path("dense"), "queries.ar", alone=False).as_posix()
    'dense/queries.ar.run'
    """
    return out if alone and not out.is_dir() else out / f"{name}.run"


def _score(text: str, path: Path, number: int) -> float:
    try:
        score = float(text)
    except ValueError as error:
        raise bad_line(path, number, f"score {text!r}", "the fifth column is a number") from error
    if not math.isfinite(score):
        raise bad_line(path, number, f"score {text!r}", "scores are finite")
    return score


def _refuse_blanks(run: Run, tag: str) -> None:
    ids = (name for query, hits in run.items() for name in (query, *(hit.id for hit in hits)))
    bad = next((name for name in (tag, *ids) if not name or name.split() != [name]), None)
    if bad is not None:
        raise BadInput(f"a TREC run cannot hold the id {bad!r}", hint="rename it: no blanks, not empty")
