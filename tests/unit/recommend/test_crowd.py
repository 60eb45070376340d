"""Laws of the crowd's tables: order does not matter, each event counts once, all stays bounded."""

import random
from dataclasses import replace

import pytest

from dragoman.recommend.again import buy_again
from dragoman.recommend.crowd import DAY_S, Crowd
from dragoman.recommend.follow import Follower
from dragoman.testing.journals import MemoryJournal
from dragoman.types import Event, EventKind

NOW = 1_800_000_000.0


def view(
    shopper: str, product: str, ago_s: float = 0.0, kind: EventKind = "view", market: str = "DE"
) -> Event:
    return Event(f"{shopper}/{product}/{kind}/{ago_s}", shopper, kind, NOW - ago_s, product, market=market)


def counted(*events: Event) -> Crowd:
    crowd = Crowd()
    crowd.add(events)
    return crowd


def popular(crowd: Crowd, market: str = "DE", k: int = 9) -> list[str]:
    return [found.id for found in crowd.popular(market, k)]


def test_what_more_shoppers_want_is_more_popular_ties_by_id() -> None:
    crowd = counted(view("a", "x"), view("b", "x"), view("a", "z"), view("c", "y"))
    assert popular(crowd) == ["x", "y", "z"]
    assert crowd.popular("DE", 1)[0].score == 1.0


def test_one_shopper_who_looks_often_counts_once() -> None:
    crowd = counted(*[view("a", "x", 60.0 * i) for i in range(20)], view("b", "y"), view("c", "y"))
    assert popular(crowd) == ["y", "x"]


def test_a_purchase_counts_more_than_a_look() -> None:
    assert popular(counted(view("a", "x"), view("b", "y", kind="buy"), view("c", "x"))) == ["y", "x"]


def test_markets_are_counted_apart_and_together() -> None:
    crowd = counted(view("a", "x", market="DE"), view("b", "y", market="JP"), view("c", "y", market="JP"))
    assert (popular(crowd, "DE"), popular(crowd, "JP"), popular(crowd, "")) == (["x"], ["y"], ["y", "x"])
    assert popular(crowd, "FR") == []


def test_an_event_told_twice_counts_once() -> None:
    twice = counted(view("", "x"), view("", "x"), view("", "y", 1.0), view("", "y", 2.0))
    assert popular(twice) == ["y", "x"]


def test_popularity_does_not_depend_on_the_order_of_telling() -> None:
    events = [
        view(f"s{i % 7}", f"p{i * i % 11}", 3_600.0 * (i * 37 % 101), "buy" if i % 5 == 0 else "view")
        for i in range(80)
    ]
    shuffled = random.Random(3).sample(events, len(events))
    ordered, mixed = counted(*sorted(events, key=lambda e: e.at)), counted(*shuffled)
    assert set(popular(ordered, k=20)) == set(popular(mixed, k=20))


def test_years_pass_without_trouble() -> None:
    crowd = counted(*[view(f"s{year}", f"p{year}", -year * 365 * DAY_S) for year in range(12)])
    assert popular(crowd)[0] == "p11"


def test_what_the_same_shoppers_looked_at_is_related() -> None:
    crowd = counted(
        *[view(f"s{i}", id_, 10.0 * j) for i in range(5) for j, id_ in enumerate(("a", "b"))], view("t", "c")
    )
    [near] = crowd.related(["a"], 5)
    assert [found.id for found in near] == ["b"]
    assert 0 < near[0].score <= 1
    assert crowd.related(["nobody"], 5) == [[]]


def test_deeds_days_apart_have_nothing_to_do_with_each_other() -> None:
    assert counted(view("s", "a", 5 * DAY_S), view("s", "b")).related(["a"], 5) == [[]]


def test_only_baskets_tell_what_goes_together() -> None:
    looks = counted(view("s", "a"), view("s", "b", 5.0))
    carts = counted(view("s", "a", kind="cart"), view("s", "b", 5.0, kind="buy"))
    assert looks.together(["a"], 5) == [[]]
    assert [found.id for found in carts.together(["a"], 5)[0]] == ["b"]


def test_next_come_things_met_with_the_last_ones() -> None:
    crowd = counted(*[view(f"s{i}", id_, 9.0 * j) for i in range(4) for j, id_ in enumerate(("a", "b", "c"))])
    [found] = crowd.next_items([["x", "a"]], 5)
    assert {one.id for one in found} == {"b", "c"}
    assert crowd.next_items([[]], 5) == [[]]


def test_nobody_meets_nothing() -> None:
    assert counted(view("", "a"), view("", "b", 1.0)).related(["a"], 5) == [[]]


def test_a_forgotten_shopper_pairs_nothing_any_more() -> None:
    crowd = counted(view("s", "a"))
    crowd.forget("s")
    crowd.add([view("s", "b", -5.0)])
    assert crowd.related(["a"], 5) == [[]]


def test_a_long_list_keeps_the_most_wanted() -> None:
    events = [view(f"s{i}-{n}", f"p{i:04d}") for i in range(1_200) for n in range(1 + i % 3)]
    top = counted(*events).popular("DE", 400)
    assert [int(found.id[1:]) % 3 for found in top] == [2] * 400
    assert [found.id for found in top] == sorted(found.id for found in top)


def test_following_a_journal_counts_each_event_once_also_those_told_here() -> None:
    journal, crowd = MemoryJournal(), Crowd()
    follower = Follower(journal, crowd)
    journal.record([view("a", "x", 100.0)])
    follower.catch_up(NOW)
    here = view("b", "y", -1.0)
    journal.record([here, view("c", "z", 20 * DAY_S)])
    crowd.add([here])
    follower.catch_up(NOW + 2)
    follower.catch_up(NOW + 4)
    assert (crowd.count("x"), crowd.count("y")) == (1, 1)


def test_the_first_look_reads_the_last_month() -> None:
    journal, crowd = MemoryJournal(), Crowd()
    journal.record(
        [view("a", "fresh", DAY_S), view("b", "older", 29 * DAY_S), view("c", "ancient", 99 * DAY_S)]
    )
    Follower(journal, crowd).catch_up(NOW)
    assert popular(crowd) == ["fresh", "older"]


def test_a_shop_quiet_for_a_month_shows_what_was_popular_then() -> None:
    journal, crowd = MemoryJournal(), Crowd()
    journal.record([view("a", "x", 200 * DAY_S), view("b", "y", 210 * DAY_S)])
    Follower(journal, crowd).catch_up(NOW)
    assert popular(crowd) == ["x", "y"]


def test_a_nudge_reads_in_the_background() -> None:
    journal, crowd = MemoryJournal(), Crowd()
    journal.record([view("a", "x")])
    follower = Follower(journal, crowd)
    follower.nudge(NOW)
    follower.stop()
    assert popular(crowd) == ["x"]


@pytest.mark.parametrize("days", [1, 30, 90])
def test_what_is_bought_often_is_due_before_what_was_bought_once(days: int) -> None:
    often = [replace(view("s", "coffee", kind="buy"), id=f"c{i}", at=NOW - 86_400 * 30 * i) for i in range(4)]
    once = [view("s", "sofa", kind="buy")]
    found = buy_again([*often, *once], NOW + 86_400 * days)
    assert [one.id for one in found] == ["coffee", "sofa"]


def test_what_was_just_bought_is_not_due() -> None:
    assert buy_again([view("s", "coffee", kind="buy")], NOW)[0].score == 0.0
