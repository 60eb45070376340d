"""Laws of finding, filtering, facets and spellings; `IndexContract` adds those of keeping."""

import math

import numpy as np

from dragoman.errors import BadInput
from dragoman.ports import Index
from dragoman.testing.index_shop import EVERYTHING, listings, near, put, raised, vector
from dragoman.types import FactFilter, Filter, PriceRange


class FilterLaws:
    """What every Index finds. ``index`` is empty at the start of each law."""

    index: Index
    slack: float

    # --- by vector ---

    def test_nearest_is_by_cosine_best_first(self) -> None:
        shop = put(self.index, listings())
        cosines = {x.product.id: float(vector(5) @ vector(i)) for i, x in enumerate(shop)}
        found = near(self.index, vector(5), 5, EVERYTHING)
        assert [s.id for s in found] == sorted(cosines, key=lambda id_: -cosines[id_])[:5]
        assert all(math.isclose(s.score, cosines[s.id], abs_tol=self.slack) for s in found)

    def test_each_row_gets_its_own_answer(self) -> None:
        shop = put(self.index, listings())
        rows = np.stack([vector(3), vector(1), vector(3)])
        found = self.index.nearest(rows, 1, EVERYTHING)
        assert [f[0].id for f in found] == [shop[i].product.id for i in (3, 1, 3)]

    def test_equal_scores_come_in_id_order(self) -> None:
        shop = listings()
        self.index.put(shop, np.stack([vector(1)] * len(shop)), [{"same": 1.0}] * len(shop))
        ids = sorted(x.product.id for x in shop)
        for k in (1, 3, len(ids)):
            assert [s.id for s in near(self.index, vector(1), k, EVERYTHING)] == ids[:k]
            assert [s.id for s in self.index.matching([{"same": 1.0}], k, EVERYTHING)[0]] == ids[:k]

    def test_no_k_finds_nothing_and_a_large_k_everything(self) -> None:
        shop = put(self.index, listings())
        assert near(self.index, vector(5), 0, EVERYTHING) == []
        assert self.index.matching([{"boots": 1.0}], 0, EVERYTHING) == [[]]
        assert len(near(self.index, vector(5), 1000, EVERYTHING)) == len(shop)

    # --- by words ---

    def test_matching_needs_a_shared_term(self) -> None:
        put(self.index, listings())
        bags = [
            {"boots": 1.0},
            {"鞋": 1.0, "самовар": 1.0},
            {"साड़ी": 1.0},
            {"nobody": 1.0},
            {},
            {"boots": 0.0},
        ]
        found = [{s.id for s in row} for row in self.index.matching(bags, 9, EVERYTHING)]
        assert found == [{"boots", "รองเท้า"}, {"登山鞋", "samovar"}, {"sari"}, set(), set(), set()]

    def test_matching_adds_weight_times_weight_times_idf(self) -> None:
        put(self.index, listings())
        found = self.index.matching([{"boots": 2.0, "ผ้าใบ": 0.5}], 9, EVERYTHING)[0]
        rare, common = (math.log((10 - df + 0.5) / (df + 0.5) + 1) for df in (1, 2))
        assert [s.id for s in found] == ["รองเท้า", "boots"]
        assert math.isclose(found[0].score, 2 * common + 0.5 * rare, abs_tol=self.slack)
        assert math.isclose(found[1].score, 2 * common, abs_tol=self.slack)

    def test_weights_of_products_count(self) -> None:
        shop = listings()[:2]
        self.index.put(shop, np.stack([vector(1), vector(2)]), [{"shoe": 0.5}, {"shoe": 1.5}])
        assert [s.id for s in self.index.matching([{"shoe": 1.0}], 9, EVERYTHING)[0]] == ["sandals", "boots"]

    # --- filters: each of them, for both ways of finding ---

    def _passing(self, where: Filter) -> set[str]:
        found = {s.id for s in near(self.index, vector(5), 99, where)}
        worded = {s.id for s in self.index.matching([{x: 1.0 for x in _ALL_WORDS}], 99, where)[0]}
        assert found == worded
        return found

    def test_filters_keep_what_they_say(self) -> None:
        put(self.index, listings())
        for where, kept in _KEPT:
            assert self._passing(where) == set(kept.split()), where

    def test_conditions_on_offers_hold_of_one_offer(self) -> None:
        put(self.index, listings())
        # Boots are in stock in Germany and dearer in Austria, where there are none.
        euros = (PriceRange("EUR", 10000),)
        assert self._passing(Filter(market="DE", prices=euros)) == {"samovar"}
        assert self._passing(Filter(market="AT", prices=euros)) == {"boots", "samovar"}
        assert self._passing(Filter(availability=("in_stock",), prices=euros)) == {"samovar"}
        assert self._passing(Filter(market="AT", availability=("out_of_stock",), prices=euros)) == {"boots"}

    def test_many_ids_may_be_asked_for(self) -> None:
        put(self.index, listings())
        many = tuple(f"nobody-{i}" for i in range(500))
        assert self._passing(Filter(ids=(*many, "boots"))) == {"boots"}
        assert len(self._passing(Filter(not_ids=(*many, "boots")))) == 9

    # --- facets ---

    def test_facets_count_products_most_first_ties_by_value(self) -> None:
        put(self.index, listings())
        for name, market, counts in _COUNTED:
            facet = self.index.facets([name], Filter(market=market), 99)[0]
            assert facet.name == name
            assert [f"{c.value}:{c.count}" for c in facet.counts] == counts.split("|"), (name, market)

    def test_facets_count_only_what_passes(self) -> None:
        put(self.index, listings())
        where = Filter(categories=("Shoes",), ids=("boots", "sandals", "登山鞋", "tamis"))
        brand, color = self.index.facets(["brand", "fact:Color"], where, 9)
        assert [(c.value, c.count) for c in brand.counts] == [("Nike", 2), ("Toread", 1)]
        assert [(c.value, c.count) for c in color.counts] == [("red", 2), ("blue", 1)]

    def test_facets_keep_the_k_commonest(self) -> None:
        put(self.index, listings())
        color, brand = self.index.facets(["fact:Color", "brand"], EVERYTHING, 2)
        assert [(c.value, c.count) for c in color.counts] == [("red", 3), ("blue", 1)]
        assert [(c.value, c.count) for c in brand.counts] == [("Nike", 3), ("Fab=India", 1)]
        assert self.index.facets(["brand"], EVERYTHING, 0)[0].counts == ()

    def test_a_facet_nobody_knows_is_an_error(self) -> None:
        put(self.index, listings())
        error = raised(BadInput, self.index.facets, ["price"], EVERYTHING, 2)
        assert "price" in error.message
        assert "brand" in error.hint

    # --- spellings ---

    def test_spellings_are_indexed_terms_a_slip_or_two_away(self) -> None:
        put(self.index, listings())
        asked = ["botos", "sandels", "самовра", "wasserdich", "boots", "zzzzzz", "炊飯器", "रोटी"]
        found = [[s.id for s in row] for row in self.index.spellings(asked, 5)]
        assert found == [["boots"], ["sandals"], ["самовар"], ["wasserdicht"], [], [], [], []]

    def test_fewer_slips_then_the_first_letter_then_frequency_is_likelier(self) -> None:
        shop = listings()
        bags = [{"tables": 1.0}] * 2 + [{"cables": 1.0}] * 5 + [{"tabled": 1.0}] + [{"fable": 1.0}] * 2
        self.index.put(shop, np.stack([vector(i) for i in range(10)]), bags)
        row = self.index.spellings(["table"], 9)[0]
        assert [s.id for s in row] == ["tables", "tabled", "fable", "cables"]
        assert [s.score for s in row] == sorted((s.score for s in row), reverse=True)
        assert len(self.index.spellings(["table"], 1)[0]) == 1

    def test_spellings_follow_put_and_remove(self) -> None:
        shop = put(self.index, listings())
        assert [s.id for s in self.index.spellings(["sandels"], 3)[0]] == ["sandals"]
        self.index.remove(["sandals"])
        assert self.index.spellings(["sandels"], 3) == [[]]
        self.index.put([shop[0]], vector(0)[None], [{"sandels": 1.0, "schlappen": 1.0}])
        assert [[s.id for s in row] for row in self.index.spellings(["sandels", "schlapen", "bots"], 3)] == [
            [], ["schlappen"], ["boots"],
        ]  # fmt: skip


