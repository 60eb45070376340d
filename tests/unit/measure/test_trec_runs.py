"""Laws of TREC runs: the file, this package and trec_eval mean the same ranking."""

from pathlib import Path

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import BadInput
from dragoman.measure.metrics import metric, per_query
from dragoman.measure.trec import as_trec_eval_orders, falling, read_candidates, read_run, run_path, write_run
from dragoman.types import Scored

scores = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1.0, 1.0 + 1e-9, 1e-46])


@given(st.lists(scores, max_size=30))
def test_a_written_ranking_is_read_back_in_its_order(values: list[float]) -> None:
    hits = [Scored(f"d{i:02}", score) for i, score in enumerate(sorted(values, reverse=True))]
    lowered = dict(zip([hit.id for hit in hits], falling([hit.score for hit in hits]), strict=True))
    assert [hit.id for hit in as_trec_eval_orders(lowered)] == [hit.id for hit in hits]


def test_scores_beyond_32_bits_still_fall() -> None:
    lowered = falling([1e300, 1e299, -1e299, -1e300])
    assert [hit.id for hit in as_trec_eval_orders(dict(zip("abcd", lowered, strict=True)))] == list("abcd")
    assert [hit.id for hit in as_trec_eval_orders({"a": 1e300, "b": 1.0})] == ["a", "b"]


def test_ties_in_id_order_survive_the_file(tmp_path: Path) -> None:
    run = {"q": [Scored("a", 0.5), Scored("b", 0.5), Scored("c", 0.5), Scored("z", 0.25)]}
    write_run(tmp_path / "tied.run", run)
    assert [hit.id for hit in read_run(tmp_path / "tied.run")["q"]] == ["a", "b", "c", "z"]


def test_a_foreign_run_with_ties_scores_here_as_in_trec_eval(tmp_path: Path) -> None:
    path = tmp_path / "foreign.run"
    path.write_text("q Q0 a 1 1.0 x\nq Q0 b 2 1.000000001 x\nq Q0 c 3 1.0 x\n", encoding="utf-8")
    qrels = {"q": {"a": 2, "b": 0, "c": 1}}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut_10"}).evaluate(
        {"q": {"a": 1.0, "b": 1.000000001, "c": 1.0}}
    )
    ours = per_query(read_run(path), qrels, [metric("ndcg@10")])["ndcg@10"]["q"]
    assert ours == pytest.approx(theirs["q"]["ndcg_cut_10"], abs=1e-12)


def test_the_written_file_holds_six_columns_and_the_rank(tmp_path: Path) -> None:
    write_run(tmp_path / "new" / "one.run", {"q": [Scored("a", 0.5)]}, tag="dense")
    assert (tmp_path / "new" / "one.run").read_text(encoding="utf-8") == "q Q0 a 1 0.5 dense\n"


@pytest.mark.parametrize("name", ["a b", "", "a\tb", "a\u3000b"])
def test_an_id_that_six_columns_cannot_hold_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cannot hold"):
        write_run(tmp_path / "x.run", {"q": [Scored(name, 1.0)]})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("row", ["q Q0 a 1 1.0", "q Q0 a 1 high x", "q Q0 a 1 nan x", "q Q0 z 2 1 x"])
def test_a_bad_row_is_refused_with_file_and_number(tmp_path: Path, row: str) -> None:
    path = tmp_path / "bad.run"
    path.write_text(f"q Q0 z 1 2.0 x\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"bad\.run, line 2"):
        read_run(path)


@pytest.mark.parametrize(
    "text",
    [
        "q Q0 b 1 9 x\nq Q0 a 2 8 x\n",
        "q 0 a 1\nq 0 b 0\n",
        "q\tb\nq\ta\n",
        "query-id\tcorpus-id\tscore\nq\ta\t1\nq\tb\t1\nq\tb\t1\n",
    ],
)
def test_candidates_are_read_from_runs_qrels_and_pairs(tmp_path: Path, text: str) -> None:
    path = tmp_path / "candidates"
    path.write_text(text, encoding="utf-8")
    assert read_candidates(path) == {"q": ("a", "b")}


def test_several_runs_never_share_a_file(tmp_path: Path) -> None:
    assert run_path(tmp_path / "out.run", "queries.de", alone=True) == tmp_path / "out.run"
    assert run_path(tmp_path / "out", "queries.de", alone=False) == tmp_path / "out" / "queries.de.run"
    assert run_path(tmp_path, "queries.de", alone=True) == tmp_path / "queries.de.run"
