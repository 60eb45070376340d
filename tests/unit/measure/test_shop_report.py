"""Laws of the owner's report: shares, intervals, privacy, and who is not served."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson
import pytest

from dragoman.errors import NotFound
from dragoman.measure.shop_gather import NONE_FOUND, Shelf, shelf
from dragoman.measure.shop_groups import ENOUGH, OTHER, Group
from dragoman.measure.shop_report import ShopReport, shop_report
from dragoman.types import Event, EventKind, Product, Text

LANGS = ("en", "de", "ja", "ar")


def goods(n: int = 40) -> Shelf:
    return shelf(
        Product(f"p{i}", (Text(f"title {i}", LANGS[i % 3]),), seller="large" if i < 30 else f"small {i}")
        for i in range(n)
    )


def deeds(shopper: str, market: str, lang: str, products: Sequence[int], *kinds: EventKind) -> list[Event]:
    return [
        Event(
            f"{shopper}/{place}/{kind}",
            shopper,
            kind,
            100.0 * place + len(kind),
            f"p{product}",
            impression=f"list of {shopper}",
            market=market,
            lang=lang,
        )
        for place, product in enumerate(products)
        for kind in kinds
    ]


def crowd(n: int, market: str, lang: str, *kinds: EventKind) -> list[Event]:
    return [
        event
        for i in range(n)
        for event in deeds(f"who-{market}-{lang}-{i}", market, lang, range(i, i + 6), *kinds)
    ]


def searches(words: str, n: int, *, hits: float = 0.0, lang: str = "en") -> list[Event]:
    return [
        Event(
            f"{words}/{lang}/{i}",
            f"seeker-{lang}-{i}",
            "search",
            50.0 * i,
            query=words,
            value=hits,
            lang=lang,
        )
        for i in range(n)
    ]


def groupings(report: ShopReport) -> dict[str, Sequence[Group]]:
    return {
        "markets": report.markets,
        "langs": report.langs,
        "product_langs": report.product_langs,
        "sellers": report.sellers,
    }


BUSY = [
    *crowd(30, "US", "en", "show", "view"),
    *crowd(12, "DE", "de", "show", "click", "cart", "buy"),
    *crowd(3, "JP", "ja", "show", "view"),
    *crowd(2, "SA", "ar-SA", "show"),
    *searches("red tent", 9, hits=4.0),
    *searches("Zelt", 6, hits=NONE_FOUND, lang="de"),
    *searches("my own name", 2),
]


@pytest.fixture(scope="module")
def report() -> ShopReport:
    return shop_report(BUSY, goods())


@pytest.mark.parametrize("name", ["markets", "langs", "product_langs", "sellers"])
def test_shares_of_exposure_sum_to_one(report: ShopReport, name: str) -> None:
    groups = groupings(report)[name]
    assert sum(one.exposure.interval.mean for one in groups) == pytest.approx(1.0)
    assert sum(one.exposed for one in groups) == groups[0].exposure.n


@pytest.mark.parametrize("name", ["product_langs", "sellers"])
def test_shares_of_the_catalogue_sum_to_one(report: ShopReport, name: str) -> None:
    shares = [one.catalogue for one in groupings(report)[name]]
    assert sum(share for share in shares if share is not None) == pytest.approx(1.0)


def rates(value: Any) -> list[dict[str, Any]]:  # Any: JSON
    """Every rate anywhere in a report."""
    inside = list(value.values()) if isinstance(value, dict) else value
    nested = [rate for one in inside if isinstance(one, dict | list | tuple) for rate in rates(one)]
    return [value, *nested] if isinstance(value, dict) and "successes" in value else nested


def test_every_interval_holds_its_counts(report: ShopReport) -> None:
    found = rates(asdict(report))
    assert len(found) > 30
    for rate in found:
        assert 0 <= rate["successes"] <= rate["n"]
        interval = rate["interval"]
        assert 0.0 <= interval["low"] <= interval["mean"] <= interval["high"] <= 1.0
        assert interval["mean"] == rate["successes"] / max(1, rate["n"])


def test_no_events_are_a_clear_error() -> None:
    with pytest.raises(NotFound) as caught:
        shop_report([], goods())
    assert "no events" in caught.value.message
    assert "/v1/events" in caught.value.hint


def test_a_language_without_products_is_reported_as_unserved_demand() -> None:
    events = [*BUSY, *searches("hema ya kambi", 7, hits=NONE_FOUND, lang="sw")]
    found = {one.lang: one for one in shop_report(events, goods()).demand}
    assert (found["sw"].is_served, found["sw"].products, found["sw"].searches) == (False, 0, 7)
    assert (found["de"].is_served, found["de"].products) == (True, 13)
    assert shop_report(events, goods()).demand[0].lang == "sw"


def test_the_language_of_the_words_counts_for_searches() -> None:
    found = shop_report(searches("shangazi", 6), goods(), spoken=lambda words, lang: "sw").demand
    assert {one.lang: one.searches for one in found} == {"sw": 6, "en": 0}


def test_no_pseudonym_and_no_rare_words_are_in_the_output(report: ShopReport) -> None:
    told = orjson.dumps(report).decode()
    assert not [event.shopper for event in BUSY if event.shopper in told]
    assert "my own name" not in told
    assert report.searches.rare == 2


@pytest.mark.parametrize("few", range(1, ENOUGH))
def test_a_group_of_fewer_than_five_shoppers_is_merged_into_other(few: int) -> None:
    events = [*crowd(30, "US", "en", "view"), *crowd(6, "DE", "de", "view"), *crowd(few, "JP", "ja", "view")]
    report = shop_report(events, goods())
    assert "JP" not in {one.key for one in report.markets}
    assert "ja" not in {one.key for one in report.langs} | {one.lang for one in report.demand}
    [other] = [one for one in report.markets if one.key == OTHER]
    assert other.shoppers == 6 + few  # Germany too: else what is missing of the total would be theirs


def test_every_group_shown_has_five_shoppers_or_none(report: ShopReport) -> None:
    sizes = [one.shoppers for groups in groupings(report).values() for one in groups]
    sizes += [one.shoppers for one in report.demand] + [one.shoppers for one in report.products]
    sizes += [one.shoppers for one in report.searches.top]
    assert all(size == 0 or size >= ENOUGH for size in sizes)


def test_of_fewer_than_five_shoppers_nothing_but_totals_is_told() -> None:
    report = shop_report(crowd(4, "US", "en", "view", "buy"), goods())
    assert report.shoppers == 4
    assert all(not groups for groups in groupings(report).values())
    assert (report.products, report.demand, report.searches.top) == ((), (), ())


def test_a_click_counts_once_a_list_and_only_where_it_was_shown() -> None:
    shown = crowd(5, "US", "en", "show")
    clicks = crowd(5, "US", "en", "click", "view")
    elsewhere = [replace(one, id=f"{one.id}!", impression="another list") for one in clicks]
    [group] = shop_report([*clicks, *shown, *elsewhere], goods()).markets
    assert (group.clicked.successes, group.clicked.n) == (30, 30)
    assert shop_report([*shown, *elsewhere], goods()).markets[0].clicked.successes == 0


def test_the_order_of_events_does_not_matter(report: ShopReport) -> None:
    assert shop_report(BUSY[::-1], goods()) == report


def test_without_impressions_exposure_is_what_was_opened() -> None:
    report = shop_report(crowd(6, "US", "en", "view"), goods())
    assert (report.source, report.markets[0].exposed, report.markets[0].clicked.n) == ("met", 36, 0)


def test_searches_say_what_found_nothing_and_what_led_somewhere(report: ShopReport) -> None:
    found = report.searches
    assert (found.searches, found.empty.successes, found.empty.n) == (17, 6, 15)
    assert [one.query for one in found.top] == ["red tent", "zelt"]
    assert [one.query for one in found.without_results] == ["zelt"]
    opened = [replace(one, id="v", kind="view", at=one.at + 60, product="p1") for one in searches("a", 1)]
    late = [replace(one, id="w", at=one.at + 4_000) for one in opened]
    assert shop_report([*searches("a", 1), *opened], goods()).searches.followed.successes == 1
    assert shop_report([*searches("a", 1), *late], goods()).searches.followed.successes == 0


def test_products_never_shown_are_groups_too() -> None:
    report = shop_report(deeds_of_english(), goods())
    assert {one.key: one.exposed for one in report.product_langs} == {"en": 18, "de": 0, "ja": 0}
    assert report.breadth.exposed == 3


def deeds_of_english() -> list[Event]:
    return [event for i in range(6) for event in deeds(f"s{i}", "US", "en", (0, 3, 6), "show")]


def test_those_without_a_name_are_counted_and_in_no_conversion() -> None:
    nameless = [replace(one, shopper="", is_consented=False) for one in crowd(5, "FR", "fr", "view", "buy")]
    report = shop_report([*BUSY, *nameless], goods())
    assert report.anonymous == len(nameless)
    assert "FR" not in {one.key for one in report.markets}


def test_products_that_left_the_shop_are_unknown_and_no_error() -> None:
    report = shop_report(crowd(6, "US", "en", "show", "view"), shelf([]))
    assert [one.key for one in report.product_langs] == ["unknown"]
    assert report.breadth.products == 0


def test_a_machines_title_serves_no_language() -> None:
    product = Product("p", (Text("Zelt", "de"), Text("tenda", "it", "machine")), seller="s")
    assert shelf([product]).langs == {"de": 1}
