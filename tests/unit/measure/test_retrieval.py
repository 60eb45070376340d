"""Laws of evaluation: which queries count, what a ranker may answer, and what the figures look like."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from dragoman.errors import BadInput
from dragoman.measure.beir import read_qrels
from dragoman.measure.compare import compare_files
from dragoman.measure.metrics import metric
from dragoman.measure.retrieval import Asked, evaluate_retrieval, figures, rank, warn_of_strangers
from dragoman.measure.tables import comparison_table, retrieval_table
from dragoman.measure.trec import read_run, write_run
from dragoman.types import Scored

METRICS = [metric("ndcg@10"), metric("recall@10")]
TEXTS = {"de": "rote Schuhe", "ar": "حذاء أحمر", "th": "รองเท้าสีแดง", "zh": "红色鞋子"}


def alphabetical(asked: Sequence[Asked]) -> list[list[Scored]]:
    return [
        [Scored(name, -float(i)) for i, name in enumerate(question.only or ("a", "b", "c"))]
        for question in asked
    ]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = []
    for lang, text in TEXTS.items():
        path = tmp_path / f"queries.{lang}.jsonl"
        rows = [{"_id": "1", "text": text}, {"_id": "2", "text": text}]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        paths.append(path)
    (tmp_path / "qrels.tsv").write_text("1\ta\t1\n2\tc\t1\nother\ta\t1\n", encoding="utf-8")
    return paths


def test_the_json_form_is_n_and_each_metric_with_its_interval_by_file_stem(files: list[Path]) -> None:
    found = evaluate_retrieval(
        files, read_qrels(files[0].parent / "qrels.tsv"), ranker=alphabetical, metrics=METRICS
    )
    assert list(found) == [f"queries.{lang}" for lang in TEXTS]
    assert found["queries.ar"].as_json() == {
        "n": 2,
        "ndcg@10": {"mean": 0.75, "low": 0.5, "high": 1.0},
        "recall@10": {"mean": 1.0, "low": 1.0, "high": 1.0},
    }


def test_judgements_of_other_files_do_not_count(files: list[Path]) -> None:
    qrels = read_qrels(files[0].parent / "qrels.tsv")
    found = evaluate_retrieval(files[:1], qrels, ranker=alphabetical, metrics=METRICS)
    assert found["queries.de"].n == 2 < len(qrels)


def test_queries_nobody_judged_are_ranked_but_do_not_count_and_are_told(
    files: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        found = evaluate_retrieval(files[:1], {"1": {"a": 1}}, ranker=alphabetical, metrics=METRICS)
    assert (found["queries.de"].n, len(found["queries.de"].run)) == (1, 2)
    assert "judged=1 of=2" in caplog.text


def test_a_file_without_a_judged_query_is_refused(files: list[Path]) -> None:
    with pytest.raises(BadInput, match=r"no query of queries\.de is judged"):
        evaluate_retrieval(files[:1], {"other": {"a": 1}}, ranker=alphabetical, metrics=METRICS)


def test_two_files_of_one_stem_are_refused(files: list[Path], tmp_path: Path) -> None:
    twin = tmp_path / "more" / files[0].name
    twin.parent.mkdir()
    twin.write_bytes(files[0].read_bytes())
    with pytest.raises(BadInput, match="one stem"):
        evaluate_retrieval([files[0], twin], {"1": {"a": 1}}, ranker=alphabetical, metrics=METRICS)


def test_only_candidates_are_ranked_and_a_query_without_any_finds_nothing(files: list[Path]) -> None:
    qrels = read_qrels(files[0].parent / "qrels.tsv")
    found = evaluate_retrieval(
        files[:1], qrels, ranker=exact_names, metrics=METRICS, candidates={"1": ("a", "b")}
    )
    run = found["queries.de"].run
    assert ([hit.id for hit in run["1"]], run["2"]) == (["a", "b"], [])
    assert found["queries.de"].means["recall@10"].mean == 0.5


def exact_names(asked: Sequence[Asked]) -> list[list[Scored]]:
    return [[Scored(name, 0.0) for name in question.only or ()] for question in asked]


def test_a_ranker_that_leaves_the_candidates_is_refused() -> None:
    with pytest.raises(BadInput, match="no candidate"):
        rank({"q": "shoe"}, lambda asked: [[Scored("b", 1.0)] for _ in asked], {"q": ("a",)})


def test_a_ranker_that_loses_a_query_is_refused() -> None:
    with pytest.raises(BadInput, match="1 of 2"):
        rank({"q": "shoe", "r": "hat"}, lambda asked: [[]])


def test_a_run_written_and_read_again_has_the_same_figures(files: list[Path], tmp_path: Path) -> None:
    qrels = {"1": {"b": 1}, "2": {"c": 1}}
    found = evaluate_retrieval(files[:1], qrels, ranker=alphabetical, metrics=METRICS)["queries.de"]
    write_run(tmp_path / "one.run", found.run)
    assert figures(read_run(tmp_path / "one.run"), qrels, METRICS).as_json() == found.as_json()


def test_relevant_documents_that_the_corpus_lacks_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        missing = warn_of_strangers({"q": {"a": 1, "b": 2, "c": 0}}, ["a"])
    assert missing == 1
    assert "first=b" in caplog.text


def test_the_table_has_a_row_a_file_and_one_for_their_mean(files: list[Path]) -> None:
    qrels = read_qrels(files[0].parent / "qrels.tsv")
    found = evaluate_retrieval(files, qrels, ranker=alphabetical, metrics=METRICS)
    rows = retrieval_table(found).splitlines()
    assert len(rows) == 1 + len(TEXTS) + 1
    assert rows[1].split() == ["queries.de", "2", ".750", "[.500,", "1.000]", "1.000", "[1.000,", "1.000]"]
    assert rows[-1].split()[-2:] == [".750", "1.000"]


def test_the_comparison_table_names_the_worse_run(files: list[Path]) -> None:
    a = {"queries.de": {f"q{i}": 1.0 for i in range(10)}}
    b = {"queries.de": {f"q{i}": 0.0 for i in range(10)}}
    assert comparison_table(compare_files(a, b)).splitlines()[1].endswith("worse")
    assert comparison_table(compare_files(b, a), markdown=True).splitlines()[2].endswith("| better |")
