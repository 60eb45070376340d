"""What a translator writes with: byte-pair pieces of all its languages, marks and language names too."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer

from dragoman.backends.encoders.weights import Floats, Weights
from dragoman.learn.letters import BYTES, byte_pairs
from dragoman.learn.phrases import MARKS
from dragoman.suggest.typed import START
from dragoman.types import Lang


def tag(lang: Lang) -> str:
    """Return the piece that a translation into this language begins with.

    >>> tag("de")
    '<2de>'
    """
    return f"<2{lang}>"


def learn_pieces(texts: Mapping[Lang, Sequence[str]], *, size: int, alphabet: int) -> str:
    """Return a tokenizer.json of pieces learned from texts by language (Sennrich et al. 2016).

    Its first ids are the end, the unknown, the languages by name, and the marks, which are never cut. A
    character outside the alphabet is spelled in the bytes of UTF-8, so that every text can be spelled.
    """
    names = ["</s>", "<unk>", *(tag(lang) for lang in sorted(texts)), *MARKS, *BYTES]
    written = byte_pairs(
        texts, names, size=size, alphabet=alphabet, spaced="first", unknown="<unk>", apart="⟦⟧"
    )
    found = Tokenizer.from_str(written)
    found.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS])
    return found.to_str()


def first_table(tokenizer: str, weights: Weights, dim: int) -> torch.Tensor:
    """Return (pieces, dim): what the encoder's own word table says of each piece, in its main directions.

    So pieces of like meaning begin near each other, in whatever language they are.
    """
    ours, theirs = Tokenizer.from_str(tokenizer), Tokenizer.from_str(weights.tokenizer)
    theirs.no_padding()
    names = [str(ours.id_to_token(i)) for i in range(ours.get_vocab_size())]
    rows = [theirs.encode(name.replace(START, " "), add_special_tokens=False).ids for name in names]
    means = np.stack([weights.table.rows(np.array(row or [0])).mean(axis=0) for row in rows])
    return torch.from_numpy(_main(means.astype(np.float32), dim))


def _main(rows: Floats, dim: int) -> Floats:
    """Return rows in their ``dim`` main directions, of the spread that a fresh table has."""
    even = rows - rows.mean(axis=0)
    _, _, directions = np.linalg.svd(even, full_matrices=False)
    found = even @ directions[:dim].T
    if found.shape[1] < dim:
        found = np.pad(found, ((0, 0), (0, dim - found.shape[1])))
    return np.ascontiguousarray(found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-6), np.float32)


def spread_of(states: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean and the spread of every column of all states together."""
    rows = torch.cat([state.float() for state in states])
    return rows.mean(dim=0), rows.std(dim=0) + 1 / math.sqrt(1e6)
