"""How good answers from pages are: whether there is one, what it rests on, and what it says."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.errors import BadInput
from dragoman.measure.graded import area_under
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.measure.overlap import token_f1, words_of
from dragoman.text.normalise import normalise
from dragoman.types import Lang

_HINT = (
    'a line is like {"question": "ist es warm?", "lang": "de", "answers": ["Ja."], '
    '"passages": [{"text": "Very warm.", "label": 1}]}, '
    'or a candidate: {"qid", "question", "candidate", "label", "answer"}'
)
_KINDS = {
    "cqa": "answer", "answer": "answer", "review": "review", "bullet": "bullet", "desc": "description",
    "description": "description", "attribute": "attribute", "osp": "bullet",
}  # fmt: skip
COVERAGES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Told:
    """A passage of a page; ``label`` above 0 says that people found it to answer the question."""

    text: str
    kind: str = "review"
    lang: Lang = ""
    label: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one page, and the answers that people wrote, if any."""

    id: str
    question: str
    lang: Lang
    passages: tuple[Told, ...]
    answers: tuple[str, ...] = ()
    title: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether people said of the page's passages which ones answer."""
        return any(one.label is not None for one in self.passages)


@dataclass(frozen=True, slots=True)
class Given:
    """What came out for one question: the reply, what it rests on, and how sure the evidence was."""

    text: str = ""  # "" where it declined
    traced: int = 0  # claims that the verifier let through
    removed: int = 0  # and those that it cut
    score: float = 0.0  # of the best evidence, 0..1
    bare: float | None = None  # of the best one without the passages that answer; None where all or none do
    is_right: bool | None = None  # whether the best evidence answers; None where nobody judged


def read_questions(path: Path, *, lang: Lang = "en") -> list[Asked]:
    """Return the questions of a JSON lines file in its order, packed or not.

    | line | a question is |
    |---|---|
    | ``{"question", "lang", "passages": [text or {"text", "kind", "lang", "label"}], "answers"}`` | a line |
    | ``{"qid", "question", "candidate", "label", "source", "answer"}`` (Amazon's PQA sets) | all of one qid |

    Args:
        lang: Of questions that name none, and of passages that do not either.

    Raises:
        NotFound: no such file.
        BadInput: a line that is neither, with its number, or no questions.
    """
    found: dict[str, Asked] = {}
    for number, line in numbered_lines(path):
        try:
            one = _row(json.loads(line), lang, number)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise bad_line(path, number, _problem(error), _HINT) from error
        known = found.get(one.id)
        if known:
            answers = tuple(dict.fromkeys((*known.answers, *one.answers)))
            one = Asked(
                one.id, known.question, known.lang, known.passages + one.passages, answers, known.title
            )
        found[one.id] = one
    if not found:
        raise BadInput(f"{path} holds no questions", hint=_HINT)
    return list(found.values())


def _problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg}"
    return f"has no {error.args[0]!r}" if isinstance(error, KeyError) else f"cannot be read: {error}"


def _row(row: Mapping[str, Any], lang: Lang, number: int) -> Asked:  # Any: JSON
    question, spoken = row["question"], str(row.get("lang") or lang)
    if not isinstance(question, str) or not question.strip():
        raise ValueError("a question has words")
    if "candidate" in row:
        id_ = str(row.get("qid") or f"{row.get('ASIN', '')}/{question}")
        label = None if row.get("label") in (None, "") else int(row["label"])
        told: tuple[Told, ...] = (
            Told(
                str(row["candidate"]), _kind(row.get("source")), str(row.get("passage_lang") or lang), label
            ),
        )
        # An answer that was written for a candidate which does not answer is none.
        answers = () if label == 0 else _texts(row.get("answer"))
    else:
        id_ = str(row.get("id") or number)
        told = tuple(_told(one, lang) for one in row["passages"])
        answers = _texts(row.get("answers", row.get("answer")))
    return Asked(id_, question, spoken, told, answers, str(row.get("title") or ""))


