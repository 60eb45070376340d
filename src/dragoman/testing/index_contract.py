"""The laws of the Index port, as one class that pytest runs on any backend.

class TestMyIndex(IndexContract):
    def make(self) -> Index:
        return MyIndex(dim=self.dim)
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from dragoman.errors import BadInput, NotFound
from dragoman.ports import Index
from dragoman.testing.index_filter_laws import FilterLaws
from dragoman.testing.index_shop import DIM, EVERYTHING, listings, near, put, raised, vector
from dragoman.types import Filter, Listing, Product, Terms, Text


class IndexContract(FilterLaws):
    """What every Index does. Subclass, and let ``make`` return an empty index of ``dim``."""

    dim = DIM
    slack = 1e-4  # how far a score may be from the exact one: backends quantise

    def make(self, folder: Path) -> Index:
        """Return an empty index; ``folder`` is its own for as long as the law is tried."""
        raise NotImplementedError

    def setup_method(self) -> None:
        """Open a fresh index for each law."""
        self._folder = TemporaryDirectory()
        self.index = self.make(Path(self._folder.name))

    def teardown_method(self) -> None:
        """Release it."""
        self.index.close()
        self._folder.cleanup()

    # --- what is put is kept ---

    def test_products_come_back_as_they_were_put_in_the_order_asked(self) -> None:
        shop = put(self.index, listings())
        ids = [listing.product.id for listing in reversed(shop)]
        assert self.index.get(ids) == [listing.product for listing in reversed(shop)]

    def test_passages_come_back_as_they_were_put(self) -> None:
        shop = put(self.index, listings())
        assert self.index.passages([x.product.id for x in shop]) == [x.passages for x in shop]

    def test_vectors_come_back_as_they_were_put_in_the_order_asked(self) -> None:
        shop = put(self.index, listings())
        ids = [listing.product.id for listing in reversed(shop)]
        rows = self.index.vectors(ids)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows, [vector(i) for i in reversed(range(len(shop)))], atol=self.slack)
        assert self.index.vectors([]).shape[0] == 0

    def test_a_product_asked_twice_comes_twice(self) -> None:
        shop = put(self.index, listings())
        assert self.index.get([shop[0].product.id] * 2) == [shop[0].product] * 2

    def test_missing_products_are_named(self) -> None:
        shop = put(self.index, listings())
        for call in (self.index.get, self.index.passages, self.index.vectors):
            error = raised(NotFound, call, [shop[0].product.id, "nobody", "nada"])
            assert "nobody" in str(error)
            assert "nada" in str(error)
            assert repr(shop[0].product.id) not in str(error)

    def test_digests_are_empty_for_unknown_products(self) -> None:
        shop = put(self.index, listings())
        assert self.index.digests([shop[1].product.id, "nobody"]) == [shop[1].digest, ""]

    def test_the_length_counts_products(self) -> None:
        assert len(self.index) == 0
        shop = put(self.index, listings())
        assert len(self.index) == len(shop)

    def test_empty_batches_do_nothing(self) -> None:
        self.index.put([], np.zeros((0, DIM), np.float32), [])
        self.index.remove([])
        assert (self.index.get([]), self.index.passages([]), self.index.digests([])) == ([], [], [])
        assert self.index.nearest(np.zeros((0, DIM), np.float32), 3, EVERYTHING) == []
        assert self.index.matching([], 3, EVERYTHING) == []
        assert self.index.facets([], EVERYTHING, 3) == []
        assert self.index.spellings([], 3) == []
        assert len(self.index) == 0

    def test_an_empty_index_finds_nothing(self) -> None:
        assert self.index.nearest(vector(1)[None], 3, EVERYTHING) == [[]]
        assert self.index.matching([{"boots": 1.0}], 3, EVERYTHING) == [[]]
        assert self.index.ids("", 3) == []
        assert self.index.facets(["brand"], EVERYTHING, 3)[0].counts == ()
        assert self.index.spellings(["bootz"], 3) == [[]]

    def test_ids_may_be_any_text(self) -> None:
        odd = ["a b", "ü/ß?#", "登山鞋-1", "حذاء", "x" * 500, "a'\"\\b", "1",
               "00000000-0000-0000-0000-000000000001", "a\tb", "👟",
               "ab\N{COMBINING ACUTE ACCENT}"]  # fmt: skip
        shop = put(self.index, [_named(id_) for id_ in odd])
        assert self.index.get(odd) == [listing.product for listing in shop]
        assert self.index.ids("", 99) == sorted(odd)
        found = self.index.nearest(vector(1)[None], 99, Filter(ids=tuple(odd)))[0]
        assert {scored.id for scored in found} == set(odd)

    # --- what is put again is replaced, what is removed is gone ---

    def test_putting_again_replaces_the_whole_product(self) -> None:
        shop = put(self.index, listings())
        old = shop[0]
        new = Listing(replace(old.product, brand="Neu", category="", facts=()), (), "digest-2")
        self.index.put([new], vector(77)[None], [{"neuheit": 1.0}])
        assert len(self.index) == len(shop)
        assert self.index.get([old.product.id]) == [new.product]
        assert self.index.passages([old.product.id]) == [()]
        assert self.index.digests([old.product.id]) == ["digest-2"]
        assert near(self.index, vector(77), 1, EVERYTHING)[0].id == old.product.id
        assert [s.id for s in self.index.matching([{"neuheit": 1.0}], 9, EVERYTHING)[0]] == [old.product.id]
        old_terms = self.index.matching([{"boots": 1.0}], 99, EVERYTHING)[0]
        assert old.product.id not in {s.id for s in old_terms}
        assert (
            near(self.index, vector(77), 9, Filter(brands=(old.product.brand,), ids=(old.product.id,))) == []
        )

    def test_the_last_of_equal_ids_in_a_batch_wins(self) -> None:
        first, second = replace(_named("p"), digest="1"), replace(_named("p"), digest="2")
        self.index.put([first, second], np.stack([vector(1), vector(2)]), [{"eins": 1.0}, {"zwei": 1.0}])
        assert len(self.index) == 1
        assert self.index.digests(["p"]) == ["2"]
        assert self.index.matching([{"eins": 1.0}, {"zwei": 1.0}], 9, EVERYTHING)[0] == []

    def test_removed_products_are_gone_everywhere(self) -> None:
        shop = put(self.index, listings())
        gone = shop[0].product.id
        self.index.remove([gone, "nobody"])
        assert len(self.index) == len(shop) - 1
        assert raised(NotFound, self.index.get, [gone])
        assert raised(NotFound, self.index.passages, [gone])
        assert self.index.digests([gone]) == [""]
        assert gone not in self.index.ids("", 99)
        assert gone not in {s.id for s in near(self.index, vector(1), 99, EVERYTHING)}
        assert gone not in {s.id for s in self.index.matching([{"boots": 1.0}], 99, EVERYTHING)[0]}
        counted = self.index.facets(["brand"], EVERYTHING, 99)[0].counts
        assert sum(c.count for c in counted) == sum(bool(x.product.brand) for x in shop[1:])

    def test_upkeep_changes_no_answer(self) -> None:
        put(self.index, listings())
        before = self._answers()
        self.index.upkeep()
        assert self._answers() == before

    def _answers(self) -> list[object]:
        found = near(self.index, vector(5), 9, EVERYTHING)
        words = self.index.matching([{"boots": 1.0, "鞋": 2.0}], 9, EVERYTHING)[0]
        return [
            [s.id for s in found],
            [s.id for s in words],
            self.index.ids("", 99),
            self.index.facets(["brand", "category"], EVERYTHING, 9),
        ]

    # --- nothing is written when the batch is wrong ---

    def test_lengths_that_disagree_write_nothing(self) -> None:
        one = [_named("p")]
        bags: list[Terms] = [{}]
        raised(BadInput, self.index.put, one, np.stack([vector(1), vector(2)]), bags)
        raised(BadInput, self.index.put, one, vector(1)[None], [])
        assert len(self.index) == 0

    def test_a_product_without_an_id_is_not_written(self) -> None:
        raised(
            BadInput, self.index.put, [_named("p"), _named("")], np.stack([vector(1), vector(2)]), [{}, {}]
        )
        assert len(self.index) == 0

    def test_a_dim_that_disagrees_writes_nothing(self) -> None:
        put(self.index, listings())
        before = len(self.index)
        raised(BadInput, self.index.put, [_named("p")], np.ones((1, DIM + 1), np.float32), [{}])
        raised(BadInput, self.index.nearest, np.ones((1, DIM + 1), np.float32), 3, EVERYTHING)
        assert len(self.index) == before
        assert self.index.digests(["p"]) == [""]

    # --- ids in order ---

    def test_ids_are_paged_in_ascending_order(self) -> None:
        names = [f"{'p' * (i % 30)}{i}" for i in range(60)]
        put(self.index, [_named(name) for name in names])
        pages: list[str] = []
        while page := self.index.ids(pages[-1] if pages else "", 7):
            assert len(page) <= 7
            pages += page
        assert pages == sorted(names)

    def test_ids_start_after_an_id_nobody_has(self) -> None:
        put(self.index, [_named(name) for name in ("a", "c", "cc", "d")])
        assert self.index.ids("b", 2) == ["c", "cc"]
        assert self.index.ids("c", 2) == ["cc", "d"]
        assert self.index.ids("z", 2) == []
        assert self.index.ids("", 0) == []


def _named(id_: str) -> Listing:
    return Listing(Product(id_, (Text(f"Produkt {id_}", "de"),)))
