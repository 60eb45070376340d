"""Blocks of attention and dense steps, and an encoder made of them. Knows torch, no pieces and no texts."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch.nn.functional import relu, scaled_dot_product_attention

from dragoman.models.dropout import Dropout

Kind: TypeAlias = Literal["transformer", "gru", "rnn"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a model is."""

    kind: Kind = "transformer"
    dim: int = 256
    hidden: int = 1024  # inside a dense step, or of the recurrent state
    layers: int = 2
    heads: int = 4
    memory: int = 384  # width of the states that are read
    reads: int = 0  # layers of an encoder that is learned too; 0 is a frozen one
    most: int = 128  # tokens of a text, language and end counted
    dropout: float = 0.1


class Block(torch.nn.Module):
    """Attention to its row, to states where it reads some, and two dense steps; each adds to its input."""

    def __init__(self, shape: Shape, *, reads: bool) -> None:
        super().__init__()
        self.heads, self.reads, dim = shape.heads, reads, shape.dim
        self.before, self.after = torch.nn.LayerNorm(dim), torch.nn.LayerNorm(dim)
        self.three, self.joined = torch.nn.Linear(dim, 3 * dim), torch.nn.Linear(dim, dim)
        if reads:
            self.between = torch.nn.LayerNorm(dim)
            self.asked, self.told = torch.nn.Linear(dim, dim), torch.nn.Linear(dim, dim)
            self.read = torch.nn.Linear(dim if shape.reads else shape.memory, 2 * dim)
        self.wide, self.back = torch.nn.Linear(dim, shape.hidden), torch.nn.Linear(shape.hidden, dim)
        self.dropout = Dropout(shape.dropout)

    def forward(self, rows: torch.Tensor, seen: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows; a block that reads looks back only, another over all that is ``real``."""
        asked, keys, values = (self._heads(part) for part in self.three(self.before(rows)).chunk(3, dim=-1))
        mask = None if self.reads else real[:, None, None, :]
        mixed = scaled_dot_product_attention(asked, keys, values, attn_mask=mask, is_causal=self.reads)
        rows = rows + self.dropout(self.joined(self._row(mixed)))
        if self.reads:
            asked = self._heads(self.asked(self.between(rows)))
            keys, values = (self._heads(part) for part in self.read(seen).chunk(2, dim=-1))
            mixed = scaled_dot_product_attention(asked, keys, values, attn_mask=real[:, None, None, :])
            rows = rows + self.dropout(self.told(self._row(mixed)))
        found: torch.Tensor = rows + self.dropout(self.back(relu(self.wide(self.after(rows)))))
        return found

    def _heads(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.view(*rows.shape[:2], self.heads, -1).transpose(1, 2)  # B H T D/H

    def _row(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.transpose(1, 2).flatten(2)


class Reader(torch.nn.Module):
    """A Transformer encoder over the decoder's own table, for runs without a pre-trained one."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.blocks = torch.nn.ModuleList(Block(shape, reads=False) for _ in range(shape.reads))
        self.norm = torch.nn.LayerNorm(shape.dim)

    def forward(self, rows: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Return (B, S, dim) states of (B, S, dim) embedded pieces."""
        for block in self.blocks:
            rows = block(rows, rows, real)
        found: torch.Tensor = self.norm(rows)
        return found


def waves(most: int, dim: int) -> torch.Tensor:
    """Return (most, dim) places: sines, then cosines, of falling frequency (Vaswani et al. 2017, 3.5).

    >>> waves(2, 4)[0].tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    rates = torch.exp(torch.arange(0, dim, 2) * (-math.log(10_000) / dim))
    turns = torch.arange(most)[:, None] * rates
    return torch.cat([turns.sin(), turns.cos()], dim=1)
