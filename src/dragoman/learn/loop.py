"""The loop: draw, lose, step; measure, checkpoint, go on after a stop. One for every task."""

import contextlib
import json
import logging
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import torch
from torch.utils.tensorboard import SummaryWriter

from dragoman.errors import BadInput
from dragoman.learn import checkpoint
from dragoman.learn.checkpoint import Checkpoint
from dragoman.learn.measured import found_first
from dragoman.learn.recipe import Recipe
from dragoman.learn.task import Task
from dragoman.models.tower import Tower

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[int, int, float], None]
"""Steps done, steps in all, loss of the last one."""


def train(
    recipe: Recipe, tasks: Sequence[Task], tower: Tower, folder: Path, *, progress: Progress | None = None
) -> Path:
    """Train, or go on training, in ``folder``; return the folder with what was learned, ``folder``/learned.

    The folder holds metrics.jsonl (a line a measurement), TensorBoard's events, checkpoint.pt and learned/,
    which is the best by measurement where the recipe has patience, else the last.

    Raises:
        Conflict: the folder is another recipe's.
        BadInput: the loss is no longer a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    model = torch.nn.ModuleDict({"tower": tower})
    model.update({task.name: task.heads for task in tasks if task.heads is not None})
    doubts = torch.nn.Parameter(torch.zeros(len(tasks)))
    learning = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    if recipe.mixing == "uncertainty":
        learning["doubts"] = doubts
    optimiser = torch.optim.AdamW(list(learning.values()), lr=recipe.rate, weight_decay=recipe.decay)
    done, best, waited = _go_on(recipe, learning, optimiser, folder)
    with SummaryWriter(str(folder / "events")) as board:
        for step in range(done, recipe.steps):
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * rate_at(step, recipe)
            loss = _step(recipe, tasks, tower, doubts, step)
            torch.nn.utils.clip_grad_norm_(list(learning.values()), recipe.clip)
            optimiser.step()
            optimiser.zero_grad()
            after = step + 1
            is_last = after == recipe.steps
            board.add_scalar("loss", loss, after)
            (progress or _silent)(after, recipe.steps, loss)
            if is_last or after % recipe.measure_every == 0:
                score = _measure(recipe, tasks, tower, folder, board, after, loss)
                waited = 0 if score > best else waited + 1
                if score > best or not recipe.patience:
                    tower.save(folder / "learned")
                best = max(best, score)
            stops = 0 < recipe.patience <= waited
            if is_last or stops or after % recipe.save_every == 0:
                weights = {name: weight.detach().clone() for name, weight in learning.items()}
                state = optimiser.state_dict()
                checkpoint.save(Checkpoint(after, recipe.digest(), weights, state, best, waited), folder)
            if stops:
                log.info("stopped after %d steps: no gain in %d measurements", after, waited)
                break
    return folder / "learned"


def _silent(_done: int, _steps: int, _loss: float) -> None:
    """Tell nobody."""


def rate_at(step: int, recipe: Recipe) -> float:
    """Return the share of the learning rate in force at a step: warm-up, then the schedule, 0..1.

    >>> recipe = Recipe("r", (), steps=100, warm_up=10)
    >>> [round(rate_at(step, recipe), 2) for step in (0, 9, 50, 99)]
    [0.1, 0.98, 0.5, 0.02]
    """
    risen = min(1.0, (step + 1) / max(1, recipe.warm_up))
    gone = step / recipe.steps
    if recipe.schedule == "constant":
        return risen
    fallen = 1 - gone if recipe.schedule == "linear" else 0.5 * (1 + math.cos(math.pi * gone))
    return min(risen, max(0.02, fallen))


def _step(
    recipe: Recipe, tasks: Sequence[Task], tower: Tower, doubts: torch.nn.Parameter, step: int
) -> float:
    """Add up the gradients of one step; return its loss. Randomness is a function of seed and step alone."""
    tower.train()
    torch.manual_seed(recipe.seed * 1_000_003 + step)
    total = 0.0
    for part in range(recipe.gather):
        rng = random.Random(f"{recipe.seed}/{step}/{part}")
        for i, task in _drawn(recipe, tasks, rng):
            with _precision(recipe):
                loss = task.weight * task.loss(tower, rng)
            if recipe.mixing == "uncertainty":  # Kendall et al. 2018, eq. 10, with s = log of the variance
                loss = torch.exp(-doubts[i]) * loss + doubts[i]
            if not torch.isfinite(loss):
                hint = "a lower rate, more warm_up or a lower clip"
                raise BadInput(f"step {step}: the loss of {task.name} is {loss.item()}", hint=hint)
            (loss / recipe.gather).backward()
            total += loss.item() / recipe.gather
    return total


def _drawn(recipe: Recipe, tasks: Sequence[Task], rng: random.Random) -> list[tuple[int, Task]]:
    listed = list(enumerate(tasks))
    if recipe.mixing != "sampled":
        return listed
    return rng.choices(listed, [task.share ** (1 / recipe.temperature) for task in tasks])


def _precision(recipe: Recipe) -> contextlib.AbstractContextManager[object]:
    return torch.autocast("cpu", dtype=torch.bfloat16) if recipe.bf16 else contextlib.nullcontext()


def _go_on(
    recipe: Recipe, learning: dict[str, torch.nn.Parameter], optimiser: torch.optim.Optimizer, folder: Path
) -> tuple[int, float, int]:
    found = checkpoint.load(folder, recipe=recipe.digest())
    if found is None:
        return 0, -math.inf, 0
    with torch.no_grad():
        for name, weight in learning.items():
            weight.copy_(found.weights[name])
    optimiser.load_state_dict(dict(found.optimiser))
    log.info("going on after step %d", found.step)
    return found.step, found.best, found.waited


def _measure(
    recipe: Recipe,
    tasks: Sequence[Task],
    tower: Tower,
    folder: Path,
    board: SummaryWriter,
    step: int,
    loss: float,
) -> float:
    """Measure on the concepts kept aside, per language; without any, less loss is better."""
    tower.eval()
    held = [concept for task in tasks for concept in task.held]
    found = found_first(tower, held, seed=recipe.seed) if held else {}
    mean = sum(found.values()) / len(found) if found else -loss
    for lang, share in found.items():
        board.add_scalar(f"found first/{lang}", share, step)
    line = {"step": step, "loss": round(loss, 4), "mean": round(mean, 4), "found_first": found}
    with (folder / "metrics.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    return mean
