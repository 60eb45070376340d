"""`dragoman learn-related` and `dragoman eval recommend`: a journal to models, a file to figures."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dragoman.errors import BadInput, NotFound
from dragoman.learn.sequences import Sequences
from dragoman.learn.trial import trial_by_time
from dragoman.opening import open_journal, related_of
from dragoman.serve.cli import dragoman
from dragoman.settings import Settings
from dragoman.testing.walks import DAY, walked

WALKS = [[f"{aisle}{(start + i) % 6}" for i in range(5)] for aisle in "gk" for start in range(6)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(shop=str(tmp_path / "shop"))
    journal = open_journal(found)
    journal.record(list(walked(WALKS).events(0, DAY * 99)))
    journal.close()
    return found


@pytest.fixture
def walks(tmp_path: Path) -> Path:
    lines = [f"s{i} {' '.join(walk)}" for i, walk in enumerate(WALKS * 3)]
    (tmp_path / "walks.txt").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "walks.txt"


def asked(*words: str) -> Result:
    return CliRunner().invoke(dragoman, list(words), catch_exceptions=False)


def test_what_was_learned_is_there_for_a_guide_that_is_open_already(settings: Settings) -> None:
    models = related_of(settings)
    before = len(models)
    said = asked("--shop", settings.shop, "learn-related", "--steps", "0", "--json")
    told = json.loads(said.stdout)
    assert (before, told["events"], told["is_full"]) == (0, 60, True)
    assert [one.name for one in models] == ["together", "similar", "als"]
    assert models[0].next_items([["g0", "g1"]], 1)[0][0].id.startswith("g")


def test_a_second_call_without_news_changes_nothing(settings: Settings) -> None:
    asked("--shop", settings.shop, "learn-related", "--steps", "0")
    before = (Path(settings.shop) / "learned" / "CURRENT").read_text()
    told = json.loads(asked("--shop", settings.shop, "learn-related", "--json").stdout)
    assert (told["events"], told["is_full"]) == (0, False)
    assert (Path(settings.shop) / "learned" / "CURRENT").read_text() == before


def test_a_shop_where_nobody_did_anything_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no events"):
        asked("--shop", str(tmp_path / "shop"), "learn-related")


@pytest.mark.parametrize("model", ["popularity", "covisit", "itemknn", "als", "sasrec", "blend"])
def test_every_model_has_its_figures(model: str, walks: Path) -> None:
    told = json.loads(asked("eval", "recommend", "--data", str(walks), "--model", model, "--json").stdout)
    assert told["shoppers"] == 36
    assert 0 <= told["ndcg@10"]["low"] <= told["ndcg@10"]["mean"] <= told["recall@10"]["mean"] <= 1
    assert 0 < told["coverage"] <= 1


def events_file(folder: Path) -> Path:
    rows = [
        {"kind": kind, "shopper": f"s{i}", "product": product, "at": 1_790_000_000 + 100 * i + 500 * place}
        for i, walk in enumerate(WALKS * 3)
        for place, product in enumerate(walk)
        for kind in ("view", "cart")
    ]
    path = folder / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_events_are_the_same_sequences_as_lines(walks: Path, tmp_path: Path) -> None:
    words = ["eval", "recommend", "--model", "covisit", "--json", "--data"]
    lines, events = (json.loads(asked(*words, str(path)).stdout) for path in (walks, events_file(tmp_path)))
    assert (lines["shoppers"], lines["ndcg@10"]) == (events["shoppers"], events["ndcg@10"])


@pytest.mark.parametrize("model", ["bpr", "blend"])
def test_a_split_by_time_tests_what_came_after_its_moment(model: str, tmp_path: Path) -> None:
    words = ["eval", "recommend", "--data", str(events_file(tmp_path)), "--model", model, "--split", "time"]
    told = json.loads(asked(*words, "--json").stdout)
    assert (told["split"], 0 < told["shoppers"] < 36) == ("time", True)


def test_nothing_is_learned_from_after_the_moment_of_the_split() -> None:
    found = Sequences(("a", "b", "c"), (np.array([1, 2, 3]), np.array([2, 3]), np.array([1])), ("", *"xyz"))
    trial = trial_by_time(found, [[0.0, 1.0, 9.0], [2.0, 3.0], [0.5]], share=0.8)
    assert [one.tolist() for one in trial.train] == [[0], [1], [0]]
    assert (trial.valid.tolist(), trial.test.tolist()) == ([1], [2])


def test_lines_hold_no_time_to_split_by(walks: Path) -> None:
    with pytest.raises(BadInput, match="no times"):
        asked("eval", "recommend", "--data", str(walks), "--model", "popularity", "--split", "time")


def test_content_follows_the_words_of_the_products(walks: Path, tmp_path: Path) -> None:
    names = {"g": "garden hammock", "k": "kitchen pan"}
    feed = tmp_path / "feed.jsonl"
    rows = [
        {"id": f"{aisle}{i}", "title": f"{words} {i}"} for aisle, words in names.items() for i in range(6)
    ]
    feed.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    words = ["--encoder", "hash", "eval", "recommend", "--data", str(walks), "--model", "content", "--json"]
    told = json.loads(asked(*words, "-k", "2", "--feed", str(feed)).stdout)
    assert told["recall@2"]["mean"] == 1.0
    with pytest.raises(BadInput, match="words"):
        asked(*words)


def test_who_goes_round_is_followed_by_co_visitation(walks: Path) -> None:
    words = ["eval", "recommend", "--data", str(walks), "--model", "covisit", "-k", "2", "--json"]
    told = json.loads(asked(*words).stdout)
    assert told["recall@2"]["mean"] == 1


def test_a_recipe_is_trained_and_tried(walks: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'steps = 40\nrate = 0.02\n[[tasks]]\nkind = "next_item"\n'
        'sequences = "elsewhere.txt"\ndim = 8\nbatch = 16\n',
        encoding="utf-8",
    )
    words = ["eval", "recommend", "--data", str(walks), "--model", str(tmp_path / "mine.toml"), "--json"]
    told = json.loads(asked(*words, "--out", str(tmp_path / "run")).stdout)
    assert told["recall@10"]["mean"] > 0.5
    assert (tmp_path / "run" / "learned" / "model.safetensors").is_file()


def test_an_unknown_model_names_the_known_ones(walks: Path) -> None:
    with pytest.raises(BadInput, match="oracle") as told:
        asked("eval", "recommend", "--data", str(walks), "--model", "oracle")
    assert "covisit" in told.value.hint
