"""How fast events are taken, durable when acknowledged: the journal alone, and rows as they come.

    python bench/events.py [--events 20000] [--postgresql postgresql://user@host/database]

Each batch is one transaction, synced to disk before it returns. ``told`` is the whole way in: JSON text,
the map of names, the rules for robots and echoes, the journal, the tables of the crowd. Prints JSON.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dragoman.backends.journals.postgresql import PostgresqlJournal
from dragoman.backends.journals.sqlite import SqliteJournal
from dragoman.ports import Journal
from dragoman.recommend import Line, Taking, audience, record
from dragoman.types import Event

START = 1_780_000_000.0
BATCHES = (1, 10, 100, 1_000)


def made(n: int, tag: str) -> list[Event]:
    """Return n events of many shoppers with many products."""
    return [
        Event(
            f"{tag}-{i}", f"s{i * 7919 % 5003}", "view", START + i / 7, f"p{i * 104729 % 20011}", market="DE"
        )
        for i in range(n)
    ]


def rows(n: int, tag: str) -> list[Line]:
    """Return the same as JSON lines."""
    return [
        Line(
            i,
            json.dumps({"kind": "view", "id": e.id, "shopper": e.shopper, "product": e.product, "at": e.at}),
        )
        for i, e in enumerate(made(n, tag), 1)
    ]


def journal_rates(journal: Journal, n: int) -> dict[str, int]:
    """Return events a second by how many are acknowledged at once."""
    rates = {}
    for size in BATCHES:
        events = made(min(n, max(200, 40 * size)), f"b{size}")
        started = time.perf_counter()
        for at in range(0, len(events), size):
            journal.record(events[at : at + size])
        rates[f"batches of {size}"] = round(len(events) / (time.perf_counter() - started))
    return rates


def crowded_rate(journal: Journal, n: int, threads: int = 40) -> int:
    """Return events a second where as many requests as a server has threads bring one event each."""
    events = made(n, "crowded")
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda event: journal.record([event]), events))
    return round(n / (time.perf_counter() - started))


def told_rate(journal: Journal, n: int) -> int:
    """Return rows a second from JSON text to the journal, in batches of a thousand."""
    lines = rows(n, "told")
    started = time.perf_counter()
    done = record(lines, audience=audience(journal), taking=Taking(str, START + n))
    assert done.recorded == n, done
    return round(n / (time.perf_counter() - started))


def main() -> None:
    """Run the benchmark and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--postgresql", default="")
    chosen = parser.parse_args()
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory(dir=".") as folder:
        file = Path(folder) / "journal.db"
        sqlite = SqliteJournal(file)
        found["sqlite, events/s"] = journal_rates(sqlite, chosen.events)
        found["sqlite, events/s, one a request, 40 threads"] = crowded_rate(sqlite, chosen.events // 4)
        found["sqlite, rows told/s"] = told_rate(sqlite, chosen.events)
        found["sqlite, bytes an event"] = round(file.stat().st_size / len(sqlite))
        sqlite.close()
    if chosen.postgresql:
        server = PostgresqlJournal(url=chosen.postgresql)
        found["postgresql, events/s"] = journal_rates(server, chosen.events)
        found["postgresql, rows told/s"] = told_rate(server, chosen.events)
        server.close()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
