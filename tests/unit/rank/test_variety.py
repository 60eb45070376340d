"""Laws of choosing various sets, and of who is seen."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.rank.determinantal import various
from dragoman.rank.exposure import Exposed, exposed
from dragoman.types import Vectors


def rows(n: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((n, 8)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


@given(st.integers(0, 30), st.integers(0, 40), st.integers(0, 999), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_as_many_as_asked_each_once(n: int, k: int, seed: int, dial: float) -> None:
    scores = np.random.default_rng(seed).random(n).tolist()
    chosen = various(scores, rows(n, seed), k, dial=dial)
    assert len(chosen) == len(set(chosen)) == min(n, k)


def test_dial_zero_is_the_order_of_scores_ties_by_position() -> None:
    assert various([1.0, 3.0, 3.0, 2.0], rows(4, 1), 4, dial=0.0) == [1, 2, 3, 0]


def test_the_more_dial_the_more_various() -> None:
    vectors = np.repeat(rows(4, 2), 5, axis=0)  # five copies of each of four things, the first scored best
    scores = np.linspace(1, 0, 20).tolist()
    kinds = [len({i // 5 for i in various(scores, vectors, 4, dial=dial)}) for dial in (0.0, 0.3, 1.0)]
    assert kinds == sorted(kinds)
    assert (kinds[0], kinds[-1]) == (1, 4)


def test_equal_rows_and_equal_scores_are_taken_all_the_same() -> None:
    assert sorted(various([1.0] * 5, np.ones((5, 3), np.float32) / np.sqrt(3).astype("f4"), 5, dial=0.5)) == [
        0,
        1,
        2,
        3,
        4,
    ]


SHOWN = st.lists(
    st.builds(Exposed, st.sampled_from(["A", "B", "C", ""]), st.sampled_from(["x", "y", ""]), st.booleans()),
    max_size=30,
)


@given(SHOWN, st.integers(0, 20), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_a_page_is_filled_whatever_the_rules(order: list[Exposed], k: int, cap: float, new: float) -> None:
    chosen = exposed(order, k, cap=cap, new=new)
    assert len(chosen) == len(set(chosen)) == min(k, len(order))


def test_without_rules_the_order_stays() -> None:
    order = [Exposed("A"), Exposed("A"), Exposed("B")]
    assert exposed(order, 3) == [0, 1, 2]


def test_no_brand_takes_more_than_its_share_while_others_are_there() -> None:
    order = [Exposed("A")] * 6 + [Exposed(f"B{i}") for i in range(6)]
    assert sum(order[i].brand == "A" for i in exposed(order, 6, cap=0.34)) == 2


def test_new_products_get_their_share_of_the_page() -> None:
    order = [Exposed(f"A{i}") for i in range(10)] + [Exposed(f"N{i}", is_new=True) for i in range(3)]
    assert sum(order[i].is_new for i in exposed(order, 10, new=0.2)) == 2
