"""Hard negatives: the passages that the body finds near a question as the run begins, and that are wrong.

In-batch negatives are mostly easy: another product altogether. Mined ones are what the body takes for right.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import torch

from dragoman.learn.evidence import Answers, Question
from dragoman.models.tower import Tower
from dragoman.text.normalise import normalise

# Xiong et al. 2021 (ANCE) and Qu et al. 2021 (RocketQA) both find that the very nearest are often right
# answers that nobody marked; what is far down is no harder than a passage at random.
_FIRST: Final = 5
_LAST: Final = 50
_AT_ONCE: Final = 256  # questions whose scores over all passages are in memory


class Mined:
    """Questions that are mined when a tower is first at hand; the same ones in every run of a recipe."""

    def __init__(self, questions: Sequence[Question], answers: Answers, k: int, *, seed: int) -> None:
        self._questions, self._answers, self._k, self._seed = list(questions), answers, k, seed
        self._is_mined = k == 0

    def of(self, tower: Tower) -> list[Question]:
        """Return the questions with their mined wrong passages, or as they are where none are wanted."""
        if not self._is_mined:
            self._questions = mined(self._questions, self._answers, tower, self._k, seed=self._seed)
            self._is_mined = True
        return self._questions


def mined(
    questions: Sequence[Question], answers: Answers, tower: Tower, k: int, *, seed: int
) -> list[Question]:
    """Return the questions, each with up to ``k`` more wrong passages from among all passages.

    They are a draw from ranks 5 to 50 of those that do not answer the question, ranked by `Tower.origin`:
    the teacher, or the body as the run begins. Passages that are the same once normalised are one.

    Args:
        answers: What answers a question, beyond what ``questions`` may hold of it.
        seed: Of the draw, which is each question's own: adding questions changes it only through ranks.
    """
    pool = {normalise(text): text for one in questions for text in (*one.right, *one.wrong)}
    keys = list(pool)
    most = max((len(answers.get(normalise(one.text), ())) for one in questions), default=0)
    found: list[Question] = []
    with torch.no_grad():
        passages = tower.origin(list(pool.values()), "passage")
        for start in range(0, len(questions), _AT_ONCE):
            some = questions[start : start + _AT_ONCE]
            asked = tower.origin([one.text for one in some], "query")
            nearest = (asked @ passages.T).topk(min(_LAST + most, len(keys)), dim=1).indices.tolist()
            for one, order in zip(some, nearest, strict=True):
                barred = _barred(one, answers)
                ranked = [pool[keys[i]] for i in order if keys[i] not in barred][_FIRST - 1 : _LAST]
                rng = random.Random(f"{seed}/{one.text}")
                found.append(replace(one, wrong=(*one.wrong, *rng.sample(ranked, min(k, len(ranked))))))
    return found


def answering(questions: Sequence[Question], passages: Sequence[str], answers: Answers) -> torch.Tensor:
    """Return (n, m) bool: where a passage answers a question that wants another one.

    Args:
        passages: Normalised; number i is the one that question i wants.
    """
    known = [answers.get(normalise(one.text), frozenset()) for one in questions]
    found = [
        [i != j and (text in known[i] or text == passages[i]) for j, text in enumerate(passages)]
        for i in range(len(questions))
    ]
    return torch.tensor(found)


def _barred(question: Question, answers: Answers) -> set[str]:
    """What may not be taken for wrong: what answers the question, and what is wrong already."""
    own = {normalise(text) for text in (*question.right, *question.wrong)}
    return own | answers.get(normalise(question.text), frozenset())
