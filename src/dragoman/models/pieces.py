"""A text as the pieces that a tower sees, each with its place in the text. Knows a tokenizer, no data set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch

from dragoman.models.tower import Tower, padded
from dragoman.ports import Role

Place: TypeAlias = tuple[int, int]
"""Where something stands in a text: first character and the one behind the last."""

NOWHERE: Place = (0, 0)
_SPACE = "\u2581"  # what SentencePiece writes for a space: a piece of nothing else stands for no character
_TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Pieces:
    """Token ids with their places; `NOWHERE` for the role's prefix, for special words and for bare spaces."""

    ids: tuple[int, ...]
    places: tuple[Place, ...]


def pieces_of(tower: Tower, texts: Sequence[str], role: Role) -> list[Pieces]:
    """Return the pieces of each text with the prefix of its role, at most ``tower.max_tokens`` of them."""
    prefix = tower.weights.prefixes[role]
    found: list[Pieces] = []
    for row in tower.tokenizer.encode_batch([prefix + text for text in texts]):
        shown = zip(row.tokens, row.offsets, row.special_tokens_mask, strict=True)
        places = [
            NOWHERE if special or place[1] <= len(prefix) or token == _SPACE else _moved(place, len(prefix))
            for token, place, special in shown
        ]
        cut = tower.max_tokens - 1 if len(row.ids) > tower.max_tokens else len(row.ids) - 1
        found.append(Pieces((*row.ids[:cut], row.ids[-1]), (*places[:cut], places[-1])))
    return found


def states_of(tower: Tower, rows: Sequence[Sequence[int]]) -> list[torch.Tensor]:
    """Return each row's (tokens, dim) states, in order; rows of like length run together."""
    order = sorted(range(len(rows)), key=lambda i: (len(rows[i]), i))
    found: dict[int, torch.Tensor] = {}
    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        states = tower.states(*padded([rows[i] for i in some]))
        found.update({i: states[at, : len(rows[i])] for at, i in enumerate(some)})
    return [found[i] for i in range(len(rows))]


def _moved(place: Place, by: int) -> Place:
    return max(0, place[0] - by), place[1] - by
