"""Two rankings in one list: each shopper judges both, so a tenth of an A/B test's traffic is enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from scipy import stats

from dragoman.measure.intervals import Interval, share


@dataclass(frozen=True, slots=True)
class Interleaved:
    """One list of two rankings; ``teams[i]`` says who picked ``ids[i]``: 0 the first, 1 the second."""

    ids: tuple[str, ...]
    teams: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Preference:
    """Which ranking shoppers preferred: of the lists that one of the two won, how many the second won."""

    first: int
    second: int
    ties: int
    share: Interval  # of wins that are the second's
    p: float  # two-sided binomial test against no preference


def team_draft(first: Sequence[str], second: Sequence[str], k: int, *, impression: str) -> Interleaved:
    """Return one list of at most k products: the rankings pick in turn, a toss says who begins a round.

    Radlinski, Kurup & Joachims 2008, "How does clickthrough data reflect retrieval quality?", alg. 2. The
    toss is a hash of the impression, so that the list can be told again from its id alone.

    >>> team_draft(["a", "b"], ["a", "c"], 3, impression="q1").ids[0]
    'a'
    """
    seed = int.from_bytes(blake2b(impression.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    rng = np.random.default_rng(seed)
    ids: list[str] = []
    teams: list[int] = []
    while len(ids) < k:
        left = [[id for id in ranking if id not in ids] for ranking in (first, second)]
        if not left[0] and not left[1]:
            break
        ahead = int(rng.integers(2))
        for team in (ahead, 1 - ahead):
            pick = next((id for id in left[team] if id not in ids), None)
            if pick is not None and len(ids) < k:
                ids.append(pick)
                teams.append(team)
    return Interleaved(tuple(ids), tuple(teams))


def winner(shown: Interleaved, clicked: Iterable[str]) -> int:
    """Return -1 when the first ranking got more of the clicks, 1 when the second did, 0 at a tie.

    >>> winner(Interleaved(("a", "b"), (0, 1)), ["b"])
    1
    """
    team = dict(zip(shown.ids, shown.teams, strict=True))
    credit = [team[id] for id in set(clicked) if id in team]
    return int(np.sign(2 * sum(credit) - len(credit)))


def preference(winners: Sequence[int]) -> Preference:
    """Return the preference over many lists, ties aside.

    >>> preference([1, 1, 1, -1, 0]).share.mean
    0.75
    """
    second, first = sum(one == 1 for one in winners), sum(one == -1 for one in winners)
    decided = first + second
    p = float(stats.binomtest(second, decided).pvalue) if decided else 1.0
    return Preference(first, second, len(winners) - decided, share(second, decided), p)
