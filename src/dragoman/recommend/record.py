"""Events in: rows of any known format to the journal. The story of one batch; a bad row loses no good one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from dragoman.recommend.audience import Audience
from dragoman.recommend.gate import Gate
from dragoman.recommend.shapes import read, unfolded
from dragoman.recommend.told import Told, Wrong, told
from dragoman.types import Event, Rejection

BATCH = 1_000
_MOST_REJECTIONS = 1_000  # shown; the rest are counted


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it came: where it stood, and its JSON value or its text."""

    number: int
    value: Any  # Any: JSON; bytes or text are parsed here
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of every row."""

    read: int = 0  # rows
    recorded: int = 0  # events that are new in the journal
    known: int = 0  # events that it held already
    repeated: int = 0  # rows that repeat another one within seconds
    bots: int = 0  # rows of robots
    ignored: int = 0  # rows that say nothing of a taste
    rejected: int = 0  # rows refused
    rejections: tuple[Rejection, ...] = ()  # the first thousand of them

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(
            self.read + other.read,
            self.recorded + other.recorded,
            self.known + other.known,
            self.repeated + other.repeated,
            self.bots + other.bots,
            self.ignored + other.ignored,
            self.rejected + other.rejected,
            (self.rejections + other.rejections)[:_MOST_REJECTIONS],
        )


@dataclass(frozen=True, slots=True)
class Taking:
    """How rows are taken: whose they are, by which clock, and whether they happen now."""

    mask: Callable[[str], str]  # makes a shopper's name a pseudonym
    now: float  # seconds since 1970
    is_live: bool = True  # a missing time means now
    key: str = ""  # of a request that may be sent again: names the rows that have neither id nor time
    agent: str = ""  # what the browser that sends the rows calls itself


@dataclass(frozen=True, slots=True)
class Heard:
    """Rows that were understood, and those that were not."""

    rows: tuple[Told, ...] = ()
    rejections: tuple[Rejection, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of all rows."""
        return tuple(event for row in self.rows for event in row.events)


def record(lines: Iterable[Line], *, audience: Audience, taking: Taking) -> Recorded:
    """Write what the lines tell into the journal, a thousand at a time; durable when it returns.

    Sending the same lines again changes nothing: an event is known by its id, or by its content.

    Raises:
        Unavailable: the journal does not answer; the batches before are kept, so send all again.
    """
    total = Recorded()
    for batch in _batches(lines):
        total += _record_batch(batch, audience, taking)
    return total


def hear(lines: Iterable[Line], taking: Taking) -> Heard:
    """Return what lines say, without keeping any of it."""
    rows: list[Told] = []
    rejections: list[Rejection] = []
    for line in lines:
        try:
            rows += _rows(line, taking)
        except Wrong as wrong:
            rejections.append(_rejection(line, wrong))
    return Heard(tuple(rows), tuple(rejections))


def _record_batch(lines: Sequence[Line], audience: Audience, taking: Taking) -> Recorded:
    heard = hear(lines, taking)
    events: list[Event] = []
    counts = Counter(_take(row, audience.gate, events) for row in heard.rows)
    new = audience.journal.record(events)
    if new:
        audience.crowd.add(events)  # counts each event once, however often it is told
    return Recorded(
        len(heard.rows) + len(heard.rejections),
        new,
        len(events) - new,
        counts["repeated"],
        counts["bot"],
        counts["ignored"],
        len(heard.rejections),
        heard.rejections[:_MOST_REJECTIONS],
    )


def _take(row: Told, gate: Gate, events: list[Event]) -> str:
    """Add a row's events if they are to be kept; returns what it was."""
    if not row.events:
        return "ignored"
    verdict = "bot" if row.is_bot else gate.judge(row.events)
    if verdict == "kept":
        events.extend(row.events)
    return verdict


def _rows(line: Line, taking: Taking) -> list[Told]:
    value = _parsed(line.value)
    if not isinstance(value, dict):
        raise Wrong("line", value, "is no JSON object", "write one object an event")
    return [
        told(
            said if said.agent else replace(said, agent=taking.agent),
            now=taking.now,
            mask=taking.mask,
            is_live=taking.is_live,
            fallback=f"{taking.key}/{line.number}/{place}" if taking.key and not said.at else "",
        )
        for place, row in enumerate(unfolded(value))
        for said in read(row)
    ]


def _parsed(value: Any) -> Any:  # Any: JSON
    if not isinstance(value, str | bytes):
        return value
    try:
        return orjson.loads(value)
    except ValueError as error:
        shown = value if isinstance(value, str) else value.decode("utf-8", "replace")
        raise Wrong("line", shown, f"is no JSON ({error})", "write one object an event, in UTF-8") from error


def _rejection(line: Line, wrong: Wrong) -> Rejection:
    return Rejection(line.number, wrong.field, wrong.value, wrong.problem, wrong.hint, line.source)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
