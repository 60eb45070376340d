"""How long a shopper waits for suggestions while typing: prefixes of `psearch`'s queries, thirteen languages.

    python bench/suggest.py --shop runs/demo [--data ../shared/data] [--n 600]

The first round opens each language's tables on its way, the second asks other prefixes of the same languages,
the third those of the second again. `without the writer`, afterwards: the catalogue's words alone.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dragoman import Settings, open_guide
from dragoman.guide import Guide
from dragoman.measure.beir import read_queries


def prefixes(data: Path) -> list[str]:
    """Return what is there of each query at four moments, in an order that mixes languages."""
    texts = [
        text
        for path in sorted((data / "psearch").glob("queries.*.jsonl"))
        for text in read_queries(path).values()
    ]
    cut = {text[:n] for text in texts for n in (2, len(text) // 3, len(text) // 2, len(text) - 1) if n > 0}
    found = sorted(cut)
    random.Random(0).shuffle(found)
    return found


def waits(guide: Guide, typed: Sequence[str]) -> str:
    """Return the median and the 99th percentile of the milliseconds, as the clock has them."""
    spent = []
    for prefix in typed:
        begun = time.perf_counter()
        guide.suggest(prefix)
        spent.append(1000 * (time.perf_counter() - begun))
    return f"{np.percentile(spent, 50):.1f} | {np.percentile(spent, 99):.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shop", default="runs/demo")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--n", type=int, default=600, help="prefixes a round")
    chosen = parser.parse_args()
    typed = prefixes(chosen.data)
    first, second = typed[: chosen.n], typed[chosen.n : 2 * chosen.n]
    print("| round | p50 ms | p99 ms |\n|---|---:|---:|")
    settings = Settings(shop=chosen.shop)
    for name, writer in (("", settings.writer), (" without the writer", "none")):
        guide = open_guide(replace(settings, writer=writer))
        for round_, some in (("first", first), ("second", second), ("again", second)):
            print(f"| {round_}{name} | {waits(guide, some)} |", flush=True)
        guide.close()


if __name__ == "__main__":
    main()