def _told(one: Any, lang: Lang) -> Told:  # Any: JSON
    if isinstance(one, str):
        return Told(one, lang=lang)
    label = one.get("label", one.get("relevant"))
    return Told(
        str(one["text"]),
        _kind(one.get("kind")),
        str(one.get("lang") or lang),
        None if label is None else int(label),
    )


def _kind(source: object) -> str:
    return _KINDS.get(str(source or "review").lower(), "review")


def _texts(value: Any) -> tuple[str, ...]:  # Any: JSON
    some = value if isinstance(value, list) else [value]
    return tuple(str(one).strip() for one in some if one is not None and str(one).strip())


def answer_figures(asked: Sequence[Asked], given: Sequence[Given]) -> dict[str, Any]:  # Any: JSON
    """Return the figures of one language's questions, as JSON; None where nothing was there to measure.

    | figure | |
    |---|---|
    | ``answered`` | share of the questions that got an answer, 0..1 |
    | ``answerability`` | AUROC: a page's best evidence against the same page's without what answers |
    | ``evidence`` | share of the judged answers whose best evidence is one that people called right |
    | ``risk_coverage`` | share of wrong best evidence among the surest 25 to 100 %, its mean (``aurc``) |
    | ``faithfulness`` | share of the claims made that the verifier could trace |
    | ``exact`` ``token_f1`` | against the nearest written answer, where there is one, 0..100 |
    | ``bleu`` ``chrf`` ``meteor`` … | likewise, with their signatures |
    """
    pairs = [(one, reply) for one, reply in zip(asked, given, strict=True) if reply.text and one.answers]
    claims = sum(one.traced + one.removed for one in given)
    right = [one.is_right for one in given if one.is_right is not None and one.text]
    return {
        "n": len(asked),
        "answered": round(sum(bool(one.text) for one in given) / len(given), 6) if given else None,
        "answerability": _answerability(given),
        "evidence": round(sum(right) / len(right), 6) if right else None,
        "risk_coverage": _risks(given),
        "faithfulness": round(sum(one.traced for one in given) / claims, 6) if claims else None,
        "scored": len(pairs),
        **_overlap(pairs),
    }


def _answerability(given: Sequence[Given]) -> float | None:
    both = [(one.score, one.bare) for one in given if one.bare is not None]
    scores = [score for pair in both for score in pair if score is not None]
    return round(area_under(scores, [True, False] * len(both)), 6) if both else None


def _risks(given: Sequence[Given]) -> dict[str, float] | None:
    judged = sorted((one for one in given if one.is_right is not None), key=lambda one: -one.score)
    if not judged:
        return None
    wrong = [not one.is_right for one in judged]
    so_far = [sum(wrong[: k + 1]) / (k + 1) for k in range(len(wrong))]
    found = {f"{share:.2f}": round(so_far[max(0, round(share * len(wrong)) - 1)], 6) for share in COVERAGES}
    return found | {"aurc": round(sum(so_far) / len(so_far), 6)}


def _overlap(pairs: Sequence[tuple[Asked, Given]]) -> dict[str, Any]:  # Any: JSON
    if not pairs:
        return {"exact": None, "token_f1": None, "bleu": None, "chrf": None, "meteor": None, "rouge_l": None}
    # sacreBLEU takes a third of a second to import, and only written answers need it.
    from dragoman.measure.translation import score_translations

    lang = pairs[0][0].lang
    said = [given.text for _, given in pairs]
    best = [_nearest(one, given.text) for one, given in pairs]
    shares = [
        (normalise(text) == normalise(right), token_f1(words_of(text, lang), words_of(right, lang)))
        for text, right in zip(said, best, strict=True)
    ]
    scores = score_translations([one.question for one, _ in pairs], said, best, target=lang).scores
    return {
        "exact": round(100.0 * sum(same for same, _ in shares) / len(shares), 4),
        "token_f1": round(100.0 * sum(share for _, share in shares) / len(shares), 4),
        **{name: score.as_json() for name, score in scores.items() if name != "ter"},
    }


def _nearest(one: Asked, text: str) -> str:
    own = words_of(text, one.lang)
    return max(one.answers, key=lambda right: token_f1(own, words_of(right, one.lang)))
