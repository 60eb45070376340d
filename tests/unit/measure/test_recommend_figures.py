"""Figures of recommendations, against slow and obvious versions of themselves."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.measure.recommend import (
    by_group,
    coverage,
    diversity,
    entropy,
    gini,
    ndcg_at,
    novelty,
    popularity_bias,
    recall_at,
    reciprocal,
    shown_counts,
    standing,
)

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=30).map(lambda one: np.array(one))


@given(COUNTS)
def test_gini_is_half_the_mean_difference_over_the_mean(counts: np.ndarray) -> None:
    pairs = sum(abs(int(a) - int(b)) for a in counts for b in counts)
    wanted = pairs / (2 * len(counts) ** 2 * counts.mean()) if counts.sum() else 0.0
    assert gini(counts) == pytest.approx(wanted)


@given(COUNTS)
def test_entropy_is_most_when_all_are_shown_alike(counts: np.ndarray) -> None:
    assert -1e-9 <= entropy(counts) <= math.log2(len(counts)) + 1e-9


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(1, 30))
def test_gain_is_never_more_than_recall_and_never_less_than_its_last_place(ranks: list[int], k: int) -> None:
    found = np.array(ranks)
    gains, recalls = ndcg_at(found, k), recall_at(found, k)
    assert np.all(gains <= recalls)
    assert np.all(gains >= recalls / math.log2(k + 1) - 1e-12)


def test_diversity_is_the_mean_distance_of_all_pairs() -> None:
    rows = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    shown = [0, 3, 5, 1]
    wanted = np.mean([1 - rows[a] @ rows[b] for a, b in itertools.combinations(shown, 2)])
    assert diversity([shown], rows)[0] == pytest.approx(float(wanted), abs=1e-6)


def test_lists_of_what_everybody_meets_are_biased_and_not_novel() -> None:
    met = np.array([90, 9, 1])
    assert popularity_bias([[0]], met) > 1 > popularity_bias([[2]], met)
    assert novelty([[2]], met)[0] > novelty([[0]], met)[0]


def test_what_is_never_shown_is_not_covered() -> None:
    assert coverage(shown_counts([[0, 1], [1]], 4)) == 0.5


def test_groups_share_out_the_shoppers() -> None:
    ranks = np.arange(1, 41)
    told = by_group(ranks, ["cold", "warm"] * 20, k=10, seed=0)
    together = sum(one.shoppers * one.recall.mean for one in told.values()) / 40
    assert together == pytest.approx(standing(ranks, k=10, seed=0).recall.mean)


def test_nothing_shown_or_met_is_no_error() -> None:
    none = np.zeros(3, np.int64)
    assert (gini(none), entropy(none), coverage(none), popularity_bias([], none)) == (0.0, 0.0, 0.0, 0.0)


def test_the_first_place_is_worth_one() -> None:
    assert (ndcg_at(np.array([1]), 10)[0], reciprocal(np.array([1]))[0]) == (1.0, 1.0)
