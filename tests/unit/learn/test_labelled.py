"""Laws of labelled texts: what a reader takes and refuses, and that no text is on both sides of a split."""

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import BadConfig, BadInput, NotFound
from dragoman.learn.labelled import Labelled, chances_of, drawer, few_of_each, parted, read_labelled
from dragoman.learn.tagged import Span, read_tagged, spans_of, tags_of, words_in

TWELVE = {
    "ar": ("خيمة حمراء", "أحذية جري"),
    "de": ("rotes Zelt", "Laufschuhe"),
    "en": ("red tent", "running shoes"),
    "es": ("tienda roja", "zapatillas"),
    "fr": ("tente rouge", "chaussures"),
    "hi": ("लाल तम्बू", "जूते"),
    "ja": ("赤いテント", "靴"),
    "ko": ("빨간 텐트", "운동화"),
    "pt": ("tenda vermelha", "tênis"),
    "ru": ("красная палатка", "кроссовки"),
    "th": ("เต็นท์สีแดง", "รองเท้าวิ่ง"),
    "zh": ("红色帐篷", "跑步鞋"),
}


def lines(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def objects(path: Path, rows: list[object]) -> Path:
    return lines(path, [json.dumps(row, ensure_ascii=False) for row in rows])


@pytest.mark.parametrize("header", [[], ["lang\tlabel\ttext"]])
def test_a_shop_s_own_table_is_read_with_a_header_or_without(tmp_path: Path, header: list[str]) -> None:
    rows = [
        f"{lang}\t{label}\t{text}"
        for lang, pair in TWELVE.items()
        for label, text in zip("ab", pair, strict=True)
    ]
    found = read_labelled(lines(tmp_path / "own.tsv", header + rows))
    assert {row.lang for row in found} == set(TWELVE)
    assert [(row.lang, row.label, row.text) for row in found] == [tuple(row.split("\t")) for row in rows]


def test_packed_or_not_the_rows_are_the_same(tmp_path: Path) -> None:
    plain = lines(tmp_path / "own.tsv", ["de\ta\tZelt", "ko\tb\t텐트"])
    packed = tmp_path / "own.tsv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_labelled(plain) == read_labelled(packed)


def test_judged_queries_count_where_relevant_and_of_the_train_split_only(tmp_path: Path) -> None:
    table = [
        "row\tlanguage\tquery\tcategory_path\tlabel\tsplit",
        "0\tes\thanma\tphones > cases\t1\ttrain",
        "1\tko\t텐트\tsports > tents\t0\ttrain",
        "2\tde\tZelt\tsports > tents\t1\tdev",
    ]
    path = lines(tmp_path / "train_dev.tsv", table)
    assert [(row.text, row.label) for row in read_labelled(path)] == [("hanma", "phones > cases")]
    assert [row.label for row in read_labelled(path, depth=1)] == ["phones"]


def test_a_category_s_translations_share_its_english_label_and_its_side(tmp_path: Path) -> None:
    table = [
        "id\tkind\tcontext_en\tde\ten\tpt-BR\tzh-CN\tzh-TW",
        "a-1\tcategory\tSport > Tents\tZelte\tTents\tBarracas\t帐篷\t帳篷",
        "c-1\tattribute\t\tFarbe\tColor\tCor\t颜色\t顏色",
    ]
    found = read_labelled(lines(tmp_path / "wide.tsv", table), depth=1)
    assert {(row.lang, row.text) for row in found} == {
        ("de", "Zelte"), ("en", "Tents"), ("pt", "Barracas"), ("zh", "帐篷"), ("zh", "帳篷"),
    }  # fmt: skip
    assert {row.label for row in found} == {"Sport"}
    assert {row.key for row in found} == {"tents"}


def test_intents_and_objects_of_our_own_are_read(tmp_path: Path) -> None:
    rows: list[object] = [
        {"utterance": "where is it?", "intent": "track_order", "category": "ORDER"},
        {"lang": "ko", "text": "환불", "label": "get_refund"},
    ]
    found = read_labelled(objects(tmp_path / "rows.jsonl", rows), lang="en")
    assert [(row.lang, row.label) for row in found] == [("en", "track_order"), ("ko", "get_refund")]


@pytest.mark.parametrize(
    "row", ["de\tZelt", "de\ta\t", '{"text": "x"}', '{"text": 1, "label": "a"}', "{", "[]"]
)
def test_a_line_that_is_no_row_is_refused_with_its_number(tmp_path: Path, row: str) -> None:
    with pytest.raises(BadInput, match="line 1"):
        read_labelled(lines(tmp_path / "rows", [row]))


def test_no_file_and_an_empty_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_labelled(tmp_path / "none.tsv")
    with pytest.raises(BadInput, match="holds no rows"):
        read_labelled(lines(tmp_path / "empty.tsv", [""]))


def test_texts_of_the_dev_sets_are_left_out_however_they_are_written(tmp_path: Path) -> None:
    path = lines(tmp_path / "own.tsv", ["en\ta\tRed  TENT", "en\ta\tblue tent"])
    assert [row.text for row in read_labelled(path, without=frozenset({"red tent"}))] == ["blue tent"]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=50), st.integers(0, 100))
