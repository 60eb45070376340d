"""Dropout: drawn by bytes, it drops the share asked for and keeps the mean."""

import pytest
import torch

from dragoman.models.dropout import Dropout


@pytest.mark.parametrize("share", [0.125, 0.4, 0.75])
def test_the_share_that_is_dropped_is_the_share_asked_for(share: float) -> None:
    torch.manual_seed(0)
    found = Dropout(share)(torch.ones(1000, 101))
    assert (found == 0).float().mean().item() == pytest.approx(share, abs=0.01)
    assert found.mean().item() == pytest.approx(1, abs=0.01)


def test_nothing_is_dropped_out_of_training() -> None:
    x = torch.randn(7, 3)
    assert torch.equal(Dropout(0.5).eval()(x), x)


def test_a_share_of_nothing_drops_nothing() -> None:
    x = torch.randn(7, 3)
    assert torch.equal(Dropout(0.0)(x), x)


def test_the_same_seed_drops_the_same() -> None:
    x = torch.ones(5, 13)
    torch.manual_seed(3)
    once = Dropout(0.5)(x)
    torch.manual_seed(3)
    assert torch.equal(Dropout(0.5)(x), once)
