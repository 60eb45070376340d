"""Laws of levelling: what tells languages apart is taken out of the query, and nothing else."""

import numpy as np
import pytest

from dragoman.errors import BadInput
from dragoman.rank.level import Levelling, level, measure
from dragoman.types import Vectors

LANGS, NAMES, DIM, SPAN = 6, 40, 64, 8


def _unit(rows: np.ndarray) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)


def _world(seed: int = 1) -> tuple[list[Vectors], np.ndarray, np.ndarray]:
    """Names in several languages: meaning in most dimensions, language in the last few."""
    rng = np.random.default_rng(seed)
    meanings = rng.standard_normal((NAMES, DIM))
    meanings[:, -SPAN:] = 0.0
    accents = np.zeros((LANGS, DIM))
    accents[:, -SPAN:] = 4.0 * rng.standard_normal((LANGS, SPAN))
    return [_unit(meanings + accent) for accent in accents], meanings, accents


def test_directions_are_orthonormal_and_fewer_than_the_languages() -> None:
    names, _, _ = _world()
    found = measure(names)
    assert 1 <= len(found.directions) < LANGS
    assert np.allclose(found.directions @ found.directions.T, np.eye(len(found.directions)), atol=1e-5)


def test_measuring_does_not_depend_on_the_order_of_the_languages() -> None:
    names, _, _ = _world()
    one, other = measure(names), measure(names[::-1])
    assert np.allclose(one.generic, other.generic, atol=1e-6)
    assert np.allclose(one.directions.T @ one.directions, other.directions.T @ other.directions, atol=1e-4)


def test_a_levelled_query_finds_the_same_thing_in_another_language() -> None:
    names, _, _ = _world()
    levelling = measure([vectors[:20] for vectors in names])
    # One document a thing, in one language each: never in the query's own.
    asked = names[0][20:]
    documents = np.stack([names[1 + i % 2][20 + i] for i in range(20)])
    crowd = np.concatenate([documents, names[0][:20]])
    before = (asked @ crowd.T).argmax(axis=1) == np.arange(20)
    after = (level(asked, levelling, generic=0.0).vectors @ crowd.T).argmax(axis=1) == np.arange(20)
    assert after.mean() > before.mean() + 0.2
    assert after.mean() > 0.9


def test_levelled_queries_are_unit_rows_and_lengths_restore_the_score() -> None:
    names, _, _ = _world()
    levelling = measure(names)
    queries = names[2]
    found = level(queries, levelling, guard=1.0, generic=0.3)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1.0, atol=1e-5)
    spoken = queries @ levelling.directions.T @ levelling.directions
    assert np.allclose(
        found.vectors * found.lengths[:, None], queries - spoken - 0.3 * levelling.generic, atol=1e-5
    )


def test_dials_at_zero_change_nothing() -> None:
    names, _, _ = _world()
    found = level(names[0], measure(names), guard=0.0, generic=0.0)
    assert np.allclose(found.vectors, names[0], atol=1e-6)
    assert np.allclose(found.lengths, 1.0, atol=1e-6)


def test_the_callers_vectors_are_left_alone() -> None:
    names, _, _ = _world()
    queries = names[0].copy()
    level(queries, measure(names))
    assert (queries == names[0]).all()


def test_a_query_that_says_only_its_language_stays_a_unit_vector() -> None:
    axis = np.eye(4, dtype=np.float32)
    found = level(axis[3:], Levelling(np.zeros(4, np.float32), axis[3:]))
    assert np.allclose(found.vectors, axis[3:])


def test_languages_that_do_not_differ_have_no_directions() -> None:
    same = _unit(np.random.default_rng(0).standard_normal((5, 8)))
    assert measure([same, same.copy()]).directions.shape == (0, 8)


@pytest.mark.parametrize("shapes", [[], [(3, 8)], [(3, 8), (4, 8)]])
def test_names_that_do_not_match_are_refused(shapes: list[tuple[int, int]]) -> None:
    with pytest.raises(BadInput, match="shapes"):
        measure([np.ones(shape, np.float32) for shape in shapes])
