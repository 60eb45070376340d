"""A BERT of random weights, written as Hugging Face writes one: for tests of whatever reads such folders."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers.models import Unigram

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 4, 128, 40
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_LETTERS = (
    "\u2581abcdefghijklmnopqrstuvwxyzéß0123456789абвгдежзийклмнопрстуфхцчшщъыьэюя"
    "ابتحخدرسشعغفقكلمنهوي户外折叠椅リュック登山무선이어폰सड़ीूतรองเท้าวิ่ง🎧"
)


def write_tiny_bert(
    folder: Path, *, seed: int = 0, kind: str = "bert", pooling: str = "mean", mask: bool = False
) -> None:
    """Write config.json, model.safetensors, tokenizer.json and the files of sentence-transformers.

    Args:
        kind: ``bert`` or ``xlm-roberta``, whose positions start behind the padding id.
        pooling: ``mean``, ``cls`` or another mode of sentence-transformers.
        mask: Whether the vocabulary ends in ``<mask>``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = 0 if kind == "bert" else 2
    tokenizer = _tokenizer(("<mask>",) if mask else ())
    arrays = _arrays(np.random.default_rng(seed), words=tokenizer.get_vocab_size(), places=POSITIONS + first)
    save_file(arrays, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": kind, "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "pad_token_id": 1}
    config |= {"num_attention_heads": HEADS, "intermediate_size": INNER, "layer_norm_eps": 1e-6}
    _write(folder / "config.json", config | {"hidden_act": "gelu"})
    kinds = ("Transformer", "Pooling", "Normalize")
    _write(folder / "modules.json", [{"type": f"sentence_transformers.models.{kind}"} for kind in kinds])
    modes = {
        f"pooling_mode_{mode}": mode.startswith(pooling)
        for mode in ("cls_token", "mean_tokens", "max_tokens")
    }
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": HIDDEN} | modes)
    prompts = {"query": "query: ", "document": "passage: "}
    _write(folder / "config_sentence_transformers.json", {"prompts": prompts})


def _tokenizer(more: tuple[str, ...]) -> Tokenizer:
    pieces = [*_SPECIAL, *dict.fromkeys(_LETTERS), *more]
    tokenizer = Tokenizer(Unigram([(piece, -float(i)) for i, piece in enumerate(pieces)], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ends = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return tokenizer


def _arrays(rng: np.random.Generator, *, words: int, places: int) -> dict[str, NDArray[np.float32]]:
    sizes = {"word_embeddings": words, "position_embeddings": places, "token_type_embeddings": 2}
    shapes: dict[str, tuple[int, ...]] = {
        f"embeddings.{name}.weight": (n, HIDDEN) for name, n in sizes.items()
    }
    dense = {f"attention.self.{part}": (HIDDEN, HIDDEN) for part in ("query", "key", "value")}
    dense |= {"attention.output.dense": (HIDDEN, HIDDEN)}
    dense |= {"intermediate.dense": (INNER, HIDDEN), "output.dense": (HIDDEN, INNER)}
    norms = ["embeddings.LayerNorm"]
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        for name, shape in dense.items():
            shapes |= {f"{layer}.{name}.weight": shape, f"{layer}.{name}.bias": shape[:1]}
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
    for norm in norms:
        shapes |= {f"{norm}.weight": (HIDDEN,), f"{norm}.bias": (HIDDEN,)}
    arrays = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    return {name: array + np.float32("Norm.weight" in name) for name, array in arrays.items()}


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
