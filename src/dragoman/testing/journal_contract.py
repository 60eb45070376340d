"""The laws of the Journal port, as one class that pytest runs on any backend.

class TestMyJournal(JournalContract):
    def make(self, folder: Path) -> Journal:
        return MyJournal(folder / "events")
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dragoman.ports import Journal
from dragoman.types import Event

FULL = Event(
    "e-1",
    "s-1",
    "cart",
    1_700_000_000.25,
    product="B00/x é",
    query="吊床 支架 'quoted'",
    impression="i-1",
    position=3,
    value=2.5,
    session="v-1",
    market="AT",
    lang="zh-Hant",
    variant="rail:b",
    is_consented=False,
)
"""An event with something in each of its fields."""

EVER = (-1e18, 1e18)


def told(n: int, shopper: str = "s", start: int = 0) -> list[Event]:
    """Return n views of one shopper, a second apart, in the order of time."""
    return [
        Event(f"{shopper}-{i:06d}", shopper, "view", float(i), f"p{i % 7}") for i in range(start, start + n)
    ]


class JournalContract:
    """What every Journal does. Subclass, and let ``make`` return an empty journal."""

    def make(self, folder: Path) -> Journal:
        """Return an empty journal; ``folder`` is its own for as long as the law is tried."""
        raise NotImplementedError

    def setup_method(self) -> None:
        """Open a fresh journal for each law."""
        self._folder = TemporaryDirectory()
        self.journal = self.make(Path(self._folder.name))

    def teardown_method(self) -> None:
        """Release it."""
        self.journal.close()
        self._folder.cleanup()

    def test_an_event_comes_back_as_it_was_recorded(self) -> None:
        assert self.journal.record([FULL]) == 1
        assert list(self.journal.events(*EVER)) == [FULL]
        assert self.journal.of_shopper("s-1", 9) == [FULL]

    def test_an_empty_journal_answers(self) -> None:
        assert len(self.journal) == 0
        assert self.journal.record([]) == 0
        assert list(self.journal.events(*EVER)) == []
        assert self.journal.of_shopper("s", 5) == []
        assert self.journal.shoppers("", 5) == []
        assert (self.journal.erase("s"), self.journal.forget("s", "p")) == (0, 0)

    def test_an_event_told_twice_is_kept_once_as_first_told(self) -> None:
        again = replace(FULL, product="other")
        assert self.journal.record([FULL]) == 1
        assert self.journal.record([again, replace(FULL, id="e-2")]) == 1
        assert self.journal.record([FULL, FULL]) == 0
        assert [event.product for event in self.journal.events(*EVER)] == [FULL.product] * 2
        assert len(self.journal) == 2

    def test_twice_within_one_batch_is_once(self) -> None:
        assert self.journal.record([FULL, FULL, replace(FULL, id="e-0")]) == 2

    def test_events_come_by_time_whatever_the_order_they_were_told_in(self) -> None:
        events = told(40)
        self.journal.record(events[20:])
        self.journal.record(events[:20][::-1])
        assert list(self.journal.events(*EVER)) == events

    def test_events_of_one_time_come_in_id_order_of_code_points(self) -> None:
        ids = ["a", "B", "ä", "Z", "_", "吊", "10", "9"]
        self.journal.record([replace(FULL, id=id_, at=5.0) for id_ in ids])
        assert [event.id for event in self.journal.events(*EVER)] == sorted(ids)
        assert [event.id for event in self.journal.of_shopper("s-1", 3)] == sorted(ids)[-3:]

    def test_a_window_holds_its_start_and_not_its_end(self) -> None:
        self.journal.record(told(10))
        assert [event.at for event in self.journal.events(3.0, 6.0)] == [3.0, 4.0, 5.0]

    def test_a_long_walk_misses_nothing_and_repeats_nothing(self) -> None:
        events = told(11_000)
        same_time = [replace(event, id=f"t-{event.id}", at=4_000.0) for event in events[:1_500]]
        self.journal.record([*events, *same_time])
        walked = [event.id for event in self.journal.events(*EVER)]
        assert len(walked) == len(set(walked)) == 12_500
        assert walked == [e.id for e in sorted([*events, *same_time], key=lambda e: (e.at, e.id))]

    def test_the_last_events_of_a_shopper_come_oldest_first(self) -> None:
        self.journal.record([*told(10, "a"), *told(5, "b", start=100)])
        assert [event.at for event in self.journal.of_shopper("a", 3)] == [7.0, 8.0, 9.0]
        assert self.journal.of_shopper("a", 0) == []

    def test_shoppers_are_listed_page_by_page_without_nobody(self) -> None:
        self.journal.record([*told(2, "a"), *told(1, "c"), *told(1, "b"), replace(FULL, id="x", shopper="")])
        assert self.journal.shoppers("", 2) == ["a", "b"]
        assert self.journal.shoppers("b", 2) == ["c"]
        assert self.journal.shoppers("c", 2) == []

    def test_nobody_has_no_history_and_cannot_be_erased(self) -> None:
        self.journal.record([replace(FULL, shopper="")])
        assert self.journal.of_shopper("", 5) == []
        assert (self.journal.erase(""), self.journal.forget("", FULL.product)) == (0, 0)
        assert len(self.journal) == 1

    def test_erasing_a_shopper_leaves_nothing_of_them_and_all_of_others(self) -> None:
        self.journal.record([*told(9, "a"), *told(4, "b")])
        assert self.journal.erase("a") == 9
        assert self.journal.of_shopper("a", 99) == []
        assert self.journal.shoppers("", 9) == ["b"]
        assert len(self.journal) == len(list(self.journal.events(*EVER))) == 4

    def test_forgetting_a_product_leaves_the_shoppers_other_events(self) -> None:
        self.journal.record([*told(14, "a"), *told(14, "b")])
        assert self.journal.forget("a", "p3") == 2
        assert {event.product for event in self.journal.of_shopper("a", 99)} == {
            f"p{i}" for i in range(7)
        } - {"p3"}
        assert len(self.journal.of_shopper("b", 99)) == 14

    def test_threads_may_record_and_read_at_once(self) -> None:
        def work(shopper: str) -> int:
            new = sum(self.journal.record([event]) for event in told(8, shopper))
            return new + len(self.journal.of_shopper(shopper, 99))

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, "abcdef")) == [16] * 6
        assert len(self.journal) == 48
