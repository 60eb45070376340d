"""Texts kept at hand: never more than wished, never one that was forgotten while it was read."""

from uuid import UUID

from dragoman.backends.indexes.kept import Kept


def point(number: int) -> UUID:
    return UUID(int=number)


class Engine:
    """What is stored, and how often somebody looked."""

    def __init__(self, texts: dict[UUID, str]) -> None:
        self.texts, self.looked = texts, list[UUID]()

    def look(self, points: list[UUID]) -> dict[UUID, str]:
        self.looked += points
        return {one: self.texts[one] for one in points if one in self.texts}


def test_a_text_is_read_once_and_again_after_it_was_forgotten() -> None:
    engine, kept = Engine({point(1): "old", point(2): "other"}), Kept()
    assert kept.read([point(1), point(2)], engine.look) == {point(1): "old", point(2): "other"}
    engine.texts[point(1)] = "new"
    kept.forget([point(1)])
    assert kept.read([point(1), point(2)], engine.look) == {point(1): "new", point(2): "other"}
    assert engine.looked == [point(1), point(2), point(1)]


def test_what_does_not_exist_is_asked_for_each_time() -> None:
    engine, kept = Engine({}), Kept()
    assert kept.read([point(1)], engine.look) == {}
    engine.texts[point(1)] = "now"
    assert kept.read([point(1)], engine.look) == {point(1): "now"}


def test_nothing_is_kept_of_a_reading_during_which_something_was_forgotten() -> None:
    engine, kept = Engine({point(1): "old"}), Kept()

    def overtaken(points: list[UUID]) -> dict[UUID, str]:
        found = engine.look(points)
        engine.texts[point(1)] = "new"
        kept.forget([point(1)])  # a writer was faster than this reader
        return found

    assert kept.read([point(1)], overtaken) == {point(1): "old"}  # true when it was read
    assert kept.read([point(1)], engine.look) == {point(1): "new"}


def test_the_last_used_stay_and_long_texts_do_not() -> None:
    engine = Engine({point(n): f"text {n}" for n in range(4)} | {point(9): "long" * 5_000})
    kept = Kept(most=3)
    kept.read([point(n) for n in range(3)], engine.look)
    kept.read([point(0)], engine.look)
    kept.read([point(3), point(9)], engine.look)  # 1 goes, the longest unused
    engine.looked.clear()
    kept.read([point(0), point(2), point(3), point(1), point(9)], engine.look)
    assert engine.looked == [point(1), point(9)]


def test_texts_beyond_latin_count_what_they_take() -> None:
    engine = Engine({point(n): "吊床" * 500 for n in range(4)})  # some two thousand bytes each
    kept = Kept(room=5_000)
    for number in range(4):
        kept.read([point(number)], engine.look)
    kept.forget([point(3)])
    engine.looked.clear()
    kept.read([point(2)], engine.look)
    assert engine.looked == []  # what was forgotten counts no more
    kept.read([point(0), point(1)], engine.look)
    assert engine.looked == [point(0), point(1)]
