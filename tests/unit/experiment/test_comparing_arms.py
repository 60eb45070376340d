"""Estimators of A/B tests and interleaving against a simulator whose truth is known."""

import numpy as np
import pytest

from dragoman.errors import BadInput
from dragoman.experiment import Experiment, difference, outcomes, preference, sample_ratio, team_draft, winner
from dragoman.experiment.compare import Horizon
from dragoman.experiment.simulator import World, clicks_on, visits
from dragoman.measure.intervals import share
from dragoman.types import Event

AB = Experiment("rank", ("now", "new"))
LOOKED = 1.0 / np.arange(1, 6)
WORLD = World(np.array([0.5, 0.4, 0.3, 0.2, 0.1, 0.6, 0.6]), LOOKED)
NOW, SAME, BETTER = np.arange(5), np.arange(5), np.array([5, 6, 0, 1, 2])


def _differences(rounds: int, shoppers: int, horizon: Horizon = "fixed") -> list[tuple[bool, bool]]:
    """Per simulated test of two equal arms: whether the interval holds the truth, and whether it is clear."""
    found = []
    for seed in range(rounds):
        arms = outcomes(visits(WORLD, [NOW, SAME], AB, shoppers, seed=seed), "rank")
        one, two = arms["now"], arms["new"]
        gap = difference((one.clicks, one.shows), (two.clicks, two.shows), horizon=horizon)
        found.append((gap.low <= 0.0 <= gap.high, gap.is_clear))
    return found


def test_an_interval_holds_the_truth_at_its_stated_rate() -> None:
    held = sum(holds for holds, _ in _differences(200, 80))
    rate = share(held, 200)
    assert rate.low <= 0.95 <= rate.high


def test_clicks_of_one_shopper_are_not_taken_for_independent() -> None:
    # Were each show a trial of its own, the error would be smaller than what tests of equal arms show.
    gaps, errors = [], []
    for seed in range(120):
        arms = outcomes(
            visits(World(WORLD.wanted, LOOKED, warmth=0.9), [NOW, SAME], AB, 60, seed=seed, lists=8), "rank"
        )
        one, two = arms["now"], arms["new"]
        gap = difference((one.clicks, one.shows), (two.clicks, two.shows))
        gaps.append(gap.estimate)
        errors.append(gap.error)
    assert np.mean(errors) == pytest.approx(np.std(gaps), rel=0.2)


def test_a_better_ranking_is_found_better() -> None:
    arms = outcomes(visits(WORLD, [NOW, BETTER], AB, 2_000, seed=1), "rank")
    one, two = arms["now"], arms["new"]
    gap = difference((one.clicks, one.shows), (two.clicks, two.shows))
    assert gap.low > 0.0
    assert gap.low <= WORLD.rate(BETTER) - WORLD.rate(NOW) <= gap.high


def test_looking_every_day_fools_a_fixed_interval_and_not_an_anytime_one() -> None:
    fooled = {"fixed": 0, "anytime": 0}
    rounds = 120
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        clicks = rng.random((2, 2_000)) < 0.2
        days = range(100, 2_001, 100)
        for horizon in ("fixed", "anytime"):
            looks = [
                difference(
                    (clicks[0, :day].astype(float), np.ones(day)),
                    (clicks[1, :day].astype(float), np.ones(day)),
                    horizon=horizon,
                ).is_clear
                for day in days
            ]
            fooled[horizon] += any(looks)
    assert share(fooled["fixed"], rounds).low > 0.05
    assert share(fooled["anytime"], rounds).low <= 0.05


def test_a_click_counts_once_however_often_it_is_made() -> None:
    told = {"impression": "q", "variant": "rank:now", "product": "p"}
    events = [Event(str(i), "s", "click", float(i), **told) for i in range(5)]  # type: ignore[arg-type]
    assert outcomes(events, "rank")["now"].clicks.tolist() == [1.0]


def test_a_shopper_seen_in_two_arms_counts_for_neither() -> None:
    events = [Event(arm, "s", "show", 0.0, product="p", variant=f"rank:{arm}") for arm in ("now", "new")]
    found = outcomes(events, "rank")
    assert (len(found["now"]), len(found["new"]), found[""].shoppers) == (0, 0, ("s",))


def test_a_broken_assignment_is_noticed() -> None:
    assert sample_ratio([5_200, 4_800], [0.5, 0.5]) < 0.001


def test_an_arm_without_shoppers_cannot_be_compared() -> None:
    none = np.zeros(0)
    with pytest.raises(BadInput, match="0 shoppers"):
        difference((none, none), (none, none))


def test_equal_rankings_are_preferred_equally() -> None:
    rng = np.random.default_rng(0)
    first, second = ["a", "b", "c", "d"], ["b", "a", "d", "c"]
    wanted = dict.fromkeys("abcd", 0.3)
    found = preference([_judged(first, second, wanted, f"q{i}", rng) for i in range(4_000)])
    assert found.share.low <= 0.5 <= found.share.high


def test_interleaving_finds_the_better_ranking_in_a_few_hundred_lists() -> None:
    rng = np.random.default_rng(1)
    ids = [f"p{i}" for i in range(7)]
    wanted = dict(zip(ids, WORLD.wanted.tolist(), strict=True))
    now, better = [[ids[i] for i in ranking] for ranking in (NOW, BETTER)]
    found = preference([_judged(now, better, wanted, f"q{i}", rng) for i in range(400)])
    assert found.p < 0.01
    assert found.second > found.first


def _judged(
    first: list[str], second: list[str], wanted: dict[str, float], impression: str, rng: np.random.Generator
) -> int:
    shown = team_draft(first, second, 5, impression=impression)
    world = World(np.array([wanted[id] for id in shown.ids]), LOOKED)
    clicked = clicks_on(world, np.arange(len(shown.ids)), rng)
    return winner(shown, [id for id, is_clicked in zip(shown.ids, clicked, strict=True) if is_clicked])


@pytest.mark.parametrize("impression", ["q1", "q2", "問い", "سؤال"])
def test_interleaving_shows_each_product_once_and_both_rankings_evenly(impression: str) -> None:
    shown = team_draft(list("abcdef"), list("fedcba"), 6, impression=impression)
    assert sorted(shown.ids) == list("abcdef")
    assert shown.teams.count(0) == shown.teams.count(1) == 3
    assert shown == team_draft(list("abcdef"), list("fedcba"), 6, impression=impression)


def test_a_ranking_that_has_run_out_leaves_the_rest_to_the_other() -> None:
    assert sorted(team_draft(["a"], ["b", "c", "d"], 10, impression="q").ids) == ["a", "b", "c", "d"]
