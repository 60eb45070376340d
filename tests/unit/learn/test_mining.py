"""Laws of mined negatives: near, wrong, not the same thing twice, and the same in every run."""

import json
import random
from pathlib import Path

import pytest
import torch

from dragoman.learn import Recipe, open_task
from dragoman.learn.evidence import Question, answers_of, read_questions, spoken
from dragoman.learn.mining import Mined, answering, mined
from dragoman.learn.recipe import TaskRecipe
from dragoman.models import Style, Tower, read_body
from dragoman.testing.tiny_bert import write_tiny_bert
from dragoman.text.normalise import normalise

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

WORDS = (
    "pot",
    "tent",
    "hose",
    "чайник",
    "палатка",
    "户外椅",
    "무선",
    "خيمة",
    "登山",
    "รองเท้า",
    "सड़ी",
    "zelt",
)
ROUNDING = 1e-5
QUESTIONS = [
    Question(
        f"{word} {letter}", (f"{word} {letter} of clay", f"old {word} {letter}"), (f"no {word} {letter}",)
    )
    for word in WORDS
    for letter in "abcdefgh"
]


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Tower:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder)
    torch.manual_seed(0)
    return Tower(read_body(str(folder)), Style(rank=4), max_tokens=24)


def test_what_is_mined_is_wrong_near_and_not_said_twice(tower: Tower) -> None:
    answers = answers_of(QUESTIONS)
    found = mined(QUESTIONS, answers, tower, 3, seed=0)
    pool = list(dict.fromkeys(text for one in QUESTIONS for text in (*one.right, *one.wrong)))
    rows = tower.origin(pool, "passage")
    for was, one in zip(QUESTIONS, found, strict=True):
        new = one.wrong[len(was.wrong) :]
        assert one.right == was.right
        assert len({normalise(text) for text in new}) == 3
        assert not set(map(normalise, new)) & {*map(normalise, was.right), *map(normalise, was.wrong)}
        scores = dict(zip(pool, (tower.origin([one.text], "query") @ rows.T)[0].tolist(), strict=True))
        others = [score for text, score in scores.items() if text not in was.right and text not in was.wrong]
        for text in new:
            # A batch of other texts rounds otherwise: what differs by less stands in either order.
            surely_nearer = sum(score > scores[text] + ROUNDING for score in others)
            perhaps_as_near = sum(score >= scores[text] - ROUNDING for score in others)
            assert surely_nearer < 50
            assert perhaps_as_near >= 5  # itself, and the four that are passed over


def test_an_answer_known_from_elsewhere_is_never_mined(tower: Tower) -> None:
    all_of = answers_of([Question("pot a", tuple(text for one in QUESTIONS for text in one.right), ())])
    few = mined(QUESTIONS, all_of, tower, 5, seed=0)[0]
    assert all(text.startswith("no ") for text in few.wrong)


def test_spellings_of_one_passage_are_one(tower: Tower) -> None:
    loud = [Question(one.text, tuple(text.upper() for text in one.right), ()) for one in QUESTIONS[:6]]
    questions = [*QUESTIONS[:6], *loud]
    for one in mined(questions, answers_of(questions), tower, 40, seed=0):
        keys = [normalise(text) for text in one.wrong]
        assert len(keys) == len(set(keys))
        assert not set(keys) & set(map(normalise, one.right))


def test_few_passages_give_few_or_none(tower: Tower) -> None:
    alone = [Question("pot", ("clay pot",), ())]
    assert mined(alone, answers_of(alone), tower, 3, seed=0) == alone


def test_the_same_seed_mines_the_same_and_another_one_others(tower: Tower) -> None:
    answers = answers_of(QUESTIONS)
    first = mined(QUESTIONS, answers, tower, 3, seed=0)
    assert Mined(QUESTIONS, answers, 3, seed=0).of(tower) == first
    assert mined(QUESTIONS, answers, tower, 3, seed=1) != first
    assert Mined(QUESTIONS, answers, 0, seed=0).of(tower) == QUESTIONS


def test_what_answers_two_questions_is_nobody_s_negative() -> None:
    drawn = [Question("pot", ("clay pot",), ()), Question("teapot", ("tea pot",), ())]
    answers = answers_of([Question("Pot", ("Clay pot", "TEA POT"), ()), drawn[1]])
    barred = answering(drawn, ["clay pot", "tea pot", "hose"], answers)
    assert barred.tolist() == [[False, True, False], [False, False, False]]


def test_a_language_left_out_asks_nothing(tmp_path: Path) -> None:
    rows = [
        {"texts": {"ko": ["텐트"]}, "right": ["tent"]},
        {"texts": {"en": ["hose"], "ko": ["호스"]}, "right": ["garden hose"]},
        {"texts": {"de": ["Zelt"], "ko": ["천막"]}, "right": ["tent"]},
    ]
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    questions = read_questions(path)
    assert [one.text for one in questions] == ["텐트", "hose", "Zelt"]
    left = spoken(questions, {"ko": 0.0})
    assert [one.text for one in left] == ["hose", "Zelt"]
    assert all("ko" not in one.said for one in left)


@pytest.mark.parametrize("kind", ["relevance", "answer"])
def test_a_task_with_mined_negatives_loses_more(tower: Tower, tmp_path: Path, kind: str) -> None:
    rows = [{"texts": {"en": [one.text]}, "right": list(one.right)} for one in QUESTIONS]
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    found = []
    for mine in (0, 3):
        options = {"batch": 8, "mine": mine, "questions": "q.jsonl"} | (
            {"bank": 0} if kind == "answer" else {}
        )
        asked = TaskRecipe(kind, options=options)
        task = open_task(asked, Recipe("r", (asked,)), lambda place: tmp_path / place)
        losses = [float(task.loss(tower, random.Random(seed)).detach()) for seed in range(10)]
        found.append(sum(losses))
    assert found[1] > found[0]
