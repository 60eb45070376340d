"""What translating a search page costs a shopper: plain, translated for the first time, and again.

    make demo                                   # in another window
    python bench/translated_page.py --to fr,pt,pl,tr

A fresh demo shop: what it has translated once it keeps. Milliseconds around the HTTP request for 20 hits,
median over 25 queries; "adds" is what the same query takes more than without translation, "worst" the most.
"""

import argparse
import json
import statistics
import time
import urllib.request

QUERIES = (
    "garden light", "dog bed", "coffee", "phone case", "hammock", "kids toy", "car cover", "baby blanket",
    "running shoes", "shampoo", "kitchen knife", "office chair", "aquarium", "bicycle lamp", "water bottle",
    "tent", "guitar", "curtains", "watch", "vitamin", "backpack", "printer ink", "wall clock", "yoga mat",
    "sofa",
)  # fmt: skip
AGAIN = 3  # times a page that is known is asked for; the quickest counts


def asked(url: str, query: str, to: str, *, translated: bool) -> float:
    """Return how long a page took, milliseconds."""
    body = json.dumps({"query": query, "langs": [to], "k": 20, "translate": translated}).encode()
    request = urllib.request.Request(f"{url}/v1/search", body, {"content-type": "application/json"})
    start = time.perf_counter()
    urllib.request.urlopen(request).read()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--to", default="fr,pt,pl,tr")
    chosen = parser.parse_args()
    print("| to | plain | first | adds | worst | again | adds | worst |\n|---|---|---|---|---|---|---|---|")
    for to in chosen.to.split(","):
        asked(chosen.url, "red lamp", to, translated=True)  # opens the tables
        plain, first, again = [], [], []
        for query in QUERIES:
            plain.append(min(asked(chosen.url, query, to, translated=False) for _ in range(AGAIN + 1)))
            first.append(asked(chosen.url, query, to, translated=True))
            again.append(min(asked(chosen.url, query, to, translated=True) for _ in range(AGAIN)))
        row = [statistics.median(plain)]
        for took in (first, again):
            more = [a - b for a, b in zip(took, plain, strict=True)]
            row += [statistics.median(took), statistics.median(more), max(took)]
        print(f"| {to} | {' | '.join(f'{one:.1f}' for one in row)} |", flush=True)


if __name__ == "__main__":
    main()
