"""Laws of `dragoman.text.spelling`, against a slow and obvious measure of slips."""

import threading
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.spelling import FREQUENT, Spellings, likelihood, slips
from dragoman.types import Scored

ALPHABETS = ("abcs", "абвш", "اوني", "कखगी", "αβγς", "żłóć")
WORDS = st.sampled_from(ALPHABETS).flatmap(lambda letters: st.text(letters, min_size=3, max_size=9))


@cache
def osa(a: str, b: str) -> int:
    """Letters added, left out, replaced, or swapped with their neighbour, by the definition."""
    if not a or not b:
        return len(a) + len(b)
    best = min(osa(a[1:], b) + 1, osa(a, b[1:]) + 1, osa(a[1:], b[1:]) + (a[0] != b[0]))
    if a[:2] == b[1::-1] and len(a) > 1 and len(b) > 1:
        best = min(best, osa(a[2:], b[2:]) + 1)
    return best


@given(st.dictionaries(WORDS, st.integers(1, 99), max_size=30), WORDS)
def test_it_finds_exactly_the_words_within_the_slips_of_both(counts: dict[str, int], term: str) -> None:
    known = Spellings()
    known.add(counts)
    expected = {word for word in counts if 0 < osa(term, word) <= min(slips(term), slips(word))}
    assert {found.id for found in known.near(term, 99)} == expected


@given(st.dictionaries(WORDS, st.integers(1, 99), max_size=30), WORDS, st.integers(0, 4))
def test_fewer_asked_for_are_the_first_of_more(counts: dict[str, int], term: str, k: int) -> None:
    known = Spellings()
    known.add(counts)
    assert known.near(term, k) == known.near(term, 99)[:k]


@given(st.lists(st.dictionaries(WORDS, st.integers(1, 9), max_size=9), max_size=5))
def test_counts_add_up_whatever_the_batches(batches: list[dict[str, int]]) -> None:
    known = Spellings()
    for batch in batches:
        known.add(batch)
    words = {word for batch in batches for word in batch}
    assert len(known) == len(words)
    assert all(known.count(word) == sum(batch.get(word, 0) for batch in batches) for word in words)


@pytest.mark.parametrize(
    ("term", "meant"),
    [
        ("hamock", "hammock"), ("kopfhörre", "kopfhörer"), ("наушинки", "наушники"), ("zaptos", "zapatos"),
        ("chaussurse", "chaussures"), ("fritadera", "fritadeira"), ("साडी", "साड़ी"), ("غساله", "غسالة"),
        ("lodówk", "lodówka"), ("ayakkab", "ayakkabı"), ("θήκι", "θήκη"), ("ניעליים", "נעליים"),
    ],
)  # fmt: skip
def test_slips_of_any_alphabet_are_found(term: str, meant: str) -> None:
    known = Spellings()
    known.add({meant: 2, "whatever": 9, "неважно": 9})
    assert [found.id for found in known.near(term, 3)] == [meant]


@pytest.mark.parametrize("term", ["tv", "rtx4090", "登山鞋", "ノート", "노트북", "หูฟัง", "x" * 41, "", "५५५"])
def test_what_is_not_spelled_letter_by_letter_is_left_alone(term: str) -> None:
    known = Spellings()
    known.add({term: 5, term + "s": 5, term[:-1]: 5})
    assert slips(term) == 0
    assert known.near(term, 9) == []
    assert known.count(term) == 0


def test_slips_then_the_first_letter_then_frequency_decide() -> None:
    ranked = [
        likelihood("shoe", word, slipped=slipped, count=count)
        for word, slipped, count in (("shop", 1, 9), ("show", 1, 1), ("thoe", 1, 99), ("shot", 2, 99))
    ]
    assert ranked == sorted(ranked, reverse=True)
    assert likelihood("a", "b", slipped=1, count=FREQUENT) == likelihood("a", "b", slipped=1, count=10**6)


def test_threads_may_add_and_ask_at_once() -> None:
    known = Spellings()
    wrong: list[Scored] = []

    def add(letter: str) -> None:
        for i in range(300):
            known.add({f"shoe{letter}{chr(97 + i % 26)}{chr(97 + i // 26)}": 1})

    def ask() -> None:
        for _ in range(200):
            wrong.extend(found for found in known.near("shoexaa", 9) if not found.id.startswith("sh"))

    threads = [threading.Thread(target=add, args=(letter,)) for letter in "xyz"] + [
        threading.Thread(target=ask)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(known) == 900
    assert {found.id for found in known.near("shoexaa", 99)} >= {"shoexab", "shoexba", "shoeyaa"}
