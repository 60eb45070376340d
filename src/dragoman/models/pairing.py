"""The head of a reranker: how well two texts read as one row go together. Knows tensors, no data set."""

import math
from dataclasses import dataclass

import torch
from torch.nn.functional import gelu, linear, normalize

from dragoman.models.heads import Head

_BEGINS = (1.0, 0.5)  # of the two likenesses, in standard deviations, before anything is learned


@dataclass(frozen=True, slots=True)
class Joined:
    """States of pairs, and which tokens are the query's words and which the text's part."""

    states: torch.Tensor  # (n, tokens, dim)
    asked: torch.Tensor  # (n, tokens) bool: the query's words, without ends
    said: torch.Tensor  # (n, tokens) bool: the text's part, with both its ends


class PairHead(Head):
    """One logit of a pair: two likenesses that mean something untrained, and what two dense steps add.

    The likenesses are the weighted mean, over the query's words, of the cosine to the nearest token of the
    text (late interaction: Khattab and Zaharia 2020, eq. 3, with weights learned), and the cosine of the
    two parts' means. The dense steps see the first token's state, and product and distance of the means.
    """

    def __init__(self, *, inner: int = 96, dropout: float = 0.1, seed: int = 0) -> None:
        super().__init__()
        self.seed, self.inner = seed, inner
        self.dropout = torch.nn.Dropout(dropout)
        self.wide: torch.nn.Parameter | None = None

    @property
    def is_fit(self) -> bool:
        """Whether the weights are made."""
        return self.wide is not None

    def fit(self, dim: int, vocabulary: int = 0) -> None:
        """Make the weights for states of ``dim`` numbers."""
        if self.wide is not None:
            return
        self.wide = self._dense(self.inner, 3 * dim)
        self.wide_bias = torch.nn.Parameter(torch.zeros(self.inner))
        self.narrow = torch.nn.Parameter(torch.zeros(1, self.inner))
        self.bias = torch.nn.Parameter(torch.zeros(1))
        self.likeness = torch.nn.Parameter(torch.tensor(_BEGINS))
        self.telling = torch.nn.Parameter(torch.zeros(dim))
        self.register_buffer("middle", torch.zeros(2))
        self.register_buffer("spread", torch.ones(2))

    def even_out(self, joined: Joined) -> None:
        """Measure the likenesses' mean and spread on some pairs, so that both begin alike."""
        found = self.likenesses(joined).detach()
        self.middle.copy_(found.mean(dim=0))
        self.spread.copy_(found.std(dim=0).clamp_min(1e-4))

    def forward(self, joined: Joined) -> torch.Tensor:
        """Return (n,) logits."""
        assert self.wide is not None, "fit comes first"
        states = joined.states
        size = math.sqrt(states.shape[-1])
        u, v = (size * _mean(states, part) for part in (joined.asked, joined.said))
        seen = torch.cat([size * normalize(states[:, 0], dim=-1), u * v / 2, (u - v).abs()], dim=1)
        inner = gelu(linear(self.dropout(seen), self.wide, self.wide_bias))
        even = (self.likenesses(joined) - self.middle) / self.spread
        found: torch.Tensor = linear(inner, self.narrow, self.bias)[:, 0] + even @ self.likeness
        return found

    def likenesses(self, joined: Joined) -> torch.Tensor:
        """Return (n, 2): nearest tokens, and means; both cosines, -1..1."""
        states, asked, said = joined.states, joined.asked, joined.said
        rows = normalize(states, dim=-1)
        near = (rows @ rows.transpose(1, 2)).masked_fill(~said[:, None, :], -2.0).amax(dim=2)
        weight = (states @ self.telling).masked_fill(~asked, -1e4).softmax(dim=1)
        means = (_mean(states, asked) * _mean(states, said)).sum(dim=1)
        return torch.stack([(near * weight).sum(dim=1), means], dim=1)

    def about(self) -> dict[str, object]:
        """Return kind, inner width and dropout."""
        return {"kind": "pair", "inner": self.inner, "dropout": self.dropout.p}


def _mean(states: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """Return (n, dim) unit rows: the mean of the tokens of a part."""
    weight = part.unsqueeze(-1).to(states.dtype)
    return normalize((states * weight).sum(1) / weight.sum(1).clamp_min(1.0), dim=-1)
