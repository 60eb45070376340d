"""A static encoder out of a transformer: each word piece is encoded alone, once. Knows no products.

The recipe of Model2Vec (Tulkens and van Dongen 2024): the pieces' vectors, their principal components, and a
piece weighed by how rare it is (smooth inverse frequency: Arora et al. 2017).
"""

import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dragoman.backends.encoders.graph import build_graph
from dragoman.backends.encoders.runner import open_session
from dragoman.backends.encoders.static import write_static
from dragoman.backends.encoders.weights import BLOCK, Floats, Weights, table_of
from dragoman.errors import BadInput, Unsupported

_BATCH = 64  # pieces encoded together; three tokens each
_RARE = 1e-4  # a of a / (a + p), in Arora et al. and in Model2Vec


def flattened(weights: Weights, folder: Path, *, dim: int = 256) -> None:
    """Write the static encoder of a transformer into a folder, for `StaticEncoder`.

    Trim first: a quarter of a million pieces take a quarter of an hour on one core, and most are never met.

    Raises:
        BadInput: ``dim`` is no multiple of 32, or more than there are.
        Unsupported: the tokenizer is not of SentencePiece's Unigram kind.
    """
    if dim % BLOCK or not 0 < dim <= weights.shape.hidden:
        raise BadInput(f"dim={dim}", hint=f"a multiple of {BLOCK} up to {weights.shape.hidden}")
    model = json.loads(weights.tokenizer)["model"]
    if model.get("type") != "Unigram":
        raise Unsupported("only Unigram tokenizers know how rare a piece is", hint="use another encoder")
    rows = components(_alone(weights), dim)
    # A Unigram piece has its log probability, which Zipf's law has to guess for other tokenizers.
    shares = np.exp([score for _, score in model["vocab"]])
    rarity = np.ones(len(rows), dtype=np.float32)
    rarity[: len(shares)] = _RARE / (_RARE + shares / shares.sum())
    write_static(table_of(rows * rarity[:, None]), weights.tokenizer, folder)


def components(rows: Floats, dim: int) -> Floats:
    """Return (n, dim): rows less their mean, on the ``dim`` axes that hold most of their variance.

    >>> found = components(np.array([[3.0, 0.1], [-3.0, -0.1]], dtype=np.float32), 1)
    >>> bool(np.allclose(np.abs(found), [[3.0017], [3.0017]], atol=1e-3))
    True
    """
    centred = rows - rows.mean(axis=0)
    spread = centred.T @ centred / len(rows)
    _, axes = np.linalg.eigh(spread.astype(np.float64))  # least variance first
    found: Floats = centred @ axes[:, ::-1][:, :dim].astype(np.float32)
    return found


def _alone(weights: Weights) -> Floats:
    """(vocabulary, hidden), unit rows: each piece between the tokenizer's first and last special token."""
    session = open_session(build_graph(weights).SerializeToString(), threads=1)
    first, last = _ends(weights)
    places = weights.places()[:3]
    ids = np.arange(len(weights.table.codes))
    out = np.empty((len(ids), weights.shape.hidden), dtype=np.float32)
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        given = np.stack([np.full_like(some, first), some, np.full_like(some, last)], axis=1)
        [found] = session.run(None, {"tokens": weights.table.rows(given) + places})
        out[some] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return out


def _ends(weights: Weights) -> tuple[int, int]:
    ids = Tokenizer.from_str(weights.tokenizer).encode("").ids
    return ids[0], ids[-1]
