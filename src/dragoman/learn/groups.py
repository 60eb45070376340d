"""A question with candidates that answer it and that do not, as one draw: a list to be ordered."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dragoman.catalog.attributes import attribute_facts
from dragoman.learn.evidence import Question
from dragoman.learn.judged import Judged

_TITLE_WORDS = 10
_RIGHT = 2  # candidates of a draw that answer, at most
_PLAIN = 0.6  # share of attribute lines that are written as a shop's facts are: "Colour: red"


@dataclass(frozen=True, slots=True)
class Group:
    """A query in one language, and texts with how surely each answers it, 0..1."""

    query: str
    lang: str
    texts: tuple[str, ...]
    labels: tuple[float, ...]


class Shares(Protocol):
    """Options of a draw."""

    @property
    def candidates(self) -> int:
        """Texts of a group."""
        ...

    @property
    def titled(self) -> float:
        """Share of groups whose texts begin with the product's title."""
        ...

    @property
    def english(self) -> float:
        """Share of questions left in English."""
        ...


def drawn_group(
    one: Judged,
    strangers: Sequence[Judged],
    beside: Sequence[str],
    options: Shares,
    weights: Mapping[str, float],
    *,
    rng: random.Random,
) -> Group:
    """Return the question in one of its languages, up to two texts that answer it, and some that do not.

    Args:
        strangers: Questions about other products, whose texts fill up a short list. Where titles are
            shown one of them comes in at any rate, for then it can be seen that it is another product's.
        beside: Texts about the same product, judged for other questions.
    """
    lang, query = asked_in(one.said, one.question, options.english, weights, rng=rng)
    is_titled = bool(one.title) and rng.random() < options.titled
    right = [(text, label) for text, label in zip(one.texts, one.labels, strict=True) if label > 0]
    wrong = [text for text, label in zip(one.texts, one.labels, strict=True) if label == 0]
    known = set(one.texts)
    near = [text for text in dict.fromkeys(beside) if text not in known]
    chosen = rng.sample(right, min(_RIGHT, len(right)))
    room = options.candidates - len(chosen) - is_titled
    fill = rng.sample(wrong, min(room, len(wrong)))
    fill += rng.sample(near, min(room - len(fill), len(near), 2))
    rows = [(_shown(text, one.title * is_titled, rng), label) for text, label in chosen]
    rows += [(_shown(text, one.title * is_titled, rng), 0.0) for text in fill]
    others = [other for other in strangers if other.title or not is_titled]
    for other in others[: options.candidates - len(rows)]:
        rows.append((_shown(rng.choice(other.texts), other.title * is_titled, rng), 0.0))
    return Group(query, lang, tuple(text for text, _ in rows), tuple(label for _, label in rows))


def group_of_query(
    one: Question, others: Sequence[Question], most: int, weights: Mapping[str, float], *, rng: random.Random
) -> Group:
    """Return a product query, the title that answers it, and titles that are near it or anywhere."""
    lang, query = asked_in(one.said, one.text, 0.1, weights, rng=rng)
    wrong = rng.sample(one.wrong, min(most - 2, len(one.wrong)))
    wrong += [rng.choice(rng.choice(others).right) for _ in range(most - 1 - len(wrong))]
    kept = [text for text in dict.fromkeys(wrong) if text not in one.right]
    return Group(query, lang, (one.right[0], *kept), (1.0, *([0.0] * len(kept))))


def asked_in(
    said: Mapping[str, Sequence[str]],
    english: str,
    share: float,
    weights: Mapping[str, float],
    *,
    rng: random.Random,
) -> tuple[str, str]:
    """Return a language and the question in it, by weight; English where it is drawn or nothing else known.

    >>> asked_in({"en": ["tent"], "ko": ["텐트"]}, "tent", 0.0, {}, rng=random.Random(0))
    ('ko', '텐트')
    """
    langs = [lang for lang in said if lang != "en"]
    chances = [weights.get(lang, 1.0) for lang in langs]
    if not sum(chances) or rng.random() < share:
        return "en", english
    lang = rng.choices(langs, chances)[0]
    return lang, rng.choice(said[lang])


def _shown(text: str, title: str, rng: random.Random) -> str:
    """The text as a page may show it: attributes in plain words now and then, behind the title or not."""
    if rng.random() < _PLAIN:
        text = plain(text)
    words = title.split()
    return f"{' '.join(words[:_TITLE_WORDS])}: {text}" if words else text


def plain(text: str) -> str:
    """Return an attribute line as a shop's facts are shown; any other text as it is.

    >>> plain('item_weight:  { unit:pounds, value:4.50 }'), plain("it fits.")
    ('Item weight: 4.5 lb', 'it fits.')
    """
    facts = attribute_facts(text)
    return "; ".join(f"{one.name}: {one.value} {one.unit}".strip() for one in facts) or text
