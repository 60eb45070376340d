"""Write the encoder's weights as a sentence-transformers folder, so that other stacks can run the same ones.

python bench/export.py runs/bench/e5 [ADAPTER]      the packaged weights, with an adapter merged if named
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.packaged import read_packaged


def export(folder: Path, adapter: Path | None = None) -> None:
    """Write config, weights, tokenizer and pooling as Hugging Face and sentence-transformers expect them."""
    weights = merge_adapter(read_packaged(), adapter) if adapter else read_packaged()
    shape = weights.shape
    folder.mkdir(parents=True, exist_ok=True)
    words = weights.table.rows(np.arange(len(weights.table.codes)))
    arrays = {name: np.ascontiguousarray(array) for name, array in weights.arrays.items()}
    arrays["embeddings.word_embeddings.weight"] = words
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})
    kinds = len(arrays["embeddings.token_type_embeddings.weight"])
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "max_position_embeddings": len(arrays["embeddings.position_embeddings.weight"]),
        "vocab_size": len(words),
        "type_vocab_size": kinds,
        "layer_norm_eps": shape.eps,
        "pad_token_id": 1,
    }
    _json(folder / "config.json", config)
    (folder / "tokenizer.json").write_text(weights.tokenizer, encoding="utf-8")
    special = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
    special |= {"pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
    tokens = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512} | special
    _json(folder / "tokenizer_config.json", tokens)
    steps = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(steps)
    ]
    _json(folder / "modules.json", modules)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "2_Normalize").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True}
    _json(folder / "1_Pooling" / "config.json", pooling)


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


if __name__ == "__main__":
    export(*map(Path, sys.argv[1:3]))
