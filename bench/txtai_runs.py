"""What txtai's hybrid search finds on a BEIR set with our weights, as TREC runs to compare with.

    pip install txtai sentence-transformers              # in an environment of its own
    python bench/txtai_runs.py --model runs/bench/e5 --corpus CORPUS --out RUNS QUERIES...
    dragoman eval retrieval QUERIES... --corpus CORPUS --qrels QRELS --method full --against RUNS

txtai weighs vectors and BM25 half and half, its default; prefixes are those the weights were trained with.
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the objects of a JSON lines file, packed or not."""
    with (
        gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as f
    ):
        yield from map(json.loads, f)


def main() -> None:
    """Index the corpus once, ask every query, write a run a file."""
    from txtai import Embeddings

    parser = argparse.ArgumentParser()
    parser.add_argument("queries", nargs="+", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    instructions = {"query": "query: ", "data": "passage: "}
    embeddings = Embeddings(path=chosen.model, hybrid=True, instructions=instructions, gpu=False)
    embeddings.index(
        (row["_id"], f"{row.get('title', '')} {row['text']}".strip()) for row in rows(chosen.corpus)
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    for path in chosen.queries:
        with (chosen.out / f"{path.stem}.run").open("w", encoding="utf-8") as out:
            for query in rows(path):
                for rank, (id, score) in enumerate(embeddings.search(query["text"], 100), 1):
                    out.write(f"{query['_id']} Q0 {id} {rank} {score} txtai\n")


if __name__ == "__main__":
    main()
