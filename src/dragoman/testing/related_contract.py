"""The laws of the Related port, as one class that pytest runs on any backend.

class TestMyRelated(RelatedContract):
    def make(self, histories: Sequence[Sequence[str]], folder: Path) -> Related:
        return MyRelated(histories)
"""

import math
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dragoman.ports import Related
from dragoman.types import Scored

HISTORIES: tuple[tuple[str, ...], ...] = tuple(
    tuple(f"{aisle}{(start + step) % 6}" for step in range(4))
    for aisle in ("garden", "kitchen")
    for start in range(6)
    for _ in range(3)
)
"""Two aisles of six products each; every shopper walks four places round one aisle, and never leaves it."""

ALL = sorted({product for history in HISTORIES for product in history})


class RelatedContract:
    """What every Related does. Subclass, and let ``make`` return one that has learned from ``histories``."""

    relates = True  # False: it has no opinion on single products, as popularity has none
    is_personal = True  # False: it says the same to everybody
    greets = False  # True: it has a list for shoppers of whom nothing is known

    def make(self, histories: Sequence[Sequence[str]], folder: Path) -> Related:
        """Return what was learned from histories, oldest product first; ``folder`` is its own."""
        raise NotImplementedError

    def setup_method(self) -> None:
        """Learn afresh for each law."""
        self._folder = TemporaryDirectory()
        self.related = self.make(HISTORIES, Path(self._folder.name))

    def teardown_method(self) -> None:
        """Remove what was learned."""
        self._folder.cleanup()

    def test_it_has_a_name(self) -> None:
        assert self.related.name

    # --- what goes together ---

    def test_what_goes_with_a_product_is_of_its_aisle(self) -> None:
        found = self.related.related(["garden0", "kitchen3"], 2)
        aisles = [[one.id.rstrip("0123456789") for one in some] for some in found]
        assert aisles == ([["garden"] * 2, ["kitchen"] * 2] if self.relates else [[], []])

    def test_no_product_goes_with_itself(self) -> None:
        found = self.related.related(ALL, 100)
        assert all(id not in {one.id for one in some} for id, some in zip(ALL, found, strict=True))

    def test_nothing_goes_with_an_unknown_product(self) -> None:
        assert self.related.related(["never heard of"], 5) == [[]]

    def test_unknown_products_leave_the_order_of_the_others_alone(self) -> None:
        asked = ["kitchen1", "never heard of", "garden2", "kitchen1"]
        alone = [self.related.related([id], 3)[0] for id in asked]
        assert [ids(one) for one in self.related.related(asked, 3)] == [ids(one) for one in alone]

    # --- what comes next ---

    def test_what_comes_next_is_of_the_aisle_being_walked(self) -> None:
        found = self.related.next_items([["kitchen0", "kitchen1", "kitchen2"]], 1)[0]
        assert found[0].id.startswith("kitchen") or not self.is_personal

    def test_what_was_met_does_not_come_again(self) -> None:
        histories = [list(one) for one in HISTORIES]
        found = self.related.next_items(histories, 100)
        assert all(
            {one.id for one in some}.isdisjoint(met) for met, some in zip(histories, found, strict=True)
        )

    def test_unknown_products_in_a_history_change_nothing(self) -> None:
        plain, strange = self.related.next_items(
            [["garden1", "garden2"], ["x", "garden1", "y", "garden2"]], 5
        )
        assert [one.id for one in plain] == [one.id for one in strange]

    def test_of_strangers_it_says_the_same_or_nothing(self) -> None:
        empty, unknown = self.related.next_items([[], ["never heard of"]], 5)
        assert ids(empty) == ids(unknown)
        assert bool(empty) == self.greets

    # --- of every list ---

    def test_lists_are_no_longer_than_asked_for(self) -> None:
        assert all(len(some) <= 2 for some in self._lists(2))

    def test_none_asked_for_are_none(self) -> None:
        assert all(some == [] for some in self._lists(0))

    def test_the_best_come_first_and_ties_by_id(self) -> None:
        lists = self._lists(100)
        assert lists == [sorted(some, key=lambda one: (-one.score, one.id)) for some in lists]

    def test_scores_are_finite(self) -> None:
        assert all(math.isfinite(one.score) for some in self._lists(100) for one in some)

    def test_every_product_of_a_list_is_a_known_one_and_there_once(self) -> None:
        lists = [[one.id for one in some] for some in self._lists(100)]
        assert all(set(some) <= set(ALL) and len(set(some)) == len(some) for some in lists)

    def test_a_longer_list_begins_with_the_shorter(self) -> None:
        assert [ids(some)[:2] for some in self._lists(5)] == [ids(some) for some in self._lists(2)]

    def test_empty_batches_give_empty_batches(self) -> None:
        assert (self.related.related([], 3), self.related.next_items([], 3)) == ([], [])

    def test_the_same_question_has_the_same_answer(self) -> None:
        assert self._lists(5) == self._lists(5)

    def _lists(self, k: int) -> list[list[Scored]]:
        walks = [["garden0"], ["garden0", "garden1"], ["kitchen5", "garden0"]]
        return self.related.related(ALL, k) + self.related.next_items(walks, k)


def ids(found: Sequence[Scored]) -> list[str]:
    """Return the ids of a list."""
    return [one.id for one in found]