_ALL_WORDS = {
    word.lower() for listing in listings() for t in listing.product.titles for word in t.value.split()
}

_KEPT = (
    (Filter(), "boots sandals 登山鞋 hikari samovar dallah sari tamis camiseta รองเท้า"),
    (Filter(market="DE"), "boots sandals samovar hikari"),
    (Filter(market="ZZ"), "samovar hikari"),
    (Filter(brands=("Nike",)), "boots sandals camiseta"),
    (Filter(brands=("Nike", "Fab=India", "nobody")), "boots sandals camiseta sari"),
    (Filter(sellers=("Schuhhaus",)), "boots"),
    (Filter(langs=("en", "ja")), "sandals hikari รองเท้า"),
    (Filter(categories=("Shoes",)), "boots sandals 登山鞋 รองเท้า"),
    (Filter(categories=("Shoes>Boots", "Apparel > Shirts")), "boots camiseta รองเท้า"),
    (Filter(categories=("Home",)), "tamis"),
    (Filter(categories=("Home & Garden > Kitchen",)), "hikari samovar"),
    (Filter(availability=("out_of_stock", "limited")), "boots sandals 登山鞋 camiseta"),
    (Filter(market="DE", availability=("out_of_stock",)), "sandals"),
    (Filter(market="ZZ", availability=("preorder",)), "hikari"),
    (Filter(prices=(PriceRange("EUR", 5900, 9900),)), "boots sandals"),
    (Filter(prices=(PriceRange("EUR", 5901, 9899),)), ""),
    (Filter(prices=(PriceRange("EUR", None, 5900), PriceRange("JPY", 19800))), "sandals tamis hikari"),
    (Filter(prices=(PriceRange("USD"),)), "sandals hikari"),
    (Filter(prices=(PriceRange("BRL", 5000),)), "camiseta"),
    (Filter(market="DE", prices=(PriceRange("USD", 0, 99999),)), "hikari"),
    (Filter(facts=(FactFilter("Color", ("red",)),)), "boots 登山鞋 sari"),
    (Filter(facts=(FactFilter("Color", ("gold", "white")),)), "sari camiseta"),
    (Filter(facts=(FactFilter("Color"),)), "boots sandals 登山鞋 sari camiseta"),
    (Filter(facts=(FactFilter("Color", ("red",)), FactFilter("Weight", low=1.0))), "boots"),
    (Filter(facts=(FactFilter("Weight", high=1.5),)), "boots sandals"),
    (Filter(facts=(FactFilter("Weight", low=0.4, high=1.4),)), "sandals"),
    (Filter(facts=(FactFilter("Weight", ("1.5",), high=0.1),)), "boots"),
    (Filter(facts=(FactFilter("Volume", low=3, high=3),)), "samovar"),
    (Filter(facts=(FactFilter("Volume", low=2900, high=3100, unit="ml"),)), "samovar"),
    (Filter(facts=(FactFilter("Weight", low=3, high=4, unit="lb"),)), "boots"),
    (Filter(facts=(FactFilter("Weight", high=1, unit="kg"),)), "sandals"),
    (Filter(facts=(FactFilter("Weight", high=1000, unit="cm"),)), ""),
    (Filter(facts=(FactFilter("Note", ("3 l = much",)),)), "samovar"),
    (Filter(facts=(FactFilter("Size", ("M",)),)), "camiseta"),
    (Filter(ids=("boots", "登山鞋", "nobody")), "boots 登山鞋"),
    (Filter(ids=()), ""),
    (Filter(ids=("boots", "sandals"), not_ids=("boots",)), "sandals"),
    (Filter(brands=("Nike",), market="DE", availability=("in_stock",), langs=("de",)), "boots"),
)

