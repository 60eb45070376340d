"""Laws of training together: who computes a step's batches changes nothing that is learned."""

import json
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from dragoman.errors import Conflict, Unavailable, Unsupported
from dragoman.learn import Recipe
from dragoman.learn.parallel import perform_together, shared
from dragoman.learn.ray_train import Cluster, perform_on_ray
from dragoman.learn.recipe import TaskRecipe, read_recipe
from dragoman.learn.run import Run, perform
from dragoman.learn.team import Team
from dragoman.models import Style
from dragoman.testing.tiny_bert import write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Six steps, four batches each, of two tasks drawn by chance."""
    home = tmp_path_factory.mktemp("run")
    write_tiny_bert(home / "tiny")
    concepts = [
        {"texts": {"en": [f"pot {a}{b}"], "de": [f"kanne {a}{b}"]}} for a in "abcd" for b in "efghijkl"
    ]
    (home / "concepts.jsonl").write_text("\n".join(map(json.dumps, concepts)), encoding="utf-8")
    options = {"batch": 4, "sources": ["concepts.jsonl"]}
    tasks = (TaskRecipe("align", options=options), TaskRecipe("align", options={**options, "anchor": 0.0}))
    recipe = Recipe(
        "together",
        tasks,
        Style("lora", rank=2, dropout=0.1),
        body=str(home / "tiny"),
        steps=6,
        warm_up=2,
        gather=2,
        rate=1e-3,
        max_tokens=24,
        measure_every=3,
        save_every=2,
    )
    return Run(recipe, home, home / "run", home / "data", home / "home")


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = load_file(folder / "learned/adapter_model.safetensors")
    return found


def metrics_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]


def near(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.allclose(left[k], right[k], atol=1e-5) for k in left)


@pytest.fixture(scope="module")
def alone(run: Run) -> Path:
    """The folder of one process with four batches a step."""
    folder = run.folder.parent / "alone"
    perform(replace(run, folder=folder, recipe=replace(run.recipe, gather=4)))
    return folder


def test_two_processes_learn_what_one_learns_from_as_many_batches(
    run: Run, alone: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "together"
    learned = perform_together(shared(replace(run, folder=folder), 2), 2, restarts=0)
    assert learned == folder / "learned"
    assert near(weights_of(folder), weights_of(alone))
    curves = [[line["loss"] for line in metrics_of(where)] for where in (folder, alone)]
    assert curves[0] == pytest.approx(curves[1], abs=2e-4)
    assert len(curves[0]) == 2  # the first process alone measured, and wrote
    assert len(list((folder / "events").iterdir())) == 1


RECIPE = """
body = {body}
steps = 6
warm_up = 2
gather = 4
rate = 1e-3
max_tokens = 24
measure_every = 3
save_every = 2
style = {{ kind = "lora", rank = 2, dropout = 0.1 }}
tasks = [
  {{ kind = "align", batch = 4, sources = [{concepts}] }},
  {{ kind = "align", batch = 4, sources = [{concepts}], anchor = 0.0 }},
]
"""


class Stop(Exception):
    """Breaks a run off from inside."""


def test_a_run_of_one_process_goes_on_with_two_that_torchrun_starts(
    run: Run, alone: Path, tmp_path: Path
) -> None:
    recipe, folder = tmp_path / "together.toml", tmp_path / "run"
    places = {"body": run.recipe.body, "concepts": str(run.beside / "concepts.jsonl")}
    recipe.write_text(RECIPE.format(**{key: json.dumps(place) for key, place in places.items()}), "utf-8")

    def stop(done: int, _all: int, _loss: float) -> None:
        if done == 3:
            raise Stop

    with pytest.raises(Stop):
        perform(replace(run, folder=folder, recipe=read_recipe(recipe)), progress=stop)
    assert torch.load(folder / "checkpoint.pt", weights_only=True)["step"] == 2
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = ["--no-python", str(Path(sys.executable).with_name("dragoman")), "--home", str(run.home)]
    words = [*torchrun, *command, "train", str(recipe), "--out", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert near(weights_of(folder), weights_of(alone))
    assert [line["step"] for line in metrics_of(folder)] == [3, 6]


def test_what_went_wrong_in_a_process_is_said(run: Run, tmp_path: Path) -> None:
    broken = replace(run.recipe, body=str(tmp_path / "nowhere"))
    with pytest.raises(Unavailable, match="nowhere"):
        perform_together(replace(run, folder=tmp_path / "run", recipe=broken), 1, restarts=0)


def test_another_number_of_batches_is_another_recipe(run: Run, alone: Path) -> None:
    with pytest.raises(Conflict):
        perform(replace(run, folder=alone, recipe=replace(run.recipe, gather=3)))


def test_every_batch_is_somebody_s_and_nobody_else_s() -> None:
    shares = [list(Team(rank, 3).share(7)) for rank in range(3)]
    assert sorted(part for share in shares for part in share) == list(range(7))


def test_alone_nothing_is_sent() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    assert Team().add_up([weight], 1.5) == 1.5
    assert weight.grad is None
    assert Team().told(lambda: "heard") == "heard"


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_without_ray_the_remedy_is_said(run: Run) -> None:
    with pytest.raises(Unsupported) as caught:
        perform_on_ray(run, Cluster(2))
    assert "dragoman[cluster]" in caught.value.hint


@pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed: pip install 'dragoman[cluster]'")
@pytest.mark.filterwarnings("default")  # Ray warns of its own doings
def test_ray_s_processes_learn_what_one_learns(run: Run, alone: Path, tmp_path: Path) -> None:
    perform_on_ray(shared(replace(run, folder=tmp_path / "ray"), 2), Cluster(2))
    assert near(weights_of(tmp_path / "ray"), weights_of(alone))
