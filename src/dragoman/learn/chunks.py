"""Batches larger than memory: encoded a chunk at a time, with the gradients of the whole (GradCache)."""

from collections.abc import Sequence

import torch
from torch.utils.checkpoint import checkpoint

from dragoman.models.tower import Tower
from dragoman.ports import Role


def encoded(tower: Tower, texts: Sequence[str], role: Role, *, chunk: int = 0) -> torch.Tensor:
    """Return (n, dim) unit rows with gradients, as `Tower.encode` does, in the memory of one chunk.

    A contrastive loss needs the rows of the whole batch, but its gradient by a row is all that the body must
    know of the other rows (Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory
    Limited Setup", eq. 5-6). So each chunk is encoded without keeping what is in between, the loss is that
    of all rows, and when gradients come back a chunk is encoded again and passes its own through the body:
    torch's checkpointing with a chunk for a segment. It costs a second pass forward, a third of the time.

    Args:
        tower: Dropout draws the same numbers in both passes, though others than for an unchunked batch.
        chunk: Texts whose inner states are in memory at once; 0 keeps those of all.
    """
    if not 0 < chunk < len(texts):
        return tower.encode(texts, role)
    # By length, so that a chunk pads little; ties by place keep the order one and the same.
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
    parts = [
        checkpoint(tower.encode, [texts[i] for i in order[at : at + chunk]], role, use_reentrant=False)
        for at in range(0, len(order), chunk)
    ]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    rows: torch.Tensor = torch.cat(parts)[back]
    return rows
