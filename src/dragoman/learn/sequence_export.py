"""A trained sequence model as arrays that serving runs without torch."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from dragoman.learn.next_item import Known, tell
from dragoman.models.sequence import SequenceModel, read_model

Written: TypeAlias = tuple[Mapping[str, Any], Mapping[str, NDArray[np.float32]]]
"""A sequence model's shape and weights, as serving reads them. Any: JSON values."""

_SERVED = ("blocks.", "norm.", "places.", "items.content.")
"""What serving needs beside the finished vectors: ids and tags have gone into those."""


def exported(folder: Path, known: Known, met: NDArray[np.integer]) -> Written:
    """Return a learned model's shape and weights, with ``table``: each product's vector, (items, dim).

    Args:
        folder: What `SequenceModel.save` wrote.
        known: What products are.
        met: Products, from 1, that training met: of the others only the content counts, as their ids were
            never learned, and those without content get zeros, which is no opinion.
    """
    model = read_model(folder)
    tell(model, known)
    return written_of(model, known, met)


def written_of(model: SequenceModel, known: Known, met: NDArray[np.integer]) -> Written:
    """Return the same of a model at hand, which was told of the products."""
    weights = {name: part.numpy() for name, part in model.state_dict().items() if name.startswith(_SERVED)}
    return dataclasses.asdict(model.shape), {**weights, "table": table_of(model, known, met)[1:]}


def table_of(model: SequenceModel, known: Known, met: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return (items + 1, dim): every product's vector, as `exported` says."""
    rows = torch.arange(model.shape.items + 1)
    is_met = np.isin(rows.numpy(), met)
    with torch.no_grad():
        found: NDArray[np.float32] = model.items(rows).numpy().copy()
        found[~is_met] = model.items.by_content(rows).numpy()[~is_met]
    found[~is_met & ~_has_content(known, len(rows))] = 0
    found[0] = 0
    return found


def _has_content(known: Known, rows: int) -> NDArray[np.bool_]:
    found = np.zeros(rows, bool)
    if known.tags is not None:
        found |= (known.tags > 0).any(axis=1)
    if known.vectors is not None:
        found |= (known.vectors != 0).any(axis=1)
    return found
