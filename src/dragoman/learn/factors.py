"""Matrix factorisation through `implicit`: ALS and BPR. Knows who met what, as a sparse matrix."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Als:
    """Dials of implicit ALS (Hu, Koren and Volinsky 2008)."""

    dim: int = 64
    regularisation: float = 0.01
    confidence: float = 10.0  # alpha
    rounds: int = 15


@dataclass(frozen=True, slots=True)
class Factors:
    """What was learned: rows are shoppers, and products; a row of zeros met nothing."""

    shoppers: Floats
    products: Floats


def als(met: sp.csr_matrix, dials: Als, *, seed: int, threads: int = 1) -> Factors:
    """Return ALS factors of a (shoppers, products) matrix of weights."""
    with threadpool_limits(threads, "blas"):  # implicit warns where BLAS threads fight with its own
        model = AlternatingLeastSquares(
            factors=dials.dim,
            regularization=dials.regularisation,
            alpha=dials.confidence,
            iterations=dials.rounds,
            num_threads=threads,
            random_state=seed,
        )
        model.fit(met, show_progress=False)
    products = np.array(model.item_factors, np.float32)
    products[np.asarray(met.sum(axis=0)).ravel() == 0] = 0
    return Factors(np.array(model.user_factors, np.float32), products)


def bpr(met: sp.csr_matrix, *, dim: int = 64, rounds: int = 100, seed: int, threads: int = 1) -> Factors:
    """Return BPR factors (Rendle et al. 2009); the last column of each is the product's bias, times one."""
    model = BayesianPersonalizedRanking(
        factors=dim,
        iterations=rounds,
        learning_rate=0.05,
        regularization=0.01,
        num_threads=threads,
        random_state=seed,
    )
    model.fit(met, show_progress=False)
    return Factors(np.array(model.user_factors, np.float32), np.array(model.item_factors, np.float32))
