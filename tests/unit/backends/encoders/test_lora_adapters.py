"""LoRA adapters as PEFT saves them, merged."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.weights import Floats, Weights
from dragoman.errors import BadConfig, Corrupt, DragomanError, NotFound, Unsupported
from dragoman.testing.tiny_bert import HIDDEN, INNER, LAYERS, write_tiny_bert

RANK, ALPHA = 4, 8
SIZES = {
    "attention.self.query": (HIDDEN, HIDDEN),
    "attention.self.value": (HIDDEN, HIDDEN),
    "attention.output.dense": (HIDDEN, HIDDEN),
    "intermediate.dense": (INNER, HIDDEN),
    "output.dense": (HIDDEN, INNER),
}


def write_adapter(folder: Path, **config: object) -> dict[str, Floats]:
    rng = np.random.default_rng(5)
    folder.mkdir()
    tensors = {}
    for i in range(LAYERS):
        for name, (outputs, inputs) in SIZES.items():
            module = f"base_model.model.encoder.layer.{i}.{name}"
            tensors[f"{module}.lora_A.weight"] = rng.normal(0, 0.1, (RANK, inputs)).astype(np.float32)
            tensors[f"{module}.lora_B.weight"] = rng.normal(0, 0.1, (outputs, RANK)).astype(np.float32)
    save_file(tensors, folder / "adapter_model.safetensors")
    plain = {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "bias": "none", "modules_to_save": None}
    (folder / "adapter_config.json").write_text(json.dumps(plain | config))
    return tensors


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    write_tiny_bert(tmp_path / "tiny")
    return read_hugging_face(tmp_path / "tiny")


@pytest.mark.parametrize(("use_rslora", "scale"), [(False, ALPHA / RANK), (True, ALPHA / RANK**0.5)])
def test_merged_weights_do_what_weight_and_adapter_do(
    tmp_path: Path, weights: Weights, use_rslora: bool, scale: float
) -> None:
    tensors = write_adapter(tmp_path / "lora", use_rslora=use_rslora)
    merged = merge_adapter(weights, tmp_path / "lora")
    for name, (_, inputs) in SIZES.items():
        weight = f"encoder.layer.1.{name}.weight"
        down, up = (tensors[f"base_model.model.encoder.layer.1.{name}.lora_{half}.weight"] for half in "AB")
        x = np.random.default_rng(6).normal(size=inputs)
        direct = weights.arrays[weight] @ x + scale * (up @ (down @ x))
        np.testing.assert_allclose(merged.arrays[weight] @ x, direct, rtol=1e-4, atol=1e-4)


def test_what_the_adapter_does_not_name_stays(tmp_path: Path, weights: Weights) -> None:
    write_adapter(tmp_path / "lora")
    merged = merge_adapter(weights, tmp_path / "lora")
    kept = [name for name in weights.arrays if not any(f"{part}.weight" in name for part in SIZES)]
    assert any("attention.self.key.weight" in name for name in kept)
    for name in kept:
        np.testing.assert_array_equal(weights.arrays[name], merged.arrays[name])
    assert replace(merged, arrays={}, origin="") == replace(weights, arrays={}, origin="")


def test_the_encoder_runs_the_merged_weights(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    tensors = write_adapter(tmp_path / "lora")
    write_tiny_bert(tmp_path / "merged")
    path = tmp_path / "merged" / "model.safetensors"
    arrays = load_file(path)
    for name in {name.rsplit(".lora_")[0] for name in tensors}:
        delta = tensors[f"{name}.lora_B.weight"] @ tensors[f"{name}.lora_A.weight"] * (ALPHA / RANK)
        arrays[f"{name.removeprefix('base_model.model.')}.weight"] += delta
    save_file(arrays, path)
    home, adapter = str(tmp_path), str(tmp_path / "lora")
    adapted = FolderEncoder(str(tmp_path / "tiny"), adapter=adapter, home=home, precision="float32")
    merged = FolderEncoder(str(tmp_path / "merged"), home=home, precision="float32")
    plain = FolderEncoder(str(tmp_path / "tiny"), home=home, precision="float32")
    texts = ["rucksack", "рюкзак", "登山"]
    np.testing.assert_allclose(adapted.encode(texts, "query"), merged.encode(texts, "query"), atol=1e-5)
    assert (adapted.encode(texts, "query") * plain.encode(texts, "query")).sum(axis=1).max() < 0.99
    assert adapted.name != plain.name


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"peft_type": "IA3"}, Unsupported),
        ({"use_dora": True}, Unsupported),
        ({"bias": "all"}, Unsupported),
        ({"modules_to_save": ["pooler"]}, Unsupported),
        ({"rank_pattern": {"query": 8}}, Unsupported),
        ({"r": 0}, Corrupt),
        ({"lora_alpha": "8"}, Corrupt),
    ],
)
def test_more_than_plain_lora_is_refused(
    tmp_path: Path, weights: Weights, config: dict[str, object], error: type[DragomanError]
) -> None:
    write_adapter(tmp_path / "lora", **config)
    with pytest.raises(error) as raised:
        merge_adapter(weights, tmp_path / "lora")
    assert raised.value.hint


@pytest.mark.parametrize(
    ("tensors", "error"),
    [
        ({"embeddings.word_embeddings.lora_embedding_A": (RANK, 9)}, Unsupported),
        ({"encoder.layer.9.output.dense.lora_A.weight": (RANK, INNER)}, Corrupt),
        (
            {
                "encoder.layer.9.output.dense.lora_A.weight": (RANK, INNER),
                "encoder.layer.9.output.dense.lora_B.weight": (HIDDEN, RANK),
            },
            Unsupported,
        ),
        (
            {
                "encoder.layer.0.output.dense.lora_A.weight": (RANK, INNER + 1),
                "encoder.layer.0.output.dense.lora_B.weight": (HIDDEN, RANK),
            },
            Corrupt,
        ),
    ],
)
def test_an_adapter_of_another_model_is_refused(
    tmp_path: Path, weights: Weights, tensors: dict[str, tuple[int, int]], error: type[DragomanError]
) -> None:
    write_adapter(tmp_path / "lora")
    arrays = {f"base_model.model.{name}": np.ones(size, "f4") for name, size in tensors.items()}
    save_file(arrays, tmp_path / "lora" / "adapter_model.safetensors")
    with pytest.raises(error, match="lora"):
        merge_adapter(weights, tmp_path / "lora")


@pytest.mark.parametrize("file", ["adapter_config.json", "adapter_model.safetensors"])
def test_a_folder_that_is_no_adapter_is_named(tmp_path: Path, weights: Weights, file: str) -> None:
    write_adapter(tmp_path / "lora")
    (tmp_path / "lora" / file).unlink()
    with pytest.raises(NotFound, match=file):
        merge_adapter(weights, tmp_path / "lora")


def test_rounded_weights_take_no_adapter(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    write_adapter(tmp_path / "lora")
    FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))
    [made] = (tmp_path / "models").iterdir()
    with pytest.raises(BadConfig, match="cannot be merged"):
        FolderEncoder(str(made), adapter=str(tmp_path / "lora"))


def test_an_adapter_that_is_not_there_is_never_passed_over(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path))  # written already, without an adapter
    with pytest.raises(NotFound, match="no adapter folder"):
        FolderEncoder(str(tmp_path / "tiny"), adapter=str(tmp_path / "gone"), home=str(tmp_path))
