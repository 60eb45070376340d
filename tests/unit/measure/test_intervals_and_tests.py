"""Laws of intervals and paired tests: coverage, known answers, determinism."""

from itertools import product

import numpy as np
import pytest

from dragoman.errors import BadInput
from dragoman.measure.compare import compare, compare_files, compare_scores, holm, randomisation_p
from dragoman.measure.intervals import bootstrap, share
from dragoman.measure.metrics import metric
from dragoman.types import Scored


def test_a_bootstrap_interval_holds_the_true_mean_about_95_times_in_100() -> None:
    rng = np.random.default_rng(0)
    samples = rng.beta(1, 3, size=(80, 60))
    held = sum(found.low <= 0.25 <= found.high for found in (bootstrap(s.tolist(), seed=1) for s in samples))
    assert 70 <= held <= 79


def test_a_bootstrap_interval_is_as_wide_as_the_normal_one_for_many_values() -> None:
    values = np.random.default_rng(0).normal(0.0, 1.0, 2000)
    found = bootstrap(values.tolist(), seed=0)
    expected = 2 * 1.96 * values.std() / np.sqrt(len(values))
    assert found.high - found.low == pytest.approx(expected, rel=0.05)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = [0.1, 0.4, 0.9, 1.0]
    assert bootstrap(values, seed=3) == bootstrap(values, seed=3)
    assert bootstrap(list(np.linspace(0, 1, 50)), seed=3) != bootstrap(list(np.linspace(0, 1, 50)), seed=4)


def test_a_mean_lies_within_its_interval_and_the_interval_within_the_values() -> None:
    for value in (1 / 3, 0.1, 0.7):
        found = bootstrap([value] * 3, seed=0)
        assert found.low <= found.mean <= found.high
        assert found.mean == pytest.approx(value)


@pytest.mark.parametrize(("successes", "n"), [(0, 5), (5, 5), (1, 1), (50, 100)])
def test_a_share_lies_within_its_interval_within_zero_and_one(successes: int, n: int) -> None:
    found = share(successes, n)
    assert 0 <= found.low <= found.mean <= found.high <= 1
    assert found.high > found.low


def test_the_randomisation_test_agrees_with_all_sign_flips() -> None:
    differences = np.array([0.5, 0.25, 0.1, -0.05, 0.3, 0.2, -0.1, 0.4])
    sums = [abs(np.dot(signs, differences)) for signs in product((-1, 1), repeat=len(differences))]
    exact = np.mean([total >= abs(differences.sum()) - 1e-12 for total in sums])
    assert randomisation_p(differences, seed=0) == pytest.approx(exact, abs=0.004)


def test_the_randomisation_test_errs_about_5_times_in_100_where_nothing_differs() -> None:
    rng = np.random.default_rng(5)
    errors = sum(randomisation_p(rng.normal(size=20), seed=i) < 0.05 for i in range(120))
    assert 1 <= errors <= 14


def test_swapping_the_runs_turns_the_difference_and_keeps_the_p() -> None:
    rng = np.random.default_rng(0)
    a = {str(i): float(x) for i, x in enumerate(rng.random(30))}
    b = {query: min(1.0, score + 0.1) for query, score in a.items()}
    forth, back = compare_scores(a, b), compare_scores(b, a)
    assert (forth.is_better, forth.is_worse, back.is_better, back.is_worse) == (True, False, False, True)
    assert forth.p == back.p
    assert forth.difference.mean == pytest.approx(-back.difference.mean)


def test_equal_runs_are_neither_better_nor_worse() -> None:
    run = {"q": [Scored("a", 1.0)], "r": [Scored("b", 1.0)]}
    found = compare(run, run, {"q": {"a": 1}, "r": {"c": 1}}, metric("ndcg@10"))
    assert (found.p, found.is_better, found.is_worse, found.mean_a) == (1.0, False, False, 0.5)


def test_a_run_that_lacks_a_query_loses_it() -> None:
    whole = {"q": [Scored("a", 1.0)], "r": [Scored("a", 1.0)]}
    found = compare(whole, {"q": [Scored("a", 1.0)]}, {"q": {"a": 1}, "r": {"a": 1}}, metric("mrr@10"))
    assert (found.n, found.mean_a, found.mean_b) == (2, 1.0, 0.5)


def test_holm_never_lowers_a_p_nor_changes_their_order() -> None:
    p_values = np.random.default_rng(0).random(13).tolist()
    adjusted = holm(p_values)
    assert all(after >= before for after, before in zip(adjusted, p_values, strict=True))
    assert np.argsort(p_values, kind="stable").tolist() == sorted(
        range(13), key=lambda i: (adjusted[i], p_values[i])
    )


def test_comparing_many_files_is_stricter_than_comparing_one() -> None:
    a = {f"q{i}": 0.0 for i in range(6)}
    b = {f"q{i}": 1.0 for i in range(6)}
    same = {f"file{i}": a for i in range(12)}
    assert compare_files({"only": a}, {"only": b})["only"].is_better
    assert not compare_files({"only": a, **same}, {"only": b, **same})["only"].is_better


def test_runs_of_other_queries_or_files_are_refused() -> None:
    with pytest.raises(BadInput, match="same queries"):
        compare_scores({"a": 1.0}, {"b": 1.0})
    with pytest.raises(BadInput, match="only one"):
        compare_files({"a": {"q": 1.0}}, {"b": {"q": 1.0}})
