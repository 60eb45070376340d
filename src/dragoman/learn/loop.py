"""The loop: draw, lose, step; measure, checkpoint, go on after a stop. One for every task."""

import contextlib
import json
import logging
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch.utils.tensorboard import SummaryWriter

from dragoman.errors import BadInput
from dragoman.learn import checkpoint
from dragoman.learn.checkpoint import Checkpoint
from dragoman.learn.measured import found_first
from dragoman.learn.recipe import Recipe
from dragoman.learn.task import Task, fitted, set_training
from dragoman.learn.team import Team, team
from dragoman.models.heads import Head, LabelHead, save_heads
from dragoman.models.pairing import PairHead
from dragoman.models.spans import SpanHead
from dragoman.models.tower import Tower

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[int, int, float], None]
"""Steps done, steps in all, loss of the last one."""

Measured: TypeAlias = Callable[[int, float], None]
"""Steps done, and the score, higher is better; called after each measurement, and may break the run off."""


def train(
    recipe: Recipe,
    tasks: Sequence[Task],
    tower: Tower,
    folder: Path,
    *,
    progress: Progress | None = None,
    measured: Measured | None = None,
) -> Path:
    """Train, or go on training, in ``folder``; return the folder with what was learned, ``folder``/learned.

    The folder holds metrics.jsonl (a line a measurement), TensorBoard's events, checkpoint.pt and learned/,
    which is the best by measurement where the recipe has patience, else the last. Where processes train
    together (`dragoman.learn.team`), the first of them writes.

    Raises:
        Conflict: the folder is another recipe's.
        BadInput: the loss is no longer a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    heads = fitted(tasks, tower)
    model = torch.nn.ModuleDict({"tower": tower, **heads})
    doubts = torch.nn.Parameter(torch.zeros(len(tasks)))
    learning = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    clipped = list(learning.values())
    if recipe.mixing == "uncertainty":
        learning["doubts"] = doubts
    optimiser = _optimiser(recipe, learning, heads)
    crew = team()
    crew.begin_alike(learning.values())
    found = crew.told(lambda: checkpoint.load(folder, recipe=recipe.digest()))
    done, best, waited = _go_on(found, learning, optimiser)
    with _board(folder, crew) as board:
        for step in range(done, recipe.steps):
            for group in optimiser.param_groups:
                group["lr"] = group["rate"] * rate_at(step, recipe)
            loss = _step(recipe, tasks, tower, doubts, crew.share(recipe.gather), step)
            loss = crew.add_up(learning.values(), loss)
            torch.nn.utils.clip_grad_norm_(clipped, recipe.clip)
            optimiser.step()
            optimiser.zero_grad()
            after = step + 1
            is_last = after == recipe.steps
            board.add_scalar("loss", loss, after)
            (progress or _silent)(after, recipe.steps, loss)
            if is_last or after % recipe.measure_every == 0:
                score = crew.told(partial(_measure, recipe, tasks, tower, folder, board, after, loss))
                if crew.is_first and (score > best or not recipe.patience):
                    tower.save(folder / "learned")
                    save_heads(heads, folder / "learned")
                best, waited = max(best, score), 0 if score > best else waited + 1
                (measured or _unseen)(after, score)
            stops = 0 < recipe.patience <= waited
            if crew.is_first and (is_last or stops or after % recipe.save_every == 0):
                weights = {name: weight.detach().clone() for name, weight in learning.items()}
                state = optimiser.state_dict()
                checkpoint.save(Checkpoint(after, recipe.digest(), weights, state, best, waited), folder)
            if stops:
                log.info("stopped after %d steps: no gain in %d measurements", after, waited)
                break
    return folder / "learned"


def _optimiser(
    recipe: Recipe, learning: Mapping[str, torch.nn.Parameter], heads: Mapping[str, Head]
) -> torch.optim.Optimizer:
    """AdamW with a rate for the body, one for heads that give labels, one for the tasks' uncertainties."""
    labels = {name for name, head in heads.items() if isinstance(head, LabelHead | SpanHead | PairHead)}
    groups: dict[tuple[float, float], dict[str, Any]] = {}  # Any: weights and numbers, as torch has it
    for name, weight in learning.items():
        rate, decay = recipe.rate, recipe.decay
        if name == "doubts":
            rate, decay = recipe.doubt_rate, 0.0
        elif name.split(".")[0] in labels:
            rate = recipe.head_rate
        group = groups.setdefault((rate, decay), {"params": [], "rate": rate, "weight_decay": decay})
        group["params"].append(weight)
    return torch.optim.AdamW(list(groups.values()), lr=recipe.rate, fused=True)


def _silent(_done: int, _steps: int, _loss: float) -> None:
    """Tell nobody."""


def _unseen(_done: int, _score: float) -> None:
    """Nobody looks at measurements."""


def _board(folder: Path, crew: Team) -> "SummaryWriter | _Deaf":
    """TensorBoard's events are the first process's; what the others write goes nowhere."""
    return SummaryWriter(str(folder / "events")) if crew.is_first else _Deaf()


class _Deaf:
    """A board that hears and keeps nothing."""

    def __enter__(self) -> "_Deaf":
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing to close."""

    def add_scalar(self, _name: str, _value: float, _step: int) -> None:
        """Nothing is kept."""


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
    if recipe.schedule == "inverse_sqrt":  # Vaswani et al. 2017, eq. 3, its peak at the end of the warm-up
        return min(risen, math.sqrt(max(1, recipe.warm_up) / (step + 1)))
    fallen = 1 - gone if recipe.schedule == "linear" else 0.5 * (1 + math.cos(math.pi * gone))
    return min(risen, max(0.02, fallen))


def _step(
    recipe: Recipe,
    tasks: Sequence[Task],
    tower: Tower,
    doubts: torch.nn.Parameter,
    share: Iterable[int],
    step: int,
) -> float:
    """Add up the gradients of a share of one step's batches, and return their part of its loss.

    Randomness is a function of seed, step and batch alone, never of who computes it or what came before.
    """
    set_training(tasks, tower, on=True)
    total = 0.0
    for part in share:
        torch.manual_seed(recipe.seed * 1_000_003 + step + part * 998_244_353)
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
    found: Checkpoint | None, learning: Mapping[str, torch.nn.Parameter], optimiser: torch.optim.Optimizer
) -> tuple[int, float, int]:
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
    board: "SummaryWriter | _Deaf",
    step: int,
    loss: float,
) -> float:
    """Measure on what was kept aside: the mean of all tasks' scores; without any, less loss is better."""
    set_training(tasks, tower, on=False)
    held = [concept for task in tasks for concept in task.held]
    found = found_first(tower, held, seed=recipe.seed) if held else {}
    told = {task.name: task.measure(tower) for task in tasks if task.measure is not None}
    scores = [figures["score"] for figures in told.values()]
    scores += [sum(found.values()) / len(found)] if found else []
    mean = sum(scores) / len(scores) if scores else -loss
    for name, figures in {"found first": found, **told}.items():
        for key, value in figures.items():
            board.add_scalar(f"{name}/{key}", value, step)
    line = {"step": step, "loss": round(loss, 4), "mean": round(mean, 4), "found_first": found, "tasks": told}
    with (folder / "metrics.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    return mean
