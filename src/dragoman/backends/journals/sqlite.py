"""The journal in one file of this machine: SQLite, the default. Several processes may share it."""

from pathlib import Path
from sqlite3 import Connection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as engine_event
from sqlalchemy.dialects.sqlite import insert

from dragoman.backends.journals.stored import StoredJournal
from dragoman.backends.journals.table import EVENTS
from dragoman.errors import BadConfig

_PATIENCE_S = 30.0  # how long a writer waits for another process's transaction


class SqliteJournal(StoredJournal):
    """A Journal in a file: what ``record`` acknowledged survives a loss of power.

    | call | meaning |
    |---|---|
    | `SqliteJournal("shop/journal.db")` | make or open the file |

    Write-ahead log, synced at every commit (``synchronous = FULL``): readers never wait for a writer, and
    writers of several processes queue. What is erased is overwritten (``secure_delete``), in the log too.

    Raises:
        BadConfig: the folder cannot be made or the file not opened.
        Conflict: the file was written by a later version.
        Corrupt: the file is no journal.
    """

    def __init__(self, path: str | Path) -> None:
        file = Path(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.open("ab").close()
        except OSError as error:
            raise BadConfig(f"cannot write the journal {file}: {error}", hint="name another file") from error
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": _PATIENCE_S}
        )
        engine_event.listen(engine, "connect", _prepare)
        engine_event.listen(engine, "begin", _begin)
        super().__init__(engine, insert(EVENTS).on_conflict_do_nothing(), str(file))

    def erase(self, shopper: str) -> int:
        """Forget all that one shopper did, for good; returns how many events that were."""
        return self._swept(super().erase(shopper))

    def forget(self, shopper: str, product: str) -> int:
        """Forget what one shopper did with one product; returns how many events that were."""
        return self._swept(super().forget(shopper, product))

    def _swept(self, erased: int) -> int:
        """Move the log into the file and cut it to nothing: it still holds what was erased."""
        if erased:
            with self._writing, self._told(), self._engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection  # Any: SQLAlchemy wraps any driver
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        return erased


def _prepare(connection: Connection, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "cache_size = -8000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    # A writer that begins as a reader may find, too late to wait, that another one has written meanwhile.
    is_writer = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
