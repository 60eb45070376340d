"""Which weights of a pre-trained body learn: all, some layers, or small ones added beside them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from peft import (
    AdaLoraConfig,
    IA3Config,
    LoraConfig,
    PeftModel,
    PrefixTuningConfig,
    PromptTuningConfig,
    get_peft_model,
)

from dragoman.errors import BadConfig
from dragoman.models.bottleneck import Bottlenecked

StyleKind: TypeAlias = Literal[
    "full", "head", "top", "lora", "adalora", "ia3", "prefix", "prompt", "bottleneck"
]

DENSE = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
"""Every matrix of a BERT layer, attention and feed-forward, by the end of its name."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the body is tuned: ``rank`` of (Ada)LoRA and bottleneck, ``layers`` of top, ``tokens`` of prompts.

    LoRA: Hu et al. 2021. AdaLoRA: Zhang et al. 2023. IA³: Liu et al. 2022. Prefix tuning: Li and Liang 2021.
    Prompt tuning: Lester et al. 2021. Bottleneck adapters: Houlsby et al. 2019. The word
    embeddings learn in "full" only, and there only if asked.
    """

    kind: StyleKind = "lora"
    rank: int = 16
    alpha: float = 0.0  # scale of what LoRA adds is alpha / rank; 0 means twice the rank
    dropout: float = 0.0
    layers: int = 4
    tokens: int = 16
    words: bool = False  # whether word embeddings learn too
    last: int = 0  # layers that LoRA is added to, counted from the last; 0 is all


def tuned(body: torch.nn.Module, style: Style, *, steps: int) -> torch.nn.Module:
    """Return the body with what ``style`` adds; everything that shall not learn is frozen.

    Args:
        steps: Length of the run, which AdaLoRA plans its ranks by.

    Raises:
        BadConfig: a number that the style cannot work with.
    """
    if style.rank < 1 or style.layers < 1 or style.tokens < 1 or not 0 <= style.dropout < 1:
        raise BadConfig(f"{style} cannot be trained", hint="rank, layers and tokens from 1, dropout in 0..1")
    for name, weight in body.named_parameters():
        weight.requires_grad = _learns(name, style, layers=body.config.num_hidden_layers)
    if style.kind in {"full", "head", "top"}:
        return body
    if style.kind == "bottleneck":
        return Bottlenecked(body, style.rank, dropout=style.dropout)
    added: PeftModel = get_peft_model(body, _config(style, steps, body.config.num_hidden_layers))
    return added


def _learns(name: str, style: Style, *, layers: int) -> bool:
    if style.kind == "full":
        return style.words or not name.startswith("embeddings.word_embeddings")
    if style.kind != "top" or not name.startswith("encoder.layer."):
        return False
    return int(name.split(".")[2]) >= layers - style.layers


def _config(style: Style, steps: int, layers: int) -> object:
    alpha = style.alpha or 2.0 * style.rank
    task = "FEATURE_EXTRACTION"
    if style.kind == "lora":
        return LoraConfig(
            r=style.rank,
            lora_alpha=alpha,
            lora_dropout=style.dropout,
            target_modules=DENSE,
            layers_to_transform=list(range(layers)[-style.last :]) if style.last else None,
        )
    if style.kind == "adalora":
        return AdaLoraConfig(
            init_r=style.rank + style.rank // 2,
            target_r=style.rank,
            lora_alpha=alpha,
            lora_dropout=style.dropout,
            target_modules=DENSE,
            tinit=steps // 10,
            tfinal=steps // 4,
            deltaT=max(1, steps // 50),
            total_step=max(2, steps),
        )
    if style.kind == "ia3":
        return IA3Config(
            target_modules=["key", "value", "output.dense"], feedforward_modules=["output.dense"]
        )
    if style.kind == "prefix":
        return PrefixTuningConfig(task_type=task, num_virtual_tokens=style.tokens)
    return PromptTuningConfig(task_type=task, num_virtual_tokens=style.tokens)
