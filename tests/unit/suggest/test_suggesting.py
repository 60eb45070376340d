"""Laws of suggesting: the shop's own words and the model's, and nothing that the shop does not have."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_writer import tiny_writer

from dragoman.errors import BadInput, TooLarge
from dragoman.rank.represent import query_terms
from dragoman.suggest import Writer, suggest
from dragoman.suggest.shelf import Offer, Shelf, shelf_of
from dragoman.suggest.stock import stocked_in
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.lexicon import say_in_english
from dragoman.text.normalise import normalise
from dragoman.text.segment import terms
from dragoman.types import Listing, Product, Text

TITLES = [
    ("Garden Hose Green, 20 m, with reel", "en", "Home & Garden > Garden Hoses"),
    ("Garden Gnome", "en", "Home & Garden > Decor"),
    ("Gartenschlauch blau", "de", "Home & Garden > Garden Hoses"),
    ("花园水管 绿色", "zh", "Home & Garden > Garden Hoses"),
    ("خرطوم حديقة أخضر", "ar", ""),
    ("Steel Tent Pegs Red (set of 10)", "en", "Camping > Tent Pegs"),
]


@pytest.fixture(scope="module")
def writer() -> Writer:
    return tiny_writer()


def index_of(titles: Sequence[tuple[str, str, str]]) -> MemoryIndex:
    encoder, index = HashEncoder(), MemoryIndex()
    listings = [
        Listing(Product(str(i), (Text(title, lang),), category=category))
        for i, (title, lang, category) in enumerate(titles)
    ]
    bags = [query_terms(terms(f"{title} {category}")) for title, _, category in titles]
    index.put(listings, encoder.encode([title for title, _, _ in titles], "passage"), bags)
    return index


@pytest.fixture(scope="module")
def index() -> MemoryIndex:
    return index_of(TITLES)


@pytest.mark.parametrize(
    ("prefix", "lang", "wanted"),
    [
        ("gar", "en", "garden hose green"),
        ("GARDEN H", "", "garden hoses"),
        ("hose", "en", "garden hose green"),
        ("gart", "de", "gartenschlauch blau"),
        ("花园", "zh", "花园水管 绿色"),
        ("خرط", "ar", "خرطوم حديقة أخضر"),
        ("tent", "en", "tent pegs"),
    ],
)
def test_the_catalogue_s_own_words_complete_a_prefix_in_every_script(
    index: MemoryIndex, prefix: str, lang: str, wanted: str
) -> None:
    assert wanted in [one.text for one in suggest(prefix, index=index, lang=lang)]


@given(prefix=st.text(alphabet="gartenhos zlu帐花خيم ", max_size=9), k=st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_suggestions_are_few_different_longer_and_ordered(
    index: MemoryIndex, writer: Writer, prefix: str, k: int
) -> None:
    found = suggest(prefix, index=index, writer=writer, k=k)
    assert len(found) <= k
    assert len({normalise(one.text) for one in found}) == len(found)
    assert all(normalise(prefix) in normalise(one.text) != normalise(prefix) for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_what_the_shop_does_not_have_is_not_suggested_by_the_model(
    index: MemoryIndex, writer: Writer
) -> None:
    """The model knows tents, teapots and shoes; the shop has no teapot, no shoe, and pegs in red alone."""
    held = {term for title, _, category in TITLES for term in terms(f"{title} {category}")}
    asked = [*"gtrnz帐茶خ", "te", "tent", "tent pegs ", "run", "rain", "garden hose "]
    said = [one for prefix in asked for one in suggest(prefix, index=index, writer=writer, lang="en", k=20)]
    assert [one for one in said if one.origin != "catalogue"]
    for one in said:
        ways = [terms(one.text), terms(say_in_english(one.text, one.lang).english)]
        assert any(way and held.issuperset(way) for way in ways), one
    assert not [one for one in said if "teapot" in one.text or "shoes" in one.text]


def test_a_shop_s_own_word_on_what_it_has_is_asked_instead(index: MemoryIndex, writer: Writer) -> None:
    seen: list[str] = []

    def stocked(texts: Sequence[str], lang: str) -> Sequence[bool]:
        seen.extend(texts)
        return [text == "teapot" for text in texts]

    found = suggest("tea", index=index, writer=writer, lang="en", stocked=stocked)
    assert [one.text for one in found] == ["teapot"]
    assert len(seen) > 1


def test_a_foreign_word_is_stocked_where_the_term_table_has_its_english() -> None:
    shop = index_of([("Violin for beginners", "en", "")])
    stocked = stocked_in(shop)
    assert list(stocked(["skrzypce", "perkusja"], "pl")) == [True, False]


def test_an_empty_shop_has_no_suggestions_until_it_is_filled(writer: Writer) -> None:
    index = MemoryIndex()
    assert suggest("gar", index=index, writer=writer) == ()
    encoder = HashEncoder()
    index.put(
        [Listing(Product("1", (Text("Garden gnome", "en"),)))], encoder.encode(["gnome"], "passage"), [{}]
    )
    assert [one.text for one in suggest("gar", index=index)] == ["garden gnome"]


def test_the_shopper_s_language_comes_before_what_leads_to_more() -> None:
    shelf = Shelf([Offer("tablett", "de", 1), Offer("tablet", "en", 50), Offer("garden table", "en", 9)])
    assert [one.text for one in shelf.starting("tab", "de", 5)] == ["tablett", "tablet", "garden table"]
    assert [one.text for one in shelf.starting("tab", "en-GB", 5)] == ["tablet", "garden table", "tablett"]
    assert shelf.starting("tablet", "en", 5) == [Offer("tablett", "de", 1)]
    assert shelf.starting("", "en", 5) == [] == shelf.starting("tab", "en", 0)


def test_a_shelf_is_read_once(index: MemoryIndex) -> None:
    assert shelf_of(index) is shelf_of(index)


@pytest.mark.parametrize(
    ("prefix", "k", "kind"), [("a", 0, BadInput), ("a", 21, BadInput), ("a" * 2001, 5, TooLarge)]
)
def test_what_is_out_of_range_is_refused_with_a_remedy(
    index: MemoryIndex, prefix: str, k: int, kind: type[BadInput]
) -> None:
    with pytest.raises(kind) as caught:
        suggest(prefix, index=index, k=k)
    assert caught.value.hint


@pytest.mark.parametrize("prefix", ["", "  ", "\u202e\x00", "😀😀", "tent " * 40, "a" * 2000])
def test_odd_prefixes_are_no_fault(index: MemoryIndex, writer: Writer, prefix: str) -> None:
    assert isinstance(suggest(prefix, index=index, writer=writer), tuple)
