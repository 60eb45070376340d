"""The blender: trees that weigh what all other models say, run by ONNX Runtime. Knows no tree learner."""

from collections.abc import Sequence

import numpy as np
import onnxruntime

from dragoman.backends.related.features import Proposed, proposed
from dragoman.backends.related.shelved import Floats
from dragoman.ports import Related
from dragoman.rank.fuse import reciprocal
from dragoman.types import Scored

NAME = "blend"
DEPTH = 100
"""Products that each model proposes: beyond, the trees have seen next to nothing that came true."""


class Forest:
    """What LambdaMART learned: features in, scores out."""

    def __init__(self, graph: bytes) -> None:
        """Open the graph of the trees."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def scores(self, features: Floats) -> Floats:
        """Return (n,) for (n, width), at least one row: the higher, the likelier next."""
        found: Floats = self._session.run(None, {"features": features})[0].ravel()
        return found


class Blend:
    """Ranks what other models propose, as LambdaMART learned to."""

    def __init__(self, models: Sequence[Related], graph: bytes, *, depth: int = DEPTH) -> None:
        """Take the models, in the order the trees were learned with, and the graph of the trees."""
        self._models, self._depth = tuple(models), depth
        self._forest = Forest(graph)

    @property
    def name(self) -> str:
        """Which model it is."""
        return NAME

    def related(self, ids: Sequence[str], k: int) -> list[list[Scored]]:
        """Per product, what the models relate to it, fused by rank; [] if no model knows it."""
        told = [model.related(ids, self._depth) for model in self._models]
        return [reciprocal([lists[i] for lists in told])[:k] for i in range(len(ids))]

    def next_items(self, histories: Sequence[Sequence[str]], k: int) -> list[list[Scored]]:
        """Per history, at most ``k`` products likely next, best first, ties by id."""
        return [self._ranked(one)[:k] for one in proposed(self._models, histories, self._depth)]

    def _ranked(self, found: Proposed) -> list[Scored]:
        if not found.ids:
            return []
        scores = self._forest.scores(found.features)
        order = np.lexsort((np.arange(len(scores)), -scores))
        return [Scored(found.ids[row], float(scores[row])) for row in order]
