"""Folders as Hugging Face and sentence-transformers write them, against a slow BERT in plain numpy."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.model_folder import Precision
from dragoman.errors import Corrupt, DragomanError, NotFound, Unsupported
from dragoman.testing.encoders import TEXTS
from dragoman.testing.tiny_bert import HEADS, LAYERS, write_tiny_bert

Doubles = NDArray[np.float64]
LONGEST = 40


def slow_bert(folder: Path, text: str, *, first: int, is_mean: bool) -> Doubles:
    """One text through the folder's BERT, by the book (Devlin et al. 2018; Vaswani et al. 2017)."""
    arrays = {name: array.astype(float) for name, array in load_file(folder / "model.safetensors").items()}
    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text).ids
    ids = ids if len(ids) <= LONGEST else [*ids[: LONGEST - 1], ids[-1]]

    def norm(x: Doubles, name: str) -> Doubles:
        x = x - x.mean(axis=1, keepdims=True)
        x = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6)
        return np.asarray(x * arrays[f"{name}.weight"] + arrays[f"{name}.bias"])

    def dense(x: Doubles, name: str) -> Doubles:
        return np.asarray(x @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"])

    x = (
        arrays["embeddings.word_embeddings.weight"][ids]
        + arrays["embeddings.token_type_embeddings.weight"][0]
    )
    x = norm(
        x + arrays["embeddings.position_embeddings.weight"][first : first + len(ids)], "embeddings.LayerNorm"
    )
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        q, k, v = (dense(x, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        heads = []
        for columns in np.split(np.arange(x.shape[1]), HEADS):
            scores = np.exp(q[:, columns] @ k[:, columns].T / np.sqrt(len(columns)))
            heads.append(scores / scores.sum(axis=1, keepdims=True) @ v[:, columns])
        mixed = dense(np.concatenate(heads, axis=1), f"{layer}.attention.output.dense")
        x = norm(x + mixed, f"{layer}.attention.output.LayerNorm")
        wide = dense(x, f"{layer}.intermediate.dense")
        wide = wide * (1 + np.vectorize(math.erf)(wide / np.sqrt(2))) / 2
        x = norm(x + dense(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    pooled = x.mean(axis=0) if is_mean else x[0]
    return np.asarray(pooled / np.linalg.norm(pooled))


@pytest.mark.parametrize(("kind", "first"), [("bert", 0), ("xlm-roberta", 2)])
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_vectors_are_those_of_bert_by_the_book(tmp_path: Path, kind: str, first: int, pooling: str) -> None:
    write_tiny_bert(tmp_path / "tiny", kind=kind, pooling=pooling)
    encoder = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path), precision="float32")
    texts = [text for text in TEXTS if text.isprintable()]
    slow = [
        slow_bert(tmp_path / "tiny", f"query: {text}", first=first, is_mean=pooling == "mean")
        for text in texts
    ]
    # The table of word embeddings is rounded to 8 bits, whence the tolerance.
    np.testing.assert_array_less(0.9998, (encoder.encode(texts, "query") * slow).sum(axis=1))


def test_eight_bits_stay_near_float(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    exact = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path), precision="float32")
    rounded = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))
    cosines = (exact.encode(TEXTS, "passage") * rounded.encode(TEXTS, "passage")).sum(axis=1)
    assert cosines.min() > 0.99  # random weights are harder than trained ones
    assert exact.name != rounded.name


def test_the_folder_s_prompts_are_its_prefixes(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    encoder = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))
    bare = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path), prefixes={"query": "", "passage": ""})
    np.testing.assert_allclose(encoder.encode(["a"], "query"), bare.encode(["query: a"], "query"), atol=1e-6)
    np.testing.assert_allclose(
        encoder.encode(["a"], "passage"), bare.encode(["passage: a"], "query"), atol=1e-6
    )
    assert encoder.name != bare.name


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path, precision: Precision) -> None:
    write_tiny_bert(tmp_path / "tiny")
    path = tmp_path / "tiny" / "model.safetensors"
    arrays = load_file(path)
    arrays["embeddings.word_embeddings.weight"] = arrays["embeddings.word_embeddings.weight"][:50]
    save_file(arrays, path)
    with pytest.raises(Corrupt, match="words in the tokenizer"):
        FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path), precision=precision)


def test_a_changed_source_is_converted_again(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny", seed=1)
    before = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path)).name
    write_tiny_bert(tmp_path / "tiny", seed=2)
    assert FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path)).name != before


def test_a_wrapped_model_s_tensors_are_found(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "bare")
    write_tiny_bert(tmp_path / "wrapped")
    arrays = load_file(tmp_path / "bare" / "model.safetensors")
    renamed = {f"roberta.{name}": array for name, array in arrays.items()}
    save_file(renamed | {"pooler.dense.bias": np.zeros(3, "f4")}, tmp_path / "wrapped" / "model.safetensors")
    bare, wrapped = (FolderEncoder(str(tmp_path / name), home=str(tmp_path)) for name in ("bare", "wrapped"))
    np.testing.assert_array_equal(bare.encode(TEXTS, "query"), wrapped.encode(TEXTS, "query"))


def change(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("file", "changes", "error", "said"),
    [
        ("config.json", {"model_type": "deberta-v2"}, Unsupported, "deberta-v2"),
        ("config.json", {"hidden_act": "gelu_new"}, Unsupported, "gelu_new"),
        ("config.json", {"position_embedding_type": "relative_key"}, Unsupported, "relative_key"),
        ("config.json", {"hidden_size": 128}, Corrupt, "word_embeddings"),
        ("config.json", {"hidden_size": "64"}, Corrupt, "whole number"),
        ("config.json", {"num_hidden_layers": 3}, Corrupt, "layer.2"),
        ("config.json", {"num_attention_heads": 7}, Unsupported, "heads"),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}, Unsupported, "max_tokens"),
    ],
)
def test_what_is_not_bert_is_refused_with_a_remedy(
    tmp_path: Path, file: str, changes: dict[str, object], error: type[DragomanError], said: str
) -> None:
    write_tiny_bert(tmp_path / "tiny")
    change(tmp_path / "tiny" / file, **changes)
    with pytest.raises(error, match=said) as raised:
        FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))
    assert raised.value.hint
    assert not list(tmp_path.glob("models/*"))


def test_a_module_behind_the_pooling_is_refused(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    modules = [
        {"type": f"sentence_transformers.models.{kind}"} for kind in ("Transformer", "Pooling", "Dense")
    ]
    (tmp_path / "tiny" / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(Unsupported, match="Dense"):
        FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))


def test_pickled_weights_are_refused_with_a_remedy(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").rename(tmp_path / "tiny" / "pytorch_model.bin")
    with pytest.raises(Unsupported, match=r"no \*\.safetensors") as raised:
        FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))
    assert "safe_serialization" in raised.value.hint


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    write_tiny_bert(tmp_path / "tiny")
    (tmp_path / "tiny" / file).unlink()
    with pytest.raises(NotFound, match=file.split(".")[1]):
        FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors", "modules.json"])
def test_a_damaged_file_is_named(tmp_path: Path, file: str) -> None:
    write_tiny_bert(tmp_path / "tiny")
    path = tmp_path / "tiny" / file
    path.write_bytes(path.read_bytes()[:99])
    with pytest.raises(Corrupt, match="tokenizer" if file == "tokenizer.json" else file):
        FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))
