"""Laws of merging rankings."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.rank.fuse import NEWS, TEMPERATURE, best_first, calibrated, reciprocal
from dragoman.types import Scored

settings.register_profile("unhurried", deadline=None)  # the law counts, not the clock
settings.load_profile("unhurried")

IDS = st.sampled_from("abcdefgh")
SCORES = st.dictionaries(IDS, st.floats(-1, 1, allow_nan=False), max_size=8)
MATCHES = st.dictionaries(IDS, st.floats(0.01, 30, allow_nan=False), max_size=8)


def _ids(found: list[Scored]) -> list[str]:
    return [scored.id for scored in found]


@given(st.lists(SCORES.map(best_first), max_size=4), st.randoms(use_true_random=False))
def test_reciprocal_fusion_does_not_care_which_ranking_comes_first(rankings, random):  # type: ignore[no-untyped-def]
    shuffled = random.sample(rankings, len(rankings))
    once, again = reciprocal(rankings), reciprocal(shuffled)
    assert (
        _ids(once) == _ids(again)
        or max(abs(a.score - b.score) for a, b in zip(once, again, strict=True)) < 1e-12
    )


@given(SCORES)
def test_one_ranking_alone_keeps_its_order(scores: dict[str, float]) -> None:
    ranking = best_first(scores)
    assert _ids(reciprocal([ranking])) == _ids(ranking)


@given(SCORES, MATCHES)
def test_fusing_loses_and_invents_nothing(dense: dict[str, float], words: dict[str, float]) -> None:
    assert set(_ids(calibrated(dense, words, query={"w": 1.0}))) == dense.keys() | words.keys()
    assert set(_ids(reciprocal([best_first(dense), best_first(words)]))) == dense.keys() | words.keys()


@given(SCORES)
def test_without_matched_words_the_dense_order_stays(dense: dict[str, float]) -> None:
    assert calibrated(dense, {}, query={"غسالة": 1.0}) == best_first(dense)


@given(MATCHES)
def test_without_vectors_the_lexical_order_stays(words: dict[str, float]) -> None:
    ranked = [words[id] for id in _ids(calibrated({}, words, query={"a": 1.0, "b": 1.0}))]
    # Scores that differ by less than a rounding may swap.
    assert all(better >= worse - 1e-9 for better, worse in pairwise(ranked))


@given(SCORES, MATCHES, IDS)
def test_a_better_match_never_ranks_a_product_lower(
    dense: dict[str, float], words: dict[str, float], id: str
) -> None:
    better = words | {id: words.get(id, 0.0) + 5.0}
    before = calibrated(dense, words, query={"w": 1.0})
    after = calibrated(dense, better, query={"w": 1.0})
    if id in _ids(before):
        assert _ids(after).index(id) <= _ids(before).index(id)


def test_a_match_counts_less_the_more_words_were_asked() -> None:
    dense, words = {"far": 0.80, "near": 0.83}, {"far": 8.0}
    assert _ids(calibrated(dense, words, query={"kg50": 1.0}))[0] == "far"
    assert _ids(calibrated(dense, words, query={word: 1.0 for word in "abcdef"}))[0] == "near"


def test_a_product_outside_the_dense_pool_gets_its_lowest_cosine() -> None:
    [first, second] = calibrated({"a": 0.7}, {"b": 10.0}, query={"w": 1.0})
    assert (first.id, first.score) == ("b", 0.7 + NEWS * TEMPERATURE * 10.0)
    assert second == Scored("a", 0.7)


def test_ties_come_in_id_order() -> None:
    assert _ids(reciprocal([[Scored("b", 1)], [Scored("a", 1)]])) == ["a", "b"]
    assert _ids(calibrated({"b": 0.5, "a": 0.5}, {}, query={})) == ["a", "b"]
