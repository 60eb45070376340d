"""A head that marks what answers an ask: both are read apart, and meet in one product. Knows tensors only."""

import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, linear, normalize

from dragoman.models.heads import Head

KINDS = 3
"""What is asked of every token: does a span begin here, end here, go on here."""

_RARE = -4.0  # first bias: about one token in fifty is one of the three


class SpanHead(Head):
    """Start, end and inside of spans for any ask: (tokens) x (asks) scores by a bilinear form.

    The bi-encoder of GLiNER (Zaratiana et al. 2024; token classification as in Stepanov and Shtopko 2024):
    a text is encoded once for all asks, an ask once for all texts, so an unseen ask costs one short encoding.
    """

    def __init__(self, *, width: int = 128, dropout: float = 0.1, seed: int = 0) -> None:
        super().__init__()
        self.seed = seed
        self.width = width
        self.dropout = torch.nn.Dropout(dropout)
        self.tokens: torch.nn.Parameter | None = None
        self.asks: torch.nn.Parameter | None = None
        self.bias: torch.nn.Parameter | None = None
        self.alone: torch.nn.Parameter | None = None
        self.token_centre: torch.Tensor | None
        self.ask_centre: torch.Tensor | None
        self.register_buffer("token_centre", None)
        self.register_buffer("ask_centre", None)

    @property
    def is_fit(self) -> bool:
        """Whether the weights are made."""
        return self.tokens is not None

    def fit(self, dim: int, vocabulary: int = 0) -> None:
        """Make the weights for states and vectors of ``dim`` numbers."""
        if self.tokens is None:
            both = self._dense(2 * KINDS * self.width, dim)
            self.tokens = torch.nn.Parameter(both.data[: KINDS * self.width].clone())
            self.asks = torch.nn.Parameter(both.data[KINDS * self.width :].clone())
            self.alone = torch.nn.Parameter(torch.zeros(KINDS, dim))
            self.bias = torch.nn.Parameter(torch.full((KINDS,), _RARE))
            self.token_centre = torch.zeros(dim)
            self.ask_centre = torch.zeros(dim)

    def centre_on(self, states: torch.Tensor, asks: torch.Tensor) -> None:
        """Take the means of (n, dim) states and of (m, dim) asks as their origins, as `LabelHead` does."""
        self.token_centre = _level(states.detach()).mean(dim=0)
        self.ask_centre = _level(asks.detach()).mean(dim=0)

    def forward(self, states: torch.Tensor, asks: torch.Tensor) -> torch.Tensor:
        """Return (n, asks, 3) logits of (n, dim) token states for (asks, dim) vectors."""
        assert self.tokens is not None, "fit comes first"
        assert self.asks is not None
        seen = self.dropout(_level(states) - self.token_centre)
        asked = self.dropout(_level(asks) - self.ask_centre)
        left = linear(seen, self.tokens).view(-1, KINDS, self.width)
        right = linear(asked, self.asks).view(-1, KINDS, self.width)
        both = torch.einsum("nkw,akw->nak", left, right) / math.sqrt(self.width)
        found: torch.Tensor = both + linear(seen, self.alone, self.bias)[:, None, :]
        return found

    def loss(self, logits: torch.Tensor, wanted: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """Return the cross-entropy of (n, asks, 3) logits, summed over tokens, for (n, asks) weights 0..1."""
        each = binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(dim=2)
        found: torch.Tensor = (each * weight).sum()
        return found

    def about(self) -> dict[str, object]:
        """Return kind, width and dropout."""
        return {"kind": "span", "width": self.width, "dropout": self.dropout.p}


def _level(rows: torch.Tensor) -> torch.Tensor:
    """Rows of length sqrt(dim), as a layer norm has them."""
    return normalize(rows, dim=-1) * math.sqrt(rows.shape[-1])
