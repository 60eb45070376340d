"""One experiment told whole: each arm's rates, what the others have over the first, and what is wrong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dragoman.errors import NotFound
from dragoman.experiment.assign import Experiment, share_of
from dragoman.experiment.compare import Difference, Horizon, difference, sample_ratio
from dragoman.experiment.guards import Alarm, unfair
from dragoman.experiment.outcomes import Outcomes, arm_in, outcomes
from dragoman.types import Event

_SUSPECT = 0.001  # a split less likely than this was not drawn by `arm_of`: Fabijan et al. 2019


@dataclass(frozen=True, slots=True)
class Arm:
    """What one arm's shoppers did, all together."""

    name: str
    shoppers: int
    shows: int
    clicks: int
    buys: int
    ctr: float  # clicks a show
    conversion: float  # purchases a shopper


@dataclass(frozen=True, slots=True)
class Summary:
    """An experiment so far: differences are of each later arm over the first; none with too few."""

    name: str
    arms: tuple[Arm, ...]
    ctr: Mapping[str, Difference]
    conversion: Mapping[str, Difference]
    split: float  # how likely so uneven a split is by chance
    torn: int  # shoppers seen in two arms, left out
    alarms: tuple[tuple[str, Alarm], ...]  # by arm

    @property
    def is_sound(self) -> bool:
        """Whether the split is as it was drawn: if not, no figure here means anything."""
        return self.split >= _SUSPECT


def summary(events: Sequence[Event], experiment: Experiment, *, horizon: Horizon = "fixed") -> Summary:
    """Return what the events say of an experiment.

    Raises:
        NotFound: no event carries it.
    """
    by_arm = outcomes(events, experiment.name)
    if not any(arm in by_arm for arm in experiment.arms):
        raise NotFound(
            f"no event of an experiment {experiment.name!r}",
            hint=f'events carry it as "variant": "{experiment.name}:{experiment.arms[0]}"',
        )
    first, *others = experiment.arms
    by_lang = _by_lang(events, experiment.name)
    counts = [len(by_arm[arm]) if arm in by_arm else 0 for arm in experiment.arms]
    pairs = [arm for arm in others if _enough(by_arm, first) and _enough(by_arm, arm)]
    return Summary(
        experiment.name,
        tuple(_arm(arm, by_arm[arm]) for arm in experiment.arms if arm in by_arm),
        {arm: _lift(by_arm[first], by_arm[arm], horizon) for arm in pairs},
        {arm: _sales(by_arm[first], by_arm[arm], horizon) for arm in pairs},
        sample_ratio(counts, [share_of(experiment, arm) for arm in experiment.arms]),
        len(by_arm[""]) if "" in by_arm else 0,
        tuple(
            (arm, alarm) for arm in pairs for alarm in unfair(by_lang.get(first, {}), by_lang.get(arm, {}))
        ),
    )


def _by_lang(events: Sequence[Event], name: str) -> dict[str, dict[str, Outcomes]]:
    """By arm and language; "" is all of them."""
    langs: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if arm_in(event.variant, name):
            langs[event.lang.partition("-")[0]].append(event)
    langs.pop("", None)
    found: dict[str, dict[str, Outcomes]] = defaultdict(dict)
    for lang, some in [("", list(events)), *sorted(langs.items())]:
        for arm, done in outcomes(some, name).items():
            found[arm][lang] = done
    return found


def _enough(by_arm: Mapping[str, Outcomes], arm: str) -> bool:
    return arm in by_arm and len(by_arm[arm]) >= 2 and by_arm[arm].shows.sum() > 0


def _arm(name: str, done: Outcomes) -> Arm:
    shows, clicks, buys = (int(counts.sum()) for counts in (done.shows, done.clicks, done.buys))
    n = len(done)
    return Arm(name, n, shows, clicks, buys, clicks / shows if shows else 0.0, buys / n if n else 0.0)


def _lift(first: Outcomes, second: Outcomes, horizon: Horizon) -> Difference:
    return difference((first.clicks, first.shows), (second.clicks, second.shows), horizon=horizon)


def _sales(first: Outcomes, second: Outcomes, horizon: Horizon) -> Difference:
    ones = (np.ones(len(first)), np.ones(len(second)))
    return difference((first.buys, ones[0]), (second.buys, ones[1]), horizon=horizon)
