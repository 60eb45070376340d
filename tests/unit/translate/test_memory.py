"""Laws of what was translated before: shared by threads and processes, never in the way of a page."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragoman.translate.memory import Memory, Remembered, key_of

ONE = Remembered("rot", "en", "words-1", 0.9)


def test_what_was_kept_is_found_by_another_process(tmp_path: Path) -> None:
    path = str(tmp_path / "shop" / "translations.sqlite")
    first = Memory(path)
    first.keep({b"k": ONE})
    second = Memory(path)
    assert second.find([b"k", b"other"]) == {b"k": ONE}
    first.close()
    second.close()


def test_no_file_is_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "translations.sqlite"
    assert Memory(str(path)).find([b"k"]) == {}
    assert not path.exists()


def _write(job: tuple[str, int]) -> int:
    path, number = job
    memory = Memory(path)
    for step in range(20):
        memory.keep({key_of(str(number), str(step)): ONE})
    memory.close()
    return number


def test_several_workers_write_one_file(tmp_path: Path) -> None:
    path = str(tmp_path / "translations.sqlite")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert sorted(pool.map(_write, [(path, number) for number in range(3)])) == [0, 1, 2]
    memory = Memory(path)
    keys = [key_of(str(number), str(step)) for number in range(3) for step in range(20)]
    assert len(memory.find(keys)) == 60
    memory.close()


def test_threads_share_a_memory(tmp_path: Path) -> None:
    memory = Memory(str(tmp_path / "translations.sqlite"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: memory.keep({key_of(str(number)): ONE}), range(64)))
    assert len(memory.find([key_of(str(number)) for number in range(64)])) == 64
    memory.close()


def test_more_keys_than_a_statement_takes_are_found(tmp_path: Path) -> None:
    memory = Memory(str(tmp_path / "translations.sqlite"))
    many = {key_of(str(number)): ONE for number in range(2000)}
    memory.keep(many)
    assert memory.find(list(many)) == many
    memory.close()


def test_a_damaged_file_costs_time_and_no_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "translations.sqlite"
    path.write_bytes(b"no database at all" * 100)
    memory = Memory(str(path))
    assert memory.find([b"k"]) == {}
    memory.keep({b"k": ONE})
    assert len([record for record in caplog.records if "translations" in record.getMessage()]) == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_another_translator_s_work_can_be_cleared_away(tmp_path: Path, is_kept: bool) -> None:
    memory = Memory(str(tmp_path / "t.sqlite") if is_kept else "")
    memory.keep({b"a": ONE, b"b": Remembered("rouge", "en", "old", 0.5)})
    assert memory.forget_others("words-1") == 1
    assert memory.find([b"a", b"b"]) == {b"a": ONE}
    memory.close()


def test_a_lone_surrogate_has_a_key() -> None:
    assert key_of("\ud800") != key_of("\ud801")
