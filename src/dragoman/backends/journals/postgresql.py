"""The journal in a PostgreSQL database: for shops of more than one machine."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ArgumentError

from dragoman.backends.journals.stored import StoredJournal
from dragoman.backends.journals.table import EVENTS
from dragoman.errors import BadConfig


class PostgresqlJournal(StoredJournal):
    """A Journal in a database that exists; its table is made at the first opening.

    | call | meaning |
    |---|---|
    | `PostgresqlJournal(url="postgresql://shop@db.example/events")` | with the password of ``~/.pgpass`` |
    | `PostgresqlJournal(url=…, key="secret")` | with this password (setting ``key_env`` names its variable) |

    Raises:
        BadConfig: psycopg is not installed, or the URL is none of a PostgreSQL database.
        Unavailable: the server does not answer or lets us not in.
        Conflict: the table was written by a later version.
    """

    def __init__(self, *, url: str, key: str = "", connections: int = 10) -> None:
        engine = sa.create_engine(_address(url, key), pool_size=connections, pool_pre_ping=True)
        shown = engine.url.render_as_string(hide_password=True)
        super().__init__(engine, insert(EVENTS).on_conflict_do_nothing(), shown)


def _address(url: str, key: str) -> sa.URL:
    try:
        import psycopg  # noqa: F401  one of the optional parts
    except ImportError as error:
        raise BadConfig(
            "the PostgreSQL journal needs psycopg", hint="pip install 'dragoman[cluster]'"
        ) from error
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise BadConfig(
            f"{url!r} is no database URL", hint="like postgresql://shop@db.example/events"
        ) from error
    if parsed.get_backend_name() != "postgresql":
        raise BadConfig(f"{url!r} is no PostgreSQL URL", hint="like postgresql://shop@db.example/events")
    parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.set(password=key) if key else parsed
