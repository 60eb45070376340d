"""The stack a user would assemble today, on the same catalogue, queries and weights as `bench/search.py`.

    pip install sentence-transformers lancedb txtai      # in an environment of its own
    python bench/stack.py lancedb --model runs/bench/e5 --feed runs/bench/catalogue-100000.jsonl \
        --queries runs/bench/queries.txt --ingest 2000

Encoding a whole catalogue with it takes hours on two cores, so the ingest rate is taken on the first
``--ingest`` products, and the index is filled with their vectors repeated with small noise: what a query
costs does not depend on which vectors are stored.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np


def read(feed: Path) -> list[dict[str, str]]:
    """Return id, text, market and category of every product."""
    rows = []
    with feed.open(encoding="utf-8") as file:
        for line in file:
            one = json.loads(line)
            text = f"{one['title']} {one['brand']} {one['description']}"
            rows.append({"id": one["id"], "text": text, "category": one["category"]})
    return rows


def filled(vectors: np.ndarray, n: int) -> np.ndarray:
    """Return n unit vectors near the given ones."""
    rng = np.random.default_rng(5)
    whole = np.resize(vectors, (n, vectors.shape[1])).astype(np.float32)
    whole += 0.02 * rng.standard_normal(whole.shape, dtype=np.float32)
    return whole / np.linalg.norm(whole, axis=1, keepdims=True)


def percentiles(spent: list[float]) -> dict[str, float]:
    """Return p50 and p99 in milliseconds, and queries per second of one process."""
    p50, p99 = np.percentile(spent, [50, 99])
    return {
        "p50_ms": round(float(p50), 2),
        "p99_ms": round(float(p99), 2),
        "queries_per_s": round(1000 / float(np.mean(spent)), 1),
    }


def lance(rows: list[dict[str, str]], texts: list[str], model: str, ingest: int) -> dict[str, object]:
    """Time sentence-transformers (float32, torch) with LanceDB's hybrid search and its RRF reranker."""
    import lancedb
    from lancedb.rerankers import RRFReranker
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    folder = Path("runs/bench/lance")
    database = lancedb.connect(folder)
    started = time.perf_counter()
    some = [f"passage: {row['text']}" for row in rows[:ingest]]
    vectors = encoder.encode(some, batch_size=32, normalize_embeddings=True)
    few = [row | {"vector": vector} for row, vector in zip(rows[:ingest], vectors, strict=True)]
    database.create_table("few", few, mode="overwrite")
    ingest_s = time.perf_counter() - started
    whole = filled(np.asarray(vectors), len(rows))
    every = [row | {"vector": vector} for row, vector in zip(rows, whole, strict=True)]
    table = database.create_table("products", every, mode="overwrite")
    table.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_HNSW_SQ")
    table.create_fts_index("text", base_tokenizer="icu")
    reranker = RRFReranker()
    spent = []
    for text in texts:
        begun = time.perf_counter()
        vector = encoder.encode(f"query: {text}", normalize_embeddings=True)
        hybrid = table.search(query_type="hybrid").vector(vector).text(text).rerank(reranker)
        hybrid.limit(10).to_list()
        spent.append((time.perf_counter() - begun) * 1000)
    return {"ingest_per_s": round(ingest / ingest_s, 1), **percentiles(spent[20:])}


def txtai(rows: list[dict[str, str]], texts: list[str], model: str, ingest: int) -> dict[str, object]:
    """Time txtai's hybrid index (dense and BM25) with the same weights."""
    from txtai import Embeddings

    instructions = {"query": "query: ", "data": "passage: "}
    embeddings = Embeddings(path=model, hybrid=True, content=True, instructions=instructions, gpu=False)
    started = time.perf_counter()
    embeddings.index((row["id"], row["text"]) for row in rows[:ingest])
    ingest_s = time.perf_counter() - started
    spent = []
    for text in texts:
        begun = time.perf_counter()
        embeddings.search(text, 10)
        spent.append((time.perf_counter() - begun) * 1000)
    return {"ingest_per_s": round(ingest / ingest_s, 1), "products": ingest, **percentiles(spent[20:])}


def main() -> None:
    """Run one stack and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("stack", choices=["lancedb", "txtai"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--feed", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--ingest", type=int, default=2_000)
    chosen = parser.parse_args()
    rows = read(chosen.feed)
    texts = chosen.queries.read_text(encoding="utf-8").splitlines()
    run = lance if chosen.stack == "lancedb" else txtai
    figures = run(rows, texts, chosen.model, chosen.ingest)
    print(json.dumps({"stack": chosen.stack, **figures}, indent=2))


if __name__ == "__main__":
    main()
