"""Experiments that turn the dials of a search."""

from dataclasses import fields
from pathlib import Path

import pytest

from dragoman import Query, Settings, open_guide
from dragoman.errors import BadConfig
from dragoman.experiment.assign import arm_of
from dragoman.experiment.trials import dials_for, trials_from
from dragoman.opening import trials_of, tuned
from dragoman.search import Tuning
from dragoman.settings import configure

TABLE = {"pool": {"arms": {"now": {}, "wide": {"pool": 200}}, "shares": [0.5, 0.5]}}


def test_each_shopper_searches_with_the_dials_of_their_arm() -> None:
    trials = trials_from(TABLE)
    pools = {tuned(Tuning(), trials, f"s{i}").pool for i in range(20)}
    assert pools == {100, 200}
    wide = next(f"s{i}" for i in range(20) if arm_of(trials[0].experiment, f"s{i}") == "wide")
    assert dials_for(trials, wide) == {"pool": 200}


def test_nobody_in_particular_is_in_no_experiment(tmp_path: Path) -> None:
    guide = open_guide(
        Settings(
            shop=str(tmp_path / "shop"), encoder="hash", index="edge", experiments=TABLE, home=str(tmp_path)
        )
    )
    assert guide.variant("") == ""
    assert guide.variant("s1").startswith("pool:")
    assert guide.search(Query("wok", shopper="s1")).hits == ()
    guide.close()


def test_experiments_are_read_from_a_file_and_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "experiments.toml"
    file.write_text("[pool]\ntraffic = 0.5\n[pool.arms]\nnow = {}\nwide = { pool = 200 }\n", encoding="utf-8")
    monkeypatch.setenv("DRAGOMAN_EXPERIMENTS", str(file))
    [trial] = trials_of(configure().settings)
    assert (trial.experiment.traffic, trial.dials["wide"]) == (0.5, {"pool": 200})


@pytest.mark.parametrize(
    ("dial", "value", "remedy"),
    [
        ("pool", "200", "a whole number"),
        ("pool", 20.5, "a whole number"),
        ("pool", True, "a whole number"),
        ("rerank", -1, "0 or more"),
        ("diversity", "wide", "a number"),
        ("guard", float("nan"), "a number"),
        ("fusion", "reciprocl", "calibrated, reciprocal, dense, words"),
        ("fusion", ["words"], "calibrated, reciprocal, dense, words"),
        ("langs", "de", "a list of words"),
        ("langs", [1], "a list of words"),
        ("crossing", "gated", "leave it out"),
        ("pol", 200, "'pool'"),
    ],
)
def test_a_dial_takes_only_what_a_search_can_run_with(dial: str, value: object, remedy: str) -> None:
    table = {"width": {"arms": {"now": {}, "new": {dial: value}}}}
    with pytest.raises(BadConfig) as caught:
        trials_of(Settings(experiments=table))
    assert caught.value.message == f"experiment 'width', arm 'new': {dial} = {value!r}"
    assert remedy in caught.value.hint


def test_every_dial_takes_its_default_and_a_list_is_as_good_as_a_tuple(tmp_path: Path) -> None:
    dials = {one.name: one.default for one in fields(Tuning)} | {"diversity": 1, "langs": ["de", "fr"]}
    table = {"same": {"arms": {"all": dials, "none": {}}, "shares": [1.0, 0.0]}}
    [trial] = trials_of(Settings(experiments=table))
    assert tuned(Tuning(pool=7), [trial], "s1") == Tuning(diversity=1, langs=("de", "fr"))
    langs = {"same": {"arms": {"all": {"langs": ["de", "fr"]}, "none": {}}, "shares": [1.0, 0.0]}}
    shop = str(tmp_path / "shop")
    guide = open_guide(Settings(shop=shop, encoder="hash", index="memory", experiments=langs))
    assert guide.search(Query("wok", shopper="s1")).hits == ()
    guide.close()


@pytest.mark.parametrize(
    "table",
    [
        {"pool": {"arms": {"now": {}, "wide": {"pol": 200}}}},
        {"pool": {"arms": {"now": {}}}},
        {"pool": {"arms": ["now", "wide"]}},
        {"pool": {"arms": {"now": {}, "wide": 3}}},
        {"pool": {"arms": {"now": {}, "wide": {}}, "shares": ["half", "half"]}},
        {"pool": {"arm": {"now": {}, "wide": {}}}},
    ],
)
def test_an_experiment_that_cannot_run_is_refused_at_the_start(table: dict[str, object]) -> None:
    with pytest.raises(BadConfig, match="pool"):
        trials_of(Settings(experiments=table))
