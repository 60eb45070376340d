"""What the shipped reader finds, language by language, in texts that it was not trained on.

    python bench/reader_shipped.py [FOLDER] --data ../shared/data

* shops: titles, bullets and descriptions of the demo shop's synthetic sellers (twelve languages, written for
  the demo shop by a language model); asks are their own names of facts, right is where a fact's value stands.
* statements: semiPQA's sentences about facts, the test sets with seen and unseen fact names.
* questions: hetPQA's test questions with their evidence; the overlap of words with the written answer's own.
* attributes: WDC-PAVE and AE-110k, on which nothing was trained here; only measured, they may not ship.

One value is said per text and ask, as in bench/readers.py; the score from which is the reader's own 0.3.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dragoman.backends.readers.folder import FolderReader
from dragoman.learn.asks import Asked, found_places, read_asked
from dragoman.measure.values import counted

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recipes"))
from reader_data import repeated, spoken, statement_spans
from readers import Found, read_all


def shops(path: Path) -> Iterator[Asked]:
    """The synthetic sellers' texts in their own language, with the facts whose value stands there."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        lang = row["lang"].split("-")[0]
        title = row["title"][row["lang"]] if isinstance(row["title"], dict) else row["title"]
        facts = row.get("facts", {})
        pairs = facts.items() if isinstance(facts, dict) else [(f["name"], f["value"]) for f in facts]
        for text in (title, row.get("description", ""), *row.get("bullets", ())):
            if not isinstance(text, str) or not text:
                continue
            places = {name: found_places(text, str(value)) for name, value in pairs if isinstance(value, str)}
            if any(places.values()):
                values = {name: tuple({text[a:b] for a, b in some}) for name, some in places.items()}
                yield Asked(text, lang, places, values)


def statements(path: Path) -> Iterator[Asked]:
    """Sentences that say a fact whose value could be found in them."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            spans = tuple((a, b) for a, b in statement_spans(row["text"], row["data"]))
            if spans:
                ask = spoken(row["data"].split(":")[0])
                yield Asked(row["text"], "en", {ask: spans}, {ask: tuple(row["text"][a:b] for a, b in spans)})


def questions(path: Path) -> Iterator[tuple[str, str, str]]:
    """(question, evidence, what the written answer repeats of it)."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            text = row["candidate"].split(" Question: ")[0].strip()
            span = repeated(text, row["answer"])
            if span and not re.match(r"[a-z_]+:\s*\{", text):
                yield row["question"], text, text[span[0][0] : span[0][1]]


def overlap(one: str, other: str) -> float:
    """F1 of words, as SQuAD has it."""
    left, right = re.findall(r"\w+", one.lower()), re.findall(r"\w+", other.lower())
    same = sum(min(left.count(word), right.count(word)) for word in set(left))
    return 2 * same / (len(left) + len(right)) if left and right else 0.0


def f1(rows: list[Asked], reader: FolderReader, least: float) -> str:
    counts = counted(pair for pair in said(read_all(reader, rows), least))
    parts = f"P {100 * counts.precision:.0f}, R {100 * counts.recall:.0f}; {len(rows)} texts"
    return f"{100 * counts.f1:.1f} ({parts})"


def said(found: Found, least: float) -> Iterator[tuple[tuple[str, ...], str]]:
    for row, spans in zip(found.rows, found.spans, strict=True):
        for ask in row.values:
            mine = [one for one in spans if one.ask == ask and one.score >= least]
            yield row.values[ask], row.text[mine[0].start : mine[0].end] if mine else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default="")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--least", type=float, default=0.3)
    parser.add_argument("--most", type=int, default=400, help="texts of a set")
    args = parser.parse_args()
    reader = FolderReader(args.folder, least=min(0.1, args.least))
    by_lang: dict[str, list[Asked]] = defaultdict(list)
    for row in shops(Path("data/sample/sellers.jsonl")):
        by_lang[row.lang].append(row)
    begun = time.perf_counter()
    for lang, rows in sorted(by_lang.items()):
        print(f"shops {lang}: F1 {f1(rows, reader, args.least)}")
    count = sum(len(rows) for rows in by_lang.values())
    print(f"{1000 * (time.perf_counter() - begun) / count:.0f} ms a text")
    for part in ("test_seen", "test_unseen"):
        rows = list(statements(args.data / f"amazon_pqa/semipqa_data2text_{part}.jsonl.gz"))
        print(f"statements {part}: F1 {f1(rows, reader, args.least)}")
    for name in ("wdcpave", "ae-110k"):
        rows = read_asked(args.data / f"attr_extraction/{name}_test.jsonl.gz")[: args.most]
        print(f"{name}, untrained: F1 {f1(rows, reader, args.least)}")
    asked = list(questions(args.data / "amazon_pqa/hetpqa_answers_test.jsonl.gz"))[: args.most]
    found = [(text, right, reader.read([text], [question])[0]) for question, text, right in asked]
    whole = sum(overlap(text, right) for text, right, _ in found) / len(found)
    print(f"questions: words F1 of the whole passage {100 * whole:.1f}; {len(found)} questions")
    for least in (args.least, 0.5):
        marked = [
            (text[s[0].start : s[0].end], text, right)
            for text, right, s in found
            if s and s[0].score >= least
        ]
        gain = sum(overlap(part, right) - overlap(text, right) for part, text, right in marked) / len(found)
        print(
            f"questions from {least}: {100 * (whole + gain):.1f}, {len(marked)} cut down, the rest left whole"
        )


if __name__ == "__main__":
    main()