def test_no_key_is_on_both_sides_and_no_row_is_lost(keys: list[str], held: int) -> None:
    rows = [Labelled(f"{i}", "de", "a", key) for i, key in enumerate(keys)]
    taught, aside = parted(rows, held=held)
    assert not {row.key for row in taught} & {row.key for row in aside}
    assert sorted(taught + aside, key=lambda row: int(row.text)) == rows


def test_balance_draws_a_rare_label_as_often_as_a_common_one() -> None:
    rows = ["often"] * 90 + ["seldom"] * 10
    shares = {}
    for balance in (0.0, 1.0):
        drawn = drawer(rows, chances_of(rows, balance=balance))(4000, random.Random(0))
        shares[balance] = Counter(drawn)["seldom"] / 4000
    assert shares[0.0] == pytest.approx(0.1, abs=0.02)
    assert shares[1.0] == pytest.approx(0.5, abs=0.03)


def test_a_language_of_weight_none_is_never_drawn_and_nothing_at_all_is_an_error() -> None:
    draw = drawer(["de", "ko"], [1.0, 0.0])
    assert set(draw(200, random.Random(0))) == {"de"}
    with pytest.raises(BadConfig, match="nothing is left"):
        drawer(["de"], [0.0])
    with pytest.raises(BadConfig, match="nothing is left"):
        drawer([], [])


def test_every_language_measures_by_as_many_rows() -> None:
    rows = [Labelled(f"{lang}{i}", lang, "a", f"{i}") for lang in TWELVE for i in range(30)]
    found = few_of_each(rows, 7, seed=1)
    assert {lang: len(some) for lang, some in found.items()} == dict.fromkeys(sorted(TWELVE), 7)
    assert found == few_of_each(rows, 7, seed=1)


@pytest.mark.parametrize("lang", TWELVE)
def test_words_cover_every_sign_once_and_spans_come_back_from_their_tags(lang: str) -> None:
    text = f"{TWELVE[lang][0]}, 30ml {TWELVE[lang][1]}!"
    words = words_in(text)
    assert "".join(text[start:end] for start, end in words) == "".join(text.split())
    spans = (Span(0, words[0][1], "first"), Span(words[-2][0], words[-1][1], "last"))
    assert spans_of(tags_of(spans, words), words) == spans


def test_bio_rows_are_put_together_as_their_language_is_written(tmp_path: Path) -> None:
    rows: list[object] = [
        {"tokens": ["红", "帽", "子"], "tags": ["O", "B-HCCX", "I-HCCX"]},
        {"tokens": ["topi", "merah"], "tags": ["I-TYPE", "B-COLOR"]},
    ]
    chinese, indonesian = read_tagged(objects(tmp_path / "bio.jsonl", rows))
    assert (chinese.text, chinese.spans) == ("红帽子", (Span(1, 3, "HCCX"),))
    assert (indonesian.text, indonesian.spans) == ("topi merah", (Span(0, 4, "TYPE"), Span(5, 10, "COLOR")))


def test_values_are_found_as_whole_words_without_overlap(tmp_path: Path) -> None:
    scores = {"Brand": {"ACME": 1}, "Size": {"4": 1}, "Model": {"ACME X4": 1}, "Color": {"n/a": 1}}
    pave = {"Brand": {"Acme": {"pid": [0, 1]}}, "Width": {"3 cm": {"pid": [1]}}}
    rows: list[object] = [
        {"input": "Acme tent 44, size 4", "target_scores": scores},
        {"input_title": "Acme 3 cm", "input_description": "3 cm", "target_scores": pave},
    ]
    first, second = read_tagged(objects(tmp_path / "values.jsonl", rows), lang="en")
    assert first.spans == (Span(0, 4, "Brand"), Span(19, 20, "Size"))
    assert second.spans == (Span(0, 4, "Brand"),)


@pytest.mark.parametrize(
    "spans", [[[0, 99, "a"]], [[3, 3, "a"]], [[0, 4, "a"], [2, 5, "b"]], [[0, 2]], "ab", None]
)
def test_spans_that_are_none_are_refused_with_the_line(tmp_path: Path, spans: object) -> None:
    with pytest.raises(BadInput, match="line 1"):
        read_tagged(objects(tmp_path / "own.jsonl", [{"text": "red tent", "spans": spans}]))
