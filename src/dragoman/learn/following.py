"""Tasks whose targets stand still: texts of any language learn the vectors that their English had before.

What the body made of English when the run began is the teacher (`Tower.origin`), so a text costs one pass,
and thousands of the teacher's vectors serve as negatives for nothing. Train the English first, then this.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from dragoman.learn.augment import Dictionary, dictionary_of, switch, thin, varied
from dragoman.learn.bank import Bank
from dragoman.learn.concepts import Concept, Pair, Source, draw, is_held_out, read_concepts
from dragoman.learn.evidence import (
    Question,
    answers_of,
    draw_questions,
    queries_of,
    read_questions,
    spoken,
    translated,
)
from dragoman.learn.files import Find, files_of, options_of, same_texts
from dragoman.learn.losses import apart, found_among
from dragoman.learn.mining import Mined, answering
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.models.tower import Tower
from dragoman.ports import Role
from dragoman.text.normalise import normalise

_ROLES: tuple[Role, Role] = ("query", "passage")
_ENDS = frozenset(".!?。！？؟।…")
_LOOKED = 24  # concepts looked through for some in the same language


@dataclass(frozen=True, slots=True)
class Following:
    """Options of ``follow``: a text learns the vector that its English has as the run begins."""

    sources: tuple[Source, ...]
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    batch: int = 64
    bank: int = 2048  # further English texts of the sources that are negatives for every batch
    temperature: float = 0.05
    distil: float = 5.0  # pull towards the target itself, beside being nearer to it than to the bank
    english: float = 0.15  # share of texts that are the English itself, which keeps it in place
    slips: float = 0.08  # share of texts with a typing slip
    keys: float = 0.0  # share with a letter of a neighbouring key
    scripts: float = 0.0  # share in another script: the other Chinese, or Latin letters
    joined: float = (
        0.12  # share of texts that are two to five of a language in a row: what descriptions are like
    )


@dataclass(frozen=True, slots=True)
class Answering:
    """Options of ``answer``: a question in any language finds where its evidence is as the run begins."""

    questions: tuple[Source, ...]
    translations: tuple[Source, ...] = ()  # concepts some of which are these questions
    dictionary: tuple[Source, ...] = ()  # concepts to switch words by where no translation is known
    without: tuple[str, ...] = ()
    batch: int = 48
    bank: int = 1024
    temperature: float = 0.05
    english: float = 0.25  # share of translated questions asked in English all the same
    switched: float = 0.5  # share of questions without translation, some of whose words are switched
    slips: float = 0.0  # as in ``follow``
    keys: float = 0.0
    scripts: float = 0.0
    mine: int = 0  # wrong passages to find for each question, among those the body takes for right


def follow(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``follow``, its concepts read."""
    options: Following = build(Following, options_of(asked, "sources"), "[[tasks]] follow")
    without = queries_of(files_of(find, options.without))
    concepts = [read_concepts(find(source.path), without=without) for source in options.sources]
    taught = [[one for one in some if not is_held_out(one)] for some in concepts]
    sizes = [len(some) * source.share for some, source in zip(taught, options.sources, strict=True)]
    weights = recipe.weights()
    every = sorted({one["en"][0] for some in taught for one in some})
    bank = Bank(random.Random(recipe.seed).sample(every, min(options.bank, len(every))))

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        drawn = rng.choices(range(len(taught)), sizes, k=options.batch)
        pairs = [_pair(taught[i], options, weights, rng) for i in drawn]
        role = rng.choice(_ROLES)
        texts = [_text(pair, options, rng) for pair in pairs]
        targets = tower.origin([pair.english for pair in pairs], role)
        return _found(tower.encode(texts, role), targets, bank, pairs, role, tower, options)

    held = [one for some in concepts for one in some if is_held_out(one)]
    return Task("follow", loss, asked.weight, asked.share, held=held)


