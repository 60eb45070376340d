"""Laws of the vector cache: nothing is encoded twice, nothing damaged is believed, a crash loses little."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dragoman.errors import BadInput
from dragoman.measure import vectors
from dragoman.measure.vectors import CachedVectors
from dragoman.ports import Role
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Vectors

TEXTS = [
    "红色跑鞋",
    "حذاء أحمر",
    "लाल जूते",
    "赤い靴",
    "빨간 신발",
    "รองเท้า",
    "красные туфли",
    "roter Schuh",
    "\ud800",
]


class Counting:
    """A real encoder that counts what it is asked, and fails when told to."""

    def __init__(self, *, name: str = "counting", fail_after: int = 10**9) -> None:
        self._hash = HashEncoder(dim=16)
        self._fail_after = fail_after
        self.name = name
        self.dim = 16
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        if len(self.asked) >= self._fail_after:
            raise KeyboardInterrupt
        self.asked += texts
        rows = self._hash.encode(texts, role)
        return rows if role == "passage" else -rows


def test_a_second_run_encodes_nothing_and_gets_the_same_vectors(tmp_path: Path) -> None:
    with_cache = CachedVectors(Counting(), tmp_path)
    first = with_cache.encode(TEXTS, "passage")
    with_cache.close()
    again = Counting()
    second = CachedVectors(again, tmp_path).encode(TEXTS[::-1], "passage")[::-1]
    assert again.asked == []
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, Counting().encode(TEXTS, "passage"))


def test_a_text_is_encoded_once_however_often_it_comes(tmp_path: Path) -> None:
    encoder = Counting()
    found = CachedVectors(encoder, tmp_path).encode(["x", "y", "x", "x"], "query")
    assert encoder.asked == ["x", "y"]
    np.testing.assert_array_equal(found[0], found[3])


def test_other_weights_and_other_roles_are_other_vectors(tmp_path: Path) -> None:
    first, second = Counting(name="a"), Counting(name="b")
    cache = CachedVectors(first, tmp_path)
    assert not np.array_equal(cache.encode(["x"], "query"), cache.encode(["x"], "passage"))
    CachedVectors(second, tmp_path).encode(["x"], "query")
    assert (first.asked, second.asked) == (["x", "x"], ["x"])


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    assert CachedVectors(Counting(), tmp_path).encode([], "query").shape == (0, 16)


def test_a_killed_run_loses_at_most_one_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "CHUNK", 10)
    texts = [f"text {i}" for i in range(35)]
    with pytest.raises(KeyboardInterrupt):
        CachedVectors(Counting(fail_after=20), tmp_path).encode(texts, "passage")
    after = Counting()
    CachedVectors(after, tmp_path).encode(texts, "passage")
    assert after.asked == texts[20:]


def test_a_flipped_bit_is_noticed_told_and_encoded_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = CachedVectors(Counting(), tmp_path)
    cache.encode(TEXTS, "passage")
    cache.close()
    db = sqlite3.connect(tmp_path / "vectors.sqlite")
    with db:
        db.execute("UPDATE vectors SET vector = zeroblob(64) WHERE rowid = 3")
        db.execute("UPDATE vectors SET vector = x'00' WHERE rowid = 5")
    db.close()
    again = Counting()
    found = CachedVectors(again, tmp_path).encode(TEXTS, "passage")
    assert again.asked == [TEXTS[2], TEXTS[4]]
    assert "vectors_damaged=2" in caplog.text
    np.testing.assert_array_equal(found, Counting().encode(TEXTS, "passage"))


def test_a_file_that_is_no_database_is_set_aside_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"no database at all" * 500)
    with caplog.at_level(logging.WARNING):
        cache = CachedVectors(Counting(), tmp_path)
    cache.encode(TEXTS, "passage")
    assert "damaged" in caplog.text
    assert (tmp_path / "vectors.sqlite.damaged").exists()
    again = Counting()
    CachedVectors(again, tmp_path).encode(TEXTS, "passage")
    assert again.asked == []


def test_pages_destroyed_inside_the_file_are_survived(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [f"text {i}" for i in range(2000)]
    cache = CachedVectors(Counting(), tmp_path)
    expected = cache.encode(texts, "passage")
    cache.close()
    path = tmp_path / "vectors.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    again = Counting()
    np.testing.assert_array_equal(CachedVectors(again, tmp_path).encode(texts, "passage"), expected)
    assert len(again.asked) == len(texts)
    assert "damaged" in caplog.text


def test_two_caches_in_one_folder_share_what_they_learn(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    one, other = CachedVectors(first, tmp_path), CachedVectors(second, tmp_path)
    one.encode(["x"], "query")
    other.encode(["x", "y"], "query")
    one.encode(["y"], "query")
    assert (first.asked, second.asked) == (["x"], ["y"])
    assert (one.hits, one.misses, other.hits, other.misses) == (1, 1, 1, 1)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(BadInput, match="cannot keep vectors"):
        CachedVectors(Counting(), tmp_path / "file")
