"""Laws of `dragoman eval extraction`: values by attribute and language, exact and in meaning."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dragoman.measure.extraction import read_judged
from dragoman.serve.cli import dragoman

ROWS = [
    {
        "lang": "de",
        "text": "Rotes Zelt, 2,5 kg",
        "facts": {"Farbe": "rot", "Gewicht": ["2500 g"], "Form": []},
    },
    {"lang": "en", "text": "Blue tent, 3 kg", "facts": {"Color": "Blue", "Weight": "3 kg", "Material": None}},
]


def _measured(folder: Path, rows: list[dict[str, Any]], *more: str) -> dict[str, Any]:
    path = folder / "rows.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    words = ["--encoder", "hash", "--shop", str(folder / "shop"), "eval", "extraction", "--data", str(path)]
    done = CliRunner().invoke(dragoman, [*words, "--json", *more], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_values_are_compared_as_written_and_by_what_they_mean(tmp_path: Path) -> None:
    found = _measured(tmp_path, ROWS)
    assert (found["n"], found["values"]) == (2, 4)
    assert found["attributes"]["Gewicht"]["exact"]["f1"] == 0.0
    assert found["attributes"]["Gewicht"]["normalised"]["f1"] == 1.0
    assert found["attributes"]["Weight"]["exact"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert set(found["languages"]) == {"de", "en"}
    assert found["normalised"]["f1"] >= found["exact"]["f1"]


def test_nothing_is_right_where_nothing_is_stated(tmp_path: Path) -> None:
    found = _measured(tmp_path, [{"text": "A tent", "lang": "en", "facts": {"Color": []}}])
    assert found["exact"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert found["values"] == 0


@pytest.mark.parametrize(
    ("row", "text", "right"),
    [
        ({"text": "a", "attributes": {"x": "1"}}, "a", ("1",)),
        ({"text": "red hat", "asks": {"x": [[0, 3]]}}, "red hat", ("red",)),
        ({"input": "a", "target_scores": {"x": {"n/a": 1}}}, "a", ()),
        (
            {"input_title": "a", "input_description": None, "target_scores": {"x": {"b": {"pid": [0]}}}},
            "a\n",
            ("b",),
        ),
    ],
)  # fmt: skip
def test_public_sets_are_read_as_they_are(
    tmp_path: Path, row: dict[str, Any], text: str, right: tuple[str, ...]
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\ufeff" + json.dumps(row) + "\r\n", "utf-8")
    [one] = read_judged(path, lang="en")
    assert (one.text, one.right["x"]) == (text, right)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no rows"),
        ('{"text": "a"}', "line 1: has no 'target_scores'"),
        ('{"text": "a", "facts": {"x": {"y": 1}}}', "string or a list"),
        ('{"text": "", "facts": {}}', "has no 'text'"),
        ("[]", "line 1"),
        ("no json", "is not JSON"),
        ('{"text": "a", "facts": 5}', "line 1"),
        ('{"text": 5, "facts": {}}', "line 1"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(dragoman, ["--encoder", "hash", "eval", "extraction", "--data", str(path)])
    assert done.exit_code != 0
    assert complaint in str(done.exception)
