"""Where a recipe's paths lead, and its options as each task reads them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import torch

from dragoman.errors import NotFound
from dragoman.learn.recipe import TaskRecipe, sources_of
from dragoman.text.normalise import normalise

Find: TypeAlias = Callable[[str], Path]
"""A recipe's path to a place on this disk."""


def files_of(find: Find, patterns: Sequence[str]) -> list[Path]:
    """Return the files that patterns name; raises NotFound for one without any: a leak must not go unseen."""
    found: list[Path] = []
    for pattern in patterns:
        path = find(pattern)
        some = sorted(path.parent.glob(path.name))
        if not some:
            raise NotFound(f"no file {path}", hint="set `data` (DRAGOMAN_DATA) to where the public sets are")
        found += some
    return found


def options_of(asked: TaskRecipe, *files: str) -> dict[str, Any]:  # Any: TOML
    """Return the task's options: lists as tuples, the keys named in ``files`` as sources."""
    plain = {key: tuple(v) if isinstance(v, list) else v for key, v in asked.options.items()}
    return {**plain, **{key: sources_of(asked.options, key) for key in files}}


def same_texts(left: Sequence[str], right: Sequence[str]) -> torch.Tensor:
    """Return (len(left), len(right)) bool: which texts are the same once normalised.

    >>> same_texts(["Red Tent", "hose"], ["red  tent"]).tolist()
    [[True], [False]]
    """
    keys = [normalise(text) for text in right]
    return torch.tensor([[text == key for key in keys] for text in map(normalise, left)])
