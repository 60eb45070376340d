"""Writes weights as an ordinary folder of Hugging Face and sentence-transformers. Knows files, no runtime."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from dragoman.backends.encoders.weights import Weights

_PADS = ("<pad>", "[PAD]")
_MODULES = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))


def write_hugging_face(weights: Weights, folder: Path) -> None:
    """Write config.json, model.safetensors, tokenizer.json and what sentence-transformers adds to them.

    `read_hugging_face` gives the same vectors back, bit by bit: see `table_of`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = weights.table.rows(np.arange(len(weights.table.codes)))
    arrays = {"embeddings.word_embeddings.weight": words, **weights.arrays}
    tensors = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "tokenizer.json").write_text(weights.tokenizer, encoding="utf-8")
    pad, longest = _pad(weights), weights.shape.positions
    _write(folder / "config.json", _config(weights, pad[1]))
    named = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": longest, "pad_token": pad[0]}
    _write(folder / "tokenizer_config.json", named)
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(_MODULES)
    ]
    _write(folder / "modules.json", modules)
    modes = {"cls_token": weights.pooling == "cls", "mean_tokens": weights.pooling == "mean"}
    pooling = {f"pooling_mode_{mode}": is_on for mode, is_on in modes.items()}
    _write(folder / "1_Pooling/config.json", {"word_embedding_dimension": weights.shape.hidden} | pooling)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": longest, "do_lower_case": False})
    prompts = {"query": weights.prefixes["query"], "document": weights.prefixes["passage"]}
    _write(folder / "config_sentence_transformers.json", {"prompts": prompts, "default_prompt_name": None})


def _config(weights: Weights, pad: int) -> dict[str, object]:
    shape, arrays = weights.shape, weights.arrays
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",  # positions start at 0, whatever the padding id
        "vocab_size": len(weights.table.codes),
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "max_position_embeddings": len(arrays["embeddings.position_embeddings.weight"]),
        "type_vocab_size": len(arrays["embeddings.token_type_embeddings.weight"]),
        "layer_norm_eps": shape.eps,
        "hidden_act": "gelu",
        "pad_token_id": pad,
        "dtype": "float32",
    }


def _pad(weights: Weights) -> tuple[str, int]:
    added = {one["content"]: one["id"] for one in json.loads(weights.tokenizer)["added_tokens"]}
    return next(((name, int(added[name])) for name in _PADS if name in added), ("<pad>", 1))


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
