"""What is learned: a task draws a batch and says how wrong the tower is on it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch

from dragoman.errors import BadConfig
from dragoman.learn.concepts import Concept
from dragoman.models.heads import Head
from dragoman.models.tower import Tower

Loss: TypeAlias = Callable[[Tower, random.Random], torch.Tensor]

Measure: TypeAlias = Callable[[Tower], dict[str, float]]
"""Figures on rows kept aside, such as "accuracy/de"; "score", 0..1, is what early stopping goes by."""


@dataclass(frozen=True, slots=True)
class Task:
    """A loss with its weight and share, the head it adds, and what was kept aside to measure by."""

    name: str
    loss: Loss
    weight: float = 1.0
    share: float = 1.0
    head: Head | None = None
    held: Sequence[Concept] = ()
    measure: Measure | None = None
    ready: Callable[[Tower], None] | None = (
        None  # done once, when the head has weights and nothing is learned
    )


def fitted(tasks: Sequence[Task], tower: Tower) -> dict[str, Head]:
    """Return the tasks' heads by name, with weights for this tower.

    Raises:
        BadConfig: two heads of one name, or a name that torch cannot give to a part.
    """
    heads: dict[str, Head] = {}
    for task in tasks:
        if task.head is None:
            continue
        if task.name in {"tower", "doubts", *heads} or not task.name.isidentifier():
            hint = 'give each task with a head a `name` of its own, like "intent"'
            raise BadConfig(f"a head cannot be named {task.name!r} here", hint=hint)
        if not task.head.is_fit:
            task.head.fit(tower.dim, tower.words.shape[0])
            if task.ready is not None:
                set_training(tasks, tower, on=False)
                with torch.no_grad():
                    task.ready(tower)
        heads[task.name] = task.head
    return heads


def set_training(tasks: Sequence[Task], tower: Tower, *, on: bool) -> None:
    """Turn dropout on or off, in the body and in the heads."""
    tower.train(on)
    for task in tasks:
        if task.head is not None:
            task.head.train(on)
