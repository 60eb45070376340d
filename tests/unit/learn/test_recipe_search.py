"""Laws of searching: marked values are tried within range, kept when stopped, and written at the end."""

import json
import tomllib
from pathlib import Path

import optuna
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as some

from dragoman.errors import BadConfig, Conflict
from dragoman.learn.ranges import begun, filled, marked
from dragoman.learn.recipe import read_recipe, read_tree, recipe_of
from dragoman.learn.run import Run
from dragoman.learn.search import Search, Tried, best_of, search
from dragoman.learn.written import as_toml
from dragoman.serve.cli import dragoman
from dragoman.testing.tiny_bert import write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

RECIPE = """
steps = 4
rate = {{ from = 1e-4, to = 1e-2, log = true }}
measure_every = 2
max_tokens = 24
body = "{body}"

[style]
rank = {{ choices = [2, 4] }}

[[tasks]]
kind = "align"
batch = 4
sources = [{{ path = "words/concepts.jsonl", share = 1.0 }}]
slips = 0.0
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe with two marked values, its data and a tiny body."""
    write_tiny_bert(tmp_path / "tiny")
    concepts = [
        {"texts": {"en": [f"pot {a}{b}"], "de": [f"kanne {a}{b}"]}} for a in "abcd" for b in "efghijkl"
    ]
    (tmp_path / "recipes/words").mkdir(parents=True)
    lines = "\n".join(json.dumps(one) for one in concepts)
    (tmp_path / "recipes/words/concepts.jsonl").write_text(lines, encoding="utf-8")
    path = tmp_path / "recipes/tiny.toml"
    path.write_text(RECIPE.format(body=tmp_path / "tiny"), encoding="utf-8")
    return path


def asked(recipe: Path, trials: int) -> Search:
    tree, home = read_tree(recipe), recipe.parent.parent
    run = Run(recipe_of(begun(tree), recipe), recipe.parent, home / "run", home / "data", home / "home")
    return Search(tree, recipe, trials, run)


def test_a_range_is_refused_where_nothing_searches(recipe: Path) -> None:
    with pytest.raises(BadConfig, match="rate is a range") as caught:
        read_recipe(recipe)
    assert "--search" in caught.value.hint


def test_every_trial_lies_within_the_ranges_and_the_best_is_a_recipe_that_trains(recipe: Path) -> None:
    found = search(asked(recipe, 4), change={})
    assert [one.number for one in found] == [0, 1, 2, 3]
    assert all(1e-4 <= one.values["rate"] <= 1e-2 and one.values["style.rank"] in (2, 4) for one in found)
    folder = recipe.parent.parent / "run"
    best = read_recipe(folder / "best.toml")
    assert (best.rate, best.style.rank) == tuple(best_of(found).values.values())
    assert best.name == "tiny"
    assert (folder / best.tasks[0].options["sources"][0]["path"]).resolve().is_file()
    table = (folder / "trials.tsv").read_text("utf-8").splitlines()
    assert table[0].split("\t") == ["trial", "state", "score", "rate", "style.rank"]
    assert len(table) == 5


class Stop(Exception):
    """Breaks a search off from inside."""


def test_a_search_that_was_stopped_goes_on(recipe: Path) -> None:
    def stop(tried: Tried) -> None:
        if tried.number == 1:
            raise Stop

    with pytest.raises(Stop):
        search(asked(recipe, 4), change={}, told=stop)
    told: list[int] = []
    found = search(asked(recipe, 4), change={}, told=lambda tried: told.append(tried.number))
    assert told == [2, 3]
    assert len(found) == 4
    assert len({one.values["rate"] for one in found}) == 4
    assert search(asked(recipe, 4), change={}) == found


def test_a_trial_that_was_cut_is_tried_again_with_its_values(recipe: Path) -> None:
    search(asked(recipe, 1), change={})
    storage = optuna.storages.RDBStorage(f"sqlite:///{recipe.parent.parent / 'run/trials.db'}")
    cut = optuna.load_study(study_name="search", storage=storage).ask()  # as a killed process leaves it
    cut.suggest_float("rate", 1e-4, 1e-2, log=True)
    cut.suggest_categorical("style.rank", [0, 1])
    storage.remove_session()
    storage.engine.dispose()
    found = search(asked(recipe, 2), change={})
    assert len(found) == 2
    assert found[1].values["rate"] == cut.params["rate"]
    assert found[1].values["style.rank"] == (2, 4)[cut.params["style.rank"]]


def test_another_search_is_refused_the_folder(recipe: Path) -> None:
    search(asked(recipe, 1), change={})
    recipe.write_text(recipe.read_text("utf-8").replace("1e-2", "2e-2"), encoding="utf-8")
    with pytest.raises(Conflict, match="other ranges"):
        search(asked(recipe, 1), change={})


def test_a_recipe_without_a_range_is_not_searched(recipe: Path) -> None:
    text = recipe.read_text("utf-8").replace("{ choices = [2, 4] }", "2")
    recipe.write_text(text.replace("{ from = 1e-4, to = 1e-2, log = true }", "1e-3"), encoding="utf-8")
    with pytest.raises(BadConfig, match="no range"):
        search(asked(recipe, 1), change={})


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": 1},
        {"from": 2, "to": 1},
        {"from": 0.0, "to": 1.0, "log": True},
        {"choices": []},
        {"choices": [1], "from": 1},
        {"from": "a", "to": "b"},
        {"from": 1, "to": 2, "by": 1},
    ],
)
def test_what_is_no_range_is_refused_with_an_example(wrong: dict[str, object]) -> None:
    with pytest.raises(BadConfig, match="rate") as caught:
        marked({"rate": wrong})
    assert "choices" in caught.value.hint


VALUES = some.one_of(
    some.booleans(),
    some.integers(-(2**40), 2**40),
    some.floats(allow_nan=False, allow_infinity=False),
    some.text(some.characters(exclude_categories=["Cs"])),
)
KEYS = some.text("abc é.\"'-_", min_size=1)
TABLES = some.dictionaries(KEYS, VALUES | some.lists(VALUES) | some.dictionaries(KEYS, VALUES), max_size=4)


@settings(max_examples=50, deadline=None)
@given(
    some.dictionaries(KEYS, VALUES | some.lists(VALUES) | TABLES | some.lists(TABLES, min_size=1), max_size=5)
)
def test_a_written_recipe_reads_as_what_was_written(tree: dict[str, object]) -> None:
    assert tomllib.loads(as_toml(tree)) == tree


def test_filling_leaves_no_range_and_nothing_else_changes() -> None:
    tree = {"a": [{"b": {"from": 1, "to": 2}}, {"c": "x"}], "d": 1}
    assert filled(tree, {"a.0.b": 2}) == {"a": [{"b": 2}, {"c": "x"}], "d": 1}
    assert not marked(begun(tree))


def test_the_command_searches_and_says_what_to_train(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(recipe.parent.parent)
    words = ["--home", "home", "train", str(recipe), "--search", "2", "--steps", "2", "--out", "run"]
    done = CliRunner().invoke(dragoman, words, catch_exceptions=False)
    assert done.exit_code == 0
    assert "dragoman train run/best.toml" in done.output
    assert read_recipe(Path("run/best.toml")).steps == 2
