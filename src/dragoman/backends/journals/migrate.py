"""Brings a journal's tables up to this version, one numbered step after another. Knows SQL, no events.

A step, once released, is never changed: it says what files out there look like. A dozen lines of our own
instead of alembic: there is one table, and whoever opens a journal needs no second tool.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import sqlalchemy as sa

from dragoman.errors import Conflict

Step: TypeAlias = Callable[[sa.Connection], None]

_LOCK = 4_011_021  # of PostgreSQL's advisory locks: ours, a number like any other


def migrate(connection: sa.Connection, steps: Sequence[Step] | None = None) -> int:
    """Take the steps that this database has not seen yet; returns the version it then has.

    Runs in the caller's transaction, so a step that fails leaves everything as it was. Several processes
    may open one journal at once: the first takes the steps, the others wait and find them taken.

    Raises:
        Conflict: the journal was written by a later version of Dragoman.
    """
    steps = STEPS if steps is None else steps
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    connection.execute(sa.text("CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)"))
    at = int(connection.execute(sa.text("SELECT max(number) FROM version")).scalar() or 0)
    if at > len(steps):
        raise Conflict(
            f"the journal has version {at}, this Dragoman reads up to {len(steps)}", hint="upgrade dragoman"
        )
    for number, step in enumerate(steps[at:], at + 1):
        step(connection)
        connection.execute(sa.text("DELETE FROM version"))
        connection.execute(sa.text("INSERT INTO version (number) VALUES (:number)"), {"number": number})
    return len(steps)


def _events(connection: sa.Connection) -> None:
    """1: the table of events, in the order of time and by shopper."""
    key = 'TEXT COLLATE "C"' if connection.dialect.name == "postgresql" else "TEXT"
    connection.execute(
        sa.text(
            f"CREATE TABLE events (id {key} PRIMARY KEY, shopper {key} NOT NULL, kind TEXT NOT NULL, "
            "at DOUBLE PRECISION NOT NULL, product TEXT NOT NULL, query TEXT NOT NULL, "
            "impression TEXT NOT NULL, position INTEGER NOT NULL, value DOUBLE PRECISION NOT NULL, "
            "session TEXT NOT NULL, market TEXT NOT NULL, lang TEXT NOT NULL, consented BOOLEAN NOT NULL)"
        )
    )
    connection.execute(sa.text("CREATE INDEX events_by_time ON events (at, id)"))
    connection.execute(sa.text("CREATE INDEX events_by_shopper ON events (shopper, at, id)"))


def _variants(connection: sa.Connection) -> None:
    """2: which arm of an experiment an event belongs to."""
    connection.execute(sa.text("ALTER TABLE events ADD COLUMN variant TEXT NOT NULL DEFAULT ''"))


STEPS: Final[Sequence[Step]] = (_events, _variants)
