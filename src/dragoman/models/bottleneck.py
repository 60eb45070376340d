"""Bottleneck adapters: a narrow detour behind each half of a layer, all that learns (Houlsby et al. 2019).

They bend, so they cannot be added to a matrix as LoRA can: the encoder that serves takes none of them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch.nn.functional import gelu

from dragoman.errors import Corrupt, NotFound

PEFT_TYPE: Final = "BOTTLENECK"
_CONFIG, _TENSORS = "adapter_config.json", "adapter_model.safetensors"
_BEGIN: Final = 0.02  # deviation of the way in, as BERT's own matrices begin


class Bottleneck(torch.nn.Module):
    """A dense step, and a detour of ``rank`` numbers whose sum with it goes on (Houlsby et al. 2019, §2.1).

    The way back begins at zero, so that a fresh adapter changes nothing; the paper begins near zero.
    """

    def __init__(self, dense: torch.nn.Linear, rank: int, *, dropout: float = 0.0) -> None:
        """Wrap a dense step, whose own weights stay as they are."""
        super().__init__()
        self.dense = dense
        self.down = torch.nn.Linear(dense.out_features, rank)
        self.up = torch.nn.Linear(rank, dense.out_features)
        self.dropout = torch.nn.Dropout(dropout)
        self.is_on = True
        torch.nn.init.normal_(self.down.weight, std=_BEGIN)
        for weight in (self.down.bias, self.up.weight, self.up.bias):
            torch.nn.init.zeros_(weight)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return (…, out): the dense step's result, with what the detour adds."""
        found: torch.Tensor = self.dense(states)
        return found + self.dropout(self.up(gelu(self.down(found)))) if self.is_on else found


class Bottlenecked(torch.nn.Module):
    """A body with an adapter behind attention and another behind the feed-forward step of every layer.

    It is asked what PEFT's models are asked: `disable_adapter`, `save_pretrained`.
    """

    def __init__(self, body: torch.nn.Module, rank: int, *, dropout: float = 0.0) -> None:
        """Put the adapters into the body, which is changed."""
        super().__init__()
        self.body = body
        self.rank = rank
        self.config = body.config
        for layer in body.encoder.layer:
            for half in (layer.attention.output, layer.output):
                half.dense = Bottleneck(half.dense, rank, dropout=dropout)

    def forward(self, **inputs: torch.Tensor) -> object:
        """Return what the body returns."""
        return self.body(**inputs)

    def get_input_embeddings(self) -> torch.nn.Module:
        """Return the body's word embeddings."""
        found: torch.nn.Module = self.body.get_input_embeddings()
        return found

    @contextmanager
    def disable_adapter(self) -> Iterator[None]:
        """Be the body as it came for a while."""
        adapters = [part for part in self.body.modules() if isinstance(part, Bottleneck)]
        for adapter in adapters:
            adapter.is_on = False
        try:
            yield
        finally:
            for adapter in adapters:
                adapter.is_on = True

    def save_pretrained(self, folder: Path) -> None:
        """Write the adapters alone; `load_adapters` puts them back."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(
            {name: weight.detach().contiguous() for name, weight in _own(self).items()}, folder / _TENSORS
        )
        config = {"peft_type": PEFT_TYPE, "r": self.rank}
        (folder / _CONFIG).write_text(json.dumps(config) + "\n", encoding="utf-8")

    def load_adapters(self, folder: Path) -> None:
        """Take the adapters that `save_pretrained` wrote.

        Raises:
            NotFound: nothing there.
            Corrupt: a file that cannot be read, or adapters of another size or body.
        """
        path = folder / _TENSORS
        if not path.is_file():
            raise NotFound(f"no {path}", hint='train it with [style] kind = "bottleneck"')
        try:
            found = load_file(path)
        except (SafetensorError, OSError, ValueError) as error:
            raise Corrupt(f"cannot read {path}: {error}", hint="train it again") from error
        own = _own(self)
        if {name: weight.shape for name, weight in own.items()} != {k: v.shape for k, v in found.items()}:
            hint = "is the rank, and the body, what they were trained with?"
            raise Corrupt(f"{path} does not fit adapters of rank {self.rank} on this body", hint=hint)
        with torch.no_grad():
            for name, weight in own.items():
                weight.copy_(found[name])


def _own(model: Bottlenecked) -> dict[str, torch.Tensor]:
    """The adapters' weights by name."""
    return {name: weight for name, weight in model.named_parameters() if ".down." in name or ".up." in name}
