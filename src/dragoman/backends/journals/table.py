"""The one table of events, its statements in SQLAlchemy Core, and what a row is. Knows SQL, no database."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from dragoman.types import Event

METADATA = sa.MetaData()

# Ids are compared as code points, as Python does: a database's own collation would order ties its own way.
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("shopper", _KEY, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("product", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("impression", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("market", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("consented", sa.Boolean, nullable=False),
    sa.Column("variant", sa.Text, nullable=False),
)

PAGE: Final = 5_000  # events a read: a long walk holds neither a transaction nor much memory

_C = EVENTS.c
_PLACE = sa.tuple_(_C.at, _C.id)
_AFTER = sa.tuple_(sa.bindparam("at", type_=sa.Double), sa.bindparam("id", type_=sa.Text))
_ORDERED = sa.select(EVENTS).order_by(_C.at, _C.id)

SINCE = _ORDERED.where(_C.at >= sa.bindparam("since"), _C.at < sa.bindparam("until")).limit(PAGE)
ONWARDS = _ORDERED.where(_PLACE > _AFTER, _C.at < sa.bindparam("until")).limit(PAGE)
LAST_OF_SHOPPER = (
    sa.select(EVENTS)
    .where(_C.shopper == sa.bindparam("shopper"))
    .order_by(_C.at.desc(), _C.id.desc())
    .limit(sa.bindparam("k"))
)
SHOPPERS = (
    sa.select(_C.shopper)
    .where(_C.shopper > sa.bindparam("after"))
    .distinct()
    .order_by(_C.shopper)
    .limit(sa.bindparam("k"))
)
ERASE = sa.delete(EVENTS).where(_C.shopper == sa.bindparam("shopper_"))
FORGET = ERASE.where(_C.product == sa.bindparam("product_"))
COUNT = sa.select(sa.func.count()).select_from(EVENTS)


def row_of(event: Event) -> dict[str, Any]:  # Any: values of a row
    """Return an event as a row of the table."""
    return {
        "id": event.id,
        "shopper": event.shopper,
        "kind": event.kind,
        "at": event.at,
        "product": event.product,
        "query": event.query,
        "impression": event.impression,
        "position": event.position,
        "value": event.value,
        "session": event.session,
        "market": event.market,
        "lang": event.lang,
        "consented": event.is_consented,
        "variant": event.variant,
    }


def event_of(row: Mapping[str, Any]) -> Event:  # Any: values of a row
    """Return the event that a row holds."""
    return Event(
        row["id"],
        row["shopper"],
        row["kind"],
        row["at"],
        product=row["product"],
        query=row["query"],
        impression=row["impression"],
        position=row["position"],
        value=row["value"],
        session=row["session"],
        market=row["market"],
        lang=row["lang"],
        variant=row["variant"],
        is_consented=bool(row["consented"]),
    )
