"""What only the embedded index promises: its folder, its crashes, its upkeep."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.backends.indexes.settle import Settling, copy_shard
from dragoman.errors import BadInput, Busy, Conflict, Corrupt, Unavailable
from dragoman.testing.index_shop import DIM, EVERYTHING, listings, offer, put, vector, words
from dragoman.testing.indexes import MemoryIndex
from dragoman.types import Filter, Listing, PriceRange, Product, Text, Vectors

MANY = 3_200  # above what is compared one by one: upkeep builds the graph


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shop"


@pytest.fixture
def index(folder: Path) -> Iterator[EdgeIndex]:
    opened = EdgeIndex(folder, dim=DIM, upkeep_after=100)
    yield opened
    opened.close()


def many(start: int, end: int) -> tuple[list[Listing], Vectors]:
    """Listings with a seller each hundred shares, and random unit vectors, by number."""
    shop = [
        Listing(
            Product(f"p{i}", (Text(f"shoe{i % 7}", "en"),), brand=f"b{i % 5}", seller=f"s{i % 100}",
                    offers=(offer("DE", i, "EUR"),)), (), f"d{i}")
        for i in range(start, end)
    ]  # fmt: skip
    rows = np.random.default_rng(7).standard_normal((end, DIM)).astype(np.float32)[start:]
    return shop, rows / np.linalg.norm(rows, axis=1, keepdims=True)


class TestTheFolder:
    def test_what_was_put_is_there_when_it_is_opened_again(self, folder: Path) -> None:
        index = EdgeIndex(folder, dim=DIM)
        shop = put(index, listings())
        index.close()
        index = EdgeIndex(folder)
        assert index.dim == DIM
        assert index.get([shop[2].product.id]) == [shop[2].product]
        assert [s.id for s in index.spellings(["sandels"], 1)[0]] == ["sandals"]
        assert len(index.nearest(vector(1)[None], 3, Filter(prices=(PriceRange("EUR", 9900),)))[0]) == 2
        index.close()

    def test_it_belongs_to_one_owner(self, folder: Path, index: EdgeIndex) -> None:
        with pytest.raises(Busy, match=str(os.getpid())) as caught:
            EdgeIndex(folder, dim=DIM)
        assert "shared" in caught.value.hint

    def test_another_dim_or_encoder_is_a_conflict(self, folder: Path) -> None:
        EdgeIndex(folder, dim=DIM, encoder="e5").close()
        with pytest.raises(Conflict, match="32, not 64"):
            EdgeIndex(folder, dim=64, encoder="e5")
        with pytest.raises(Conflict, match="'e5', not 'gte'") as caught:
            EdgeIndex(folder, dim=DIM, encoder="gte")
        assert "ingest" in caught.value.hint
        EdgeIndex(folder, dim=DIM, encoder="e5").close()
        EdgeIndex(folder).close()

    def test_a_new_one_needs_a_dim(self, folder: Path) -> None:
        with pytest.raises(BadInput, match="dim"):
            EdgeIndex(folder)
        EdgeIndex(folder, dim=DIM).close()

    def test_a_folder_of_something_else_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("mine")
        with pytest.raises(BadInput, match="thesis"):
            EdgeIndex(tmp_path, dim=DIM)

    def test_one_that_was_never_finished_is_finished(self, folder: Path) -> None:
        EdgeIndex(folder, dim=DIM).close()
        shutil.rmtree(folder / "shard-1")
        index = EdgeIndex(folder)
        put(index, listings())
        assert len(index) == 10
        index.close()

    @pytest.mark.parametrize(
        "harm", ["dragoman.json", "edge_config.json", "segment.json", "has_values/status.dat"]
    )
    def test_damage_is_reported_with_its_place(self, folder: Path, harm: str) -> None:
        index = EdgeIndex(folder, dim=DIM)
        put(index, listings())
        index.close()
        for file in folder.rglob(harm):
            file.write_bytes(file.read_bytes()[:3])
        with pytest.raises(Corrupt, match=str(folder)) as caught:
            EdgeIndex(folder, dim=DIM)
        assert "ingest" in caught.value.hint


class TestBadInput:
    @pytest.mark.parametrize(
        "broken",
        [
            replace(listings()[0].product, titles=(Text("half a \ud83d pair", "en"),)),
            replace(listings()[0].product, offers=(offer("DE", -1, "EUR"),)),
            replace(listings()[0].product, offers=(offer("DE", 1 << 60, "EUR"),)),
            replace(listings()[0].product, offers=(offer("Germany", 1, "EUR"),)),
            replace(listings()[0].product, offers=(offer("DE", 1, "€"),)),
        ],
    )
    def test_a_product_that_cannot_be_kept_leaves_the_batch_unwritten(
        self, index: EdgeIndex, broken: Product
    ) -> None:
        good = listings()[1]
        with pytest.raises(BadInput):
            index.put([good, Listing(broken)], np.stack([vector(1), vector(2)]), [{}, {}])
        assert len(index) == 0

    def test_vectors_must_be_numbers(self, index: EdgeIndex) -> None:
        with pytest.raises(BadInput, match="NaN"):
            index.put(listings()[:1], np.full((1, DIM), np.nan, np.float32), [{}])


VICTIM = """
import sys
from dragoman.backends.indexes.edge import EdgeIndex
sys.path.insert(0, sys.argv[2])
from test_edge_index import many
index = EdgeIndex(sys.argv[1], dim=32)
start = 0
while True:
    shop, rows = many(start, start + 40)
    index.put(shop, rows, [{"shoe": 1.0, f"n{i}": 1.0} for i in range(start, start + 40)])
    index.remove([f"p{start}"])
    print(start + 40, flush=True)
    start += 40
