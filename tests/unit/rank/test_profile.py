"""Laws of profiles: what events say does not depend on their order, fades, and leaves nothing when erased."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dragoman.rank.profile import DAY_S, Trait, kind_weights, profile
from dragoman.rank.tastes import interests
from dragoman.testing.journals import MemoryJournal
from dragoman.types import Event, EventKind, Profile

NOW = 1_800_000_000.0
LANGS = ("zh", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "en", "th")


def unit(*numbers: float) -> NDArray[np.float32]:
    row = np.array(numbers, dtype=np.float32)
    return row / np.linalg.norm(row)


TRAITS = {
    "hammock-1": Trait("Garden > Hammocks", "Acme", unit(1, 0.1, 0), 0.2),
    "hammock-2": Trait("Garden > Hammocks", "Acme", unit(1, -0.1, 0), 0.4),
    "hammock-3": Trait("Garden > Hammocks", "Other", unit(1, 0, 0.1), 0.6),
    "pan-1": Trait("Kitchen > Pans", "Wok & Co", unit(0, 1, 0.1), 0.9),
    "pan-2": Trait("Kitchen > Pans", "Wok & Co", unit(0, 1, -0.1), None),
    "lamp": Trait("Home > Lamps", "", unit(0, 0, 1), 0.1),
}


def done(kind: EventKind, product: str, days_ago: float = 1.0, **more: object) -> Event:
    id_ = f"{kind}-{product}-{days_ago}-{sorted(more.items())}"
    event = Event(id_, "s", kind, NOW - days_ago * DAY_S, product)
    return replace(event, **more)  # type: ignore[arg-type]  # fields by name


def known(*events: Event, now: float = NOW) -> Profile:
    return profile(events, now, traits=TRAITS, alike=0.6)


def same(one: Profile, other: Profile) -> bool:
    first, second = (np.zeros(0) if each.vectors is None else each.vectors for each in (one, other))
    return np.array_equal(first, second) and replace(one, vectors=None) == replace(other, vectors=None)


KINDS = st.sampled_from(["view", "click", "cart", "uncart", "buy", "share", "like", "dismiss", "show"])
EVENTS = st.lists(
    st.builds(
        done,
        KINDS,
        st.sampled_from(sorted(TRAITS)),
        st.floats(0, 200).map(lambda days: round(days, 3)),
        lang=st.sampled_from(LANGS),
        market=st.sampled_from(["DE", "JP", ""]),
    ),
    max_size=25,
    unique_by=lambda event: event.id,
)


@given(EVENTS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_events_does_not_matter(events: list[Event], chance: object) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    assert same(known(*events), known(*shuffled))


@given(EVENTS)
@settings(max_examples=40, deadline=None)
def test_shares_sum_to_one_or_are_empty(events: list[Event]) -> None:
    found = known(*events)
    for shares in (found.products, found.categories, found.brands, found.langs):
        assert not shares or sum(shares.values()) == pytest.approx(1)
        assert list(shares) == sorted(shares, key=lambda key: (-shares[key], key))
    assert not found.tastes or sum(taste.weight for taste in found.tastes) == pytest.approx(1)


def test_later_events_weigh_more() -> None:
    found = known(done("view", "pan-1", 30), done("view", "lamp", 1))
    assert found.products["lamp"] > 2 * found.products["pan-1"]


def test_deeds_weigh_more_than_looks() -> None:
    found = known(done("view", "lamp"), done("cart", "pan-1"), done("buy", "hammock-1"))
    assert found.products["hammock-1"] > found.products["pan-1"] > found.products["lamp"]


def test_all_fades_alike_so_shares_of_one_kind_do_not_move_with_time() -> None:
    events = (done("view", "pan-1", 3), done("view", "lamp", 1))
    later = known(*events, now=NOW + 20 * DAY_S)
    assert later.products == pytest.approx(dict(known(*events).products))


def test_who_comes_back_after_years_is_known_as_they_were() -> None:
    assert known(done("view", "lamp", 900)).products == {"lamp": 1.0}


def test_what_was_shown_says_nothing() -> None:
    found = known(done("show", "lamp"))
    assert found.products == {}
    assert found.history == ()


def test_what_was_dismissed_is_disliked_and_liked_no_more() -> None:
    found = known(done("view", "lamp", 2), done("dismiss", "lamp", 1))
    assert found.disliked == {"lamp"}
    assert "lamp" not in found.products


def test_the_last_strong_word_counts() -> None:
    assert known(done("dismiss", "lamp", 2), done("like", "lamp", 1)).disliked == frozenset()
    assert known(done("like", "lamp", 2), done("dismiss", "lamp", 1)).disliked == {"lamp"}
    assert known(done("dismiss", "lamp", 2), done("view", "lamp", 1)).disliked == {"lamp"}


def test_a_bad_rating_is_a_dislike_and_three_stars_are_neither() -> None:
    assert known(done("rate", "lamp", value=1.0)).disliked == {"lamp"}
    middling = known(done("rate", "lamp", value=3.0))
    assert (middling.disliked, middling.products) == (frozenset(), {})
    assert known(done("rate", "lamp", value=5.0)).products == {"lamp": 1.0}


def test_what_was_bought_is_remembered_however_long_ago() -> None:
    assert known(done("buy", "lamp", 5_000)).bought == {"lamp"}


def test_what_was_taken_out_of_the_cart_weighs_less_than_what_stays() -> None:
    out = known(done("cart", "lamp", 2), done("uncart", "lamp", 1), done("cart", "pan-1", 2))
    assert out.products["pan-1"] > 3 * out.products["lamp"]


def test_two_interests_are_two_tastes_not_one_in_between() -> None:
    found = known(*[done("view", id_) for id_ in ("hammock-1", "hammock-2", "hammock-3", "pan-1", "pan-2")])
    assert [set(taste.products) for taste in found.tastes] == [
        {"hammock-1", "hammock-2", "hammock-3"},
        {"pan-1", "pan-2"},
    ]
    assert found.vectors is not None
    assert found.vectors[0] @ unit(1, 0, 0) > 0.99
    assert found.vectors[1] @ unit(0, 1, 0) > 0.99
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def test_categories_brands_and_price_level_come_from_what_is_liked() -> None:
    found = known(done("view", "hammock-1"), done("view", "hammock-3"), done("view", "pan-2"))
    assert found.categories == pytest.approx({"Garden > Hammocks": 2 / 3, "Kitchen > Pans": 1 / 3})
    assert found.brands == pytest.approx({"Acme": 1 / 3, "Other": 1 / 3, "Wok & Co": 1 / 3})
    assert found.price_level == pytest.approx(0.4)


@pytest.mark.parametrize("lang", LANGS)
def test_languages_and_market_are_those_of_the_events(lang: str) -> None:
    found = known(
        done("view", "lamp", lang=lang, market="JP"), done("view", "pan-1", 40, lang="sv", market="SE")
    )
    assert next(iter(found.langs)) == lang
    assert found.market == "JP"


def test_a_brand_followed_is_liked_and_one_dismissed_is_avoided() -> None:
    follow = done("follow", "", query="brand:Nova")
    dismiss = done("dismiss", "", query="brand:Acme")
    found = known(follow, dismiss, done("view", "hammock-1"))
    assert "Nova" in found.brands
    assert "Acme" not in found.brands
    assert found.avoided == {"brand:Acme"}


def test_history_is_in_the_order_of_time_each_product_once() -> None:
    found = known(done("view", "lamp", 5), done("view", "pan-1", 4), done("cart", "lamp", 3))
    assert found.history == ("pan-1", "lamp")


def test_searches_are_kept_newest_first_each_once() -> None:
    searches = [
        done("search", "", days, query=words) for days, words in ((3, "wok"), (2, "吊床"), (1, "wok"))
    ]
    assert known(*searches).searches == ("wok", "吊床")


def test_products_that_left_the_shop_say_nothing_of_taste() -> None:
    found = known(done("view", "gone"))
    assert (found.tastes, found.categories, found.vectors) == ((), {}, None)


def test_no_events_make_the_empty_profile() -> None:
    assert known() == Profile()


def test_erasing_leaves_nothing() -> None:
    journal = MemoryJournal()
    journal.record([done("buy", "lamp"), done("like", "pan-1"), done("search", "", query="wok")])
    journal.erase("s")
    assert profile(journal.of_shopper("s", 99), NOW, traits=TRAITS) == Profile()


def test_forgetting_one_product_leaves_the_profile_without_it() -> None:
    journal, events = MemoryJournal(), [done("buy", "lamp"), done("view", "pan-1")]
    journal.record(events)
    journal.forget("s", "lamp")
    assert same(known(*journal.of_shopper("s", 99)), known(events[1]))


def test_every_kind_of_event_has_a_weight() -> None:
    kinds = EventKind.__args__  # type: ignore[attr-defined]  # of a Literal
    assert set(kind_weights()) == set(kinds)
    assert all(one.half_life_days > 0 for one in kind_weights().values())


@given(st.integers(1, 12), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_each_product_is_in_one_interest_and_the_strongest_comes_first(n: int, seed: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((n, 6)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = interests(rows, list(range(1, n + 1)), alike=0.5)
    members = [i for one in found for i in one.members]
    assert len(members) == len(set(members))
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
