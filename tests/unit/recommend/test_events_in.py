"""Events in: every known shape says the same; a bad row loses no good one; nothing personal is kept."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dragoman.errors import BadInput, NotFound
from dragoman.recommend.audience import audience
from dragoman.recommend.files import lines_of
from dragoman.recommend.gate import MOST_A_DAY, MOST_AT_ONCE, Gate
from dragoman.recommend.masks import pseudonym
from dragoman.recommend.names import meaning
from dragoman.recommend.record import Line, Recorded, Taking, record
from dragoman.testing.journals import MemoryJournal
from dragoman.types import Event

NOW = 1_800_000_000.0
AT = "2026-12-01T10:00:00Z"
SECONDS = 1_796_119_200.0


def mask(name: str) -> str:
    return pseudonym(name, b"key of the test")


def take(
    *values: Any,
    journal: MemoryJournal | None = None,
    gate: Gate | None = None,
    live: bool = True,
    key: str = "",
) -> tuple[Recorded, list[Event]]:  # Any: JSON, broken on purpose
    kept = MemoryJournal() if journal is None else journal
    lines = [Line(number, value) for number, value in enumerate(values, 1)]
    taking = Taking(mask, NOW, live, key)
    done = record(lines, audience=replace(audience(kept), gate=gate or Gate()), taking=taking)
    return done, list(kept.events(0, 1e12))


PLAIN = {
    "kind": "click", "shopper": "s1", "product": "p1", "at": AT, "query": "hammock",
    "impression": "q-1", "position": 2, "market": "at", "lang": "de",
}  # fmt: skip
SAME = {
    "ours": PLAIN,
    "UBI 1.3": {
        "action_name": "click",
        "timestamp": AT,
        "client_id": "s1",
        "query_id": "q-1",
        "user_query": "hammock",
        "event_attributes": {
            "object": {"object_id": "p1", "object_id_field": "id"},
            "position": {"ordinal": 2},
            "market": "AT",
            "lang": "de",
        },
    },
    "GA4 as exported to BigQuery": {
        "event_name": "select_item",
        "event_timestamp": int(SECONDS * 1e6),
        "user_pseudo_id": "s1",
        "event_params": [
            {"key": "search_term", "value": {"string_value": "hammock", "int_value": None}},
            {"key": "query_id", "value": {"string_value": "q-1"}},
            {"key": "country", "value": {"string_value": "AT"}},
        ],
        "device": {"language": "de"},
        "items": [{"item_id": "p1", "index": 2, "item_name": "Hammock"}],
    },
    "GA4 measurement protocol": {
        "client_id": "s1",
        "timestamp_micros": str(int(SECONDS * 1e6)),
        "events": [
            {
                "name": "select_item",
                "params": {
                    "search_term": "hammock",
                    "query_id": "q-1",
                    "market": "AT",
                    "language": "de",
                    "items": [{"item_id": "p1", "index": 2}],
                },
            }
        ],
    },
}


@pytest.mark.parametrize("shape", SAME.values(), ids=SAME.keys())
def test_every_shape_says_the_same(shape: dict[str, Any]) -> None:
    done, [event] = take(shape)
    assert done.rejections == ()
    assert (event.shopper, event.kind, event.at, event.product) == ("s1", "click", SECONDS, "p1")
    assert (event.query, event.impression, event.position) == ("hammock", "q-1", 2)
    assert (event.market, event.lang) == ("AT", "de")


@pytest.mark.parametrize(
    ("said", "market"), [("uk", "GB"), ("at", "AT"), ("el", "GR"), ("Germany", "DE"), ("", ""), (None, "")]
)
def test_a_market_is_the_country_that_feeds_and_searches_name(said: str | None, market: str) -> None:
    _, [event] = take({**PLAIN, "market": said})
    assert event.market == market


def test_a_retail_purchase_is_one_event_a_product_with_its_quantity() -> None:
    _, events = take(
        {
            "eventType": "purchase-complete",
            "visitorId": "s1",
            "eventTime": AT,
            "attributionToken": "i-9",
            "productDetails": [
                {"product": {"id": "p1"}, "quantity": 2},
                {
                    "product": {"name": "projects/1/locations/global/catalogs/c/branches/0/products/p2"},
                    "quantity": 1,
                },
            ],
        }
    )
    assert {(event.kind, event.product, event.value, event.impression) for event in events} == {
        ("buy", "p1", 2.0, "i-9"),
        ("buy", "p2", 1.0, "i-9"),
    }


def test_a_ubi_query_is_a_search_and_what_was_shown_in_its_order() -> None:
    query = {
        "user_query": "hammock", "query_id": "q-1", "client_id": "s1", "timestamp": AT,
        "query_response_hit_ids": ["p3", "p1"],
    }  # fmt: skip
    _, events = take(query)
    assert {(event.kind, event.product, event.position) for event in events} == {
        ("search", "", 0),
        ("show", "p3", 1),
        ("show", "p1", 2),
    }
    assert {event.impression for event in events} == {"q-1"}


UBI_QUERY = {"user_query": "hammock", "client_id": "s1", "timestamp": AT}


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"kind": "search", "query": "hammock", "at": AT, "hits": 12}, 12.0),
        ({"kind": "search", "query": "hammock", "at": AT, "hits": 0}, -1.0),
        ({"kind": "search", "query": "hammock", "at": AT}, 0.0),
        (UBI_QUERY | {"query_response_hit_ids": []}, -1.0),
        (UBI_QUERY | {"query_response_hit_ids": ["p1"]}, 1.0),
        (UBI_QUERY, 0.0),
    ],
)
def test_a_search_keeps_how_many_products_it_found_and_none_is_not_unknown(
    row: dict[str, Any], value: float
) -> None:
    _, events = take(row)
    assert [event.value for event in events if event.kind == "search"] == [value]


def test_a_broken_number_of_hits_is_refused() -> None:
    done, _ = take({"kind": "search", "query": "hammock", "at": AT, "hits": -3})
    assert done.rejections[0].field == "hits"


NAMES = {
    "view_item": "view", "detail-page-view": "view", "add_to_cart": "cart", "add-to-cart": "cart",
    "remove_from_cart": "uncart", "purchase": "buy", "purchase-complete": "buy", "add_to_wishlist": "like",
    "select_item": "click", "view_item_list": "show", "share": "share", "Like": "like", "FOLLOW": "follow",
    "rate": "rate", "not_interested": "dismiss", "begin_checkout": "ignored", "search": "search",
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_names_of_other_systems_go_through_one_map(name: str, kind: str) -> None:
    assert meaning(name) == kind


def test_social_actions_are_events() -> None:
    done, events = take(
        {"kind": "share", "shopper": "s", "product": "p", "at": AT},
        {"kind": "like", "shopper": "s", "product": "p", "at": AT},
        {"kind": "follow", "shopper": "s", "brand": "Acme", "at": AT},
        {"kind": "rate", "shopper": "s", "product": "p", "value": 4.5, "at": AT},
    )
    assert done.recorded == 4
    assert {(event.kind, event.query, event.value) for event in events} == {
        ("share", "", 0.0), ("like", "", 0.0), ("follow", "brand:Acme", 0.0), ("rate", "", 4.5),
    }  # fmt: skip


@pytest.mark.parametrize("shape", SAME.values(), ids=SAME.keys())
def test_told_again_nothing_changes(shape: dict[str, Any]) -> None:
    journal = MemoryJournal()
    first, events = take(shape, journal=journal)
    again, after = take(shape, shape, journal=journal)
    assert (first.recorded, again.recorded) == (1, 0)
    assert events == after


def test_an_idempotency_key_names_events_without_id_and_time() -> None:
    journal = MemoryJournal()
    rows = [
        {"kind": "view", "shopper": "s", "product": "a"},
        {"kind": "view", "shopper": "s", "product": "b"},
    ]
    assert take(*rows, journal=journal, key="k1")[0].recorded == 2
    assert take(*rows, journal=journal, key="k1")[0].recorded == 0
    assert take(*rows, journal=journal, key="k2")[0].recorded == 2


def test_equal_ids_are_one_event_whatever_else_they_say() -> None:
    journal = MemoryJournal()
    take({**PLAIN, "id": "e1"}, journal=journal)
    done, events = take({**PLAIN, "id": "e1", "product": "p2"}, journal=journal)
    assert (done.known, [event.product for event in events]) == (1, ["p1"])


def test_the_same_deed_within_seconds_counts_once() -> None:
    gate, rows = Gate(), [{**PLAIN, "at": SECONDS + shift, "id": f"e{shift}"} for shift in (0, 1, 3, 60)]
    done, events = take(*rows, gate=gate)
    assert (done.recorded, done.repeated) == (2, 2)
    assert [event.id for event in events] == ["e0", "e60"]


def test_times_out_of_order_are_taken() -> None:
    rows = [{**PLAIN, "at": SECONDS - shift, "product": f"p{shift}"} for shift in (0, 5_000, 100, 9_000_000)]
    done, events = take(*rows)
    assert done.recorded == 4
    assert [event.at for event in events] == sorted(event.at for event in events)


@pytest.mark.parametrize(
    "at",
    [
        SECONDS,
        str(int(SECONDS)),
        SECONDS * 1e3,
        SECONDS * 1e6,
        SECONDS * 1e9,
        AT,
        "2026-12-01T12:00:00+02:00",
    ],
)
def test_times_are_read_in_every_usual_unit(at: object) -> None:
    _, [event] = take({**PLAIN, "at": at})
    assert event.at == pytest.approx(SECONDS)


def test_a_time_slightly_ahead_is_taken_and_one_far_ahead_is_not() -> None:
    assert take({**PLAIN, "at": NOW + 200})[0].recorded == 1
    [rejection] = take({**PLAIN, "at": NOW + 2_000})[0].rejections
    assert (rejection.field, rejection.problem) == ("at", "lies in the future")


def test_without_consent_the_shop_counts_and_nobody_is_kept() -> None:
    _, [event] = take({**PLAIN, "consent": False, "session": "v1"})
    assert (event.shopper, event.session, event.is_consented) == ("", "", False)
    assert event.product == "p1"


@pytest.mark.parametrize("consent", [False, "no", "denied", "DENIED", 0, "false"])
def test_consent_is_refused_in_many_words(consent: object) -> None:
    assert not take({**PLAIN, "consent": consent})[1][0].is_consented


@pytest.mark.parametrize(
    "name",
    [
        "jo@example.org",
        "JO@example.org ",
        "+49 170 1234567",
        "13812345678",
        "192.168.1.77",
        "Ana María López",
    ],
)
def test_what_names_a_person_is_hashed_with_the_shops_key(name: str) -> None:
    _, [event] = take({**PLAIN, "shopper": name})
    assert event.shopper.startswith("p-")
    assert name.strip() not in event.shopper
    assert event.shopper == mask(name)
    assert event.shopper != pseudonym(name, b"another shop's key")


@pytest.mark.parametrize("name", ["visitor-71", "1704471", "GA1.1234567890.1234567890", "u_9f3", "9b2e-11d4"])
def test_what_is_a_pseudonym_already_is_kept(name: str) -> None:
    assert take({**PLAIN, "shopper": name})[1][0].shopper == name


def test_addresses_and_cards_in_searches_are_blotted_out_and_model_numbers_are_not() -> None:
    words = "crisper 240337103 for jo@example.org or +49 170 1234567 card 4111 1111 1111 1111"
    _, [event] = take({"kind": "search", "shopper": "s", "query": words, "at": AT})
    assert event.query == "crisper 240337103 for … or … card …"


def test_a_crawler_that_says_so_is_counted_and_not_kept() -> None:
    done, events = take({**PLAIN, "agent": "Mozilla/5.0 (compatible; bingbot/2.0)"})
    assert (done.bots, events) == (1, [])


def test_who_is_faster_than_people_is_a_bot() -> None:
    rows = [{**PLAIN, "at": SECONDS + i / 10, "product": f"p{i}"} for i in range(60)]
    done, _ = take(*rows)
    assert (done.recorded, done.bots) == (MOST_AT_ONCE, 60 - MOST_AT_ONCE)


def test_who_never_rests_is_a_bot() -> None:
    day = SECONDS - SECONDS % 86_400
    rows = [{**PLAIN, "at": day + 60.0 * i, "product": f"p{i}"} for i in range(400)]
    done, _ = take(*rows)
    assert (done.recorded, done.bots) == (MOST_A_DAY, 400 - MOST_A_DAY)


def test_a_page_that_shows_a_hundred_products_is_no_bot() -> None:
    shown = {
        "kind": "show",
        "shopper": "s",
        "products": [f"p{i}" for i in range(100)],
        "at": AT,
        "impression": "i",
    }
    assert take(shown, {**shown, "impression": "j"})[0].recorded == 200


MALFORMED: dict[str, Any] = {  # Any: broken on purpose
    "no JSON": b"{",
    "empty object": {},
    "a list": [],
    "a number": 3,
    "a word": '"view"',
    "null": b"null",
    "invalid UTF-8": b'{"kind": "view", "product": "\xff\xfe"}',
    "half a character": '{"kind": "view", "shopper": "s", "product": "\\ud800"}',
    "half a character inside": {**PLAIN, "product": "a\ud800"},
    "deep nesting": b"[" * 3_000 + b"]" * 3_000,
    "NaN as JSON": b'{"kind": "rate", "product": "p", "value": NaN}',
    "two objects": b'{"kind": "view"} {"kind": "view"}',
    "no kind": {"shopper": "s", "product": "p"},
    "empty kind": {**PLAIN, "kind": ""},
    "kind as number": {**PLAIN, "kind": 7},
    "kind as list": {**PLAIN, "kind": ["view"]},
    "unknown kind": {**PLAIN, "kind": "blink"},
    "no product": {"kind": "view", "shopper": "s", "at": AT},
    "empty product": {**PLAIN, "product": "   "},
    "product as object": {**PLAIN, "product": {"id": 1}},
    "product as truth": {**PLAIN, "product": True},
    "a product far too long": {**PLAIN, "product": "x" * 10_000},
    "a shopper far too long": {**PLAIN, "shopper": "x" * 5_000},
    "shopper as list": {**PLAIN, "shopper": ["s"]},
    "a query far too long": {**PLAIN, "query": "吊床" * 5_000},
    "search for nothing": {"kind": "search", "shopper": "s", "query": " ", "at": AT},
    "time in words": {**PLAIN, "at": "yesterday"},
    "time below zero": {**PLAIN, "at": -5},
    "time zero": {**PLAIN, "at": 0},
    "time as truth": {**PLAIN, "at": True},
    "time as list": {**PLAIN, "at": [AT]},
    "time without end": {**PLAIN, "at": 1e300},
    "thirteenth month": {**PLAIN, "at": "2026-13-01"},
    "time in the future": {**PLAIN, "at": "2100-01-01T00:00:00Z"},
    "time before the web": {**PLAIN, "at": "1970-01-02T00:00:00Z"},
    "position below zero": {**PLAIN, "position": -1},
    "half a position": {**PLAIN, "position": 1.5},
    "position in words": {**PLAIN, "position": "first"},
    "rating without stars": {**PLAIN, "kind": "rate"},
    "six stars": {**PLAIN, "kind": "rate", "value": 6},
    "stars in words": {**PLAIN, "kind": "rate", "value": "great"},
    "endless value": {**PLAIN, "value": 1e300},
    "market of three letters": {**PLAIN, "market": "DEU"},
    "market in Chinese": {**PLAIN, "market": "中国"},
    "market that is no country": {**PLAIN, "market": "XX"},
    "market of many countries": {**PLAIN, "market": "EU"},
    "market as list": {**PLAIN, "market": ["DE"]},
    "broken language": {**PLAIN, "lang": "not a tag!"},
    "language with a path": {**PLAIN, "lang": "../../etc"},
    "GA4 with a nameless item": {"event_name": "view_item", "client_id": "s", "items": [{"item_name": "x"}]},
    "GA4 with items as text": {"event_name": "view_item", "client_id": "s", "items": "p1"},
    "UBI without an object": {"action_name": "click", "client_id": "s", "timestamp": AT},
    "Retail with details as text": {"eventType": "detail-page-view", "productDetails": "p1"},
    "an envelope of words": {"client_id": "s", "events": ["view"]},
    "far too many products": {"kind": "show", "products": list(range(2_000)), "at": AT},
}


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_event_is_refused_with_a_remedy_and_loses_no_good_one(value: object) -> None:
    good = [{**PLAIN, "product": f"good-{i}"} for i in range(2)]
    done, events = take(good[0], value, good[1])
    [rejection] = done.rejections
    assert rejection.line == 2
    assert rejection.field
    assert rejection.problem
    assert rejection.remedy
    assert [event.product for event in sorted(events, key=lambda e: e.product)] == ["good-0", "good-1"]


def test_forty_malformed_events_and_more_are_tried() -> None:
    assert len(MALFORMED) >= 40


def test_a_file_must_say_its_times() -> None:
    row = {key: value for key, value in PLAIN.items() if key != "at"}
    [rejection] = take(row, live=False)[0].rejections
    assert (rejection.field, rejection.problem) == ("at", "is missing")


ROWS: Sequence[dict[str, Any]] = [{**PLAIN, "product": f"p{i}", "at": SECONDS + 60 * i} for i in range(5)]


def _json(folder: Path) -> Path:
    path = folder / "events.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\n\n".join(json.dumps(row) for row in ROWS).encode())
    return path


def _gzipped(folder: Path) -> Path:
    path = folder / "events.jsonl.gz"
    path.write_bytes(gzip.compress(_json(folder).read_bytes()))
    return path


def _table(folder: Path, mark: str) -> Path:
    path = folder / "events.csv"
    rows = [mark.join(str(row[name]) for name in PLAIN) for row in ROWS]
    path.write_text("\n".join([mark.join(PLAIN), *rows]), encoding="utf-8-sig")
    return path


@pytest.mark.parametrize("form", ["json", "gzip", "commas", "semicolons", "tabs"])
def test_files_of_each_form_tell_the_same(form: str, tmp_path: Path) -> None:
    made = {
        "json": _json(tmp_path),
        "gzip": _gzipped(tmp_path),
        "commas": _table(tmp_path / "", ","),
    }
    path = made.get(form) or _table(tmp_path, {"semicolons": ";", "tabs": "\t"}[form])
    journal = MemoryJournal()
    done = record(lines_of([path]), audience=audience(journal), taking=Taking(mask, NOW, False))
    assert (done.recorded, done.rejected) == (5, 0)
    assert {event.product for event in journal.events(0, 1e12)} == {f"p{i}" for i in range(5)}


def test_a_rejected_row_of_a_file_names_its_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('\n{"kind": "view"}\n', encoding="utf-8")
    done = record(lines_of([path]), audience=audience(MemoryJournal()), taking=Taking(mask, NOW, False))
    assert [(one.source, one.line, one.field) for one in done.rejections] == [(str(path), 2, "at")]


def test_a_file_read_again_after_a_crash_adds_what_was_missing(tmp_path: Path) -> None:
    journal, path = MemoryJournal(), _json(tmp_path)
    taking = Taking(mask, NOW, False)
    first = list(lines_of([path]))[:3]
    record(first, audience=audience(journal), taking=taking)
    done = record(lines_of([path]), audience=audience(journal), taking=taking)
    assert (done.recorded, done.known, len(journal)) == (2, 3, 5)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(lines_of([tmp_path / "nowhere.jsonl"]))
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="column"):
        list(lines_of([tmp_path / "odd.csv"]))
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(b'{"kind": 1}\n' * 1_000)[:-20])
    with pytest.raises(BadInput, match="archive"):
        list(lines_of([tmp_path / "torn.jsonl.gz"]))
