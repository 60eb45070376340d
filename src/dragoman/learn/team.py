"""The processes that train together: each computes its share of a step, and all take the same step.

A recipe says of how many batches a step is made (`gather`), and who computes them changes nothing: two
processes with one batch each do what one process does with two. Knows torch.distributed, never a task.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Team:
    """This process among those that train together; alone where nobody started others."""

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process measures and writes for all."""
        return self.rank == 0

    def share(self, gather: int) -> range:
        """Return which of a step's batches are this process's.

        >>> [list(Team(rank, 2).share(5)) for rank in (0, 1)]
        [[0, 2, 4], [1, 3]]
        """
        return range(self.rank, gather, self.size)

    def told(self, tell: Callable[[], Told]) -> Told:
        """Return what the first process finds, in every process."""
        if self.size == 1:
            return tell()
        found = [tell() if self.is_first else None]
        dist.broadcast_object_list(found, src=0)
        return found[0]  # type: ignore[return-value]  # no longer None: the first has sent it

    def begin_alike(self, learning: Iterable[torch.Tensor]) -> None:
        """Give every process the first one's weights."""
        if self.size > 1:
            for weight in learning:
                dist.broadcast(weight.detach(), src=0)

    def add_up(self, learning: Iterable[torch.nn.Parameter], loss: float) -> float:
        """Put the sum of all processes' gradients into each of them; return the sum of their losses.

        A weight that no process has a gradient for keeps none, so that the optimiser leaves it alone as
        it would in one process.
        """
        if self.size == 1:
            return loss
        weights = list(learning)
        parts = [torch.zeros_like(w) if w.grad is None else w.grad for w in weights]
        met = torch.tensor([float(w.grad is not None) for w in weights] + [loss], dtype=torch.float64)
        flat = torch.cat(
            [part.flatten() for part in parts]
        )  # one message: many small ones wait for each other
        dist.all_reduce(flat)
        dist.all_reduce(met)
        at = 0
        for weight, who in zip(weights, met[:-1].tolist(), strict=True):
            if who:
                weight.grad = flat[at : at + weight.numel()].view_as(weight).clone()
            at += weight.numel()
        return float(met[-1])


def team() -> Team:
    """Return the team this process is in."""
    if not dist.is_available() or not dist.is_initialized():
        return Team()
    return Team(dist.get_rank(), dist.get_world_size())
