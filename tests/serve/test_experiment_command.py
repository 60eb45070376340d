"""`dragoman experiment`: arms compared on a journal."""

import json
from pathlib import Path

import numpy as np
import pytest

from dragoman.experiment import Experiment
from dragoman.experiment.simulator import World, visits
from dragoman.opening import open_journal
from dragoman.serve.cli import main
from dragoman.settings import Settings

WORLD = World(np.array([0.5, 0.4, 0.3, 0.2, 0.6]), np.array([1.0, 0.6, 0.4]))
RANKINGS = [np.array([3, 2, 1]), np.array([4, 0, 1])]
EXPERIMENT = Experiment("pool", ("now", "wide"))


@pytest.fixture
def shop(tmp_path: Path) -> str:
    settings = tmp_path / "dragoman.toml"
    settings.write_text(
        f'shop = "{tmp_path / "shop"}"\n[experiments.pool.arms]\nnow = {{}}\nwide = {{ pool = 200 }}\n',
        encoding="utf-8",
    )
    journal = open_journal(Settings(shop=str(tmp_path / "shop")))
    journal.record(list(visits(WORLD, RANKINGS, EXPERIMENT, 400, seed=1)))
    journal.close()
    return str(settings)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str, int]:
    code = 0
    try:
        main([*arguments])
    except SystemExit as done:
        code = int(done.code or 0)
    said = capsys.readouterr()
    return said.out, said.err, code


def test_the_better_arm_is_told_with_its_interval(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, _, code = _run(capsys, "--config", shop, "experiment", "pool", "--json")
    found = json.loads(out)
    truth = WORLD.rate(RANKINGS[1]) - WORLD.rate(RANKINGS[0])
    assert code == 0
    assert found["is_sound"]
    assert found["ctr"]["wide"]["low"] <= truth <= found["ctr"]["wide"]["high"]
    assert found["ctr"]["wide"]["low"] > 0


def test_anytime_intervals_are_wider(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    fixed = json.loads(_run(capsys, "--config", shop, "experiment", "pool", "--json")[0])
    anytime = json.loads(_run(capsys, "--config", shop, "experiment", "pool", "--anytime", "--json")[0])
    assert anytime["ctr"]["wide"]["low"] < fixed["ctr"]["wide"]["low"]


def test_people_get_a_table(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, _, code = _run(capsys, "--config", shop, "experiment", "pool")
    assert code == 0
    assert out.splitlines()[0].startswith("arm")
    assert "wide" in out
    assert "*" in out


def test_an_unknown_experiment_names_the_known_ones(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, err, code = _run(capsys, "--config", shop, "experiment", "pol")
    assert code == 2
    assert "pool" in err


def test_an_experiment_nobody_was_in_says_how_events_carry_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "dragoman.toml"
    settings.write_text(
        f'shop = "{tmp_path / "new"}"\n[experiments.pool.arms]\nnow = {{}}\nwide = {{}}\n', encoding="utf-8"
    )
    _, err, code = _run(capsys, "--config", str(settings), "experiment", "pool")
    assert code == 2
    assert "pool:now" in err
