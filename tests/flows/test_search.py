"""Laws of search, through the verb itself, on an exact index and an encoder without weights."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dragoman.errors import BadInput, TooLarge
from dragoman.rank.represent import document_terms, passage_text
from dragoman.search import Tuning, search
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.segment import terms
from dragoman.types import (
    Fact,
    FactFilter,
    Filter,
    Found,
    Listing,
    Money,
    Offer,
    Product,
    Query,
    Rates,
    Text,
)

RATES = Rates("EUR", {"USD": 1.1, "JPY": 160.0, "KWD": 0.34}, "2026-01-01")

TITLES = {
    "zh": "户外吊床支架 便携式折叠",
    "ja": "防水ハイキングシューズ メンズ",
    "ko": "아기 안전문 계단용",
    "ar": "غسالة ملابس أوتوماتيكية",
    "hi": "बच्चों के लिए ऊनी टोपी",
    "ru": "походный котелок с крышкой",
    "de": "Kopfhörer mit Kabel und Mikrofon",
    "es": "zapatillas de correr para mujer",
    "fr": "théière en fonte émaillée",
    "pt": "cadeira de praia dobrável",
    "en": "garden hose reel with wheels",
    "th": "กระทะเหล็กหล่อ",
}


def _product(id: str, title: str, lang: str = "en", **more: object) -> Product:
    return Product(id, (Text(title, lang),), **more)  # type: ignore[arg-type]  # fields by name


WOKS = [
    _product(
        f"wok-{number:02d}",
        f"steel wok number {number}",
        brand="Acme" if number % 2 else "Wokman",
        category="Kitchen > Pans",
        facts=(Fact("Size", f"{20 + number}", "cm"),),
        offers=(
            Offer("DE", Money(1000 + 100 * number, "EUR"), availability="in_stock"),
            Offer("JP", Money(5000 - 100 * number, "JPY"), availability="out_of_stock"),
        ),
    )
    for number in range(30)
]
SHOP = [*(_product(f"p-{lang}", title, lang) for lang, title in TITLES.items()), *WOKS]


def _index(products: Sequence[Product]) -> MemoryIndex:
    index = MemoryIndex()
    vectors = HashEncoder().encode([passage_text(product) for product in products], "passage")
    index.put(
        [Listing(product) for product in products],
        vectors,
        [document_terms(p, terms=terms) for p in products],
    )
    return index


INDEX = _index(SHOP)


def _search(
    query: Query, index: MemoryIndex = INDEX, tuning: Tuning = Tuning(), facets: Sequence[str] = ()
) -> Found:
    return search(query, encoder=HashEncoder(), index=index, rates=RATES, tuning=tuning, facets=facets)


def _ids(found: Found) -> list[str]:
    return [hit.product.id for hit in found.hits]


@pytest.mark.parametrize("lang", TITLES)
def test_words_of_a_title_find_it_in_every_language(lang: str) -> None:
    words = TITLES[lang].split()
    found = _search(Query(" ".join(words[:2])))
    assert _ids(found)[0] == f"p-{lang}"
    assert found.hits[0].words
    assert {"dense", "words", "fused"} == found.hits[0].why.keys()


@pytest.mark.parametrize("lang", TITLES)
def test_a_title_is_shown_as_written_with_its_language_where_the_shoppers_is_missing(lang: str) -> None:
    shown = _search(Query(TITLES[lang], langs=("it",))).hits[0].shown
    assert (shown.value, shown.lang) == (TITLES[lang], lang)


def test_a_title_is_shown_in_the_shoppers_language_where_there_is_one() -> None:
    both = Product("b", (Text("石の茶碗", "ja"), Text("stone tea bowl", "en"), Text("石茶碗", "zh-Hant")))
    index = _index([both])
    shown = [
        _search(Query("茶碗", langs=(lang,)), index).hits[0].shown.lang for lang in ("en-GB", "zh-TW", "fr")
    ]
    assert shown == ["en", "zh-Hant", "ja"]


def test_a_brand_in_another_script_finds_the_brand() -> None:
    index = _index(
        [
            _product("n", "Nike running shoe", brand="Nike"),
            _product("a", "Adidas running shoe", brand="Adidas"),
        ]
    )
    for words in ("耐克", "найк", "나이키", "ナイキ"):
        found = _search(Query(words), index)
        assert _ids(found)[0] == "n", words
        assert found.understood.brands == ("Nike",)


def test_a_slip_is_searched_beside_what_was_typed_and_said() -> None:
    found = _search(Query("gardn hose reel"))
    assert _ids(found)[0] == "p-en"
    assert found.understood.corrected == "garden hose reel"


def test_a_word_that_some_product_has_is_never_corrected() -> None:
    assert _search(Query("garden hose")).understood.corrected == ""


def test_pages_partition_the_ranking_whatever_their_size() -> None:
    whole = _search(Query("steel wok", k=200))
    for k in (1, 7, 10, 20, 33):
        seen: list[str] = []
        cursor = ""
        while True:
            page = _search(Query("steel wok", k=k, cursor=cursor))
            seen += _ids(page)
            cursor = page.cursor
            if not cursor:
                break
            assert len(page.hits) == k
        assert seen == _ids(whole)
    assert len(set(_ids(whole))) == len(whole.hits) == whole.total


@pytest.mark.parametrize("cursor", ["x", "%%%", "AAAA", "ÄÖ", "a" * 500, "=" * 9])
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        _search(Query("steel wok", cursor=cursor))


def test_a_cursor_of_another_query_is_refused() -> None:
    cursor = _search(Query("steel wok", k=5)).cursor
    for other in (
        Query("steel pan"),
        Query("steel wok", sort="price_up"),
        Query("steel wok", where=Filter(brands=("Acme",))),
    ):
        with pytest.raises(BadInput, match="cursor"):
            _search(replace(other, cursor=cursor))


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY", "KWD"])
def test_a_price_window_in_any_currency_keeps_what_costs_that_much(currency: str) -> None:
    per_euro = {"EUR": 1.0, **RATES.per_base}[currency] * {"EUR": 100, "USD": 100, "JPY": 1, "KWD": 1000}[
        currency
    ]
    low, high = Money(round(12 * per_euro), currency), Money(round(14 * per_euro), currency)
    found = _search(
        Query("wok", k=50, market="DE", where=Filter(market="DE"), price_low=low, price_high=high)
    )
    assert sorted(_ids(found)) == ["wok-02", "wok-03", "wok-04"]
    assert found.relaxed == ()


def test_prices_sort_in_the_shoppers_market_and_the_unpriced_come_last() -> None:
    index = _index([*WOKS[:9], _product("wok-free", "steel wok")])
    cheap = _search(Query("steel wok", sort="price_up", market="DE", k=20), index)
    dear = _search(Query("steel wok", sort="price_down", market="JP", k=20), index)
    assert _ids(cheap) == _ids(dear) == [*(f"wok-{n:02d}" for n in range(9)), "wok-free"]
    assert [hit.offer.price.currency if hit.offer else "" for hit in dear.hits] == ["JPY"] * 9 + [""]


def test_what_does_not_fit_is_not_the_cheapest() -> None:
    junk = [replace(_product(f"junk-{n}", f"qzx {n} vvv"), offers=WOKS[0].offers) for n in range(9)]
    found = _search(Query("steel wok", sort="price_up", market="DE", k=20), _index([*WOKS[5:9], *junk]))
    assert _ids(found) == [f"wok-{n:02d}" for n in range(5, 9)]


def test_prices_are_written_for_the_shoppers_locale() -> None:
    [hit] = _search(Query("steel wok number 7", langs=("de",), market="DE", k=1)).hits
    assert (hit.price, hit.offer) == ("17,00\xa0€", WOKS[7].offers[0])


def test_filters_hold_for_every_hit() -> None:
    found = _search(
        Query("wok", k=50, where=Filter(brands=("Acme",), facts=(FactFilter("Size", low=25, high=40),)))
    )
    assert found.hits
    assert all(hit.product.brand == "Acme" for hit in found.hits)
    assert all([fact.name for fact in hit.facts] == ["Size"] for hit in found.hits)


def test_what_gave_way_is_named_and_nothing_gives_way_without_need() -> None:
    strict = Filter(brands=("Acme",), facts=(FactFilter("Size", ("21",)),), market="DE")
    assert _search(Query("wok", where=strict)).relaxed == ()
    wrong_fact = replace(strict, facts=(FactFilter("Size", ("999",)),))
    found = _search(Query("wok", where=wrong_fact))
    assert found.relaxed == ("facts",)
    assert {hit.product.brand for hit in found.hits} == {"Acme"}
    wrong_brand = replace(wrong_fact, brands=("Nobody",))
    assert _search(Query("wok", where=wrong_brand)).relaxed == ("facts", "brands")


def test_the_market_never_gives_way() -> None:
    found = _search(Query("wok", where=Filter(market="BR", brands=("Acme",))))
    assert (found.hits, found.relaxed, found.total, found.cursor) == ((), (), 0, "")


@pytest.mark.parametrize("blank", ["", "   ", "\x00", "\u202e\u200b", "\n\t"])
def test_blank_words_browse_what_passes(blank: str) -> None:
    found = _search(Query(blank, k=100, where=Filter(brands=("Wokman",))))
    assert len(found.hits) == found.total == 15
    assert {hit.product.brand for hit in found.hits} == {"Wokman"}
    assert all(hit.words == () for hit in found.hits)


def test_browsing_pages_through_the_whole_catalogue() -> None:
    seen: list[str] = []
    cursor = ""
    while not seen or cursor:
        page = _search(Query("", k=9, cursor=cursor))
        seen += _ids(page)
        cursor = page.cursor
    assert sorted(seen) == sorted(product.id for product in SHOP)


@pytest.mark.parametrize(
    "text",
    [
        "👟🏃‍♀️",
        "\u202egnirts\u202c wok",
        "wok\x00wok",
        "!!!",
        "'; DROP TABLE--",
        "a" * 2000,
        "\ud800 wok",
        "﷽" * 50,
        "0",
    ],
)
def test_strange_words_are_answered(text: str) -> None:
    assert isinstance(_search(Query(text)), Found)


def test_direction_overrides_and_nul_do_not_hide_words() -> None:
    assert _ids(_search(Query("\u202esteel\x00wok\u202c number 7")))[0] == "wok-07"


@pytest.mark.parametrize("k", [0, -1, 201])
def test_k_out_of_range_is_refused_with_a_remedy(k: int) -> None:
    with pytest.raises(BadInput) as caught:
        _search(Query("wok", k=k))
    assert "200" in caught.value.hint


def test_a_text_beyond_any_shoppers_is_too_large() -> None:
    with pytest.raises(TooLarge):
        _search(Query("w" * 2001))


def test_prices_that_exclude_everything_are_refused() -> None:
    with pytest.raises(BadInput):
        _search(Query("wok", price_low=Money(2, "EUR"), price_high=Money(1, "EUR")))
    with pytest.raises(BadInput):
        _search(Query("wok", price_low=Money(-2, "EUR")))


def test_facets_count_the_candidates_and_browsing_all_that_pass() -> None:
    [brand] = _search(Query("", k=1, where=Filter(categories=("Kitchen",))), facets=["brand"]).facets
    assert {count.value: count.count for count in brand.counts} == {"Acme": 15, "Wokman": 15}
    [narrow] = _search(Query("wok", k=1), tuning=Tuning(pool=4), facets=["brand"]).facets
    assert 1 <= sum(count.count for count in narrow.counts) <= 8


def test_the_same_query_has_the_same_answer() -> None:
    assert _search(Query("steel wok")) == _search(Query("steel wok"))


def test_a_product_removed_meanwhile_is_left_out() -> None:
    class Forgetful(MemoryIndex):
        def get(self, ids: Sequence[str]) -> list[Product]:
            self.remove(["wok-03"])
            return super().get(ids)

    index = Forgetful()
    vectors = HashEncoder().encode([passage_text(product) for product in WOKS], "passage")
    index.put([Listing(wok) for wok in WOKS], vectors, [document_terms(wok, terms=terms) for wok in WOKS])
    found = _search(Query("steel wok number 3", k=20), index)
    assert len(found.hits) == 19
    assert "wok-03" not in _ids(found)


@pytest.mark.parametrize("fusion", ["calibrated", "reciprocal", "dense", "words"])
def test_every_fusion_finds_the_very_title(fusion: str) -> None:
    found = _search(Query("steel wok number 12"), tuning=Tuning(fusion=fusion))  # type: ignore[arg-type]
    assert _ids(found)[0] == "wok-12"


def test_an_empty_catalogue_has_no_hits() -> None:
    assert _search(Query("wok"), MemoryIndex()).hits == ()


VIOLIN = {  # not es: violín without its accent is the English word itself
    "zh-Hans": "小提琴",
    "ja": "バイオリン",
    "ko": "바이올린",
    "ar": "كمان",
    "hi": "वायलिन",
    "ru": "скрипка",
    "de": "Geige",
    "fr": "violon",
    "pt": "violino",
    "th": "ไวโอลิน",
}


@pytest.mark.parametrize("lang", VIOLIN)
def test_a_known_word_of_any_language_finds_its_english_by_words_and_says_so(lang: str) -> None:
    index = _index([*WOKS, _product("violin", "solid wood violin with case")])
    query = Query(VIOLIN[lang], langs=(lang,), k=1)
    found = search(query, encoder=HashEncoder(), index=index, rates=RATES)
    assert "violin" in found.understood.translated
    assert found.hits[0].product.id == "violin"
    assert found.hits[0].why["words"] > 0


def test_translation_of_a_query_can_be_turned_off() -> None:
    index = _index([*WOKS, _product("violin", "solid wood violin with case")])
    query = Query("скрипка", langs=("ru",), k=1)
    found = search(query, encoder=HashEncoder(), index=index, rates=RATES, tuning=Tuning(lexicon=2.0))
    assert found.understood.translated == ""


def test_a_shop_without_english_products_is_not_searched_in_english() -> None:
    index = _index([_product("ru-1", "скрипка", "ru"), _product("de-1", "Geige", "de")])
    found = search(Query("скрипка", langs=("ru",)), encoder=HashEncoder(), index=index, rates=RATES)
    assert found.understood.translated == ""
