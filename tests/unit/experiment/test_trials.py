"""Experiments that turn the dials of a search."""

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
