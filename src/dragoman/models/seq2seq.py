"""Sequence to sequence: decoders that write a text in another language as they read an encoder's states.

Three kinds of one shape: a Transformer decoder (Vaswani et al. 2017, norms first), and for comparison gated
or plain recurrent ones with attention (Cho et al. 2014; Luong et al. 2015, eq. 1-5). The encoder is frozen,
its states given, or a Transformer that is learned along with the rest. Knows torch, never products.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch.nn.functional import scaled_dot_product_attention

from dragoman.errors import BadConfig
from dragoman.models.blocks import Block, Reader, Shape, waves
from dragoman.models.dropout import Dropout
from dragoman.models.language import NOTHING, batch_of

Floats: TypeAlias = NDArray[np.float32]

END, UNKNOWN = 0, 1  # ids


class Translator(torch.nn.Module):
    """Reads states, writes pieces; its two kinds differ in how they look back."""

    def __init__(self, shape: Shape, tokenizer: str, pieces: int) -> None:
        super().__init__()
        if shape.dim % shape.heads:
            raise BadConfig(f"dim {shape.dim} by {shape.heads} heads", hint="heads divide dim without rest")
        self.shape, self.tokenizer = shape, tokenizer
        self.table = torch.nn.Parameter(torch.randn(pieces, shape.dim) / math.sqrt(shape.dim))
        self.bias = torch.nn.Parameter(torch.zeros(pieces))
        self.register_buffer("places", waves(shape.most, shape.dim), persistent=False)
        self.register_buffer("level", torch.zeros(shape.memory))
        self.register_buffer("spread", torch.ones(shape.memory))
        self.dropout = Dropout(shape.dropout)
        self.reader = Reader(shape) if shape.reads else None

    def look(self, sources: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (B, S, memory) states of equal spread and (B, S) which of them are some.

        Args:
            sources: (S, memory) states of a frozen encoder, or (S,) ids for one that is learned.
        """
        real = torch.zeros(len(sources), max(map(len, sources)), dtype=torch.bool)
        for i, source in enumerate(sources):
            real[i, : len(source)] = True
        if self.reader is not None:
            ids = torch.nn.utils.rnn.pad_sequence(list(sources), batch_first=True)
            return self.reader(self.embedded(ids), real), real
        rows = torch.nn.utils.rnn.pad_sequence(list(sources), batch_first=True).float()
        return (rows - self.level) / self.spread, real

    def embedded(self, ids: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows for (B, T) ids."""
        rows = self.table[ids] * math.sqrt(self.shape.dim) + self.places[: ids.shape[1]]
        found: torch.Tensor = self.dropout(rows)
        return found

    def states(self, ids: torch.Tensor, seen: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows in the space of the table; row t knows ids 0..t and all that was read."""
        raise NotImplementedError

    def loss(
        self,
        sources: Sequence[torch.Tensor],
        rows: Sequence[Sequence[int]],
        *,
        others: torch.Tensor | None = None,
        smooth: float = 0.0,
        parts: int = 3,
    ) -> torch.Tensor:
        """Return the mean cross-entropy, nats a token, of rows that begin with a language and end with 0.

        Args:
            sources: What is read, a row each.
            rows: Ids.
            others: Ids drawn evenly from those that no row goes on with, that stand for all of these.
            smooth: Share of each target that all pieces have in equal parts (Szegedy et al. 2016).
            parts: Batches of like lengths, so that less of a batch is emptiness.
        """
        found, wanted = self._rows(sources, rows, parts)
        return softened(self.dropout(found), wanted, self.table, self.bias, others=others, smooth=smooth)

    def hits(self, sources: Sequence[torch.Tensor], rows: Sequence[Sequence[int]]) -> tuple[int, int]:
        """Return how many pieces are the likeliest after what stands before them, and how many there are."""
        with torch.no_grad():
            found, wanted = self._rows(sources, rows, 3)
            best = (found @ self.table.T + self.bias).argmax(dim=1)
        return int((best == wanted).sum()), len(wanted)

    def write(self, sources: Sequence[torch.Tensor], lang: int, most: int = 48) -> list[list[int]]:
        """Return the ids that each source becomes, the likeliest each time; language and end left out."""
        with torch.no_grad():
            seen, real = self.look(sources)
            ids = torch.full((len(sources), 1), lang)
            ended = torch.zeros(len(sources), dtype=torch.bool)
            while ids.shape[1] < min(most, self.shape.most) and not ended.all():
                last = self.states(ids, seen, real)[:, -1]
                best = (last @ self.table.T + self.bias).argmax(dim=1)
                best[ended] = END
                ended |= best == END
                ids = torch.cat([ids, best[:, None]], dim=1)
        return [[i for i in row if i != END] for row in ids[:, 1:].tolist()]

    def arrays(self) -> dict[str, Floats]:
        """Return the weights by name, with what evens the states folded into the steps that read them."""
        return {name: weight.detach().numpy() for name, weight in self.state_dict().items()}

    def save(self, folder: Path) -> None:
        """Write decoder.safetensors and tokenizer.json."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {"shape": json.dumps(asdict(self.shape))}
        arrays = {name: np.ascontiguousarray(rows) for name, rows in self.arrays().items()}
        save_file(arrays, folder / "decoder.safetensors", metadata=about)
        (folder / "tokenizer.json").write_text(self.tokenizer, encoding="utf-8")

    def _rows(
        self, sources: Sequence[torch.Tensor], rows: Sequence[Sequence[int]], parts: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (n, dim) rows and (n,) the ids wanted of them, over all texts."""
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i]), len(sources[i])))
        size = -(-len(order) // parts)
        found, wanted = [], []
        for at in range(0, len(order), size):
            some = order[at : at + size]
            ids, after = batch_of([rows[i] for i in some])
            seen, real = self.look([sources[i] for i in some])
            found.append(self.states(ids, seen, real)[after != NOTHING])
            wanted.append(after[after != NOTHING])
        return torch.cat(found), torch.cat(wanted)


class TransformerDecoder(Translator):
    """Blocks of attention to what is written, attention to what is read, and two dense steps."""

    def __init__(self, shape: Shape, tokenizer: str, pieces: int) -> None:
        super().__init__(shape, tokenizer, pieces)
        self.blocks = torch.nn.ModuleList(Block(shape, reads=True) for _ in range(shape.layers))
        self.norm = torch.nn.LayerNorm(shape.dim)

    def states(self, ids: torch.Tensor, seen: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows in the space of the table; row t knows ids 0..t and all that was read."""
        rows = self.embedded(ids)
        for block in self.blocks:
            rows = block(rows, seen, real)
        found: torch.Tensor = self.norm(rows)
        return found

    def arrays(self) -> dict[str, Floats]:
        """Return the weights by name, with what evens the states folded into the steps that read them."""
        found = super().arrays()
        level, spread = found.pop("level"), found.pop("spread")
        for i in range(0 if self.reader else self.shape.layers):
            name = f"blocks.{i}.read"
            weight: Floats = found[f"{name}.weight"] / spread
            found |= {f"{name}.weight": weight, f"{name}.bias": found[f"{name}.bias"] - weight @ level}
        places: Floats = self.places.numpy()
        return found | {"places": places}


class RecurrentDecoder(Translator):
    """A recurrent state for what is written, and attention from it to what is read (Luong et al. 2015)."""

    def __init__(self, shape: Shape, tokenizer: str, pieces: int) -> None:
        super().__init__(shape, tokenizer, pieces)
        width = shape.dim if shape.reads else shape.memory
        kind = torch.nn.GRU if shape.kind == "gru" else torch.nn.RNN
        self.cells = kind(shape.dim, shape.hidden, shape.layers, batch_first=True)
        self.first = torch.nn.Linear(width, shape.hidden)
        self.read = torch.nn.Linear(width, 2 * shape.hidden)
        self.out = torch.nn.Linear(2 * shape.hidden, shape.dim)

    def states(self, ids: torch.Tensor, seen: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Return (B, T, dim) rows in the space of the table; row t knows ids 0..t and all that was read."""
        share = real.float() / real.sum(dim=1, keepdim=True)
        first = torch.tanh(self.first((seen * share[:, :, None]).sum(dim=1)))
        written, _ = self.cells(self.embedded(ids), first.expand(self.shape.layers, -1, -1).contiguous())
        keys, values = self.read(seen).chunk(2, dim=-1)
        told = scaled_dot_product_attention(written, keys, values, attn_mask=real[:, None, :])
        found: torch.Tensor = self.out(torch.cat([self.dropout(written), told], dim=-1))
        return found


KINDS: Mapping[str, type[Translator]] = {
    "transformer": TransformerDecoder,
    "gru": RecurrentDecoder,
    "rnn": RecurrentDecoder,
}


def softened(
    found: torch.Tensor,
    wanted: torch.Tensor,
    table: torch.Tensor,
    bias: torch.Tensor,
    *,
    others: torch.Tensor | None,
    smooth: float,
) -> torch.Tensor:
    """Return the mean cross-entropy of (n, dim) rows against (n,) ids, nats; see `Translator.loss`."""
    if others is None:
        chosen, places = torch.arange(len(table)), wanted
        counts = torch.ones(len(table))
        odds = found @ table.T + bias
    else:
        met, places = torch.unique(wanted, return_inverse=True)
        chosen = torch.cat([met, others])
        counts = torch.ones(len(chosen))
        counts[len(met) :] = (len(table) - len(met)) / max(len(others), 1)  # each stands for so many
        odds = found @ table[chosen].T + bias[chosen]
    whole = torch.logsumexp(odds + counts.log(), dim=1)
    lost = whole - odds.gather(1, places[:, None])[:, 0]
    if smooth:
        evenly = whole - odds @ (counts / counts.sum())
        lost = (1 - smooth) * lost + smooth * evenly
    return lost.mean()