_COUNTED = (
    ("brand", "", "Nike:3|Fab=India:1|Toread:1|Zojirushi:1|Ärmel:1"),
    ("seller", "", "Schuhhaus:1|Shoe House:1"),
    ("lang", "", "en:2|ar:1|de:1|fr:1|hi:1|ja:1|pt-BR:1|ru:1|th:1|zh-Hans:1"),
    ("market", "", "DE:2|AT:1|BR:1|CN:1|FR:1|IN:1|JP:1|TH:1|US:1"),
    ("category", "", "Shoes:4|Home & Garden:3|Apparel:2|Home & Garden > Kitchen:2|Shoes > Boots:2"
     "|Apparel > Shirts:1|Home:1|Home & Garden > Kitchen > Tea:1|Shoes > Sandals:1"),
    ("availability", "", "in_stock:8|out_of_stock:3|limited:1|preorder:1"),
    ("availability", "DE", "in_stock:2|out_of_stock:1|preorder:1"),
    ("availability", "ZZ", "in_stock:1|preorder:1"),
    ("facts", "", "Color:5|Weight:2|Note:1|Size:1|Volume:1"),
    ("fact:Color", "", "red:3|blue:1|gold:1|white:1"),
    ("fact:Size", "", "M:1|S:1"),
    ("brand", "DE", "Nike:2|Zojirushi:1"),
)  # fmt: skip
