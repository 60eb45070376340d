"""The best of many scores, against sorting all of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dragoman.backends.related.neighbours import Neighbours, NeighbourScores
from dragoman.backends.related.shelved import NOTHING, best, leading


@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 50, 2000, 5000]), st.integers(0, 60), st.booleans())
def test_the_best_are_the_first_of_a_sort(seed: int, n: int, k: int, has_ties: bool) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 9 if has_ties else 10**6, n).astype(np.float32)
    scores[rng.random(n) < rng.choice([0.0, 0.5, 0.999])] = NOTHING
    wanted = [row for row in np.lexsort((np.arange(n), -scores)) if scores[row] > NOTHING][:k]
    assert best(scores[None], k)[0].rows.tolist() == wanted


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 19), max_size=6), st.integers(0, 25))
def test_neighbours_alone_give_what_all_products_give(seed: int, met: list[int], k: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 6, 20)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    others = np.concatenate([rng.choice(20, size, replace=False) for size in sizes]).astype(np.int32)
    table = Neighbours(starts, others, rng.integers(1, 4, len(others)).astype(np.float32))
    model, history = NeighbourScores(table, fading=0.5), np.array(met, np.int64)
    quick = model.leading([history], k)[0]
    slow = leading(model.following([history]), [history], k)[0]
    assert quick.rows.tolist() == slow.rows.tolist()
    assert np.allclose(quick.scores, slow.scores)
