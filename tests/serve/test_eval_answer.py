"""Laws of `dragoman eval answer`: pages in any language, judged and unjudged, answered by us or by others."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dragoman.measure.answering import Asked, Given, Told, answer_figures, read_questions
from dragoman.serve.cli import dragoman

WARM = {"text": "Es hält sehr warm.", "lang": "de", "label": 1}
OTHER = {"text": "Das Zelt wiegt 2,5 kg.", "lang": "de", "label": 0}
QUESTION = {
    "question": "Hält es warm?",
    "lang": "de",
    "passages": [WARM, OTHER],
    "answers": ["Es hält sehr warm."],
}
ZH = {
    "question": "它暖和吗？",
    "lang": "zh-Hans",
    "passages": ["非常暖和，重2.5公斤。"],
    "answer": "非常暖和。",
}


def _measured(folder: Path, rows: list[dict[str, Any]], *more: str) -> dict[str, Any]:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    # An encoder that is not ours is measured once a home, which takes seconds: the tests share one.
    words = [
        "--encoder",
        "hash",
        "--home",
        str(folder.parent / "home"),
        "eval",
        "answer",
        "--data",
        str(path),
    ]
    none = {f"DRAGOMAN_{part}": "none" for part in ("RERANKER", "READER", "TRANSLATOR")}
    done = CliRunner().invoke(dragoman, [*words, "--json", *more], env=none, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_identical_chinese_answer_scores_a_hundred(tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    said.write_text("非常暖和。\n", "utf-8")
    found = _measured(tmp_path, [ZH], "--hypotheses", str(said))
    scores = [found[name]["score"] for name in ("bleu", "chrf", "chrf++", "meteor", "rouge_l")]
    assert scores == [100.0] * 5
    assert (found["exact"], found["token_f1"], found["faithfulness"]) == (100.0, 100.0, 1.0)
    assert "tok:zh" in found["bleu"]["signature"]


def test_a_claim_that_stands_nowhere_is_not_faithful(tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    said.write_text("Es wiegt 2,5 kg. Es wiegt 9 kg.\n", "utf-8")
    found = _measured(tmp_path, [QUESTION], "--hypotheses", str(said))
    assert found["faithfulness"] == 0.5


def test_our_own_answers_are_measured_per_language(tmp_path: Path) -> None:
    found = _measured(tmp_path, [QUESTION, ZH])
    assert found["n"] == 2
    assert set(found["languages"]) == {"de", "zh-Hans"}
    assert 0.0 <= found["languages"]["de"]["answerability"] <= 1.0
    assert found["languages"]["zh-Hans"]["answerability"] is None
    assert found["faithfulness"] in (None, 1.0)


def test_figures_of_evidence_follow_its_scores() -> None:
    asked = [Asked(str(at), "q", "en", (Told("a", label=1), Told("b", label=0))) for at in range(2)]
    given = [Given("a", 1, 0, 0.9, 0.2, is_right=True), Given("b", 1, 0, 0.4, 0.5, is_right=False)]
    found = answer_figures(asked, given)
    assert (found["answerability"], found["evidence"]) == (0.75, 0.5)
    assert found["risk_coverage"] == {"0.25": 0.0, "0.50": 0.0, "0.75": 0.5, "1.00": 0.5, "aurc": 0.25}


def test_candidates_of_one_question_come_together(tmp_path: Path) -> None:
    path = tmp_path / "pqa.jsonl"
    row = {"qid": "7", "question": "warm?", "source": "cqa", "answer": "yes"}
    lines = [
        row | {"candidate": "very", "label": "2"},
        row | {"candidate": "blue", "label": "0", "answer": "no"},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    [one] = read_questions(path)
    assert one.passages == (Told("very", "answer", "en", 2), Told("blue", "answer", "en", 0))
    assert one.answers == ("yes",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no questions"),
        ("{}", "line 1: has no 'question'"),
        ('{"question": "a"}', "has no 'passages'"),
        ('{"question": " ", "passages": []}', "a question has words"),
        ('{"question": "a", "candidate": "b", "label": "high"}', "line 1"),
        ("no json", "is not JSON"),
        ("[1]", "line 1"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(dragoman, ["--encoder", "hash", "eval", "answer", "--data", str(path)])
    assert done.exit_code != 0
    assert complaint in str(done.exception)
