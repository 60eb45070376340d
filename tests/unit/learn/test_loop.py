"""Laws of training: what a run ends in depends on recipe and data alone, not on when it was stopped."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from dragoman.errors import BadInput, Conflict, Corrupt
from dragoman.learn import Recipe, Task, open_task, train
from dragoman.learn.recipe import TaskRecipe
from dragoman.models import Style, StyleKind, Tower, read_body
from dragoman.testing.tiny_bert import write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

Make = Callable[..., Tower]
CONCEPTS = [
    {
        "en": [english],
        "zh": [f"{number}茶壶"],
        "ja": [f"{number}急須"],
        "ko": [f"{number}도자기"],
        "ar": [f"{number} إبريق"],
        "hi": [f"{number} हाथ"],
        "ru": [f"{number} чайник"],
        "de": [f"{number} kanne"],
        "es": [f"{number} tetera"],
        "fr": [f"{number} théière"],
        "pt": [f"{number} bule"],
        "th": [f"{number} กาน้ำชา"],
    }
    for number, english in enumerate(f"pot {a}{b}" for a in "abcdefgh" for b in "klmnopqr")
]


ALIGN = TaskRecipe("align", options={"batch": 8, "sources": ["concepts.jsonl"]})
TEN = Recipe("ten", (ALIGN,), steps=10, warm_up=2, rate=1e-3, save_every=1, measure_every=5)


@pytest.fixture(scope="session")
def body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a body small enough to train in milliseconds."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder)
    return folder


def tower_of(body: Path, kind: StyleKind = "lora") -> Tower:
    torch.manual_seed(0)
    return Tower(read_body(str(body)), Style(kind, rank=4), steps=10, max_tokens=24)


@pytest.fixture
def tower(body: Path) -> Make:
    """Make a tower of the tiny body; always from the same random numbers."""
    return partial(tower_of, body)


@pytest.fixture
def concepts(tmp_path: Path) -> Path:
    """A file of 64 concepts in twelve languages."""
    path = tmp_path / "concepts.jsonl"
    lines = [json.dumps({"texts": texts}, ensure_ascii=False) for texts in CONCEPTS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def tasks_of(recipe: Recipe, concepts: Path) -> list[Task]:
    return [open_task(task, recipe, lambda place: concepts.parent / place) for task in recipe.tasks]


def weights_of(tower: Tower) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in tower.learning().items()}


def same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


class Stop(Exception):
    """Breaks a run off from inside."""


def test_a_run_that_was_stopped_and_went_on_ends_in_the_same_weights(
    tower: Make, concepts: Path, tmp_path: Path
) -> None:
    whole = tower()
    train(TEN, tasks_of(TEN, concepts), whole, tmp_path / "whole")

    def stop_after_five(done: int, _all: int, _loss: float) -> None:
        if done == 6:
            raise Stop

    broken = tower()
    with pytest.raises(Stop):
        train(TEN, tasks_of(TEN, concepts), broken, tmp_path / "broken", progress=stop_after_five)
    resumed = tower()
    assert not same(weights_of(resumed), weights_of(whole))
    train(TEN, tasks_of(TEN, concepts), resumed, tmp_path / "broken")
    assert same(weights_of(resumed), weights_of(whole))
    files = [
        (tmp_path / run / "learned/adapter_model.safetensors").read_bytes() for run in ("whole", "broken")
    ]
    assert files[0] == files[1]


def test_training_brings_languages_together(tower: Make, concepts: Path, tmp_path: Path) -> None:
    longer = replace(TEN, steps=40, measure_every=40)
    trained = tower()
    before = trained.encode(["3 чайник", "pot ak"], "query").detach()
    train(longer, tasks_of(longer, concepts), trained, tmp_path / "run")
    after = trained.encode(["3 чайник", "pot an"], "query").detach()
    start = float((tower().encode(["3 чайник"], "query") @ tower().encode(["pot an"], "query").T).detach())
    assert float(after[0] @ after[1]) > start
    assert before.shape[0] == 2


def test_the_folder_tells_what_happened(tower: Make, concepts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert train(TEN, tasks_of(TEN, concepts), tower(), folder) == folder / "learned"
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in lines] == [5, 10]
    assert all(0 <= share <= 1 for line in lines for share in line["found_first"].values())
    assert list((folder / "events").glob("events.out.tfevents.*"))


def test_another_recipe_is_refused_the_folder(tower: Make, concepts: Path, tmp_path: Path) -> None:
    train(TEN, tasks_of(TEN, concepts), tower(), tmp_path / "run")
    other = replace(TEN, rate=2e-3)
    with pytest.raises(Conflict, match="another recipe"):
        train(other, tasks_of(other, concepts), tower(), tmp_path / "run")


@pytest.mark.parametrize("keep", [0, 10, 1000])
def test_a_cut_checkpoint_is_corrupt(tower: Make, concepts: Path, tmp_path: Path, keep: int) -> None:
    train(TEN, tasks_of(TEN, concepts), tower(), tmp_path / "run")
    path = tmp_path / "run/checkpoint.pt"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Corrupt, match="cannot read"):
        train(TEN, tasks_of(TEN, concepts), tower(), tmp_path / "run")


def test_patience_stops_and_keeps_the_best(tower: Make, concepts: Path, tmp_path: Path) -> None:
    hopeless = replace(TEN, steps=60, rate=1e-12, measure_every=2, patience=3, decay=0.0)
    seen: list[int] = []
    train(
        hopeless,
        tasks_of(hopeless, concepts),
        tower(),
        tmp_path / "run",
        progress=lambda done, _all, _loss: seen.append(done),
    )
    assert seen[-1] == 8  # best at the first measurement, then three without a gain
    assert (tmp_path / "run/learned/adapter_model.safetensors").is_file()


def test_a_loss_that_is_no_number_stops_the_run_with_a_remedy(tower: Make, tmp_path: Path) -> None:
    broken = Task("broken", lambda tower, rng: tower.encode(["pot"], "query").sum() * math.nan)
    with pytest.raises(BadInput, match="broken is nan") as caught:
        train(TEN, [broken], tower(), tmp_path / "run")
    assert "rate" in caught.value.hint


def test_uncertainty_weighs_tasks_and_sampling_draws_by_share(
    tower: Make, concepts: Path, tmp_path: Path
) -> None:
    drawn: list[str] = []

    def task(name: str, share: float, size: float) -> Task:
        def loss(tower: Tower, _rng: object) -> torch.Tensor:
            drawn.append(name)
            return size * (1 - tower.encode(["pot", "tetera"], "query").sum()) ** 2

        return Task(name, loss, share=share)

    pair = [task("often", 3.0, 1.0), task("seldom", 1.0, 1.0)]
    many = replace(TEN, steps=200, rate=1e-6, save_every=200, measure_every=200)
    train(many, pair, tower(), tmp_path / "sampled")
    assert 120 <= drawn.count("often") <= 180
    train(replace(TEN, mixing="uncertainty", rate=1e-2), pair, tower(), tmp_path / "doubts")
    state = torch.load(tmp_path / "doubts/checkpoint.pt", weights_only=True)
    assert not torch.equal(state["weights"]["doubts"], torch.zeros(2))


def test_two_half_batches_are_one_whole_for_a_mean_over_texts(tower: Make, tmp_path: Path) -> None:
    texts = [f"pot {letter}" for letter in "abcdefgh"]

    def task(parts: int) -> Task:
        calls = iter(range(1_000))

        def loss(tower: Tower, _rng: object) -> torch.Tensor:
            part = next(calls) % parts
            size = len(texts) // parts
            return tower.encode(texts[part * size : (part + 1) * size], "query")[:, 0].mean()

        return Task("mean", loss)

    one, two = tower(), tower()
    train(replace(TEN, steps=1), [task(1)], one, tmp_path / "one")
    train(replace(TEN, steps=1, gather=2), [task(2)], two, tmp_path / "two")
    left, right = weights_of(one), weights_of(two)
    assert all(torch.allclose(left[name], right[name], atol=1e-5) for name in left)


@pytest.mark.parametrize("bf16", [False, True])
def test_ten_steps_of_alignment_run_in_either_precision(
    tower: Make, concepts: Path, tmp_path: Path, bf16: bool
) -> None:
    recipe = replace(TEN, bf16=bf16)
    before = weights_of(tower())
    trained = tower()
    train(recipe, tasks_of(recipe, concepts), trained, tmp_path / "run")
    assert not same(before, weights_of(trained))


KILLED = """
import sys
sys.path.insert(0, {here!r})
import test_loop, pathlib, time
tower = test_loop.tower_of(pathlib.Path({body!r}))
def slowly(done, steps, loss):
    print(done, flush=True)
    time.sleep(0.3 if done >= 5 else 0)
test_loop.train(test_loop.TEN, test_loop.tasks_of(test_loop.TEN, pathlib.Path({concepts!r})), tower,
    pathlib.Path({out!r}), progress=slowly)
"""


def test_a_run_killed_for_good_goes_on_to_the_same_weights(
    tower: Make, body: Path, concepts: Path, tmp_path: Path
) -> None:
    whole = tower()
    train(TEN, tasks_of(TEN, concepts), whole, tmp_path / "whole")
    script = KILLED.format(
        here=str(Path(__file__).parent), body=str(body), concepts=str(concepts), out=str(tmp_path / "cut")
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.strip() == "6":
                os.kill(run.pid, signal.SIGKILL)
                break
        run.wait(timeout=20)
    time.sleep(0.1)
    state = torch.load(tmp_path / "cut/checkpoint.pt", weights_only=True)
    assert 5 <= state["step"] < 10
    resumed = tower()
    train(TEN, tasks_of(TEN, concepts), resumed, tmp_path / "cut")
    assert same(weights_of(resumed), weights_of(whole))
