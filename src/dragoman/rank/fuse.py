"""Merging what the vectors found with what the words found. Knows ids and scores, no products."""

from collections.abc import Mapping, Sequence

from dragoman.types import Scored, Terms

TEMPERATURE = 0.01
"""Cosine per nat of the default encoder: E5 is trained by softmax over cosine / .01 (Wang et al. 2022,
arXiv 2212.03533), so .01 more cosine multiplies the odds of being the one meant by e."""
NEWS = 0.75
"""Share of a match that the cosine has not seen already: the legs are not independent. Tuned on
queries outside the public sets, docs/decisions/0007-fusion.md; flat between .5 and 1."""


def reciprocal(rankings: Sequence[Sequence[Scored]], *, depth: float = 60.0) -> list[Scored]:
    """Merge rankings by reciprocal rank: a product scores the sum of 1 / (depth + rank).

    Args:
        rankings: Best first. Their scores are not looked at, so they need not be comparable.
        depth: Larger values flatten the advantage of the first ranks. Above 0.

    Returns:
        Best first, ties by id.

    Source: Cormack, Clarke, Buettcher, "Reciprocal rank fusion outperforms Condorcet and
    individual rank learning methods", SIGIR 2009, eq. 1.

    >>> [found.id for found in reciprocal([[Scored("a", 9), Scored("b", 8)], [Scored("b", 1)]])]
    ['b', 'a']
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, found in enumerate(ranking, start=1):
            scores[found.id] = scores.get(found.id, 0.0) + 1.0 / (depth + rank)
    return best_first(scores)


def calibrated(
    dense: Mapping[str, float], words: Mapping[str, float], *, query: Terms, temperature: float = TEMPERATURE
) -> list[Scored]:
    """Merge by adding up evidence: cosine, and what the matched words tell per word of the query.

    A contrastive encoder's cosine / temperature is a log-odds; an idf-weighted match is one too
    (Robertson & Zaragoza 2009, §3.1). Divided by the query's weight, a match is worth its nats
    per word asked: a model number that is half of a foreign query counts for much, one common
    word of five for little, and a query without any known word leaves the dense order alone.

    Args:
        dense: Cosine by id, -1..1.
        words: Lexical score by id: sum of query weight x product weight x idf.
        query: The bag that ``words`` was scored with.
        temperature: Cosine per nat, the one the encoder was trained with. Above 0.

    Returns:
        Best first, ties by id; scores are in units of cosine. A product outside ``dense`` gets
        the lowest cosine of it, the most that it can have.

    >>> found = calibrated({"a": 0.80, "b": 0.79}, {"b": 6.0}, query={"wok": 1.0, "steel": 1.0})
    >>> [(scored.id, round(scored.score, 3)) for scored in found]
    [('b', 0.812), ('a', 0.8)]
    """
    floor = min(dense.values(), default=0.0)
    per_word = NEWS * temperature / (sum(query.values()) or 1.0)
    scores = dict(dense)
    for id, score in words.items():
        scores[id] = scores.get(id, floor) + per_word * score
    return best_first(scores)


def best_first(scores: Mapping[str, float]) -> list[Scored]:
    """Return ids with their scores, highest first, ties by id.

    >>> best_first({"b": 1.0, "a": 1.0, "c": 2.0})[0]
    Scored(id='c', score=2.0)
    """
    ids = sorted(scores)
    # Stable, also in reverse: equal scores stay in id order. Half the time of sorting by a pair.
    ids.sort(key=scores.__getitem__, reverse=True)
    return [Scored(id, scores[id]) for id in ids]