def answer(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``answer``, its questions read."""
    options: Answering = build(
        Answering, options_of(asked, "questions", "translations", "dictionary"), "[[tasks]] answer"
    )
    without = queries_of(files_of(find, options.without))
    questions = [
        one for source in options.questions for one in read_questions(find(source.path), without=without)
    ]
    questions = spoken(questions, recipe.weights())
    answers = answers_of(questions)
    for source in options.translations:
        questions = translated(questions, read_concepts(find(source.path), without=without))
    words = dictionary_of([one for source in options.dictionary for one in read_concepts(find(source.path))])
    few = random.Random(recipe.seed)
    questions = [_few(one, few) for one in questions]
    mined = Mined(questions, answers, options.mine, seed=recipe.seed)
    say = _sayer(options, words, recipe.weights())
    every = sorted({text for one in questions for text in (*one.right, *one.wrong)})
    bank = Bank(random.Random(recipe.seed).sample(every, min(options.bank, len(every))))

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        drawn = draw_questions(mined.of(tower), options.batch, rng=rng)
        right = [one.right[0] for one in drawn]
        passages = [*right, *(one.wrong[0] for one in drawn if one.wrong)]
        targets = torch.cat([tower.origin(passages, "passage"), bank.rows(tower, "passage")])
        rows = tower.encode([say(one, rng) for one in drawn], "query")
        barred = answering(drawn, [*map(normalise, passages), *bank.keys], answers)
        return found_among(rows, targets, barred=barred, temperature=options.temperature)

    return Task("answer", loss, asked.weight, asked.share)


def _found(
    rows: torch.Tensor,
    targets: torch.Tensor,
    bank: Bank,
    pairs: Sequence[Pair],
    role: Role,
    tower: Tower,
    options: Following,
) -> torch.Tensor:
    """InfoNCE over the batch's targets and the bank's, and the pull to the target itself."""
    among = torch.cat([targets, bank.rows(tower, role)])
    english = [pair.english for pair in pairs]
    barred = same_texts(english, [*english, *bank.texts])
    barred &= ~torch.eye(len(english), len(among), dtype=torch.bool)
    found = found_among(rows, among, barred=barred, temperature=options.temperature)
    return found + options.distil * apart(rows, targets)


def _pair(
    concepts: Sequence[Concept], options: Following, weights: Mapping[str, float], rng: random.Random
) -> Pair:
    """Draw a concept in a language, or several in one language, joined in the same order as their English."""
    first = draw(concepts, 1, weights=weights, rng=rng)[0]
    if rng.random() >= options.joined:
        return first
    wanted = rng.randint(1, 4)
    others = [one for one in rng.choices(concepts, k=_LOOKED) if first.lang in one][:wanted]
    foreign = [first.text, *(rng.choice(one[first.lang]) for one in others)]
    return Pair(_in_a_row(foreign), _in_a_row([first.english, *(one["en"][0] for one in others)]), first.lang)


def _in_a_row(texts: Sequence[str]) -> str:
    """Join texts as sentences: a full stop between those that end in none."""
    return " ".join(text if text[-1:] in _ENDS else f"{text}." for text in texts)


def _text(pair: Pair, options: Following, rng: random.Random) -> str:
    if rng.random() < options.english:
        return varied(pair.english, "en", options, rng=rng)
    return varied(pair.text, pair.lang, options, rng=rng)


def _few(question: Question, rng: random.Random) -> Question:
    """One text that answers and one that does not: the teacher reads each once, so few are many saved."""
    wrong = (rng.choice(question.wrong),) if question.wrong else ()
    return replace(question, right=(rng.choice(question.right),), wrong=wrong)


def _sayer(
    options: Answering, words: Dictionary, weights: Mapping[str, float]
) -> Callable[[Question, random.Random], str]:
    """Return what says a question in some language: translated, with words switched, or as it is."""
    switchable = sorted({lang for entry in words.values() for lang in entry if weights.get(lang, 1.0)})
    chances = [weights.get(lang, 1.0) for lang in switchable]

    def say(question: Question, rng: random.Random) -> str:
        langs = [lang for lang in question.said if lang != "en" and weights.get(lang, 1.0)]
        text = question.text
        if langs:
            if rng.random() >= options.english:
                lang = rng.choices(langs, [weights.get(lang, 1.0) for lang in langs])[0]
                text = rng.choice(question.said[lang])
        elif switchable and rng.random() < options.switched:
            text = switch(text, words, rng.choices(switchable, chances)[0], rng=rng)
        return varied(thin(text, rng=rng) if rng.random() < 0.15 else text, "", options, rng=rng)

    return say
