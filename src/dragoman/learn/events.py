"""What shoppers did, read from JSON lines: who asked what and then clicked, put in the cart or bought what.

Our own names or those of User Behavior Insights (UBI 1.3, OpenSearch and Elasticsearch). Knows no feed.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from dragoman.errors import NotFound
from dragoman.types import Rejection

EventKind: TypeAlias = Literal["click", "cart", "buy"]

Tell: TypeAlias = Callable[[Rejection], None]
"""Hears of each line that could not be taken."""

_KINDS: Final[Mapping[str, EventKind]] = {
    "click": "click", "item_click": "click", "product_click": "click", "select_item": "click",
    "cart": "cart", "add_to_cart": "cart", "buy": "buy", "purchase": "buy", "order": "buy",
}  # fmt: skip
_DAY, _BURST_S = 86_400.0, 10.0
_MOST_A_DAY = 300  # events of one shopper; people who shop all day stay well below
_MOST_AT_ONCE = 15  # events of one shopper within ten seconds; nobody reads so fast
_MILLISECONDS = 1e11  # Unix times above are in milliseconds: in seconds it is the year 5138
_SHOWN = 60  # characters of a broken line in its report


@dataclass(frozen=True, slots=True)
class Event:
    """One deed of one shopper after one query; ``at`` is Unix time, 0 where nobody knows."""

    kind: EventKind
    query: str
    product: str
    shopper: str
    at: float
    line: int
    source: str


def read_events(paths: Iterable[Path], *, tell: Tell) -> Iterator[Event]:
    """Yield the clicks, carts and purchases of the files, in order; other kinds of event say nothing here.

    | ours | UBI |
    |---|---|
    | ``kind``: click, cart, buy | ``action_name``: click, add_to_cart, purchase |
    | ``query`` | ``user_query``, or that of an earlier line with the same ``query_id`` |
    | ``product`` | ``event_attributes.object.object_id`` |
    | ``shopper`` (may be missing) | ``client_id``, ``user_id`` or ``session_id`` |
    | ``at`` (may be missing): ISO 8601 or Unix time | ``timestamp`` |

    Args:
        tell: Called with each line that could not be taken; reading goes on.

    Raises:
        NotFound: no such file.
    """
    asked: dict[str, str] = {}  # UBI keeps a query apart from what came of it
    for path in paths:
        if not path.is_file():
            raise NotFound(f"no events {path}", hint='a line is {"kind": "click", "query": …, "product": …}')
        for number, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            found = _event(line, asked, number, str(path))
            if isinstance(found, Rejection):
                tell(found)
            elif found is not None:
                yield found


def bots(events: Iterable[Event]) -> frozenset[str]:
    """Return the shoppers who do more than people can: 300 events a day, or 15 within ten seconds.

    Events without a time count as one day's; those without a shopper are nobody's.
    """
    days: Counter[tuple[str, int]] = Counter()
    bursts: Counter[tuple[str, int]] = Counter()
    for event in events:
        if event.shopper:
            days[event.shopper, int(event.at // _DAY)] += 1
            if event.at:
                bursts[event.shopper, int(event.at // _BURST_S)] += 1
    busy = {shopper for (shopper, _), count in days.items() if count > _MOST_A_DAY}
    return frozenset(busy | {shopper for (shopper, _), count in bursts.items() if count > _MOST_AT_ONCE})


def _lines(path: Path) -> Iterator[str]:
    """Lines of text; bytes that are no UTF-8 break their own line only."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        yield from (line.decode("utf-8-sig", "replace") for line in lines)


def _event(line: str, asked: dict[str, str], number: int, source: str) -> Event | Rejection | None:
    def wrong(field: str, value: object, problem: str, remedy: str) -> Rejection:
        return Rejection(number, field, str(value)[:_SHOWN], problem, remedy, source)

    row = _row(line)
    if row is None:
        return wrong("line", line.strip(), "is no JSON object", "write one JSON object a line")
    query = _text(row, "query", "user_query")
    if key := _text(row, "query_id"):
        query = asked.setdefault(key, query) if query else asked.get(key, "")
    said = _text(row, "kind", "action_name")
    kind = _KINDS.get(said.lower())
    if kind is None:  # an impression, a scroll, a query of its own
        remedy = 'say what happened: "kind": "click", "cart" or "buy"'
        return None if said or (query and not _product(row)) else wrong("kind", said, "is missing", remedy)
    if not query:
        return wrong(
            "query", row.get("query_id", ""), "is missing", "give the shopper's words, before the event"
        )
    product = _product(row)
    if not product:
        return wrong("product", "", "is missing", "give the product's id as the feed has it")
    at = _time(row.get("at", row.get("timestamp", 0)))
    if at is None:
        return wrong("at", row.get("at", row.get("timestamp")), "is no time", "write ISO 8601 or Unix time")
    shopper = _text(row, "shopper", "client_id", "user_id", "session_id")
    return Event(kind, query, product, shopper, at, number, source)


def _row(line: str) -> dict[str, Any] | None:  # Any: JSON
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _text(row: Mapping[str, object], *names: str) -> str:
    """The first of the names that has text, or a number for an id."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return " ".join(str(value).split())
    return ""


def _product(row: Mapping[str, Any]) -> str:  # Any: JSON
    attributes = row.get("event_attributes")
    about = attributes.get("object") if isinstance(attributes, dict) else None
    return _text(row, "product") or (_text(about, "object_id") if isinstance(about, dict) else "")


def _time(value: object) -> float | None:
    """Unix seconds; 0 where there is none, None where it cannot be read."""
    if value in ("", 0, None):
        return 0.0
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return _time(float(value)) if value.replace(".", "", 1).isdecimal() else None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e14:
        return None
    return value / 1000 if value > _MILLISECONDS else float(value)
