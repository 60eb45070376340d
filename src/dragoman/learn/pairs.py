"""The task ``pairs``: a question and a text read together, and how surely the one answers the other."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from dragoman.backends.rerankers.pairs import QUERY_TOKENS, TEXT_TOKENS, pair_of
from dragoman.errors import BadConfig
from dragoman.learn.concepts import Source, read_concepts
from dragoman.learn.evidence import Question, answers_of, queries_of, read_questions
from dragoman.learn.files import Find, files_of, options_of
from dragoman.learn.groups import Group, drawn_group, group_of_query
from dragoman.learn.judged import Judged, is_aside, read_judged, titles_of, told
from dragoman.learn.mining import Mined
from dragoman.learn.recipe import Recipe, TaskRecipe, build
from dragoman.learn.task import Task
from dragoman.measure.graded import area_under, gain
from dragoman.models.pairing import Joined, PairHead
from dragoman.models.tower import Tower, padded

_EVENED = 8  # groups that the likenesses are evened out on
_TOGETHER = 10  # pairs of like length that run at once: little padding, and they stay in the cache
_GROUPS = 4  # measured at a time
_MEASURED, _MEASURED_RIGHT = 10, 5  # candidates of a question that measures


@dataclass(frozen=True, slots=True)
class Pairs:
    """Options of ``pairs``."""

    questions: tuple[Source, ...]  # `amazon_pqa`'s folder
    translations: tuple[Source, ...] = ()  # concepts some of which are these questions
    queries: tuple[Source, ...] = ()  # product queries with the titles that answer them
    without: tuple[str, ...] = ()  # query files whose texts must not be met in training
    apart: tuple[str, ...] = ()  # BEIR sets whose judged products must not be met in training
    name: str = "pairs"  # of the head
    batch: int = 5  # groups: a question with its candidates
    candidates: int = 6
    searched: float = 0.2  # share of groups that are product queries
    answered: float = 0.15  # share that have one answer and strangers
    titled: float = 0.35  # share of judged groups whose texts begin with the product's title
    english: float = 0.25  # share of questions left in English though translations are known
    mine: int = 8  # wrong titles to find for each product query
    surely: float = 1.0  # weight of the cross-entropy of each pair beside that of the whole list
    inner: int = 96  # width of the head's dense steps
    query_tokens: int = QUERY_TOKENS  # read of a question, of a text
    text_tokens: int = TEXT_TOKENS
    dropout: float = 0.1
    held: float = 0.06  # share of questions that only measure
    most: int = 60  # of them


def pairs(asked: TaskRecipe, recipe: Recipe, find: Find) -> Task:
    """Return the task ``pairs``, its questions read.

    Raises:
        BadConfig: no judged question is left to train on.
        NotFound, BadInput: see `read_judged`, `read_questions`.
    """
    given = options_of(asked, "questions", "translations", "queries")
    options: Pairs = build(Pairs, given, "[[tasks]] pairs")
    without = queries_of(files_of(find, options.without))
    shelf = _shelf(options, find, without, recipe)
    if not shelf.judged:
        raise BadConfig("pairs: no question is judged", hint="questions is the folder of `amazon_pqa`")
    head = PairHead(inner=options.inner, dropout=options.dropout, seed=recipe.seed)
    aside = _measuring(shelf.aside, options.most, seed=recipe.seed)

    def loss(tower: Tower, rng: random.Random) -> torch.Tensor:
        groups = [shelf.draw(options, recipe.weights(), tower, rng) for _ in range(options.batch)]
        return loss_of(logits(tower, head, groups, options), groups, surely=options.surely)

    def ready(tower: Tower) -> None:
        rng = random.Random(recipe.seed)
        groups = [shelf.draw(options, recipe.weights(), tower, rng) for _ in range(_EVENED)]
        texts = [(group.query, text) for group in groups for text in group.texts]
        head.even_out(joined(tower, texts, options))

    def measure(tower: Tower) -> dict[str, float]:
        return figures(tower, head, aside, options)

    found = measure if aside else None
    return Task(options.name, loss, asked.weight, asked.share, head, measure=found, ready=ready)


def joined(tower: Tower, texts: Sequence[tuple[str, str]], options: Pairs) -> Joined:
    """Return the states of pairs of a query and a text, with gradients."""
    asked = [tower.tokenizer.encode(query).ids for query, _ in texts]
    said = [tower.tokenizer.encode(text).ids for _, text in texts]
    most = {"query_tokens": options.query_tokens, "text_tokens": options.text_tokens}
    rows = [pair_of(query, text, **most) for query, text in zip(asked, said, strict=True)]
    ids, mask = padded(rows)
    place = torch.arange(ids.shape[1])[None, :]
    ends = torch.tensor([min(len(query), options.query_tokens) for query in asked])[:, None]
    return Joined(
        states=tower.states(ids, mask),
        asked=(place >= 1) & (place < ends - 1),
        said=(place >= ends) & mask.bool(),
    )


def logits(tower: Tower, head: PairHead, groups: Sequence[Group], options: Pairs) -> torch.Tensor:
    """Return one logit for every text of every group, in order; texts of like length run together."""
    texts = [(group.query, text) for group in groups for text in group.texts]
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i][0]) + len(texts[i][1]), i))
    parts = [
        head(joined(tower, [texts[i] for i in order[start : start + _TOGETHER]], options))
        for start in range(0, len(order), _TOGETHER)
    ]
    back = torch.tensor(order).argsort()
    return torch.cat(parts)[back]


def loss_of(found: torch.Tensor, groups: Sequence[Group], *, surely: float) -> torch.Tensor:
    """Return the mean, over groups, of listwise and pairwise cross-entropy.

    The list's target is 2^(3 label) - 1, as a share: the gains of nDCG (ListNet: Cao et al. 2007, eq. 5).
    """
    total = torch.zeros(())
    start = 0
    for group in groups:
        rows = found[start : start + len(group.texts)]
        start += len(group.texts)
        labels = torch.tensor(group.labels)
        gains = 2 ** (3 * labels) - 1
        listed = -(gains / gains.sum() * log_softmax(rows, dim=0)).sum() if gains.sum() else rows.sum() * 0
        total = total + listed + surely * binary_cross_entropy_with_logits(rows, labels)
    return total / len(groups)


def figures(tower: Tower, head: PairHead, groups: Sequence[Group], options: Pairs) -> dict[str, float]:
    """nDCG@10 of each language, and the area under the curve over all its pairs; score is their mean."""
    found: list[list[float]] = []
    for start in range(0, len(groups), _GROUPS):
        some = groups[start : start + _GROUPS]
        with torch.no_grad():
            rows = iter(logits(tower, head, some, options).tolist())
        found += [[next(rows) for _ in group.texts] for group in some]
    said: dict[str, float] = {}
    for lang in sorted({group.lang for group in groups}):
        mine = [(group, rows) for group, rows in zip(groups, found, strict=True) if group.lang == lang]
        each = [gain(rows, group.labels) for group, rows in mine]
        said[f"ndcg/{lang}"] = round(sum(each) / len(each), 4)
    ranked = [gain(rows, group.labels) for group, rows in zip(groups, found, strict=True)]
    sure = [(one, label >= 0.5) for group, rows in zip(groups, found, strict=True)
            for one, label in zip(rows, group.labels, strict=True)]  # fmt: skip
    said["ndcg"] = round(sum(ranked) / len(ranked), 4)
    said["auc"] = round(area_under([one for one, _ in sure], [yes for _, yes in sure]), 4)
    said["score"] = round((said["ndcg"] + said["auc"]) / 2, 4)
    return said


class _Shelf:
    """All that groups are drawn from."""

    def __init__(
        self, judged: Sequence[Judged], queries: Sequence[Question], *, options: Pairs, seed: int
    ) -> None:
        self.aside = judged_aside(judged, options)
        kept = [one for one in judged if not is_aside(one, options.held)]
        self.judged = [one for one in kept if len(one.texts) > 2 and min(one.labels) < 0.5]
        chosen = {id(one) for one in self.judged}
        self.answered = [one for one in kept if id(one) not in chosen]
        self.chances = [3.0 if len(one.said) > 1 else 1.0 for one in self.judged]
        self.beside: dict[str, list[str]] = {}
        for one in kept:
            if one.product:
                self.beside.setdefault(one.product, []).extend(one.texts)
        self._mined = Mined(queries, answers_of(queries), options.mine if queries else 0, seed=seed)
        self.has_queries = bool(queries)

    def draw(self, options: Pairs, weights: Mapping[str, float], tower: Tower, rng: random.Random) -> Group:
        """Return a question with its candidates."""
        chance = rng.random()
        if self.has_queries and chance < options.searched:
            mined = self._mined.of(tower)
            return group_of_query(rng.choice(mined), mined, options.candidates, weights, rng=rng)
        if self.answered and chance < options.searched + options.answered:
            one = rng.choice(self.answered)
        else:
            one = rng.choices(self.judged, self.chances)[0]
        strangers = [rng.choice(self.judged) for _ in range(options.candidates)]
        beside = self.beside.get(one.product, ())
        return drawn_group(one, strangers, beside, options, weights, rng=rng)


def _shelf(options: Pairs, find: Find, without: frozenset[str], recipe: Recipe) -> _Shelf:
    titles = frozenset(title for place in options.apart for title in titles_of(find(place)))
    judged = [
        one
        for source in options.questions
        for one in read_judged(find(source.path), without=without, titles=titles)
    ]
    for source in options.translations:
        judged = told(judged, read_concepts(find(source.path), without=without))
    asked = [find(source.path) for source in options.queries]
    queries = [one for path in asked for one in read_questions(path, without=without)]
    return _Shelf(judged, queries, options=options, seed=recipe.seed)


def judged_aside(judged: Sequence[Judged], options: Pairs) -> list[Judged]:
    """The questions that only measure: known in another language, and with candidates of both kinds."""
    return [
        one
        for one in judged
        if is_aside(one, options.held) and len(one.texts) > 3 and min(one.labels) < 0.5 and len(one.said) > 1
    ]


def aside_of(judged: Sequence[Judged], options: Pairs, *, seed: int = 0) -> list[Group]:
    """Return the questions that only measure in each language they are known in, ten candidates each."""
    rng = random.Random(seed)
    return [
        Group(one.said[lang][0], lang, *_some(one, rng))
        for one in judged_aside(judged, options)
        for lang in sorted(one.said)
    ]


def _measuring(aside: Sequence[Judged], most: int, *, seed: int) -> list[Group]:
    """Some of the questions that only measure, each in one of its languages."""
    rng = random.Random(seed)
    found: list[Group] = []
    for one in rng.sample(aside, min(most, len(aside))):
        lang = rng.choice(sorted(set(one.said) - {"en"}))
        found.append(Group(rng.choice(one.said[lang]), lang, *_some(one, rng)))
    return found


def _some(one: Judged, rng: random.Random) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Ten of the candidates in any order, at most five of which answer."""
    rows = list(zip(one.texts, one.labels, strict=True))
    rng.shuffle(rows)
    right = [row for row in rows if row[1] > 0][:_MEASURED_RIGHT]
    rows = [*right, *[row for row in rows if row[1] == 0]][:_MEASURED]
    rng.shuffle(rows)
    return tuple(text for text, _ in rows), tuple(label for _, label in rows)
