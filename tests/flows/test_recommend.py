"""Laws of recommendation, through the verb itself, on an exact index and vectors that say what is near."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from dragoman.errors import BadInput
from dragoman.rank.represent import document_terms
from dragoman.recommend import Audience, Dials, Moment, audience, recommend
from dragoman.recommend.wording import languages
from dragoman.search import shown
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.testing.journals import MemoryJournal
from dragoman.text.segment import terms
from dragoman.text.tags import direction
from dragoman.types import (
    Event,
    EventKind,
    Filter,
    Listing,
    Money,
    Offer,
    Product,
    Query,
    Recommended,
    RecommendKind,
    Scored,
    Text,
    Vectors,
)

NOW = 1_800_000_000.0
KINDS: tuple[RecommendKind, ...] = ("for_you", "similar", "together", "again", "trending")
DIM = 16
THINGS = {
    "hammock": "Garden > Outdoor > Hammocks", "tent": "Garden > Outdoor > Tents",
    "pan": "Kitchen > Cooking > Pans", "lamp": "Home > Light > Lamps", "toy": "Toys > Play > Toys",
}  # fmt: skip
AXES = {"hammock": (1.0, 0.0), "tent": (0.75, 0.66), "pan": (0.0, 0.0), "lamp": (0.0, 0.0), "toy": (0.0, 0.0)}


def product(id_: str, thing: str, number: int, **more: object) -> Product:
    made = Product(
        id_,
        (Text(f"{thing} number {number}", "en"), Text(f"{thing} رقم {number}", "ar")),
        brand=f"Brand {number % 4}",
        category=THINGS[thing],
        seller=f"Seller {number % 5}",
        offers=(
            Offer("DE", Money(1_000 + 100 * number, "EUR"), availability="in_stock"),
            Offer("JP", Money(100_000, "JPY"), availability="out_of_stock" if number == 3 else "in_stock"),
        ),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def row(thing: str, number: int) -> Vectors:
    place = list(THINGS).index(thing)
    vector = np.zeros(DIM, np.float32)
    vector[0], vector[1] = AXES[thing]
    vector[2 + place] = 0.0 if thing in ("hammock", "tent") else 1.0
    vector[8:] = 0.15 * np.random.default_rng(100 * place + number).standard_normal(8)
    return vector / np.linalg.norm(vector)


SHOP = [(product(f"{thing}-{n}", thing, n), row(thing, n)) for thing in THINGS for n in range(8)]


def index_of(shop: Sequence[tuple[Product, Vectors]] = SHOP) -> MemoryIndex:
    index = MemoryIndex()
    products = [one for one, _ in shop]
    bags = [document_terms(one, terms=terms) for one in products]
    index.put([Listing(one) for one in products], np.stack([vector for _, vector in shop]), bags)
    return index


INDEX = index_of()
ENCODER = HashEncoder(dim=DIM)


def did(
    shopper: str, *deeds: str, kind: EventKind = "view", days: float = 0.5, market: str = "DE"
) -> list[Event]:
    return [
        Event(
            f"{shopper}-{kind}-{id_}-{days}", shopper, kind, NOW - days * 86_400 + place, id_, market=market
        )
        for place, id_ in enumerate(deeds)
    ]


def crowd_of(*events: Sequence[Event], related: Sequence[object] = ()) -> Audience:
    journal = MemoryJournal()
    journal.record([event for some in events for event in some])
    who = audience(journal, related=related)  # type: ignore[arg-type]  # a fake of the port
    who.follower.catch_up(NOW)
    return who


def ask(
    who: Audience, kind: RecommendKind = "for_you", index: MemoryIndex = INDEX, moment: Moment = Moment(NOW),
    **query: object,
) -> Recommended:  # fmt: skip
    asked = replace(Query("", langs=("en",), k=6), **query)  # type: ignore[arg-type]  # fields by name
    return recommend(asked, kind, index=index, encoder=ENCODER, audience=who, moment=moment, show=shown)


def ids(found: Recommended) -> list[str]:
    return [hit.product.id for hit in found.hits]


def things(found: Recommended) -> list[str]:
    return [id_.split("-")[0] for id_ in ids(found)]


def test_who_viewed_three_hammocks_sees_outdoor_things_next_and_why() -> None:
    who = crowd_of(did("s", "hammock-0", "hammock-1", "hammock-2"))
    found = ask(who, shopper="s", langs=("ar",))
    assert set(things(found)[:4]) <= {"hammock", "tent"}
    assert not set(ids(found)) & {"hammock-0", "hammock-1", "hammock-2"}
    assert found.basis == "profile"
    first = found.reasons[0]
    assert first.kind == "viewed"
    assert first.product in {"hammock-0", "hammock-1", "hammock-2"}
    assert first.text.lang == "ar"
    assert first.text.value.startswith("لأنك شاهدت")
    assert "hammock رقم" in first.text.value
    assert found.hits[0].shown.lang == "ar"


def test_one_event_is_enough_and_counts_at_once() -> None:
    who = crowd_of()
    before = ask(who, shopper="new")
    who.journal.record(did("new", "pan-1"))
    after = ask(who, shopper="new")
    assert before.basis == "catalogue"
    assert after.basis == "profile"
    assert things(after)[0] == "pan"


def test_every_hit_says_why_in_words_and_numbers() -> None:
    who = crowd_of(did("s", "hammock-0", "pan-1"), did("t", "hammock-0", "toy-1"))
    found = ask(who, shopper="s", k=10)
    assert len(found.reasons) == len(found.hits) == 10
    assert all(reason.text.value for reason in found.reasons)
    assert all("fused" in hit.why and len(hit.why) > 1 for hit in found.hits)


@pytest.mark.parametrize("lang", languages())
def test_reasons_are_written_in_each_language_of_the_page(lang: str) -> None:
    who = crowd_of(did("s", "hammock-0"), did("t", "lamp-0", "lamp-1"))
    for kind in KINDS:
        found = ask(who, kind, shopper="s", about=("hammock-1",), langs=(lang,), market="DE")
        for reason in found.reasons:
            assert reason.text.lang == lang
            assert "{" not in reason.text.value
            assert direction(reason.text.lang) == ("rtl" if lang == "ar" else "ltr")


def test_similar_things_are_like_the_one_at_hand_and_not_itself() -> None:
    found = ask(crowd_of(), "similar", about=("pan-3",))
    assert things(found)[:5] == ["pan"] * 5
    assert "pan-3" not in ids(found)
    assert (found.basis, found.reasons[0].kind, found.reasons[0].product) == ("context", "similar", "pan-3")


def test_what_goes_together_is_learned_from_baskets() -> None:
    baskets = [did(f"b{i}", "hammock-1", "lamp-5", kind="cart") for i in range(6)]
    found = ask(crowd_of(*baskets), "together", about=("hammock-1",))
    assert ids(found)[0] == "lamp-5"
    assert found.reasons[0].kind == "together"
    assert "basket" in found.hits[0].why


def test_without_baskets_another_kind_of_thing_for_the_same_place_is_shown_not_the_same_again() -> None:
    found = ask(crowd_of(), "together", about=("hammock-1",), k=4)
    assert things(found) == ["tent"] * 4


def test_buy_again_shows_what_was_bought_and_only_that() -> None:
    who = crowd_of(did("s", "pan-1", "lamp-2", kind="buy", days=60), did("s", "toy-1"))
    found = ask(who, "again", shopper="s")
    assert set(ids(found)) == {"pan-1", "lamp-2"}
    assert {reason.kind for reason in found.reasons} == {"again"}


def test_nobody_has_nothing_to_buy_again() -> None:
    assert ask(crowd_of(), "again").hits == ()


def test_trending_is_what_others_want_in_the_same_market() -> None:
    german = [did(f"d{i}", "lamp-1", market="DE") for i in range(5)]
    japanese = [did(f"j{i}", "toy-2", market="JP") for i in range(9)]
    who = crowd_of(*german, *japanese)
    assert ids(ask(who, "trending", market="DE"))[0] == "lamp-1"
    assert ids(ask(who, "trending", market="JP"))[0] == "toy-2"
    assert ask(who, "trending", market="DE").basis == "market"
    assert ask(who, "trending").basis == "everywhere"
    assert ask(who, "trending", market="DE").reasons[0].text.value == "Trending now: Germany"


def test_the_window_says_how_recent_trending_is() -> None:
    old = [did(f"o{i}", "pan-0", days=20) for i in range(9)]
    fresh = [did(f"f{i}", "toy-0", days=0.2) for i in range(3)]
    who = crowd_of(*old, *fresh)
    assert ids(ask(who, "trending", moment=Moment(NOW, window="day")))[0] == "toy-0"
    assert ids(ask(who, "trending", moment=Moment(NOW, window="month")))[0] == "pan-0"


def test_a_page_is_full_though_the_crowd_knows_one_product_that_is_not_sold_here() -> None:
    shop = [(replace(one, offers=one.offers[:1]) if one.id == "pan-1" else one, row) for one, row in SHOP]
    found = ask(crowd_of(did("x", "pan-1")), index=index_of(shop), market="JP", k=6)
    assert (len(found.hits), found.reasons[0].kind) == (6, "shop")
    first = ask(crowd_of(did("x", "pan-1")), market="DE", k=6)
    assert (len(first.hits), ids(first)[0], first.reasons[0].kind) == (6, "pan-1", "popular")


def test_where_one_seller_has_nearly_everything_the_others_are_not_shown_for_their_name_alone() -> None:
    shop = [(replace(one, seller="X" if one.id == "toy-1" else "House"), row) for one, row in SHOP]
    found = ask(crowd_of(), "similar", index=index_of(shop), about=("tent-1",), k=6)
    assert "toy-1" not in ids(found)


def test_a_cold_shopper_gets_the_product_at_hand_then_the_market_then_the_catalogue() -> None:
    who = crowd_of(*[did(f"d{i}", "lamp-1") for i in range(5)])
    at_hand = ask(who, about=("pan-1",))
    assert (at_hand.basis, things(at_hand)[0]) == ("context", "pan")
    in_market = ask(who, market="DE")
    assert (in_market.basis, ids(in_market)[0]) == ("market", "lamp-1")
    alone = ask(crowd_of())
    assert (alone.basis, len(alone.hits), alone.reasons[0].kind) == ("catalogue", 6, "shop")


def test_a_visit_without_identity_is_enough() -> None:
    visit = tuple(replace(event, shopper="") for event in did("", "hammock-0", "hammock-1"))
    who = crowd_of()
    found = ask(who, moment=Moment(NOW, visit))
    assert (found.basis, things(found)[0]) == ("session", "hammock")
    assert len(who.journal) == 0


def test_what_was_dismissed_or_bought_is_not_recommended() -> None:
    who = crowd_of(
        did("s", "pan-0", "pan-1"), did("s", "pan-2", kind="dismiss"), did("s", "pan-3", kind="buy", days=90)
    )
    found = ask(who, shopper="s", k=20)
    assert not {"pan-0", "pan-1", "pan-2", "pan-3"} & set(ids(found))


def test_a_brand_or_category_dismissed_is_seen_no_more() -> None:
    no = [
        Event("n1", "s", "dismiss", NOW - 50, query="brand:Brand 1"),
        Event("n2", "s", "dismiss", NOW - 40, query="category:Garden > Outdoor > Tents"),
    ]
    found = ask(crowd_of(did("s", "hammock-0"), no), shopper="s", k=20)
    assert all(hit.product.brand != "Brand 1" for hit in found.hits)
    assert "tent" not in things(found)


def test_a_brand_followed_is_the_reason() -> None:
    follow = [Event("f", "s", "follow", NOW - 50, query="brand:Brand 2")]
    found = ask(crowd_of(did("s", "hammock-0"), follow), shopper="s", k=12)
    named = [reason for reason in found.reasons if reason.kind == "brand"]
    assert named
    assert {reason.words for reason in named} == {"Brand 2"}


def test_what_is_not_to_be_had_in_the_market_is_not_recommended() -> None:
    who = crowd_of(did("s", "pan-0"))
    assert "pan-3" in ids(ask(who, shopper="s", market="DE", k=20))
    assert "pan-3" not in ids(ask(who, shopper="s", market="JP", k=20))
    assert ask(who, shopper="s", market="FR").hits == ()


def test_filters_hold_for_every_kind() -> None:
    who = crowd_of(did("s", "hammock-0"), *[did(f"t{i}", "lamp-1", "pan-1") for i in range(3)])
    where = Filter(brands=("Brand 2",), market="DE")
    for kind in KINDS:
        found = ask(who, kind, shopper="s", about=("hammock-1",), where=where, k=20)
        assert {hit.product.brand for hit in found.hits} <= {"Brand 2"}


def test_a_recent_search_counts() -> None:
    search = [Event("q", "s", "search", NOW - 60, query="pan number 5")]
    found = ask(crowd_of(search), shopper="s")
    assert "searched" in {reason.kind for reason in found.reasons}


def test_the_dial_spreads_tastes_over_the_page() -> None:
    who = crowd_of(did("s", "hammock-0", "hammock-1", "hammock-2"), did("s", "pan-0"))
    kinds = [
        len(set(things(ask(who, shopper="s", k=8, moment=Moment(NOW, dials=Dials(dial, cap=1.0))))))
        for dial in (0.0, 0.9)
    ]
    assert kinds[1] >= kinds[0]


def test_no_brand_takes_more_than_its_share() -> None:
    found = ask(crowd_of(did("s", "hammock-0")), shopper="s", k=8, moment=Moment(NOW, dials=Dials(cap=0.25)))
    brands = [hit.product.brand for hit in found.hits]
    assert max(brands.count(brand) for brand in brands) <= 2


def test_new_products_get_their_share() -> None:
    seen = [
        did(f"t{i}", *(f"{thing}-{n}" for thing in THINGS for n in range(7)), days=i + 1) for i in range(4)
    ]
    who = crowd_of(did("s", "hammock-0"), *seen)
    found = ask(who, shopper="s", k=8, moment=Moment(NOW, dials=Dials(new=0.25)))
    assert sum(id_.endswith("-7") for id_ in ids(found)) >= 2


def test_equal_requests_give_equal_pages() -> None:
    who = crowd_of(did("s", "hammock-0", "pan-0"), *[did(f"t{i}", "lamp-1", "toy-1") for i in range(4)])
    pages = [ask(who, kind, shopper="s", about=("lamp-1",)) for kind in KINDS for _ in range(2)]
    assert [ids(page) for page in pages[::2]] == [ids(page) for page in pages[1::2]]


class Fixed:
    """A Related that always says the same."""

    name = "fixed"

    def related(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """The same for each."""
        return [[Scored("toy-7", 1.0), Scored("gone", 0.5)] for _ in ids]

    def next_items(self, histories: Sequence[Sequence[str]], k: int) -> list[list[Scored]]:
        """The same for each."""
        return [[Scored("toy-7", 1.0)] for _ in histories]


def test_learned_models_have_their_say_and_products_that_left_are_left_out() -> None:
    who = crowd_of(did("s", "hammock-0"), related=[Fixed()])
    found = ask(who, shopper="s", k=12)
    [toy] = [hit for hit in found.hits if hit.product.id == "toy-7"]
    assert toy.why["fixed"] == 1.0
    assert "gone" not in ids(ask(who, "similar", about=("pan-1",), k=40))


def test_what_was_erased_is_not_recommended_from_any_more() -> None:
    who = crowd_of(did("s", "hammock-0", "hammock-1"))
    assert who.erase("s") == 2
    found = ask(who, shopper="s")
    assert found.basis != "profile"
    assert found.profile.products == {}


def test_an_empty_shop_recommends_nothing() -> None:
    for kind in KINDS:
        assert ask(crowd_of(), kind, index=MemoryIndex(dim=DIM), about=("x",)).hits == ()


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("similar", {}),
        ("together", {}),
        ("for_you", {"k": 0}),
        ("for_you", {"k": 101}),
        ("similar", {"about": ("x",) * 200}),
    ],
)
def test_what_cannot_be_recommended_is_refused_with_a_remedy(
    kind: RecommendKind, query: dict[str, object]
) -> None:
    with pytest.raises(BadInput) as caught:
        ask(crowd_of(), kind, **query)  # type: ignore[arg-type]  # fields by name
    assert caught.value.hint
