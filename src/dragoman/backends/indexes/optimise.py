"""Optimises the shard in the folder given: merges segments, quantises, builds the vector graph. A script."""

import os
import sys


def optimise(folder: str) -> None:
    """Optimise the shard in this folder, behind everything else the machine has to do."""
    import qdrant_edge

    os.nice(10)
    shard = qdrant_edge.EdgeShard.load(folder)
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    optimise(sys.argv[1])
