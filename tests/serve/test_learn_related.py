"""`dragoman learn-related` and `dragoman eval recommend`: a journal to models, a file to figures."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dragoman.errors import BadInput, NotFound
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


@pytest.mark.parametrize("model", ["popularity", "covisit", "itemknn", "als", "blend"])
def test_every_model_has_its_figures(model: str, walks: Path) -> None:
    told = json.loads(asked("eval", "recommend", "--data", str(walks), "--model", model, "--json").stdout)
    assert told["shoppers"] == 36
    assert 0 <= told["ndcg@10"]["low"] <= told["ndcg@10"]["mean"] <= told["recall@10"]["mean"] <= 1
    assert 0 < told["coverage"] <= 1


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
