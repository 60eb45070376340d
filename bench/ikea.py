"""Writes held-out IKEA descriptions as a retrieval set: German or French text in, its English product out.

    python bench/ikea.py ../shared/data/ikea/catalogue.jsonl.gz runs/ikea

The corpus is every fourth English description by hash (no two alike), the queries those of it in
the other languages, 300 a language at most. No recipe of the shipped encoder reads this set.
"""

import gzip
import hashlib
import json
import sys
from pathlib import Path

LANGS = ("de", "fr")
MOST = 300


def main(catalogue: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rows: dict[str, dict[str, str]] = {}
    with gzip.open(catalogue, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if all(row.get(lang) for lang in ("en", *LANGS)) and digest(row["en"]) % 4 == 0:
                rows.setdefault(row["en"].lower(), row)
    chosen = sorted(rows.values(), key=lambda row: digest(row["en"]))
    with (out / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for row in chosen:
            print(json.dumps({"_id": row["id"], "title": "", "text": row["en"]}), file=corpus)
    asked = chosen[:MOST]
    for lang in LANGS:
        with (out / f"queries.{lang}.jsonl").open("w", encoding="utf-8") as queries:
            for row in asked:
                print(json.dumps({"_id": row["id"], "text": row[lang]}, ensure_ascii=False), file=queries)
    judged = ["query-id\tcorpus-id\tscore", *(f"{row['id']}\t{row['id']}\t1" for row in asked)]
    (out / "qrels.tsv").write_text("\n".join(judged) + "\n", encoding="utf-8")
    print(f"{len(chosen)} documents, {len(asked)} queries a language")


def digest(text: str) -> int:
    return int(hashlib.sha1(text.lower().encode()).hexdigest(), 16)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
