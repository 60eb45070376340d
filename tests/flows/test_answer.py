"""Questions about real products of the demo shop, through `open_guide`, on hashed letters."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman import Guide, open_guide
from dragoman.settings import configure
from dragoman.types import Query

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
WANTED = ("B00330SZLK", "B003959G9Y", "B009F4BV8C", "B000DZFTC6")


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guide]:
    folder = tmp_path_factory.mktemp("answers")
    feed = folder / "some.jsonl"
    with gzip.open(SAMPLE / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        feed.write_text(
            "".join(line for line in lines if any(id_ in line for id_ in WANTED)), encoding="utf-8"
        )
    flags = {"shop": str(folder / "shop"), "home": str(folder / "home"), "encoder": "hash", "index": "memory"}
    plain = {"translator": "none", "reranker": "none", "reader": "none"}
    opened = open_guide(configure("", flags | plain).settings)
    opened.ingest([feed, SAMPLE / "sellers.jsonl"])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("lang", "market", "price"),
    [("en", "US", "$124.99"), ("de", "US", "124,99\xa0$"), ("zh", "US", "US$124.99"), ("ar", "US", "124.99")],
)
def test_the_price_is_the_shops_own(guide: Guide, lang: str, market: str, price: str) -> None:
    made = guide.answer(Query("how much is it?", langs=(lang,), market=market, about=("B003959G9Y",)))
    assert price in made.text
    assert made.removed == ()


def test_the_same_question_asked_before_gives_its_answers_verdict(guide: Guide) -> None:
    text = "is there a section in the top so that i can see my kitty?"
    made = guide.answer(Query(text, about=("B00330SZLK",)))
    assert made.verdict == "no"
    assert made.citations[0].passage.kind == "answer"


def test_a_version_is_out_of_stock_though_the_product_is_not(guide: Guide) -> None:
    made = guide.answer(Query("Ist Größe 42 auf Lager?", langs=("de",), market="DE", about=("demo-de-03",)))
    assert made.text == "Ausverkauft."


def test_every_quote_of_every_answer_is_verbatim_on_its_page(guide: Guide) -> None:
    questions = (
        "is it heavy?",
        "was sagen Käufer?",
        "这个好用吗？",
        "¿cuánto cuesta?",
        "does it smell?",
        "サイズは？",
    )
    for id_ in guide.ids("", 200)[::7]:
        for text in questions:
            made = guide.answer(Query(text, about=(id_,)))
            assert all(cited.quote in cited.passage.text.value for cited in made.citations)
            assert made.removed == ()
            assert bool(made.citations) != bool(made.declined)


def test_products_in_two_languages_share_the_rows_of_a_comparison(guide: Guide) -> None:
    made = guide.answer(Query("compare", langs=("en",), about=("demo-de-01", "demo-zh-06")))
    assert made.comparison is not None
    assert [cell and cell.value for cell in made.comparison.rows["Material"]] == [
        "Gusseisen, emailliert",
        "榉木",
    ]


def test_a_question_to_the_whole_shop_names_the_product_it_is_about(guide: Guide) -> None:
    made = guide.answer(Query("Herdfeuer Bräter aus Gusseisen mit Deckel: Durchmesser?", langs=("de",)))
    assert any(cited.passage.product == "demo-de-01" for cited in made.citations)


def test_vectors_of_pages_are_kept_for_the_next_process(guide: Guide) -> None:
    guide.answer(Query("is it heavy?", about=("B009F4BV8C",)))
    assert guide.answering is not None
    again = guide.answer(Query("is it heavy?", about=("B009F4BV8C",)))
    assert again == guide.answer(Query("is it heavy?", about=("B009F4BV8C",)))
