"""Sequence models: what was met, in order, to what comes next. Knows torch and numbers, never products.

Row 0 of every table is padding; rows 1..items are products. Positions count from the newest backwards, so
that the place from which the next product is guessed is the same however long a history is.
"""

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import embedding_bag, normalize

from dragoman.models.dropout import Dropout
from dragoman.models.sequence_blocks import BLOCKS, SequenceShape


class Items(torch.nn.Module):
    """The item tower: a product's vector from its id, its tags and its content, whichever it has."""

    def __init__(self, shape: SequenceShape) -> None:
        """Begin with small random vectors."""
        super().__init__()
        self.shape = shape
        self.ids = _table(shape.items + 1, shape.dim) if shape.has_ids else None
        self.tag = _table(shape.tags + 1, shape.dim) if shape.tags else None
        self.content = torch.nn.Linear(shape.vector, shape.dim) if shape.vector else None
        # Not weights: what products are is told anew wherever a model is opened.
        self.tags_of = torch.zeros((shape.items + 1, 1), dtype=torch.long)
        self.vectors = torch.zeros((shape.items + 1, shape.vector))

    def know(self, tags: torch.Tensor | None, vectors: torch.Tensor | None) -> None:
        """Tell what products are: (items + 1, most) tag rows padded by 0, and (items + 1, vector) floats."""
        self.tags_of = self.tags_of if tags is None else tags
        self.vectors = self.vectors if vectors is None else vectors

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (..., dim) for rows (...)."""
        found = torch.zeros((*rows.shape, self.shape.dim))
        if self.ids is not None:
            known = self.ids(rows)
            if self.training and self.shape.id_dropout:
                shown = torch.rand(self.shape.items + 1) >= self.shape.id_dropout
                known = known * shown[rows].unsqueeze(-1)
            found = found + known
        return found + self.by_content(rows)

    def by_content(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (..., dim): what tags and content alone say, which is all of a product that nobody met."""
        found = torch.zeros((*rows.shape, self.shape.dim))
        if self.tag is not None:
            found = found + self._of_tags(rows)
        if self.content is not None:
            found = found + self.content(self.vectors[rows])
        return found

    def _of_tags(self, rows: torch.Tensor) -> torch.Tensor:
        assert self.tag is not None
        tags = self.tags_of[rows.flatten()]
        found = embedding_bag(tags, self.tag.weight, mode="mean", padding_idx=0)
        return found.view(*rows.shape, -1)


class SequenceModel(torch.nn.Module):
    """A causal Transformer over product vectors; the next product is the nearest to where it ends up."""

    def __init__(self, shape: SequenceShape) -> None:
        """Make an untrained model."""
        super().__init__()
        self.shape = shape
        self.items = Items(shape)
        self.places = _table(shape.length, shape.dim)
        self.market = _table(shape.markets + 1, shape.dim) if shape.markets else None
        self.blocks = torch.nn.ModuleList(BLOCKS[shape.block](shape) for _ in range(shape.blocks))
        self.norm = torch.nn.LayerNorm(shape.dim)
        self.dropout = Dropout(shape.dropout)

    def forward(
        self,
        rows: torch.Tensor,
        places: torch.Tensor,
        mask: torch.Tensor,
        markets: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return (B, T, D): where each place expects the next product.

        Args:
            rows: (B, T) products.
            places: (B, T), 0 for the newest of its history, 1 for the one before ...
            mask: (B, T, T), True where a place may look at another.
            markets: (B, T) rows of markets, 0 for none.
        """
        return self.follow(self.items(rows), places, mask, markets)

    def follow(
        self,
        vectors: torch.Tensor,
        places: torch.Tensor,
        mask: torch.Tensor,
        markets: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the same of products' vectors (B, T, D), where a caller has looked them up already."""
        x = vectors * math.sqrt(self.shape.dim) + self.places(places)
        if self.market is not None and markets is not None:
            x = x + self.market(markets)
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, mask)
        found: torch.Tensor = self.norm(x)
        return found

    def scores(self, states: torch.Tensor, products: torch.Tensor) -> torch.Tensor:
        """Return (n, m): how likely each of m product vectors is next, for n states; a logit."""
        states, products = self.aimed(states, products)
        return states @ products.T

    def aimed(self, states: torch.Tensor, products: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return both such that their dot products are logits."""
        if not self.shape.temperature:
            return states, products
        return normalize(states, dim=-1) / self.shape.temperature, normalize(products, dim=-1)

    def table(self) -> torch.Tensor:
        """Return (items + 1, dim): every product's vector, without gradients."""
        with torch.no_grad():
            found: torch.Tensor = self.items(torch.arange(self.shape.items + 1))
        return found

    def ends(self, rows: torch.Tensor, markets: torch.Tensor | None = None) -> torch.Tensor:
        """Return (B, D): the state after the newest product of each history, padded by 0 on the left."""
        T = rows.shape[1]
        places = torch.arange(T - 1, -1, -1).expand(rows.shape[0], T)
        given = None if markets is None else markets.unsqueeze(1).expand(rows.shape)
        with torch.no_grad():
            found: torch.Tensor = self(rows, places, looking_back(rows > 0), given)[:, -1]
        return found

    def save(self, folder: Path) -> None:
        """Write shape.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "shape.json").write_text(json.dumps(asdict(self.shape), indent=1) + "\n", encoding="utf-8")
        save_file(
            {name: part.contiguous() for name, part in self.state_dict().items()},
            folder / "model.safetensors",
        )


def read_model(folder: Path) -> SequenceModel:
    """Return the model that `SequenceModel.save` wrote."""
    shape = SequenceShape(**json.loads((folder / "shape.json").read_text(encoding="utf-8")))
    model = SequenceModel(shape)
    model.load_state_dict(load_file(folder / "model.safetensors"))
    model.eval()
    return model


def looking_back(real: torch.Tensor) -> torch.Tensor:
    """Return (B, T, T): a place looks at real places up to itself, and always at itself.

    >>> looking_back(torch.tensor([[False, True, True]]))[0].int().tolist()
    [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    """
    T = real.shape[1]
    causal = torch.tril(torch.ones((T, T), dtype=torch.bool))
    return (causal & real.unsqueeze(1)) | torch.eye(T, dtype=torch.bool)


def padded_left(histories: list[np.ndarray], length: int) -> torch.Tensor:
    """Return (n, at most length): the newest of each history, 0 before them.

    >>> padded_left([np.array([1, 2, 3]), np.array([4])], 2).tolist()
    [[2, 3], [0, 4]]
    """
    longest = max(1, min(length, max((len(one) for one in histories), default=1)))
    rows = np.zeros((len(histories), longest), np.int64)
    for row, one in zip(rows, histories, strict=True):
        kept = one[-longest:]
        row[longest - len(kept) :] = kept
    return torch.from_numpy(rows)


def _table(rows: int, dim: int) -> torch.nn.Embedding:
    table = torch.nn.Embedding(rows, dim, padding_idx=0)
    with torch.no_grad():
        table.weight.normal_(0.0, 0.02)
        table.weight[0] = 0.0
    return table
