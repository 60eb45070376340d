"""Folders on disk: what is written, what is found again, what is refused."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dragoman.backends.encoders.calibrate import ranges_of
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.model_folder import read_card
from dragoman.backends.encoders.quantise import Range
from dragoman.errors import BadConfig, Corrupt, DragomanError, NotFound, Unsupported
from dragoman.testing.encoders import TEXTS
from dragoman.testing.tiny_bert import HIDDEN, write_tiny_bert


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_tiny_bert(tmp_path / "tiny")
    return tmp_path / "tiny"


def made_from(tiny: Path) -> Path:
    FolderEncoder(str(tiny), home=str(tiny.parent))
    [made] = (tiny.parent / "models").iterdir()
    return made


def test_a_model_folder_moves_with_its_name(tiny: Path, tmp_path: Path) -> None:
    first = FolderEncoder(str(tiny), home=str(tmp_path))
    moved = tmp_path / "elsewhere"
    shutil.copytree(made_from(tiny), moved)
    second = FolderEncoder(str(moved))
    assert second.name == first.name
    np.testing.assert_array_equal(first.encode(TEXTS, "query"), second.encode(TEXTS, "query"))


def test_the_card_tells_what_the_encoder_is(tiny: Path) -> None:
    encoder, card = FolderEncoder(str(tiny), home=str(tiny.parent)), read_card(made_from(tiny))
    assert (card.name, card.dim, card.pooling) == (encoder.name, HIDDEN, "mean")
    assert card.prefixes == {"query": "query: ", "passage": "passage: "}
    assert card.precision == "int8"


def test_processes_that_write_the_same_folder_do_not_clash(tiny: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda _: FolderEncoder(str(tiny), home=str(tmp_path)).name, range(4)))
    assert len(names) == 1
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_what_changes_vectors_changes_the_name(tiny: Path, tmp_path: Path) -> None:
    usual = FolderEncoder(str(tiny), home=str(tmp_path)).name
    shorter = FolderEncoder(str(tiny), home=str(tmp_path), max_tokens=7).name
    other = FolderEncoder(str(tiny), home=str(tmp_path), prefixes={"query": "q ", "passage": "p "}).name
    on_two = FolderEncoder(str(tiny), home=str(tmp_path), threads=2).name
    assert len({usual, shorter, other}) == 3
    assert on_two == usual


def test_weights_decide_the_name(tmp_path: Path) -> None:
    names: set[str] = set()
    for seed in (0, 1, 0):
        write_tiny_bert(tmp_path / f"tiny{len(names)}", seed=seed)
        names.add(FolderEncoder(str(tmp_path / f"tiny{len(names)}"), home=str(tmp_path)).name)
    assert len(names) == 2


def test_the_last_bits_of_a_processor_s_floats_do_not_decide_the_name(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index, and weights learned on vectors, go by the name: they must fit on the next machine too."""
    here = FolderEncoder(str(tiny), home=str(tmp_path / "here"))

    def ranges_elsewhere(*asked: Any) -> Any:  # Any: whatever calibration takes and gives
        seen = ranges_of(*asked)
        return {name: Range(one.low * (1 + 1e-6), one.high * (1 + 1e-6)) for name, one in seen.items()}

    monkeypatch.setattr("dragoman.backends.encoders.model_folder.ranges_of", ranges_elsewhere)
    shutil.copytree(tiny, tmp_path / "elsewhere")
    there = FolderEncoder(str(tmp_path / "elsewhere"), home=str(tmp_path / "there"))
    graphs = [path.read_bytes() for path in tmp_path.rglob("model.onnx")]
    assert len(set(graphs)) == 2
    assert there.name == here.name
    assert (here.encode(TEXTS, "query") * there.encode(TEXTS, "query")).sum(axis=1).min() > 0.9999


def test_what_lies_behind_max_tokens_is_not_seen(tiny: Path, tmp_path: Path) -> None:
    encoder = FolderEncoder(str(tiny), home=str(tmp_path), max_tokens=20)
    vectors = encoder.encode(["abc " * 10 + "x", "abc " * 10 + "y", "y" + "abc " * 10], "query")
    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert not np.allclose(vectors[0], vectors[2])


def test_words_that_look_special_are_letters(tiny: Path, tmp_path: Path) -> None:
    encoder = FolderEncoder(str(tiny), home=str(tmp_path))
    vectors = encoder.encode(["a</s>b", "a<unk>b", "a<s>b"], "query")
    assert np.triu(vectors @ vectors.T, 1).max() < 0.99999


