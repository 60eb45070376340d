"""What the stacks a user would assemble find on a BEIR set with our weights, as TREC runs to compare with.

    pip install txtai sentence-transformers lancedb      # in an environment of its own
    python bench/stack_runs.py txtai --model runs/bench/e5 --corpus CORPUS --out RUNS QUERIES...
    dragoman eval retrieval QUERIES... --corpus CORPUS --qrels QRELS --method full --against RUNS

`txtai` weighs vectors and BM25 half and half, its default; `lancedb` merges exact vectors and full text by
reciprocal rank (words by ICU), as `stack.py` times it. Prefixes are those the weights were trained with.
"""

import argparse
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

DEPTH = 100
Ask: TypeAlias = Callable[[str], Sequence[tuple[str, float]]]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the objects of a JSON lines file, packed or not."""
    with (
        gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as f
    ):
        yield from map(json.loads, f)


def documents(corpus: Path) -> list[tuple[str, str]]:
    """Return id and text of every document."""
    return [(row["_id"], f"{row.get('title', '')} {row['text']}".strip()) for row in rows(corpus)]


def txtai(corpus: Path, model: str) -> Ask:
    """Index the corpus by txtai's hybrid and return what asks it."""
    from txtai import Embeddings

    instructions = {"query": "query: ", "data": "passage: "}
    embeddings = Embeddings(path=model, hybrid=True, instructions=instructions, gpu=False)
    embeddings.index(documents(corpus))
    return lambda text: embeddings.search(text, DEPTH)


def lance(corpus: Path, model: str, folder: str) -> Ask:
    """Index the corpus by sentence-transformers and LanceDB and return what asks it."""
    import lancedb
    from lancedb.rerankers import RRFReranker
    from sentence_transformers import SentenceTransformer

    encoder, reranker = SentenceTransformer(model, device="cpu"), RRFReranker()
    some = documents(corpus)
    vectors = encoder.encode(
        [f"passage: {text}" for _, text in some], batch_size=32, normalize_embeddings=True
    )
    told = [
        {"id": id, "text": text, "vector": vector} for (id, text), vector in zip(some, vectors, strict=True)
    ]
    table = lancedb.connect(folder).create_table("documents", told, mode="overwrite")
    table.create_fts_index("text", base_tokenizer="icu")

    def ask(text: str) -> list[tuple[str, float]]:
        vector = encoder.encode(f"query: {text}", normalize_embeddings=True)
        hybrid = table.search(query_type="hybrid").vector(vector).text(text).distance_type("cosine")
        found = hybrid.rerank(reranker).limit(DEPTH).to_list()
        return [(row["id"], row["_relevance_score"]) for row in found]

    return ask


def main() -> None:
    """Index the corpus once, ask every query, write a run a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("stack", choices=["lancedb", "txtai"])
    parser.add_argument("queries", nargs="+", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        is_lance = chosen.stack == "lancedb"
        ask = lance(chosen.corpus, chosen.model, folder) if is_lance else txtai(chosen.corpus, chosen.model)
        for path in chosen.queries:
            with (chosen.out / f"{path.stem}.run").open("w", encoding="utf-8") as out:
                for query in rows(path):
                    for rank, (id, score) in enumerate(ask(query["text"]), 1):
                        out.write(f"{query['_id']} Q0 {id} {rank} {score} {chosen.stack}\n")


if __name__ == "__main__":
    main()
