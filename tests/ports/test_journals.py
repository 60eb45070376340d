"""The Journal contract on every backend, and what only a real database can show."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from postgresql_server import running

from dragoman.backends import load
from dragoman.backends.journals.late import LateJournal
from dragoman.backends.journals.postgresql import PostgresqlJournal
from dragoman.backends.journals.sqlite import SqliteJournal
from dragoman.errors import BadConfig, Conflict, Corrupt, Unavailable
from dragoman.ports import Journal
from dragoman.testing.journal_contract import EVER, FULL, told
from dragoman.testing.journals import JournalContract, MemoryJournal


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    yield from running()


class TestMemoryJournal(JournalContract):
    def make(self, folder: Path) -> Journal:
        return MemoryJournal()


class TestSqliteJournal(JournalContract):
    def make(self, folder: Path) -> Journal:
        return SqliteJournal(folder / "deep" / "journal.db")


class TestLateJournal(JournalContract):
    def make(self, folder: Path) -> Journal:
        return LateJournal(lambda: SqliteJournal(folder / "journal.db"))


class TestPostgresqlJournal(JournalContract):
    address = ""

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _server(cls, postgresql: str) -> None:
        cls.address = postgresql

    def make(self, folder: Path) -> Journal:
        return PostgresqlJournal(url=_database(self.address))


def _database(server: str) -> str:
    name = f"j{uuid4().hex}"
    engine = sa.create_engine(
        server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} LC_COLLATE 'C.UTF-8' TEMPLATE template0"))
    engine.dispose()
    return f"{server.rpartition('/')[0]}/{name}"


WRITER = """
import sys
from dragoman.backends.journals.sqlite import SqliteJournal
from dragoman.testing.journal_contract import told
journal = SqliteJournal(sys.argv[1])
for start in range(0, 100_000, 50):
    journal.record(told(50, sys.argv[2], start))
    sys.stdout.write(f"{start + 50}\\n")
    sys.stdout.flush()
"""


def _writer(file: Path, shopper: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), shopper], stdout=subprocess.PIPE, text=True
    )


def test_what_was_acknowledged_survives_the_death_of_the_process(tmp_path: Path) -> None:
    writer = _writer(tmp_path / "journal.db", "a")
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(6)][-1]
    writer.send_signal(signal.SIGKILL)
    acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    writer.wait()
    writer.stdout.close()
    journal = SqliteJournal(tmp_path / "journal.db")
    kept = journal.of_shopper("a", 100_000)
    journal.close()
    assert acknowledged <= len(kept) <= acknowledged + 50
    assert kept == told(len(kept), "a")


def test_several_processes_record_into_one_file(tmp_path: Path) -> None:
    writers = [_writer(tmp_path / "journal.db", shopper) for shopper in "abc"]
    for writer in writers:
        assert writer.stdout is not None
        assert [int(writer.stdout.readline()) for _ in range(4)] == [50, 100, 150, 200]
    for writer in writers:
        writer.kill()
        writer.communicate()
    journal = SqliteJournal(tmp_path / "journal.db")
    assert all(len(journal.of_shopper(shopper, 10_000)) >= 200 for shopper in "abc")
    journal.close()


def test_a_journal_keeps_its_events_when_it_is_opened_again(tmp_path: Path) -> None:
    first = SqliteJournal(tmp_path / "journal.db")
    first.record([FULL])
    first.close()
    again = SqliteJournal(tmp_path / "journal.db")
    assert list(again.events(*EVER)) == [FULL]
    again.close()


def test_nothing_of_an_erased_shopper_is_left_in_the_files(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.record(told(500, "somebody-special"))
    journal.record(told(500, "another-one"))
    journal.erase("somebody-special")
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    journal.close()
    assert b"somebody-special" not in held
    assert b"another-one" in held


FIRST_LAYOUT = """
CREATE TABLE version (number INTEGER NOT NULL);
INSERT INTO version VALUES (1);
CREATE TABLE events (id TEXT PRIMARY KEY, shopper TEXT NOT NULL, kind TEXT NOT NULL,
  at DOUBLE PRECISION NOT NULL, product TEXT NOT NULL, query TEXT NOT NULL,
  impression TEXT NOT NULL, position INTEGER NOT NULL,
  value DOUBLE PRECISION NOT NULL, session TEXT NOT NULL, market TEXT NOT NULL, lang TEXT NOT NULL,
  consented BOOLEAN NOT NULL);
INSERT INTO events VALUES ('e', 's', 'view', 5.0, 'p', '', '', 0, 0.0, '', 'DE', 'de', 1);
"""


def test_an_old_file_is_brought_up_to_date_and_keeps_its_events(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "journal.db")
    old.executescript(FIRST_LAYOUT)
    old.close()
    journal = SqliteJournal(tmp_path / "journal.db")
    [event] = journal.of_shopper("s", 5)
    assert (event.id, event.at, event.market, event.variant) == ("e", 5.0, "DE", "")
    journal.record([FULL])
    assert [event.variant for event in journal.events(*EVER)] == ["", FULL.variant]
    journal.close()


def test_a_file_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    later = sqlite3.connect(tmp_path / "journal.db")
    later.executescript("CREATE TABLE version (number INTEGER NOT NULL); INSERT INTO version VALUES (999);")
    later.close()
    with pytest.raises(Conflict, match="999"):
        SqliteJournal(tmp_path / "journal.db")


def test_a_file_that_is_no_journal_is_refused_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database at all, " * 100)
    with pytest.raises(Corrupt, match="be read"):
        SqliteJournal(tmp_path / "journal.db")


def test_a_file_that_cannot_be_written_is_refused_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("a file")
    with pytest.raises(BadConfig, match="plain"):
        SqliteJournal(tmp_path / "plain" / "journal.db")


def test_several_processes_may_open_a_new_database_at_once(postgresql: str) -> None:
    address = _database(postgresql)
    with ThreadPoolExecutor(4) as pool:
        journals = list(pool.map(lambda _: PostgresqlJournal(url=address), range(4)))
    assert sum(journal.record([FULL]) for journal in journals) == 1
    for journal in journals:
        journal.close()


def test_a_server_that_is_not_there_is_unavailable_and_its_password_untold() -> None:
    with pytest.raises(Unavailable) as caught:
        PostgresqlJournal(url="postgresql://shop@127.0.0.1:1/none", key="hush")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://shop@db/events"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(BadConfig):
        PostgresqlJournal(url=url)


@pytest.mark.parametrize(("name", "options"), [("memory", {}), ("sqlite", {"path": "journal.db"})])
def test_journals_are_found_by_name(
    name: str, options: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    journal: Journal = load("journals", name, options)
    assert journal.record([FULL]) == 1
    journal.close()
