"""Causal language models of queries: a recurrent one and a Transformer decoder, small, their word table tied.

Both turn the pieces so far into a row in the space of the piece table; the next piece is the one whose row
is nearest (Press and Wolf 2017, arXiv 1608.05859). What they save, `dragoman.suggest` opens without torch.
"""

import gzip
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention

from dragoman.errors import BadConfig

Kind: TypeAlias = Literal["gru", "transformer"]

NOTHING = -100  # a target that is none; what cross_entropy passes over
_SPREAD = 0.05  # of first table rows
_BATCHES = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a model is. At the defaults either takes about 2 MB in eight bits."""

    kind: Kind = "gru"
    dim: int = 160  # of the table's rows
    hidden: int = 384  # of the recurrent state, or inside the decoder's dense steps
    layers: int = 1
    heads: int = 4  # decoder only
    most: int = 48  # tokens of a query, language and end counted
    dropout: float = 0.1


@dataclass(frozen=True, slots=True)
class Letters:
    """What the ids mean: a tokenizer, the languages by id, and which languages use which piece."""

    tokenizer: str  # tokenizer.json
    langs: tuple[str, ...]  # of ids 1, 2, ...; 0 is the end
    used: tuple[int, ...]  # per id, a bit for each language that writes with it

    def ids(self, lang: str) -> int:
        """Return the id that a query in this language begins with; "und" stands for an unknown one."""
        return 1 + (self.langs.index(lang) if lang in self.langs else self.langs.index("und"))


class LanguageModel(torch.nn.Module):
    """Next-piece odds for queries; `GruModel` and `DecoderModel` differ in how they look back."""

    def __init__(self, shape: Shape, letters: Letters) -> None:
        super().__init__()
        self.shape, self.letters = shape, letters
        self.table = torch.nn.Parameter(torch.randn(len(letters.used), shape.dim) * _SPREAD)
        self.bias = torch.nn.Parameter(torch.zeros(len(letters.used)))
        self.dropout = torch.nn.Dropout(shape.dropout)

    def states(self, ids: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows for (B, T) ids; row t knows ids 0..t alone."""
        raise NotImplementedError

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return (B, T, pieces) logits of the id after each of (B, T) ids."""
        return self.states(ids) @ self.table.T + self.bias

    def loss(self, rows: Sequence[Sequence[int]], *, others: torch.Tensor | None = None) -> torch.Tensor:
        """Return the mean cross-entropy, nats a token, of rows that begin with a language and end with 0.

        Args:
            rows: Ids.
            others: (n,) ids, drawn evenly from those that no row goes on with, that stand for all of these:
                the sum over the rest of the table is estimated without bias from theirs. None sums them all.
        """
        parts = [batch_of(part) for part in by_length(rows)]
        seen = torch.cat([self.states(ids)[wanted != NOTHING] for ids, wanted in parts])
        wanted = torch.cat([wanted[wanted != NOTHING] for _, wanted in parts])
        if others is None:
            found: torch.Tensor = cross_entropy(self.dropout(seen) @ self.table.T + self.bias, wanted)
            return found
        met, places = torch.unique(wanted, return_inverse=True)
        chosen = torch.cat([met, others])
        each = math.log((len(self.table) - len(met)) / max(len(others), 1))
        level = self.bias[chosen] + torch.cat([torch.zeros(len(met)), torch.full((len(others),), each)])
        found = cross_entropy(self.dropout(seen) @ self.table[chosen].T + level, places)
        return found

    def nats(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return (n,) how surprising each row is, nats in all, its end counted and its language not."""
        ids, wanted = batch_of(rows)
        with torch.no_grad():
            lost = cross_entropy(self(ids).transpose(1, 2), wanted, ignore_index=NOTHING, reduction="none")
        found: torch.Tensor = lost.sum(dim=1)
        return found

    def save(self, folder: Path) -> None:
        """Write writer.safetensors, dense weights in eight bits, and tokenizer.json.gz."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[Any]] = {"used": np.array(self.letters.used, np.uint32)}
        for name, weight in self.state_dict().items():
            arrays |= (
                eight_bits(name, weight.detach().numpy()) if weight.ndim == 2 else {name: weight.numpy()}
            )
        about = {"shape": json.dumps(asdict(self.shape)), "langs": " ".join(self.letters.langs)}
        save_file(arrays, folder / "writer.safetensors", metadata=about)
        packed = gzip.compress(self.letters.tokenizer.encode(), mtime=0)
        (folder / "tokenizer.json.gz").write_bytes(packed)


class GruModel(LanguageModel):
    """Gated recurrent units (Cho et al. 2014), their state brought back to the table's width."""

    def __init__(self, shape: Shape, letters: Letters) -> None:
        super().__init__(shape, letters)
        self.gru = torch.nn.GRU(shape.dim, shape.hidden, shape.layers, batch_first=True)
        self.out = torch.nn.Linear(shape.hidden, shape.dim)

    def states(self, ids: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows for (B, T) ids; row t knows ids 0..t alone."""
        seen, _ = self.gru(self.dropout(self.table[ids]) * math.sqrt(self.shape.dim))
        found: torch.Tensor = self.out(self.dropout(seen))
        return found


class DecoderModel(LanguageModel):
    """A Transformer decoder, norms first (Xiong et al. 2020), positions learned."""

    def __init__(self, shape: Shape, letters: Letters) -> None:
        super().__init__(shape, letters)
        if shape.dim % shape.heads:
            raise BadConfig(f"dim {shape.dim} by {shape.heads} heads", hint="heads divide dim without rest")
        self.places = torch.nn.Parameter(torch.randn(shape.most, shape.dim) * _SPREAD)
        self.blocks = torch.nn.ModuleList(_Block(shape) for _ in range(shape.layers))
        self.norm = torch.nn.LayerNorm(shape.dim)

    def states(self, ids: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows for (B, T) ids; row t knows ids 0..t alone."""
        rows = self.dropout((self.table[ids] + self.places[: ids.shape[1]]) * math.sqrt(self.shape.dim))
        for block in self.blocks:
            rows = block(rows)
        found: torch.Tensor = self.norm(rows)
        return found


class _Block(torch.nn.Module):
    """Attention to what came before, then two dense steps; each adds to its input."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.before = torch.nn.LayerNorm(shape.dim)
        self.three = torch.nn.Linear(shape.dim, 3 * shape.dim)
        self.joined = torch.nn.Linear(shape.dim, shape.dim)
        self.between = torch.nn.LayerNorm(shape.dim)
        self.wide = torch.nn.Linear(shape.dim, shape.hidden)
        self.back = torch.nn.Linear(shape.hidden, shape.dim)
        self.dropout = torch.nn.Dropout(shape.dropout)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows."""
        size = rows.shape  # B batch, T tokens, D dim; H heads of D / H
        three = self.three(self.before(rows)).view(*size[:2], 3, self.heads, -1)
        asked, keys, values = three.permute(2, 0, 3, 1, 4)  # each B H T D/H
        seen = scaled_dot_product_attention(asked, keys, values, is_causal=True)
        rows = rows + self.dropout(self.joined(seen.transpose(1, 2).reshape(size)))
        inner = gelu(self.wide(self.between(rows)), approximate="tanh")
        found: torch.Tensor = rows + self.dropout(self.back(inner))
        return found


MODELS: Mapping[str, type[LanguageModel]] = {"gru": GruModel, "transformer": DecoderModel}


def batch_of(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (B, T) ids and (B, T) the id after each, `NOTHING` beyond a row's end.

    >>> ids, wanted = batch_of([[3, 7, 0], [4, 0]])
    >>> ids.tolist(), wanted.tolist()
    ([[3, 7], [4, 0]], [[7, 0], [0, -100]])
    """
    width = max(map(len, rows)) - 1
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    wanted = torch.full((len(rows), width), NOTHING)
    for place, row in enumerate(rows):
        ids[place, : len(row) - 1] = torch.tensor(row[:-1])
        wanted[place, : len(row) - 1] = torch.tensor(row[1:])
    return ids, wanted


def by_length(rows: Sequence[Sequence[int]]) -> list[list[Sequence[int]]]:
    """Return up to three batches of rows of like lengths, the longest last: less of a batch is emptiness.

    >>> by_length([[1, 2, 0], [1, 0], [1, 2, 3, 0]])
    [[[1, 0]], [[1, 2, 0]], [[1, 2, 3, 0]]]
    """
    ordered = sorted(rows, key=len)
    size = -(-len(ordered) // _BATCHES)
    return [ordered[at : at + size] for at in range(0, len(ordered), size)]


def eight_bits(name: str, weight: NDArray[np.float32]) -> dict[str, NDArray[Any]]:  # Any: two types
    """Return a (n, m) weight as int8 codes and one scale a row: ``name.codes``, ``name.scales``."""
    scales = np.maximum(np.abs(weight).max(axis=1), 1e-8) / 127
    codes = np.rint(weight / scales[:, None]).astype(np.int8)
    return {f"{name}.codes": codes, f"{name}.scales": scales.astype(np.float32)}
