"""What `dragoman eval recommend` learns from: a line a shopper, or a file of events. Knows no models."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dragoman.errors import BadInput
from dragoman.recommend import Taking
from dragoman.recommend.files import lines_of
from dragoman.recommend.record import hear
from dragoman.types import Event

if TYPE_CHECKING:  # learning takes seconds to import
    from dragoman.learn.sequences import Sequences
    from dragoman.learn.trial import Trial

_TABLES = (".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Histories:
    """Shoppers' products in order of time, and when each was met; no times for plain lines."""

    found: "Sequences"
    times: Sequence[Sequence[float]]


def open_histories(path: Path, split: str) -> "Trial":
    """Return the trial of a file.

    Raises:
        NotFound: no such file.
        BadInput: it holds nothing to try on, or a split by time of lines that hold none.
    """
    from dragoman.learn.trial import trial_by_time, trial_of

    read = _of_events(path) if _holds_events(path) else _of_lines(path)
    if split == "leave-one-out":
        return trial_of(read.found)
    if not read.times:
        hint = 'give an events file: {"kind": "view", "shopper": …, "product": …, "at": …} a line'
        raise BadInput(f"{path} holds no times to split by", hint=hint)
    return trial_by_time(read.found, read.times)


def _holds_events(path: Path) -> bool:
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    if plain.suffix in _TABLES:
        return True
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{"
    except (OSError, EOFError):
        return False  # whoever reads the lines says what is wrong


def _of_lines(path: Path) -> Histories:
    from dragoman.learn.sequences import read_sequences

    return Histories(read_sequences(path), ())


def _of_events(path: Path) -> Histories:
    from dragoman.learn.meetings import weight_of
    from dragoman.learn.sequences import Sequences

    # Whenever it happened: public sets have clocks of their own.
    heard = hear(lines_of([path]), Taking(str, float("inf"), is_live=False))
    if not heard.events and heard.rejections:
        bad = heard.rejections[0]
        raise BadInput(f"{path}, line {bad.line}: {bad.field} {bad.value!r} {bad.problem}", hint=bad.remedy)
    met: dict[str, list[Event]] = {}
    for event in sorted(heard.events, key=lambda event: event.at):
        if event.shopper and weight_of(event) and not _goes_on(met.get(event.shopper, []), event):
            met.setdefault(event.shopper, []).append(event)
    rows: dict[str, int] = {}
    found = tuple(
        np.array([rows.setdefault(event.product, len(rows) + 1) for event in events], np.int32)
        for events in met.values()
    )
    if not found:
        raise BadInput(
            f"{path} holds no event that says what a shopper met", hint="views, carts, purchases …"
        )
    return Histories(
        Sequences(tuple(met), found, ("", *rows)),
        [[event.at for event in events] for events in met.values()],
    )


def _goes_on(events: Sequence[Event], event: Event) -> bool:
    """Whether it is the same product still: viewed, put into the cart, bought."""
    return bool(events) and events[-1].product == event.product
