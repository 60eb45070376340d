"""Laws of who sees which arm."""

from collections import Counter

import pytest

from dragoman.errors import BadConfig
from dragoman.experiment import Experiment, arm_of, sample_ratio, variant_of

SHOPPERS = [f"shopper-{i}" for i in range(20_000)]
HALVES = Experiment("pool", ("now", "wide"))


def test_a_shopper_is_always_in_the_same_arm() -> None:
    assert [arm_of(HALVES, one) for one in SHOPPERS[:50]] == [arm_of(HALVES, one) for one in SHOPPERS[:50]]


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.2, 0.3, 0.5)])
def test_arms_get_their_shares(shares: tuple[float, ...]) -> None:
    experiment = Experiment("split", tuple("abc"[: len(shares)]), shares)
    counts = Counter(arm_of(experiment, one) for one in SHOPPERS)
    assert sample_ratio([counts[arm] for arm in experiment.arms], shares) > 0.001


def test_two_experiments_split_shoppers_independently() -> None:
    other = Experiment("page", ("old", "new"))
    counts = Counter((arm_of(HALVES, one), arm_of(other, one)) for one in SHOPPERS)
    assert sample_ratio(list(counts.values()), [0.25] * 4) > 0.001


def test_growing_the_traffic_moves_nobody_to_another_arm() -> None:
    small, large = (Experiment("pool", ("now", "wide"), traffic=share) for share in (0.2, 0.6))
    inside = [one for one in SHOPPERS[:2_000] if arm_of(small, one)]
    assert [arm_of(small, one) for one in inside] == [arm_of(large, one) for one in inside]


def test_the_traffic_is_the_share_of_shoppers_inside() -> None:
    inside = sum(bool(arm_of(Experiment("pool", ("now", "wide"), traffic=0.2), one)) for one in SHOPPERS)
    assert sample_ratio([inside, len(SHOPPERS) - inside], [0.2, 0.8]) > 0.001


def test_an_event_names_every_experiment_its_shopper_is_in() -> None:
    closed = Experiment("page", ("old", "new"), traffic=0.0)
    assert variant_of([HALVES, closed], "s1") == f"pool:{arm_of(HALVES, 's1')}"


@pytest.mark.parametrize(
    ("arms", "shares", "traffic"),
    [
        (("one",), (), 1.0),
        (("a", "a"), (), 1.0),
        (("a", "b"), (0.5, 0.4), 1.0),
        (("a", "b"), (1.5, -0.5), 1.0),
        (("a", "b"), (1.0,), 1.0),
        (("a", "b:c"), (), 1.0),
        (("a", "b"), (), 1.5),
    ],
)
def test_an_experiment_that_cannot_be_run_is_refused(
    arms: tuple[str, ...], shares: tuple[float, ...], traffic: float
) -> None:
    with pytest.raises(BadConfig):
        Experiment("broken", arms, shares, traffic)
