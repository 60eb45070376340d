"""Write ``events.jsonl.gz``: what 240 invented shoppers did in the demo shop, the same bytes every time.

Nobody did any of this. Each shopper has a market, a language and one or two interests (a category of the
catalogue), looks around for a few visits, mostly inside them, and sometimes puts things into the cart, buys,
likes, shares or dismisses. Enough to show what recommendations look like; no measure of anything.

    python data/sample/shoppers.py
"""

import gzip
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]  # Any: JSON

HERE = Path(__file__).parent
SHOPPERS = 240
DAY_S = 86_400
LAST = datetime(2026, 11, 27, 20, tzinfo=UTC).timestamp()
NOTICE = "invented: see data/sample/README.md"

# Market, language, share of the shoppers.
HOMES = [
    ("US", "en", 30), ("GB", "en", 10), ("DE", "de", 12), ("FR", "fr", 8), ("ES", "es", 8), ("MX", "es", 4),
    ("IT", "it", 5), ("BR", "pt-BR", 8), ("JP", "ja", 10), ("KR", "ko", 7), ("CN", "zh-Hans", 10),
    ("TW", "zh-Hant", 4), ("IN", "hi", 8), ("TH", "th", 6), ("VN", "vi", 5), ("AE", "ar", 6), ("SA", "ar", 6),
    ("RU", "ru", 8),
]  # fmt: skip
AFTER = [("cart", 0.16), ("like", 0.07), ("share", 0.03), ("dismiss", 0.02)]


def catalogue() -> dict[str, list[str]]:
    """Return product ids by the first two steps of their category, in the order of the files."""
    rows: list[Row] = []
    with gzip.open(HERE / "products.jsonl.gz", "rt", encoding="utf-8") as file:
        rows += [json.loads(line) for line in file]
    rows += [json.loads(line) for line in (HERE / "sellers.jsonl").read_text(encoding="utf-8").splitlines()]
    held: dict[str, list[str]] = {}
    for row in rows:
        held.setdefault(" > ".join(row.get("category", "").split(" > ")[:2]), []).append(row["id"])
    return {name: ids for name, ids in sorted(held.items()) if name and len(ids) >= 4}


def deeds(number: int, draw: random.Random, held: dict[str, list[str]]) -> Iterator[Row]:
    """Yield what one shopper did, in the order of time."""
    market, lang, _ = draw.choices(HOMES, [share for _, _, share in HOMES])[0]
    interests = draw.choices(list(held), [len(ids) ** 0.5 for ids in held.values()], k=draw.randint(1, 2))
    who = {"shopper": f"demo-{number:03d}", "market": market, "lang": lang}
    at = LAST - draw.random() * 24 * DAY_S
    for visit in range(draw.randint(1, 4)):
        for _ in range(draw.randint(2, 7)):
            ids = held[draw.choice(interests) if draw.random() < 0.85 else draw.choice(list(held))]
            # The first of a category are looked at more often: what is popular has to come from somewhere.
            product = ids[min(int(draw.paretovariate(0.9)) - 1, len(ids) - 1)]
            told = who | {"session": f"demo-{number:03d}-{visit}", "product": product}
            at += draw.randint(15, 240)
            yield told | {"kind": "view", "at": at}
            for kind, odds in AFTER:
                if draw.random() < odds:
                    at += draw.randint(8, 60)
                    yield told | {"kind": kind, "at": at}
                    if kind == "cart" and draw.random() < 0.5:
                        at += draw.randint(60, 600)
                        yield told | {"kind": "buy", "value": 1, "at": at}
        at += draw.randint(1, 4) * DAY_S + draw.randint(0, 20_000)
        if at > LAST:
            return


def main() -> None:
    """Write the file."""
    draw = random.Random(20261127)
    held = catalogue()
    rows = sorted(
        (row for number in range(SHOPPERS) for row in deeds(number, draw, held) if row["at"] <= LAST),
        key=lambda row: (row["at"], row["shopper"], row["kind"]),
    )
    lines = []
    for place, row in enumerate(rows):
        at = datetime.fromtimestamp(int(row["at"]), UTC).isoformat().replace("+00:00", "Z")
        lines.append(
            json.dumps({"id": f"demo-{place:05d}", **row, "at": at, "source": NOTICE}, ensure_ascii=False)
        )
    with gzip.GzipFile(HERE / "events.jsonl.gz", "wb", compresslevel=9, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()
