"""How long related models take to answer for a shop of 100,000 products: one history at a time, one thread.

    OMP_NUM_THREADS=1 python bench/related_speed.py [--products 100000] [--rounds 100]

The models are made of random numbers of the right sizes: speed does not depend on what was learned. Times are
of the processor, so that what else runs on the machine does not count.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from dragoman.backends.related.features import Proposed, width
from dragoman.backends.related.folder import open_models
from dragoman.backends.related.neighbours import Neighbours
from dragoman.backends.related.shelved import Products
from dragoman.backends.related.writing import Generation
from dragoman.learn.blend import Trees, learn_blend
from dragoman.learn.next_item import Known
from dragoman.learn.sequence_export import written_of
from dragoman.models.sequence import SequenceModel
from dragoman.models.sequence_blocks import SequenceShape

MODELS = ["popular", "together", "similar", "als", "sequence"]


def write(folder: Path, n: int, rng: np.random.Generator) -> None:
    generation = Generation(folder, Products.of([f"product-{i:07d}" for i in range(n)]))
    generation.popular("popular", rng.pareto(1.0, n).astype(np.float32) + 0.01)
    for name in ("together", "similar"):
        starts = np.arange(n + 1, dtype=np.int64) * 100
        table = Neighbours(
            starts, rng.integers(0, n, 100 * n, np.int32), rng.random(100 * n, np.float32) + 0.01
        )
        generation.neighbours(name, table, fading=0.8)
    factors = rng.normal(size=(n, 64)).astype(np.float32)
    generation.factors("als", factors, regularisation=0.1, confidence=20.0)
    torch.manual_seed(0)
    model = SequenceModel(SequenceShape(n, temperature=0.07)).eval()
    generation.sequence("sequence", *written_of(model, Known(), np.arange(1, n + 1)))
    taught = [Proposed(("a", "b", "c"), rng.random((3, width(len(MODELS))), np.float32)) for _ in range(500)]
    generation.blend("blend", learn_blend(taught, ["a"] * 500, Trees(), seed=0), models=MODELS, depth=100)
    generation.finish({})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), given.products, rng)
        begun = time.process_time()
        models = open_models(Path(folder))
        print(f"opened in {time.process_time() - begun:.2f} s")
        histories = [
            [f"product-{i:07d}" for i in rng.integers(0, given.products, size)]
            for size in rng.integers(1, 50, given.rounds)
        ]
        for model in models:
            model.next_items(histories[:3], 100)
            spent = []
            for history in histories:
                begun = time.process_time()
                model.next_items([history], 100)
                spent.append(1000 * (time.process_time() - begun))
            p50, p99 = np.percentile(spent, (50, 99))
            print(f"{model.name}\tp50 {p50:.2f} ms\tp99 {p99:.2f} ms", flush=True)


if __name__ == "__main__":
    main()
