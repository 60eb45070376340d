"""Position bias, learning from clicks, and guard-rails, against a simulator whose truth is known."""

import numpy as np
import pytest

from dragoman.errors import BadInput
from dragoman.experiment.clicks import Impressions, Shown, examined, learned_weights
from dragoman.experiment.guards import narrow, slow, unfair
from dragoman.experiment.outcomes import Outcomes
from dragoman.experiment.simulator import World, clicks_on, shuffled

LOOKED = np.array([1.0, 0.7, 0.45, 0.3, 0.2, 0.12])


def test_how_far_shoppers_look_is_found_again() -> None:
    rng = np.random.default_rng(0)
    world = World(rng.uniform(0.05, 0.8, 30), LOOKED)
    found = examined(shuffled(world, 20_000, seed=1))
    assert found.looked == pytest.approx(LOOKED, abs=0.06)
    assert np.corrcoef(found.wanted, world.wanted)[0, 1] > 0.95


def test_clicks_alone_mistake_the_place_for_the_product() -> None:
    world = World(np.full(12, 0.4), LOOKED)  # all wanted alike
    seen = shuffled(world, 5_000, seed=2, spread=1.0)
    naive = [float(seen.clicks[seen.positions == place].mean()) for place in (1, 6)]
    found = examined(seen)
    assert naive[0] > 4 * naive[1]
    assert found.wanted.max() < 1.5 * found.wanted.min()


def _lists(n: int, *, seed: int) -> list[Shown]:
    """Lists ordered by a useless feature; what is wanted depends on the other one alone."""
    rng = np.random.default_rng(seed)
    lists = []
    for _ in range(n):
        features = rng.normal(size=(6, 2))
        features = features[np.argsort(-features[:, 1])]
        wanted = 1.0 / (1.0 + np.exp(-2.0 * features[:, 0]))
        lists.append(Shown(features, clicks_on(World(wanted, LOOKED), np.arange(6), rng)))
    return lists


def test_weights_learned_from_clicks_are_those_of_what_is_wanted_not_of_the_place() -> None:
    lists = _lists(3_000, seed=3)
    fair = learned_weights(lists, LOOKED)
    naive = learned_weights(lists, np.ones(6))
    assert abs(fair[1] / fair[0]) < 0.15
    assert abs(naive[1] / naive[0]) > 2 * abs(fair[1] / fair[0])


def test_lists_that_nobody_clicked_teach_nothing() -> None:
    with pytest.raises(BadInput, match="no list"):
        learned_weights([Shown(np.ones((3, 2)), np.zeros(3, bool))], LOOKED)


def test_impressions_of_different_lengths_are_refused() -> None:
    with pytest.raises(BadInput, match="impressions"):
        Impressions(np.array([1, 2]), np.array([0]), np.array([True]))
    with pytest.raises(BadInput, match="counted from 1"):
        Impressions(np.array([0]), np.array([0]), np.array([True]))


def _outcomes(rate: float, n: int, seed: int) -> Outcomes:
    rng = np.random.default_rng(seed)
    shows = np.full(n, 20.0)
    none = np.zeros(n)
    return Outcomes(
        tuple(str(i) for i in range(n)), shows, rng.binomial(20, rate, n).astype(float), none, none
    )


def test_a_language_that_loses_raises_an_alarm_though_the_whole_gains() -> None:
    control = {
        "": _outcomes(0.10, 4_000, 0),
        "de": _outcomes(0.10, 2_000, 1),
        "ar": _outcomes(0.10, 2_000, 2),
    }
    treatment = {
        "": _outcomes(0.11, 4_000, 3),
        "de": _outcomes(0.15, 2_000, 4),
        "ar": _outcomes(0.06, 2_000, 5),
    }
    assert [(alarm.guard, alarm.where) for alarm in unfair(control, treatment)] == [("ctr_gap", "ar")]


def test_equal_arms_seldom_raise_an_alarm() -> None:
    langs = ("ar", "de", "hi", "ja", "ko", "zh")
    alarms = [
        unfair(
            {lang: _outcomes(0.1, 200, seed) for lang in langs},
            {lang: _outcomes(0.1, 200, 1_000 + seed) for lang in langs},
        )
        for seed in range(40)
    ]
    assert sum(map(bool, alarms)) <= 4


def test_a_slower_and_a_narrower_arm_raise_alarms() -> None:
    assert slow([10.0] * 99 + [50.0], [10.0] * 100) == []
    assert slow([10.0] * 100, [10.0] * 98 + [90.0] * 2)
    assert narrow(["a", "b", "c", "d"], ["a", "a", "a", "b"])
    assert narrow(["a", "b"], ["b", "a"]) == []
