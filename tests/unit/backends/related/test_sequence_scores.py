"""Serving runs the sequence model as training does, without torch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from dragoman.backends.related.sequence import SequenceScores
from dragoman.backends.related.shelved import Products
from dragoman.backends.related.writing import Generation
from dragoman.learn.next_item import Known, tell
from dragoman.learn.sequence_export import exported
from dragoman.models.sequence import SequenceModel, padded_left
from dragoman.models.sequence_blocks import BlockKind, SequenceShape

HISTORIES = [np.array([1, 4, 2]), np.array([6]), np.array([3, 5, 1, 2, 4, 6])]


def served(model: SequenceModel, known: Known, folder: Path) -> SequenceScores:
    model.save(folder / "learned")
    parts = exported(folder / "learned", known, np.arange(1, 7))
    Generation(folder, Products.of("abcdef")).sequence("sequence", *parts)
    return SequenceScores(folder / "sequence")


@pytest.mark.parametrize("block", ["sasrec", "normed", "ligr"])
@pytest.mark.parametrize("temperature", [0.0, 0.07])
def test_numpy_scores_what_torch_scores(block: BlockKind, temperature: float, tmp_path: Path) -> None:
    torch.manual_seed(1)
    shape = SequenceShape(
        6, dim=8, blocks=2, heads=2, inner=12, length=4, block=block, temperature=temperature
    )
    model = SequenceModel(shape).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, 0, 0.5)
    scores = served(model, Known(), tmp_path).following([one - 1 for one in HISTORIES])
    with torch.no_grad():
        wanted = model.scores(model.ends(padded_left(HISTORIES, 4)), model.table()[1:])
    assert_allclose(scores, wanted.numpy(), rtol=1e-4, atol=1e-4)


def test_a_product_that_training_never_met_is_its_content_alone(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = SequenceModel(SequenceShape(6, dim=8, vector=3)).eval()
    vectors = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    known = Known(vectors=vectors)
    tell(model, known)
    model.save(tmp_path / "learned")
    table = exported(tmp_path / "learned", known, np.arange(1, 6))[1]["table"]
    content = model.items.content
    assert content is not None
    with torch.no_grad():
        alone = content(torch.from_numpy(vectors[6])).numpy()
        whole = model.table()[5].numpy()
    assert_allclose(table[5], alone, rtol=1e-5)
    assert_allclose(table[4], whole, rtol=1e-5)


def test_of_a_product_without_events_and_content_there_is_no_opinion(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = SequenceModel(SequenceShape(6, dim=8)).eval()
    model.save(tmp_path / "learned")
    parts = exported(tmp_path / "learned", Known(), np.arange(1, 6))
    Generation(tmp_path, Products.of("abcdef")).sequence("sequence", *parts)
    scores = SequenceScores(tmp_path / "sequence").following([np.array([0, 1]), np.array([5])])
    assert scores[0, 5] == -np.inf
    assert np.all(scores[1] == -np.inf)
