"""Bandits against known rewards, and off-policy estimates against the truth they estimate."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dragoman.errors import BadInput
from dragoman.experiment.bandits import Policy, beliefs, choose, learned
from dragoman.experiment.off_policy import Logged, doubly_robust, effective_size, ips, snips
from dragoman.measure.intervals import Interval, share

TRUE = np.array([[0.2, 0.6], [0.5, 0.1], [0.3, 0.3]])  # reward of three arms for two kinds of shopper
KINDS = np.eye(2)


@pytest.mark.parametrize("policy", ["linucb", "thompson"])
def test_a_bandit_learns_the_best_arm_of_each_context(policy: Policy) -> None:
    rng = np.random.default_rng(0)
    known, last = beliefs(3, 2), []
    for step in range(1_500):
        kind = int(rng.integers(2))
        choice = choose(known, KINDS[kind], rng, policy=policy, explore=0.02)
        known = learned(known, choice.arm, KINDS[kind], float(rng.random() < TRUE[choice.arm, kind]))
        last += [TRUE[:, kind].max() - TRUE[choice.arm, kind]] * (step >= 1_000)
    even = float(np.mean(TRUE.max(axis=0) - TRUE.mean(axis=0)))
    assert np.mean(last) < even / 4


@pytest.mark.parametrize("policy", ["linucb", "thompson"])
def test_propensities_are_how_often_the_arm_is_chosen(policy: Policy) -> None:
    rng = np.random.default_rng(1)
    known = learned(beliefs(3, 2), 0, KINDS[0], 1.0)
    choices = [choose(known, KINDS[0], rng, policy=policy, explore=0.2) for _ in range(2_000)]
    counted = np.bincount([one.arm for one in choices], minlength=3) / len(choices)
    assert counted == pytest.approx(np.mean([one.propensities for one in choices], axis=0), abs=0.04)
    assert all(one.propensities.min() > 0 and one.propensities.sum() == pytest.approx(1) for one in choices)


def test_learning_leaves_the_earlier_beliefs_as_they_were() -> None:
    known = beliefs(2, 2)
    learned(known, 0, KINDS[0], 1.0)
    assert known.moment.sum() == 0.0


def test_a_bandit_that_never_explores_is_refused() -> None:
    with pytest.raises(BadInput, match="explore"):
        choose(beliefs(2, 2), KINDS[0], np.random.default_rng(0), explore=0.0)


def test_a_context_of_another_length_is_refused() -> None:
    with pytest.raises(BadInput, match="shape"):
        choose(beliefs(2, 2), np.ones(3), np.random.default_rng(0))


def _log(n: int, seed: int) -> tuple[Logged, NDArray[np.float64], NDArray[np.float64], float]:
    """A log of an exploring policy, the target policy, a poor reward model, and the target's true value."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(2, size=n)
    logging = np.array([[0.6, 0.2, 0.2], [0.2, 0.3, 0.5]])[kinds]
    arms = np.array([rng.choice(3, p=row) for row in logging])
    rewards = (rng.random(n) < TRUE[arms, kinds]).astype(np.float64)
    target = np.array([[0.1, 0.8, 0.1], [0.9, 0.05, 0.05]])
    value = float(np.mean(np.sum(target * TRUE.T, axis=1)))
    return Logged(arms, logging[np.arange(n), arms], rewards), target[kinds], 0.8 * TRUE.T[kinds] + 0.1, value


def _estimates(
    logged: Logged, target: NDArray[np.float64], predicted: NDArray[np.float64]
) -> dict[str, Interval]:
    return {
        "ips": ips(logged, target),
        "snips": snips(logged, target),
        "doubly_robust": doubly_robust(logged, target, predicted),
    }


@pytest.mark.parametrize("estimator", ["ips", "snips", "doubly_robust"])
def test_off_policy_intervals_hold_the_truth_at_their_stated_rate(estimator: str) -> None:
    rounds, held = 300, 0
    for seed in range(rounds):
        logged, target, predicted, value = _log(400, seed)
        found = _estimates(logged, target, predicted)[estimator]
        held += found.low <= value <= found.high
    rate = share(held, rounds)
    assert rate.low <= 0.95 <= rate.high


def test_a_reward_model_makes_the_estimate_steadier() -> None:
    logged, target, predicted, _ = _log(2_000, 1)
    plain, robust = ips(logged, target), doubly_robust(logged, target, predicted)
    assert robust.high - robust.low < plain.high - plain.low


def test_judging_the_logging_policy_itself_gives_its_mean_reward() -> None:
    rng = np.random.default_rng(2)
    arms = rng.integers(2, size=100)
    logged = Logged(arms, np.full(100, 0.5), rng.random(100))
    even = np.full((100, 2), 0.5)
    assert ips(logged, even).mean == pytest.approx(logged.rewards.mean())
    assert effective_size(logged, even) == pytest.approx(100)


def test_capped_weights_never_raise_the_estimate_of_rewards_above_0() -> None:
    logged, target, _, _ = _log(500, 3)
    assert ips(logged, target, cap=1.0).mean <= ips(logged, target).mean


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.5])
def test_a_log_with_impossible_propensities_is_refused(propensity: float) -> None:
    with pytest.raises(BadInput, match="propensities"):
        Logged(np.array([0, 1]), np.array([0.5, propensity]), np.zeros(2))


def test_a_target_for_other_choices_is_refused() -> None:
    logged, _, _, _ = _log(10, 0)
    with pytest.raises(BadInput, match="shape"):
        ips(logged, np.ones((9, 3)))
