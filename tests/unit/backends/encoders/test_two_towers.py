"""Queries by a smaller encoder, passages by the whole one: one space, two sets of weights, no mix-up."""

from pathlib import Path

import numpy as np
import pytest

from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.towers import TwoTowers
from dragoman.errors import BadConfig
from dragoman.measure.vectors import CachedVectors
from dragoman.opening import open_encoder
from dragoman.settings import Settings
from dragoman.testing.encoders import TEXTS, HashEncoder
from dragoman.testing.tiny_bert import write_tiny_bert


@pytest.fixture
def towers(tmp_path: Path) -> TwoTowers:
    write_tiny_bert(tmp_path / "whole", seed=1)
    write_tiny_bert(tmp_path / "small", seed=2)
    settings = Settings(
        home=str(tmp_path / "home"),
        encoder={"use": "folder", "path": str(tmp_path / "whole")},
        query_tower=str(tmp_path / "small"),
    )
    opened = open_encoder(settings)
    assert isinstance(opened, TwoTowers)
    return opened


def test_each_role_has_its_own_weights_and_the_space_the_name_of_the_passages(
    towers: TwoTowers, tmp_path: Path
) -> None:
    whole, small = (
        FolderEncoder(str(tmp_path / name), home=str(tmp_path / "home")) for name in ("whole", "small")
    )
    np.testing.assert_array_equal(towers.encode(TEXTS, "query"), small.encode(TEXTS, "query"))
    np.testing.assert_array_equal(towers.encode(TEXTS, "passage"), whole.encode(TEXTS, "passage"))
    assert (towers.name, towers.dim) == (whole.name, whole.dim)
    assert len({towers.query_name, whole.name, small.name}) == 3


def test_vectors_kept_for_the_whole_encoder_are_not_given_for_the_small_one_s_queries(
    towers: TwoTowers, tmp_path: Path
) -> None:
    whole = FolderEncoder(str(tmp_path / "whole"), home=str(tmp_path / "home"))
    kept = tmp_path / "vectors"
    alone = CachedVectors(whole, kept)
    alone.encode(TEXTS, "query")
    alone.encode(TEXTS, "passage")
    both = CachedVectors(towers, kept)
    np.testing.assert_array_equal(both.encode(TEXTS, "query"), towers.encode(TEXTS, "query"))
    both.encode(TEXTS, "passage")
    assert (both.hits, both.misses) == (len(set(TEXTS)), len(set(TEXTS)))


def test_towers_of_different_lengths_are_refused() -> None:
    with pytest.raises(BadConfig, match="64 numbers for passages of 32"):
        TwoTowers(HashEncoder(dim=32), HashEncoder(dim=64))
