"""A Journal in one SQL table: the same statements for every database. Knows SQLAlchemy, no dialect."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Signal
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from dragoman.backends.journals import table
from dragoman.backends.journals.migrate import migrate
from dragoman.errors import Corrupt, DragomanError, Unavailable
from dragoman.types import Event

_AT_ONCE = 1_000  # rows a statement
_BROKEN = ("malformed", "not a database", "disk image")


@dataclass(slots=True, eq=False)
class _Batch:
    """Rows that one caller waits for, and what became of them."""

    rows: Sequence[dict[str, Any]]  # Any: values of a row
    turn: Signal = field(default_factory=Signal)  # set when it is written, or has to write what waits
    is_done: bool = False
    new: int = 0
    error: DragomanError | None = None


class StoredJournal:
    """A Journal on an engine whose ``insert`` leaves known ids alone. Subclasses only open the engine."""

    def __init__(self, engine: sa.Engine, insert: Any, place: str) -> None:  # Any: each dialect's own Insert
        self._engine, self._place = engine, place
        self._insert = insert.returning(table.EVENTS.c.id)
        self._waiting: list[_Batch] = []
        self._queue, self._is_writing = Lock(), False
        self._writing = Lock()  # threads queue here, not at the database, which would time out the unlucky
        try:
            with self._transaction() as connection:
                migrate(connection)
        except BaseException:
            engine.dispose()
            raise

    def record(self, events: Sequence[Event]) -> int:
        """Write events; those whose id it holds already are left as they are. Returns how many were new."""
        if not events:
            return 0
        mine = _Batch([table.row_of(event) for event in events])
        with self._queue:
            self._waiting.append(mine)
            if not self._is_writing:
                self._is_writing = True
                mine.turn.set()
        mine.turn.wait()
        if not mine.is_done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.new

    def _lead(self) -> None:
        """Write all that waits, at once: one sync of the disk, the slow part, serves them all."""
        with self._queue:
            batches = list(self._waiting)
            self._waiting.clear()
        try:
            with self._writing:
                self._write(batches)
        except BaseException:  # this thread was stopped: nobody may take what it was at for written
            for batch in batches:
                batch.error = Unavailable(
                    f"writing to the journal {self._place} was stopped", hint="try again"
                )
            raise
        finally:
            with self._queue:
                following = next(iter(self._waiting), None)
                self._is_writing = following is not None
                if following is not None:
                    following.turn.set()  # not done: it leads the next ones
            for batch in batches:
                batch.is_done = True
                batch.turn.set()

    def _write(self, batches: "Sequence[_Batch]") -> None:
        rows = [row for batch in batches for row in batch.rows]
        try:
            with self._transaction() as connection:
                new = self._inserted(connection, rows)
        except DragomanError as error:
            if len(batches) == 1:
                batches[0].error = error
                return
            for batch in batches:  # one of them may be what the database does not take: each for itself
                self._write([batch])
        else:
            for batch in batches:  # of equal ids the first caller's was written
                own = new & {row["id"] for row in batch.rows}
                batch.new, new = len(own), new - own

    def _inserted(self, connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> set[str]:
        """Write rows; returns the ids that were new."""
        parts = (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
        return {id_ for part in parts for id_ in connection.execute(self._insert, list(part)).scalars()}

    def events(self, since: float, until: float) -> Iterator[Event]:
        """Yield the events with ``since <= at < until``, by time, ties by id; in pages, so take your time."""
        statement: sa.Select[Any] = table.SINCE
        place: dict[str, Any] = {"since": since, "until": until}
        while rows := self._rows(statement, place):
            yield from (table.event_of(row) for row in rows)
            if len(rows) < table.PAGE:
                return
            statement, place = (
                table.ONWARDS,
                {"at": rows[-1]["at"], "id": rows[-1]["id"], "until": until},
            )

    def of_shopper(self, shopper: str, k: int) -> list[Event]:
        """Return the last ``k`` events of one shopper, oldest first, ties by id; of nobody, none."""
        if not shopper or k <= 0:
            return []
        rows = self._rows(table.LAST_OF_SHOPPER, {"shopper": shopper, "k": k})
        return [table.event_of(row) for row in reversed(rows)]

    def shoppers(self, after: str, k: int) -> list[str]:
        """Return at most ``k`` pseudonyms greater than ``after``, ascending."""
        if k <= 0:
            return []
        return [str(row["shopper"]) for row in self._rows(table.SHOPPERS, {"after": after, "k": k})]

    def erase(self, shopper: str) -> int:
        """Forget all that one shopper did, for good; returns how many events that were."""
        return self._delete(table.ERASE, {"shopper_": shopper}) if shopper else 0

    def forget(self, shopper: str, product: str) -> int:
        """Forget what one shopper did with one product; returns how many events that were."""
        return self._delete(table.FORGET, {"shopper_": shopper, "product_": product}) if shopper else 0

    def close(self) -> None:
        """Release files and connections; the object is not used afterwards."""
        self._engine.dispose()

    def __len__(self) -> int:
        [row] = self._rows(table.COUNT, {})
        return int(next(iter(row.values())))

    def _rows(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[Any]:  # Any: rows
        with self._told(), self._engine.connect() as connection:
            return list(connection.execute(statement, values).mappings())

    def _delete(self, statement: sa.Delete, values: dict[str, Any]) -> int:  # Any: values of a row
        with self._writing, self._transaction() as connection:
            return int(connection.execute(statement, values).rowcount)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._told(), self._engine.connect() as fresh:
            connection = fresh.execution_options(writes=True, preserve_rowcount=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell of the database's troubles in our words."""
        try:
            yield
        except DragomanError:
            raise
        except DatabaseError as error:
            said = str(error.orig)
            if any(word in said for word in _BROKEN):
                raise Corrupt(
                    f"the journal {self._place} cannot be read: {said}", hint="restore it from a backup"
                ) from error
            raise Unavailable(f"the journal {self._place} failed: {said}", hint="try again") from error
        except SQLAlchemyError as error:
            raise Unavailable(f"the journal {self._place} failed: {error}", hint="try again") from error
