"""Takes out of a query's vector what tells languages apart, so that products compete on meaning alone.

A multilingual encoder places a text by what it says and, less, by the language it says it in. Two things
follow in a mixed catalogue: documents in the query's own language score higher than better ones in another,
and short generic texts lie near every query whose language the encoder knows less well. Both are linear in
the product's vector, so shifting the *query* undoes them: no product is encoded or stored differently.
Knows vectors, no encoder and no language. Measured in docs/decisions/0008-language-bias.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput
from dragoman.types import Vectors

_NOISE = 0.15  # of the strongest direction: weaker ones hold the sampling error of a few dozen names


@dataclass(frozen=True, slots=True)
class Levelling:
    """What an encoder makes of language, measured on the same things named in many languages."""

    generic: NDArray[np.float32]  # (dim,): the mean of all names
    directions: Vectors  # (r, dim): orthonormal rows that span the differences between languages


@dataclass(frozen=True, slots=True)
class Levelled:
    """Queries as unit rows, and the length each row had, which turns a cosine back into a score."""

    vectors: Vectors  # (n, dim)
    lengths: NDArray[np.float32]  # (n,)


def measure(names: Sequence[Vectors]) -> Levelling:
    """Learn from the vectors of the same names in several languages where the languages lie.

    Args:
        names: Per language, (n, dim); row i names the same thing in all of them. Two languages at least.

    Raises:
        BadInput: fewer than two languages, or not the same names in each.

    Source: language centroids after Libovický, Rosa, Fraser 2020, "On the language neutrality of
    pre-trained multilingual representations"; taking out their span after Yang et al. 2021, "A simple
    and effective method to eliminate the self language bias in multilingual representations".

    >>> there = np.array([[1, 0, 0.3], [0, 1, 0.3]], dtype=np.float32)
    >>> np.abs(measure([there, there * [1, 1, -1]]).directions.round(3)).tolist()
    [[0.0, 0.0, 1.0]]
    """
    if len(names) < 2 or len({vectors.shape for vectors in names}) != 1:
        raise BadInput(
            f"names of shapes {[v.shape for v in names]}", hint="the same names in two languages at least"
        )
    centres = np.stack([vectors.mean(axis=0) for vectors in names])
    generic = centres.mean(axis=0)
    _, strength, rows = np.linalg.svd(centres - generic, full_matrices=False)
    kept = rows[strength > max(_NOISE * strength[0], 1e-6)]
    signs = np.sign(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)])[:, None]
    return Levelling(generic.astype(np.float32), np.ascontiguousarray(kept * signs, dtype=np.float32))


def level(queries: Vectors, levelling: Levelling, *, guard: float = 1.0, generic: float = 0.25) -> Levelled:
    """Return queries that see meaning only: without their language's direction, turned from the generic.

    Args:
        queries: (n, dim), unit rows.
        guard: Share of the language directions that is taken out, 0..1.
        generic: How much of the generic name is subtracted: a product pays for being near everything.
            0..1; far above .5 it costs queries in the product's own language.

    >>> second_is_language = Levelling(np.zeros(2, "f4"), np.array([[0, 1]], "f4"))
    >>> level(np.array([[0.6, 0.8]], "f4"), second_is_language).vectors
    array([[1., 0.]], dtype=float32)
    """
    spoken = (queries @ levelling.directions.T) @ levelling.directions
    shifted = queries - guard * spoken - generic * levelling.generic
    lengths = np.linalg.norm(shifted, axis=1)
    # A query that says nothing but its language is left as it was.
    lost = lengths < 1e-3
    shifted[lost], lengths[lost] = queries[lost], 1.0
    return Levelled((shifted / lengths[:, None]).astype(np.float32), lengths.astype(np.float32))
