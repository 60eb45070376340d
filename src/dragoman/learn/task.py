"""What is learned: a task draws a batch and says how wrong the tower is on it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch

from dragoman.learn.concepts import Concept
from dragoman.models.tower import Tower

Loss: TypeAlias = Callable[[Tower, random.Random], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Task:
    """A loss with its weight and share, the heads it adds, and the concepts kept aside to measure by."""

    name: str
    loss: Loss
    weight: float = 1.0
    share: float = 1.0
    heads: torch.nn.Module | None = None
    held: Sequence[Concept] = ()