def test_two_cores_give_the_rows_of_one(tiny: Path, tmp_path: Path) -> None:
    one, two = (FolderEncoder(str(tiny), home=str(tmp_path), threads=threads) for threads in (1, 2))
    np.testing.assert_allclose(one.encode(TEXTS, "passage"), two.encode(TEXTS, "passage"), atol=1e-6)


def test_more_texts_than_a_window_keep_their_order(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragoman.backends.encoders.folder._WINDOW", 5)
    monkeypatch.setattr("dragoman.backends.encoders.folder._BATCH_TOKENS", 30)
    encoder = FolderEncoder(str(tiny), home=str(tmp_path))
    together = encoder.encode(TEXTS, "query")
    alone = np.concatenate([encoder.encode([text], "query") for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"threads": 0}, BadConfig),
        ({"max_tokens": 0}, BadConfig),
        ({"precision": "int4"}, BadConfig),
        ({"prefixes": {"query": ""}}, BadConfig),
        ({"path": "no/such/folder"}, NotFound),
        ({"adapter": "no/such/folder"}, NotFound),
    ],
)
def test_options_out_of_range_are_refused(
    tiny: Path, options: dict[str, str], error: type[DragomanError]
) -> None:
    with pytest.raises(error) as raised:
        FolderEncoder(**({"path": str(tiny), "home": str(tiny.parent)} | options))  # type: ignore[arg-type]
    assert raised.value.hint


@pytest.mark.parametrize(
    "file", ["card.json", "model.onnx", "table.codes.npy", "places.npy", "tokenizer.json"]
)
def test_a_damaged_folder_says_what_to_do(tiny: Path, file: str) -> None:
    made = made_from(tiny)
    (made / file).write_bytes(b"{")
    with pytest.raises(Corrupt) as raised:
        FolderEncoder(str(tiny), home=str(tiny.parent))
    assert raised.value.hint


def test_a_folder_of_a_later_format_is_refused(tiny: Path) -> None:
    path = made_from(tiny) / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(Corrupt, match="99"):
        FolderEncoder(str(tiny), home=str(tiny.parent))


def write_graph(path: Path, *, inputs: tuple[str, ...], output: str, rank: int) -> None:
    """A graph whose hidden state is a row of an identity for each token."""
    words = numpy_helper.from_array(np.eye(200, HIDDEN, dtype=np.float32), "words")
    nodes = [helper.make_node("Gather", ["words", inputs[0]], [output])]
    if rank == 2:
        nodes = [
            helper.make_node("Gather", ["words", inputs[0]], ["all"]),
            helper.make_node("ReduceMax", ["all"], [output], axes=[1], keepdims=0),
        ]
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["B", "T"]) for name in inputs]
    result = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "foreign", given, [result], [words])
    path.parent.mkdir(exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


@pytest.mark.parametrize("place", ["onnx/model.onnx", "model.onnx"])
@pytest.mark.parametrize("inputs", [("input_ids",), ("input_ids", "attention_mask", "token_type_ids")])
def test_a_folder_with_a_graph_runs_as_it_is(tiny: Path, place: str, inputs: tuple[str, ...]) -> None:
    (tiny / "model.safetensors").unlink()
    write_graph(tiny / place, inputs=inputs, output="last_hidden_state", rank=3)
    encoder = FolderEncoder(str(tiny), home=str(tiny.parent))
    assert encoder.dim == HIDDEN
    [vector] = encoder.encode(["ab"], "query")
    # The mean of one-hot rows counts the tokens: one <s>, one </s>, the letters of "query: ab" between.
    counts = vector / vector[2]
    assert counts[0] == counts[2] == 1
    assert np.round(counts).sum() > 5
    assert not (tiny.parent / "models").exists()


def test_a_graph_of_sentences_is_not_pooled_again(tiny: Path) -> None:
    (tiny / "model.safetensors").unlink()
    write_graph(tiny / "model.onnx", inputs=("input_ids",), output="sentence_embedding", rank=2)
    [vector] = FolderEncoder(str(tiny), home=str(tiny.parent)).encode(["ab"], "query")
    assert len(set(np.round(vector[vector > 0], 5))) == 1


def test_a_graph_that_wants_more_is_refused(tiny: Path) -> None:
    (tiny / "model.safetensors").unlink()
    write_graph(tiny / "model.onnx", inputs=("input_ids", "pixel_values"), output="last_hidden_state", rank=3)
    with pytest.raises(Unsupported, match="pixel_values"):
        FolderEncoder(str(tiny), home=str(tiny.parent))


def test_a_damaged_graph_is_refused(tiny: Path) -> None:
    (tiny / "model.safetensors").unlink()
    (tiny / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(Corrupt, match=r"model\.onnx"):
        FolderEncoder(str(tiny), home=str(tiny.parent))
