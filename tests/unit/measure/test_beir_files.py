"""Laws of the readers of judged collections: what is taken, and what is refused and where."""

import gzip
from pathlib import Path

import pytest

from dragoman.errors import BadInput, NotFound
from dragoman.measure import lines
from dragoman.measure.beir import read_corpus, read_qrels, read_queries, stem

QUERIES = (
    '{"_id": "1", "text": "红色跑鞋"}\n{"_id": 2, "text": "حذاء أحمر"}\n\n{"_id": "3", "text": "รองเท้า"}\n'
)


def test_packed_and_plain_files_read_alike_whatever_their_names(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl"
    plain.write_text(QUERIES, encoding="utf-8")
    packed.write_bytes(gzip.compress(QUERIES.encode()))
    assert read_queries(plain) == read_queries(packed)


def test_queries_keep_their_order_and_numbers_become_ids(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text("\ufeff" + QUERIES, encoding="utf-8")
    assert list(read_queries(path).items()) == [("1", "红色跑鞋"), ("2", "حذاء أحمر"), ("3", "รองเท้า")]


def test_a_document_may_lack_its_title(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "title": "T", "text": "x"}\n{"_id": "b", "text": "y"}\n', encoding="utf-8")
    assert [document.whole for document in read_corpus(path)] == ["T x", "y"]


@pytest.mark.parametrize(
    "line",
    [
        b"{broken",
        b"[1, 2]",
        b'{"text": "no id"}',
        b'{"_id": true, "text": "x"}',
        b'{"_id": "", "text": "x"}',
        b'{"_id": "x", "text": "  "}',
        b'{"_id": "x", "text": 5}',
        b'{"_id": "1", "text": "twice"}',
        b'{"_id": "x", "text": "\xff"}',
        b'{"_id": "x", "text": "\\ud800"}',
    ],
)
def test_a_bad_line_is_refused_with_file_and_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"_id": "1", "text": "good"}\n\n' + line + b"\n")
    for read in (read_queries, read_corpus):
        with pytest.raises(BadInput, match=r"rows\.jsonl, line 3"):
            read(path)


@pytest.mark.parametrize("header", ["", "query-id\tcorpus-id\tscore\n"])
def test_qrels_read_alike_in_three_columns_and_in_trecs_four(tmp_path: Path, header: str) -> None:
    beir, trec = tmp_path / "qrels.tsv", tmp_path / "qrels.trec"
    beir.write_text(header + "q\ta\t2\nq\tb\t0\n", encoding="utf-8")
    trec.write_text("q 0 a 2\nq 0 b 0\n", encoding="utf-8")
    assert read_qrels(beir) == read_qrels(trec) == {"q": {"a": 2, "b": 0}}


def test_a_header_says_where_the_columns_are(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text("score\tcorpus-id\tquery-id\n2\ta\tq\n0.0\tb\tq\n", "utf-8")
    assert read_qrels(path) == {"q": {"a": 2, "b": 0}}


def test_a_document_id_in_tab_separated_qrels_may_hold_blanks(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text("q\ta b\t1\n", encoding="utf-8")
    assert read_qrels(path) == {"q": {"a b": 1}}


@pytest.mark.parametrize(
    "row", ["q\ta", "q\ta\thigh", "q\ta\t1.5", "q\ta\tnan", "q\ta\tinf", "q\t\t1", "q\tz\t0"]
)
def test_a_bad_judgement_is_refused_with_file_and_number(tmp_path: Path, row: str) -> None:
    path = tmp_path / "qrels.tsv"
    path.write_text(f"q\tz\t1\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"qrels\.tsv, line 2"):
        read_qrels(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"\n\n")
    for read in (read_queries, read_corpus, read_qrels):
        with pytest.raises(BadInput, match="no rows"):
            read(path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl.gz"
    path.write_bytes(gzip.compress(QUERIES.encode())[:-20])
    with pytest.raises(BadInput, match="damaged gzip"):
        read_queries(path)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 1000)
    path = tmp_path / "bomb.jsonl"
    path.write_bytes(gzip.compress(b" " * 1_000_000))
    with pytest.raises(BadInput, match="longer than 1000 bytes"):
        read_queries(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_queries(tmp_path / "absent.jsonl")
    with pytest.raises(BadInput):
        read_queries(tmp_path)


@pytest.mark.parametrize("name", ["queries.ar", "queries.ar.jsonl", "queries.ar.jsonl.gz", "queries.ar.gz"])
def test_figures_are_filed_under_the_name_without_its_endings(name: str) -> None:
    assert stem(Path("some.folder") / name) == "queries.ar"
