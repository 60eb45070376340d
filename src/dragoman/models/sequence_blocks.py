"""Steps between what was met and what comes next: attention and dense steps. Knows no products."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch.nn.functional import silu

from dragoman.models.dropout import Dropout

BlockKind: TypeAlias = Literal["sasrec", "normed", "ligr"]


@dataclass(frozen=True, slots=True)
class SequenceShape:
    """Sizes of a sequence model; the defaults are the published SASRec of one block."""

    items: int  # products, without padding
    dim: int = 64
    blocks: int = 1
    heads: int = 1
    inner: int = 64  # of the feed-forward step
    length: int = 50  # longest history
    dropout: float = 0.2
    block: BlockKind = "sasrec"
    temperature: float = 0.0  # above 0: scores are cosines divided by it; 0: dot products
    tags: int = 0  # how many tags (attributes) products have among them
    vector: int = 0  # length of the content vector that each product has
    has_ids: bool = True  # False: a product is its content alone
    id_dropout: float = 0.0  # share of products whose id is hidden in a step, so that content learns to do
    markets: int = 0  # a market's vector is added to each place of a history


class SasrecBlock(torch.nn.Module):
    """Attention, then two dense steps, each added to what it saw (Kang and McAuley 2018, eqs. 4-7)."""

    def __init__(self, shape: SequenceShape) -> None:
        """Make the parts of one block."""
        super().__init__()
        self.attention = Attention(shape)
        self.norm = torch.nn.LayerNorm(shape.dim)
        self.inner = torch.nn.Linear(shape.dim, shape.inner)
        self.outer = torch.nn.Linear(shape.inner, shape.dim)
        self.dropout = Dropout(shape.dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return (B, T, D)."""
        x = x + self.dropout(self.attention(x, mask))
        inner = self.dropout(torch.relu(self.inner(self.norm(x))))
        after: torch.Tensor = x + self.dropout(self.outer(inner))
        return after


class NormedBlock(SasrecBlock):
    """The same steps, each added to the normed rows that it saw: so the authors' own code, and RecTools'.

    What is not normed is never passed on, so that no product outweighs another by its length alone.
    """

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return (B, T, D)."""
        x = self.norm(self.attention.norm(x) + self.dropout(self.attention(x, mask)))
        inner = self.dropout(torch.relu(self.inner(x)))
        after: torch.Tensor = x + self.dropout(self.outer(inner))
        return after


class LigrBlock(torch.nn.Module):
    """A block whose steps are let in by learned gates (Borisyuk et al. 2024, LiGR; as in eSASRec, 2025)."""

    def __init__(self, shape: SequenceShape) -> None:
        """Make the parts of one block."""
        super().__init__()
        self.attention = Attention(shape)
        self.norm = torch.nn.LayerNorm(shape.dim)
        self.inner = torch.nn.Linear(shape.dim, 2 * shape.inner, bias=False)
        self.outer = torch.nn.Linear(shape.inner, shape.dim, bias=False)
        self.first = torch.nn.Linear(shape.dim, shape.dim)
        self.second = torch.nn.Linear(shape.dim, shape.dim)
        self.dropout = Dropout(shape.dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return (B, T, D)."""
        x = x + self.dropout(self.attention(x, mask) * torch.sigmoid(self.first(x)))
        left, right = self.inner(self.norm(x)).chunk(2, dim=-1)
        inner = self.outer(silu(left) * right)
        after: torch.Tensor = x + self.dropout(inner * torch.sigmoid(self.second(x)))
        return after


class Attention(torch.nn.Module):
    """Heads that look back, over normed rows."""

    def __init__(self, shape: SequenceShape) -> None:
        """Make the four dense steps."""
        super().__init__()
        self.heads = shape.heads
        self.dropout = Dropout(shape.dropout)
        self.norm = torch.nn.LayerNorm(shape.dim)
        self.asked, self.key, self.value, self.out = (torch.nn.Linear(shape.dim, shape.dim) for _ in range(4))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return (B, T, D); ``mask`` is (B, T, T), True where a place may look at another."""
        # B batch, T places, D dim; heads are split from D
        normed = self.norm(x)
        parts = (self.asked(normed), self.key(normed), self.value(normed))
        asked, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        logits = (asked @ key.transpose(-1, -2)) / math.sqrt(asked.shape[-1])
        odds = logits.masked_fill(~mask.unsqueeze(1), -1e9).softmax(-1)
        seen = self.dropout(odds) @ value
        found: torch.Tensor = self.out(seen.transpose(1, 2).flatten(2))
        return found


BLOCKS: Mapping[BlockKind, type[torch.nn.Module]] = {
    "sasrec": SasrecBlock,
    "normed": NormedBlock,
    "ligr": LigrBlock,
}
