"""The tower: texts in, unit vectors out, with gradients. Knows torch, never a data set."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import normalize
from transformers import BertConfig, BertModel

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.weights import Weights, first, table_of
from dragoman.backends.encoders.write_hugging_face import write_hugging_face
from dragoman.errors import Unsupported
from dragoman.models.halves import halves_of
from dragoman.models.stacking import stack
from dragoman.models.styles import Style, tuned
from dragoman.ports import Encoder, Role

_TOGETHER = 32
"""Texts of like length that run together: no padding to speak of, and matrices large enough for a core."""


class Tower(torch.nn.Module):
    """A pre-trained body, tuned in one `Style`, with mean pooling; the body as it came stays at hand."""

    def __init__(
        self,
        weights: Weights,
        style: Style,
        *,
        steps: int = 1000,
        layers: int = 0,
        max_tokens: int = 64,
        start: Path | None = None,
        teacher: Encoder | None = None,
    ) -> None:
        """Open the body.

        Args:
            weights: The pre-trained body.
            style: Which weights learn.
            steps: Length of the run, which AdaLoRA plans its ranks by.
            layers: First layers of the body that are used, 0 is all; `start` may be of the whole body.
            max_tokens: Longest text in training, in tokens.
            start: A LoRA adapter that the body has from the first step, as if it came so.
            teacher: Gives `origin` its vectors; without one, the body as the run began does, with torch.

        Raises:
            Unsupported: the teacher's vectors are of another length.
        """
        super().__init__()
        weights = first(merge_adapter(weights, start) if start else weights, layers)
        if teacher and teacher.dim != weights.shape.hidden:
            sizes = f"{teacher.dim} numbers a vector, the body {weights.shape.hidden}"
            raise Unsupported(f"the teacher {teacher.name} has {sizes}", hint="name one of the same length")
        self.start = start
        self.weights = weights
        self.teacher = teacher
        self.style = style
        self.max_tokens = max_tokens
        self.body = tuned(body_of(weights), style, steps=steps)
        self._halves = halves_of(self.body)
        self._origin: list[torch.nn.Module] = []  # in a list, so that torch does not count it as a part
        if not (teacher or hasattr(self.body, "disable_adapter")):
            self._origin.append(copy.deepcopy(self.body).eval().requires_grad_(False))
        self._tokenizer = Tokenizer.from_str(weights.tokenizer)
        self._taught: dict[tuple[str, str], torch.Tensor] = {}

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.weights.shape.hidden

    def encode(self, texts: Sequence[str], role: Role) -> torch.Tensor:
        """Return (n, dim) unit rows, with gradients."""
        return self._encode(self.body, texts, role)

    def origin(self, texts: Sequence[str], role: Role) -> torch.Tensor:
        """Return (n, dim) unit rows as the teacher, or the body before this run, has them; remembered."""
        missing = [text for text in dict.fromkeys(texts) if (text, role) not in self._taught]
        if missing:
            with torch.no_grad():
                found = self._origin_rows(missing, role)
            self._taught.update({(text, role): row for text, row in zip(missing, found, strict=True)})
        return torch.stack([self._taught[text, role] for text in texts])

    def states(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return (n, tokens, dim): the last layer, for heads that look at every token."""
        if self._halves is not None:
            return self._halves(ids, mask)
        found: torch.Tensor = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        return found[:, -ids.shape[1] :]  # virtual tokens of prompts come first, and say nothing

    def tokens(self, texts: Sequence[str], role: Role) -> list[list[int]]:
        """Return each text's token ids, with the prefix its role has, at most max_tokens of them."""
        prefix = self.weights.prefixes[role]
        found = self._tokenizer.encode_batch([prefix + text for text in texts])
        return [
            row.ids if len(row.ids) <= self.max_tokens else [*row.ids[: self.max_tokens - 1], row.ids[-1]]
            for row in found
        ]

    @property
    def tokenizer(self) -> Tokenizer:
        """The body's own; what it encodes has no prefix yet."""
        return self._tokenizer

    @property
    def words(self) -> torch.Tensor:
        """The (vocabulary, dim) word embeddings, without rows that no word has."""
        table: torch.Tensor = self.body.get_input_embeddings().weight
        return table[: self._tokenizer.get_vocab_size()]

    def learning(self) -> dict[str, torch.Tensor]:
        """Return the weights that learn, by name."""
        return {name: weight for name, weight in self.named_parameters() if weight.requires_grad}

    def save(self, folder: Path) -> None:
        """Write what was learned: an adapter as PEFT writes it, or a Hugging Face folder of the whole body.

        A LoRA learned on top of ``start`` is written with it as one adapter for the body as it came.

        Raises:
            Unsupported: ``start`` and a style whose weights do not add up with it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if hasattr(self.body, "disable_adapter"):
            self.body.save_pretrained(folder)
            (folder / "README.md").unlink(missing_ok=True)  # PEFT's empty form; the card is ours
            if self.start:
                stack(self.start, folder, layers=self.weights.shape.layers)
            return
        write_hugging_face(self._whole(), folder)

    def _whole(self) -> Weights:
        """The body as it is now; word embeddings that did not learn stay as they were rounded."""
        arrays = {name: values.detach().numpy() for name, values in self.body.state_dict().items()}
        words = arrays.pop("embeddings.word_embeddings.weight")
        table = table_of(words) if self.style.words else self.weights.table
        return replace(self.weights, arrays=arrays, table=table)

    def _origin_rows(self, texts: Sequence[str], role: Role) -> torch.Tensor:
        if self.teacher:
            return torch.from_numpy(self.teacher.encode(texts, role))
        was_training = self.body.training
        self.body.eval()
        try:
            if self._origin:
                return self._encode(self._origin[0], texts, role)
            with self.body.disable_adapter():
                return self._encode(self.body, texts, role)
        finally:
            self.body.train(was_training)

    def _encode(self, body: torch.nn.Module, texts: Sequence[str], role: Role) -> torch.Tensor:
        rows = self.tokens(texts, role)
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i]), i))
        parts = []
        for start in range(0, len(order), _TOGETHER):
            ids, mask = padded([rows[i] for i in order[start : start + _TOGETHER]])
            states = body(input_ids=ids, attention_mask=mask).last_hidden_state
            states = states[:, -ids.shape[1] :]  # virtual tokens of prompts come first, and say nothing
            weight = mask.unsqueeze(-1).to(states.dtype)
            parts.append((states * weight).sum(1) / weight.sum(1))
        back = torch.tensor(np.argsort(order, kind="stable"))
        found: torch.Tensor = normalize(torch.cat(parts)[back], dim=-1)
        return found


def padded(rows: Sequence[Sequence[int]], *, filler: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (n, longest) ids and mask.

    >>> [part.tolist() for part in padded([[0, 5, 2], [0, 2]])]
    [[[0, 5, 2], [0, 2, 1]], [[1, 1, 1], [1, 1, 0]]]
    """
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def read_body(path: str = "") -> Weights:
    """Return the pre-trained weights of a Hugging Face folder, or the packaged ones.

    Raises:
        NotFound: nothing there.
        Unsupported: an architecture that is not BERT-shaped.
        Corrupt: a file cannot be read.
    """
    return read_hugging_face(Path(path).expanduser()) if path else read_packaged()


def body_of(weights: Weights) -> torch.nn.Module:
    """Return the body as torch sees it, its word embeddings widened from integers to float32."""
    shape, arrays = weights.shape, weights.arrays
    words = weights.table.rows(np.arange(weights.table.codes.shape[0]))
    config = BertConfig(
        vocab_size=words.shape[0],
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=arrays["embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=arrays["embeddings.token_type_embeddings.weight"].shape[0],
        layer_norm_eps=shape.eps,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=1,
    )
    body = BertModel(config, add_pooling_layer=False)
    body.load_state_dict(_tensors({**arrays, "embeddings.word_embeddings.weight": words}))
    return body


def _tensors(arrays: Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(np.array(values)) for name, values in arrays.items()}
