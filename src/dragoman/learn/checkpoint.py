"""What a run needs to go on where it stopped, written whole or not at all."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from dragoman.errors import Conflict, Corrupt

_NAME = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state after ``step`` steps; randomness needs none, it is drawn from seed and step."""

    step: int
    recipe: str  # its digest
    weights: Mapping[str, torch.Tensor]
    optimiser: Mapping[str, Any]  # Any: torch's own
    best: float
    waited: int  # measurements since the best


def save(checkpoint: Checkpoint, folder: Path) -> None:
    """Write the checkpoint so that a crash leaves the old one or the new one."""
    state = {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}
    fresh = folder / f"{_NAME}.new"
    with fresh.open("wb") as out:
        torch.save(state, out)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / _NAME)


def load(folder: Path, *, recipe: str) -> Checkpoint | None:
    """Return the folder's checkpoint, None where there is none.

    Raises:
        Conflict: it belongs to another recipe.
        Corrupt: it cannot be read.
    """
    path = folder / _NAME
    if not path.is_file():
        return None
    try:
        found = Checkpoint(**torch.load(path, weights_only=True))
    except (OSError, RuntimeError, TypeError, ValueError, EOFError) as error:
        raise Corrupt(f"cannot read {path}: {error}", hint="delete it; the run starts anew") from error
    if found.recipe != recipe:
        raise Conflict(
            f"{folder} holds a run of another recipe",
            hint="name another folder with --out, or delete this one",
        )
    return found
