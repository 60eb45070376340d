"""Learning from a journal: whole, and brought up to date."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dragoman.backends.related.folder import RelatedFolder, current
from dragoman.errors import NotFound
from dragoman.learn.counts import read_counts
from dragoman.learn.plan import Content, Plan
from dragoman.learn.related import refresh
from dragoman.ports import Related
from dragoman.testing.journals import MemoryJournal
from dragoman.testing.walks import DAY, walked
from dragoman.types import Event

WALKS = [["a", "b", "c"], ["b", "c", "d"], ["a", "c"], ["d", "a", "b", "b"]]
PLAN = Plan(dim=2, steps=0)


def named(folder: Path, name: str) -> Related:
    return next(one for one in RelatedFolder(folder).all_models() if one.name == name)


def halves(journal: MemoryJournal, at: float) -> tuple[MemoryJournal, list[Event]]:
    early = MemoryJournal()
    early.record(list(journal.events(0, at)))
    return early, list(journal.events(at, DAY * 99))


def test_an_empty_journal_has_nothing_to_teach(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no events"):
        refresh(MemoryJournal(), tmp_path)


@pytest.mark.parametrize("day", [1, 2, 3])
def test_brought_up_to_date_is_as_learned_whole(day: int, tmp_path: Path) -> None:
    journal = walked(WALKS, markets=("DE", "FR"))
    early, late = halves(journal, DAY * day)
    refresh(early, tmp_path / "twice", PLAN)
    early.record(late)
    refresh(early, tmp_path / "twice", PLAN)
    refresh(journal, tmp_path / "once", PLAN)
    twice, once = (read_counts(current(tmp_path / name) or tmp_path) for name in ("twice", "once"))
    assert twice.products.ids == once.products.ids
    assert_allclose(twice.pairs.toarray(), once.pairs.toarray())
    assert_allclose(twice.met(), once.met())
    german = [one.daily.popular(4, market="DE", since=2) for one in (twice, once)]
    assert_allclose(german[0], german[1])


def test_a_product_seen_for_the_first_time_is_related_after_the_next_refresh(tmp_path: Path) -> None:
    journal = walked(WALKS)
    refresh(journal, tmp_path, PLAN)
    journal.record([Event("new", "shopper 0", "view", DAY * 9, "e")])
    found = refresh(journal, tmp_path, PLAN)
    assert not found.is_full
    assert [one.id for one in named(tmp_path, "together").related(["e"], 1)[0]] == ["c"]


def test_who_was_erased_is_in_nothing_that_is_learned_anew(tmp_path: Path) -> None:
    journal = walked([*WALKS, ["a", "z"]])
    refresh(journal, tmp_path, PLAN)
    journal.erase("shopper 4")
    refresh(journal, tmp_path, PLAN, full=True)
    assert all(one.related(["z"], 5) == [[]] for one in RelatedFolder(tmp_path).all_models())


def test_shoppers_who_did_not_consent_are_counted_and_not_followed(tmp_path: Path) -> None:
    journal = walked(WALKS)
    quiet = [Event(f"q{i}", "q", "view", DAY * i, id, is_consented=False) for i, id in enumerate("yx")]
    journal.record(quiet)
    refresh(journal, tmp_path, PLAN)
    assert named(tmp_path, "together").related(["x", "y"], 5) == [[], []]
    assert {"x", "y"} <= {one.id for one in named(tmp_path, "popular").next_items([[]], 9)[0]}


def test_popularity_is_kept_by_market_and_by_window(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.record([Event(f"old{i}", f"s{i}", "view", 0.0, "old", market="DE") for i in range(3)])
    journal.record([Event("new", "s", "view", DAY * 20, "new", market="FR")])
    refresh(journal, tmp_path, PLAN)
    found = {
        one.name: [x.id for x in one.next_items([[]], 5)[0]] for one in RelatedFolder(tmp_path).all_models()
    }
    assert found["popular"] == ["old", "new"]
    assert found["popular/7d"] == ["new"]
    assert found["popular:DE"] == ["old"]
    assert found["popular:FR/7d"] == ["new"]
    assert found["popular:DE/7d"] == []


def test_too_few_shoppers_for_a_model_are_told(tmp_path: Path) -> None:
    found = refresh(walked(WALKS), tmp_path, PLAN)
    assert found.skipped == ("sequence, blend: 3 shoppers met three products, 200 needed",)


def test_a_product_that_nobody_met_is_recommended_for_what_it_is(tmp_path: Path) -> None:
    walks = [[f"{aisle}{(start + i) % 5}" for i in range(4)] for aisle in "gk" for start in range(5)] * 3
    ids = [f"{aisle}{i}" for aisle in "gk" for i in range(5)] + ["gnew"]
    rng = np.random.default_rng(0)
    vectors = np.array([[id[0] == "g", id[0] == "k"] for id in ids], np.float32)
    vectors = vectors + 0.05 * rng.normal(size=vectors.shape).astype(np.float32)
    refresh(walked(walks), tmp_path, Plan(dim=4, steps=80, least=1), content=Content(tuple(ids), vectors))
    found = [one.id for one in named(tmp_path, "sequence").next_items([["g0", "g1", "g2"]], 20)[0]]
    assert found.index("gnew") < min(found.index(f"k{i}") for i in range(5))
