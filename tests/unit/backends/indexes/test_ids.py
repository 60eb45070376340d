"""Point ids tell products apart, and order keys sort as ids do."""

from hypothesis import given
from hypothesis import strategies as st

from dragoman.backends.indexes.ids import block_of, dimension, id_of, order_keys, point_of

IDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(IDS)
def test_short_ids_are_spelled_out_and_long_ones_are_not(id_: str) -> None:
    short = 0 < len(id_.encode()) <= 15
    assert id_of(point_of(id_)) == (id_ if short else "")


@given(IDS, IDS)
def test_different_products_are_different_points_and_no_block_is_one(one: str, other: str) -> None:
    assert len({point_of(one), point_of(other)}) == len({one, other})
    assert block_of(one) not in {point_of(one), point_of(other)}


@given(IDS, IDS)
def test_order_keys_never_contradict_the_order_of_ids(one: str, other: str) -> None:
    low, high = sorted([one, other])
    assert order_keys(low) <= order_keys(high)


@given(IDS)
def test_order_keys_are_exact_as_floats(id_: str) -> None:
    assert all(int(float(key)) == key for key in order_keys(id_))


def test_terms_of_one_word_differ_from_those_of_another() -> None:
    words = [f"{a}{b}" for a in ("shoe", "schuh", "鞋", "حذاء", "туфля") for b in range(2000)]
    assert len({dimension(word) for word in words}) == len(words)
