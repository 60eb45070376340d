"""What only the shared index promises: many processes, one folder, and no hole when the owner ends."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dragoman.backends.indexes import shared, wire
from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.backends.indexes.owner import reachable
from dragoman.backends.indexes.shared import SOCKET, SharedIndex
from dragoman.errors import BadInput, Busy, Conflict, NotFound, TooLarge, Unavailable
from dragoman.testing.index_shop import DIM, EVERYTHING, listings, near, put, vector
from dragoman.types import Filter

OWNER = """
import sys, time
from dragoman.backends.indexes.shared import SharedIndex
index = SharedIndex(sys.argv[1], dim=32)
print(index.owns, flush=True)
sys.stdin.readline()
index.close()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shop"


@pytest.fixture
def owner(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"True\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()


def test_what_one_process_puts_the_others_see_at_once(folder: Path, owner: subprocess.Popen[bytes]) -> None:
    one, other = SharedIndex(folder, dim=DIM), SharedIndex(folder)
    shop = put(one, listings())
    assert other.dim == DIM
    assert other.get([shop[1].product.id]) == [shop[1].product]
    other.remove([shop[1].product.id])
    assert len(one) == len(shop) - 1
    one.close()
    other.close()


@pytest.mark.parametrize("end", ["kill", "close"])
def test_when_the_owner_ends_another_takes_over(
    folder: Path, owner: subprocess.Popen[bytes], end: str
) -> None:
    guests = [SharedIndex(folder, dim=DIM), SharedIndex(folder, dim=DIM)]
    shop = put(guests[0], listings())
    assert len(guests[1]) == len(shop)
    if end == "kill":
        owner.send_signal(signal.SIGKILL)
    else:
        owner.communicate(b"\n")
    owner.wait()
    for guest in guests:
        assert near(guest, vector(3), 1, EVERYTHING)[0].id == shop[3].product.id
    assert sorted(guest.owns for guest in guests) == [False, True]
    for guest in guests:
        guest.close()


def test_threads_of_a_guest_ask_side_by_side_and_survive_the_end_of_the_owner(
    folder: Path, owner: subprocess.Popen[bytes]
) -> None:
    guest = SharedIndex(folder, dim=DIM)
    shop = put(guest, listings())
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(60):
            try:
                found = near(guest, vector(number), 1, EVERYTHING)[0].id
                if found != shop[number].product.id:
                    wrong.append(found)
            except Unavailable as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    owner.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert wrong == []
    assert guest.owns
    guest.close()


def test_a_guest_bears_owners_that_are_ending_as_it_finds_them(folder: Path) -> None:
    """Three in a row say who they are and drop the call; then the folder is free."""
    index = EdgeIndex(folder, dim=DIM)
    shop = put(index, listings())
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with reachable(folder / SOCKET) as name:
        door.bind(name)
    door.listen()

    def end() -> None:
        for _ in range(3):
            guest, _ = door.accept()
            with guest:
                wire.receive(guest)
                wire.send(guest, {"ok": {"dim": DIM, "encoder": ""}})
                wire.receive(guest)
        door.close()
        index.close()

    ending = threading.Thread(target=end)
    ending.start()
    guest = SharedIndex(folder, dim=DIM)
    assert near(guest, vector(2), 1, EVERYTHING)[0].id == shop[2].product.id
    assert guest.owns
    ending.join()
    guest.close()


def test_a_call_of_minutes_is_made_again_when_the_owner_ends(
    folder: Path, owner: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time for finding another owner counts from the end of the first, not from the call."""
    guest = SharedIndex(folder, dim=DIM)
    shop = put(guest, listings())
    monkeypatch.setattr(shared, "_OPENING_S", 0.0)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert near(guest, vector(3), 1, EVERYTHING)[0].id == shop[3].product.id
    guest.close()


def test_a_full_disk_is_told_and_not_taken_for_the_end_of_the_owner() -> None:
    class Full:
        def __len__(self) -> int:
            raise OSError(28, "No space left on device")

    row = wire.answer(Full(), {"call": "len"}, b"")  # type: ignore[arg-type]  # what fails like an index
    with pytest.raises(Unavailable, match="No space left"):
        wire.value(row)


def test_errors_cross_with_their_kind_message_and_hint(folder: Path) -> None:
    with SharedIndexPair(folder) as guest:
        with pytest.raises(NotFound, match="nobody") as caught:
            guest.get(["nobody"])
        assert "dragoman products" in caught.value.hint
        with pytest.raises(BadInput, match="dim 32"):
            guest.nearest(np.ones((1, 5), np.float32), 1, EVERYTHING)


def test_another_encoder_is_a_conflict_for_guests_too(folder: Path) -> None:
    owner = SharedIndex(folder, dim=DIM, encoder="e5")
    with pytest.raises(Conflict, match="'e5', not 'gte'"):
        SharedIndex(folder, dim=DIM, encoder="gte")
    with pytest.raises(Conflict, match="32, not 64"):
        SharedIndex(folder, dim=64)
    owner.close()


def test_an_owner_that_does_not_share_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.backends.indexes.shared._OPENING_S", 0.1)
    owner = EdgeIndex(folder, dim=DIM)
    with pytest.raises(Busy, match=str(os.getpid())):
        SharedIndex(folder, dim=DIM)
    owner.close()


def test_the_socket_is_ours_alone(folder: Path) -> None:
    with SharedIndexPair(folder):
        assert stat.S_IMODE((folder / SOCKET).stat().st_mode) == 0o600
    assert not (folder / SOCKET).exists()


def test_folders_may_lie_deep(tmp_path: Path) -> None:
    with SharedIndexPair(tmp_path.joinpath(*["a" * 60] * 4)) as guest:
        assert len(guest) == 0


def test_what_is_no_message_ends_only_its_own_connection(folder: Path) -> None:
    with SharedIndexPair(folder) as guest:
        short = b"\x03\0\0\0\0\0\0\0"
        for noise in (b"GET / HTTP/1.1\r\n\r\n", short + b"[1]", short + b"abc", short):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.connect(str(folder / SOCKET))
                stranger.sendall(noise)
                stranger.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionResetError):
                    stranger.recv(1000)
        assert len(guest) == 0


def test_messages_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_LARGEST", 10)
    with socket.socket() as unused, pytest.raises(TooLarge, match="smaller batches"):
        wire.send(unused, {"call": "put"}, b"0123456789")


def test_filters_cross_unchanged(folder: Path) -> None:
    with SharedIndexPair(folder) as guest:
        put(guest, listings())
        where = Filter(market="DE", brands=("Nike",), ids=("boots", "sandals"), not_ids=("sandals",))
        assert [s.id for s in near(guest, vector(1), 9, where)] == ["boots"]


class SharedIndexPair:
    """An owner and a guest of one folder in this process; entering gives the guest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> SharedIndex:
        self.owner = SharedIndex(self.folder, dim=DIM)
        self.guest = SharedIndex(self.folder, dim=DIM)
        return self.guest

    def __exit__(self, *_: object) -> None:
        self.guest.close()
        self.owner.close()
