"""Signed weights: the same vectors to the last bit, and only where the processor multiplies them exactly."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.graph import build_graph
from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.runner import open_session
from dragoman.backends.encoders.signed import PRODUCT, is_exact, signed
from dragoman.testing.encoders import TEXTS
from dragoman.testing.tiny_bert import HIDDEN, write_tiny_bert


@pytest.fixture
def graph(tmp_path: Path) -> bytes:
    """An 8-bit graph as it stands on disk."""
    write_tiny_bert(tmp_path / "tiny")
    FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path / "home"))
    [path] = (tmp_path / "home").rglob("model.onnx")
    return path.read_bytes()


def test_signs_change_no_bit_of_what_comes_out(graph: bytes) -> None:
    if not is_exact():
        pytest.skip("this processor adds products of bytes in 16 bits: signed weights are not used on it")
    tokens = np.random.default_rng(0).standard_normal((3, 9, HIDDEN)).astype(np.float32)
    [unsigned] = open_session(graph, threads=1).run(None, {"tokens": tokens})
    [with_sign] = open_session(signed(graph), threads=1).run(None, {"tokens": tokens})
    assert np.array_equal(unsigned, with_sign)


def test_every_weight_of_an_8_bit_product_gets_its_sign_once(graph: bytes) -> None:
    model = onnx.load_from_string(signed(graph))
    kinds = {one.name: one.data_type for one in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == PRODUCT]
    assert len(products) == 8  # two layers of four
    assert {kinds[node.input[place]] for node in products for place in (1, 5)} == {onnx.TensorProto.INT8}
    assert signed(signed(graph)) == signed(graph)


def test_a_graph_of_floats_stays_as_it_is(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "tiny")
    plain = build_graph(read_hugging_face(tmp_path / "tiny")).SerializeToString()
    assert onnx.load_from_string(signed(plain)) == onnx.load_from_string(plain)


def test_the_processor_is_believed_and_not_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where signed products overflow, the graph runs as it stands, and says the same."""
    write_tiny_bert(tmp_path / "tiny")
    here = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path / "home")).encode(TEXTS, "query")
    monkeypatch.setattr("dragoman.backends.encoders.runner.is_exact", lambda: False)
    there = FolderEncoder(str(tmp_path / "tiny"), home=str(tmp_path / "home")).encode(TEXTS, "query")
    assert np.array_equal(here, there)
