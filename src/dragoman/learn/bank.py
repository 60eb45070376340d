"""Texts whose vectors stand still while others learn."""

from collections.abc import Sequence

import torch

from dragoman.models.tower import Tower
from dragoman.ports import Role
from dragoman.text.normalise import normalise


class Bank:
    """Texts that every batch is held against; the same ones in every run of a recipe."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self.keys = tuple(map(normalise, texts))
        self._rows: dict[Role, torch.Tensor] = {}

    def rows(self, tower: Tower, role: Role) -> torch.Tensor:
        """Return (len(texts), dim), encoded by the teacher once."""
        if role not in self._rows:
            self._rows[role] = tower.origin(self.texts, role) if self.texts else torch.empty(0, tower.dim)
        return self._rows[role]
