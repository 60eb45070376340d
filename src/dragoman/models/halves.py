"""A body whose lower layers never learn: what they make of a text is computed once and kept."""

from collections.abc import Sequence

import torch
from torch.nn.utils.rnn import pad_sequence

MOST = 600_000
"""Tokens kept at most: half a gigabyte at 384 numbers of two bytes."""

_NEVER = -1e9  # added to attention towards padding


class Halves:
    """The lower half remembers, the upper half learns; together they are the body, to three digits."""

    def __init__(self, body: torch.nn.Module, frozen: int, *, most: int = MOST) -> None:
        """Split a BERT-shaped body before layer ``frozen``."""
        self._body = body
        self._frozen = frozen
        self._kept: dict[tuple[int, ...], torch.Tensor] = {}
        self._room = most

    def __call__(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return (n, tokens, dim): the last layer, with gradients for the upper half."""
        lengths = mask.sum(1).tolist()
        rows = [tuple(row[:length].tolist()) for row, length in zip(ids, lengths, strict=True)]
        x = pad_sequence(self._lower(rows), batch_first=True)
        for layer in self._body.encoder.layer[self._frozen :]:
            x = layer(x, _mask(lengths))
        return x

    def _lower(self, rows: Sequence[tuple[int, ...]]) -> list[torch.Tensor]:
        made = {row: self._computed(row) for row in dict.fromkeys(rows) if row not in self._kept}
        for row, states in made.items():
            if self._room >= len(row):
                self._room -= len(row)
                self._kept[row] = states
        return [(made[row] if row in made else self._kept[row]).float() for row in rows]

    def _computed(self, row: tuple[int, ...]) -> torch.Tensor:
        """(tokens, dim) at half precision; alone, so that a stopped run goes on with the same numbers."""
        with torch.no_grad():
            x = self._body.embeddings(input_ids=torch.tensor([row]))
            for layer in self._body.encoder.layer[: self._frozen]:
                x = layer(x, None)
        found: torch.Tensor = x[0].half()
        return found


def halves_of(body: torch.nn.Module) -> Halves | None:
    """Return the body in two halves, split before the first layer that learns; None if all learn."""
    plain = body.get_base_model() if hasattr(body, "get_base_model") else body
    if not hasattr(plain, "encoder") or _learns(plain.embeddings):
        return None
    learning = [i for i, layer in enumerate(plain.encoder.layer) if _learns(layer)]
    return Halves(plain, learning[0]) if learning and learning[0] else None


def _learns(part: torch.nn.Module) -> bool:
    return any(weight.requires_grad for weight in part.parameters())


def _mask(lengths: Sequence[int]) -> torch.Tensor | None:
    """(n, 1, 1, tokens), added to what attention says; None where nothing is padded."""
    longest = max(lengths)
    if min(lengths) == longest:
        return None
    places = torch.arange(longest)[None, :] >= torch.tensor(list(lengths))[:, None]
    return torch.where(places, _NEVER, 0.0)[:, None, None, :]