"""


class TestCrashes:
    def test_what_was_acknowledged_survives_a_kill(self, folder: Path) -> None:
        victim = subprocess.Popen(
            [sys.executable, "-c", VICTIM, str(folder), str(Path(__file__).parent)], stdout=subprocess.PIPE
        )
        assert victim.stdout is not None
        acknowledged = [int(victim.stdout.readline()) for _ in range(12)][-1]
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
        shop, rows = many(0, acknowledged)
        index = EdgeIndex(folder)
        kept = [i for i in range(acknowledged) if i % 40]
        assert index.get([f"p{i}" for i in kept]) == [shop[i].product for i in kept]
        assert index.digests(["p0", "p40", "p1"]) == ["", "", "d1"]
        assert [row[0].id for row in index.nearest(rows[kept], 1, EVERYTHING)] == [f"p{i}" for i in kept]
        assert index.matching([{f"n{kept[-1]}": 1.0}], 3, EVERYTHING)[0][0].id == f"p{kept[-1]}"
        assert len(index.nearest(rows[:1], acknowledged, Filter(prices=(PriceRange("EUR", 1, 39),)))[0]) == 39
        index.close()


class TestUpkeep:
    def test_it_changes_no_answer_while_others_search_and_write(self, folder: Path) -> None:
        index, memory = EdgeIndex(folder, dim=DIM, upkeep_after=100), MemoryIndex(dim=DIM)
        shop, rows = many(0, MANY)
        bags = [words(one) for one in shop]
        for each in (index, memory):
            each.put(shop, rows, bags)
        stop, failures, searched = threading.Event(), [], []

        def search() -> None:
            while not stop.is_set():
                try:
                    best = index.nearest(rows[:1], 1, EVERYTHING)[0][0].id
                    searched.append((best, index.get([best])[0].id))
                except Exception as error:
                    failures.append(error)
                time.sleep(0.002)

        def change() -> None:
            time.sleep(0.3)  # the copy is being settled by now
            index.put(shop[100:101], rows[5:6], [{"neu": 1.0}])
            index.remove(["p50"])

        threads = [threading.Thread(target=search), threading.Thread(target=change)]
        for thread in threads:
            thread.start()
        index.upkeep()
        threads[1].join()
        stop.set()
        threads[0].join()
        assert failures == []
        assert set(searched) == {("p0", "p0")}
        assert sorted(path.name for path in folder.glob("shard-*")) == ["shard-2"]
        memory.put(shop[100:101], rows[5:6], [{"neu": 1.0}])
        memory.remove(["p50"])
        self._same(index, memory, rows)
        index.close()
        index = EdgeIndex(folder)
        self._same(index, memory, rows)
        index.close()

    def _same(self, index: EdgeIndex, memory: MemoryIndex, rows: Vectors) -> None:
        for where in (Filter(sellers=("s3",)), Filter(market="DE", prices=(PriceRange("EUR", 40, 70),))):
            one, other = index.nearest(rows[:5], 60, where), memory.nearest(rows[:5], 60, where)
            assert [[s.id for s in row] for row in one] == [[s.id for s in row] for row in other]
        assert len(index) == len(memory)
        assert index.ids("p4", 200) == memory.ids("p4", 200)
        assert index.facets(["brand", "seller"], EVERYTHING, 9) == memory.facets(
            ["brand", "seller"], EVERYTHING, 9
        )
        assert index.matching([{"neu": 1.0}], 3, EVERYTHING)[0][0].id == "p100"
        near = [{s.id for s in row} for row in index.nearest(rows[:20], 10, EVERYTHING)]
        truth = [{s.id for s in row} for row in memory.nearest(rows[:20], 10, EVERYTHING)]
        assert sum(len(a & b) for a, b in zip(near, truth, strict=True)) >= 0.99 * 200

    def test_a_quiet_index_is_left_alone(self, folder: Path, index: EdgeIndex) -> None:
        put(index, listings())
        index.upkeep()
        assert [path.name for path in folder.glob("shard-*")] == ["shard-1"]

    def test_closing_ends_it_and_loses_nothing(self, folder: Path) -> None:
        index = EdgeIndex(folder, dim=DIM, upkeep_after=100)
        shop, rows = many(0, MANY)
        index.put(shop, rows, [{}] * MANY)
        outcome: list[str] = []
        thread = threading.Thread(target=lambda: outcome.append(_told(index)))
        thread.start()
        time.sleep(0.2)
        index.close()
        thread.join()
        index = EdgeIndex(folder)
        assert len(index) == MANY
        assert len(list(folder.glob("shard-*"))) == 1
        index.close()

    def test_a_copy_that_cannot_be_settled_is_removed(self, tmp_path: Path) -> None:
        (tmp_path / "shard-2").mkdir()
        with pytest.raises(Unavailable, match="upkeep ended with 1"):
            Settling(tmp_path / "shard-2").wait()
        assert not (tmp_path / "shard-2").exists()

    def test_copies_keep_holes_and_content(self, tmp_path: Path) -> None:
        (tmp_path / "one").mkdir()
        with (tmp_path / "one" / "file").open("wb") as file:
            file.write(b"head")
            file.seek(40_000_000)
            file.write(b"middle")
            file.truncate(80_000_000)
        copy_shard(tmp_path / "one", tmp_path / "other")
        assert (tmp_path / "other" / "file").read_bytes() == (tmp_path / "one" / "file").read_bytes()
        assert (tmp_path / "other" / "file").stat().st_blocks < 1000

    def test_it_comes_by_itself_when_writers_pause(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dragoman.backends.indexes.edge._QUIET_S", 0.05)
        index = EdgeIndex(folder, dim=DIM, upkeep_after=100)
        shop, rows = many(0, 200)
        index.put(shop, rows, [{}] * 200)
        until = time.monotonic() + 20
        while not (folder / "dragoman.json").read_text().count("shard-2") and time.monotonic() < until:
            time.sleep(0.05)
        assert len(index) == 200
        index.close()
        assert (folder / "shard-2").exists()


def _told(index: EdgeIndex) -> str:
    try:
        index.upkeep()
    except Unavailable as error:
        return str(error)
    return "done"
