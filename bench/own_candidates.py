"""Writes which passages of `xepqa` belong to each question's own product: the ten that people judged.

python bench/own_candidates.py ../shared/data runs/learning/candidates.tsv

The set numbers the ten candidates of one question one after the other, from a multiple of ten.
"""

import gzip
import json
import sys
from pathlib import Path


def main(data: Path, out: Path) -> None:
    with gzip.open(data / "xepqa" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        titles = {row["_id"]: row["title"] for row in map(json.loads, lines)}
    judged = (data / "xepqa" / "qrels.tsv").read_text("utf-8").splitlines()[1:]
    first = {query: int(document) // 10 * 10 for query, document, _ in (line.split("\t") for line in judged)}
    pairs = [(query, str(start + i)) for query, start in sorted(first.items()) for i in range(10)]
    for query, start in first.items():
        own = {titles[str(start + i)] for i in range(10)}
        if len(own) != 1:
            raise SystemExit(f"question {query}: its ten candidates are of {len(own)} products")
    text = "".join(f"{query}\t{document}\n" for query, document in pairs)
    out.write_text("query-id\tcorpus-id\n" + text, encoding="utf-8")
    print(f"{len(pairs)} pairs for {len(first)} questions")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
