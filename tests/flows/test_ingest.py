"""A crash in the middle of an ingest loses nothing acknowledged; the next run ends in the same catalogue."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.catalog import ingest
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Filter

COUNT, ACKNOWLEDGED, DIM = 1000, 500, 32
WORDS = [
    "kettle",
    "teapot",
    "Wasserkocher",
    "cafetière",
    "чайник",
    "やかん",
    "غلاية",
    "केतली",
    "หม้อต้ม",
    "steel",
]

CHILD = """
import sys
from pathlib import Path
from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.catalog import ingest
from dragoman.testing.encoders import HashEncoder

index = EdgeIndex(Path(sys.argv[1]), dim={dim}, encoder="hash-{dim}")
ingest([Path(sys.argv[2])], encoder=HashEncoder(dim={dim}), index=index, batch=16,
       progress=lambda done, known: print(done, flush=True))
"""


def _feed(folder: Path) -> Path:
    path = folder / "feed.jsonl"
    with path.open("w", encoding="utf-8") as feed:
        for n in range(COUNT):
            title = " ".join(WORDS[(n * step + step) % len(WORDS)] for step in (1, 3, 7)) + f" {n}"
            offers = [{"market": "DE", "price": f"{n % 90 + 1}.99 EUR"}]
            line = {"id": f"p{n:05d}", "title": title, "lang": "en", "offers": offers}
            feed.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def _killed_midway(shop: Path, feed: Path, after: int) -> None:
    """Run an ingest in a process of its own and kill it once so many products are acknowledged."""
    command = [sys.executable, "-c", CHILD.format(dim=DIM), str(shop), str(feed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= after:
                # Between two batches or within one: the writing thread goes on while this is read.
                time.sleep(0.005)
                os.kill(child.pid, signal.SIGKILL)
                break
    assert child.returncode == -signal.SIGKILL, "the child was done before it could be killed"


def _catalogue(index: EdgeIndex) -> dict[str, str]:
    ids = index.ids("", COUNT + 1)
    return dict(zip(ids, index.digests(ids), strict=True))


@pytest.fixture(name="feed", scope="module")
def written_feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _feed(tmp_path_factory.mktemp("feed"))


@pytest.fixture(name="killed", scope="module")
def killed_shop(tmp_path_factory: pytest.TempPathFactory, feed: Path) -> Iterator[EdgeIndex]:
    """A shop whose ingest was killed twice."""
    shop = tmp_path_factory.mktemp("shop")
    _killed_midway(shop, feed, after=200)
    _killed_midway(shop, feed, after=ACKNOWLEDGED)
    index = EdgeIndex(shop, dim=DIM, encoder=f"hash-{DIM}")
    yield index
    index.close()


def test_what_was_acknowledged_before_the_kill_is_there_after_it(killed: EdgeIndex) -> None:
    first = [f"p{n:05d}" for n in range(ACKNOWLEDGED)]
    assert all(killed.digests(first))
    assert [product.id for product in killed.get(first)] == first


def test_killed_and_resumed_is_the_same_as_never_killed(
    tmp_path: Path, feed: Path, killed: EdgeIndex
) -> None:
    encoder = HashEncoder(dim=DIM)
    whole = EdgeIndex(tmp_path, dim=DIM, encoder=encoder.name)
    ingest([feed], encoder=encoder, index=whole)
    left = len(killed)
    report = ingest([feed], encoder=encoder, index=killed)
    assert ACKNOWLEDGED <= left < COUNT
    assert (report.added, report.changed, report.unchanged) == (COUNT - left, 0, left)
    assert _catalogue(killed) == _catalogue(whole)
    assert killed.get(["p00007", "p00990"]) == whole.get(["p00007", "p00990"])
    queries = encoder.encode(WORDS, "query")
    found, expected = (index.nearest(queries, 10, Filter()) for index in (killed, whole))
    assert [[hit.id for hit in hits] for hits in found] == [[hit.id for hit in hits] for hits in expected]
    whole.close()
