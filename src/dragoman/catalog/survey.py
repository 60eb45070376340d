"""A first look through all feeds: which products they hold, how often, and what is wrong with the rest.

Cheap beside encoding, and it settles before anything is written: totals for a progress bar, which of
several rows of one product counts, and whether the feeds can be read to their end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.catalog.merging import adds, merged
from dragoman.catalog.reading import outcomes
from dragoman.catalog.rows import BrokenOff, Caution, Reading, Removal, Taken
from dragoman.catalog.tally import Tally
from dragoman.types import Listing, Rejection

Place = tuple[int, int]
"""Which feed, and which of its rows."""


@dataclass(slots=True)
class Survey:
    """The places of every product; of several rows in one feed, the last."""

    places: dict[str, list[Place]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    whole: bool = True

    @property
    def held(self) -> int:
        """How many products the feeds name."""
        return len(self.places)


def survey(
    feeds: Sequence[Path], reading: Reading, tally: Tally, progress: Callable[[int, int], None]
) -> Survey:
    """Go through the feeds once; rejections and cautions go into the tally.

    Raises:
        NotFound, BadInput, Unsupported: a feed cannot be read at all.
    """
    found = Survey()
    for number, path in enumerate(feeds):
        for row, outcome in enumerate(outcomes(path, reading)):
            if isinstance(outcome, Taken | Removal):
                tally.read += 1
                _note(found, outcome, (number, row), tally)
                if tally.read % 1000 == 0:
                    progress(0, found.held)
            elif isinstance(outcome, Caution):
                tally.caution(outcome.about)
            else:
                about = outcome.about if isinstance(outcome, BrokenOff) else outcome
                found.whole = found.whole and not isinstance(outcome, BrokenOff)
                found.named.add(about.product)
                tally.reject(about)
    return found


def final(
    feeds: Sequence[Path], reading: Reading, found: Survey, tally: Tally
) -> Iterator[Listing | Removal]:
    """Yield each product once, as all feeds together have it, as soon as its last row was read."""
    waiting: dict[str, Listing] = {}
    for number, path in enumerate(feeds):
        for row, outcome in enumerate(outcomes(path, reading)):
            if not isinstance(outcome, Taken | Removal):
                continue
            id_ = _id(outcome)
            # A feed that grew since the survey: its new rows count as they come.
            places = found.places.get(id_, [(number, row)])
            if (number, row) not in places:
                continue
            before = waiting.pop(id_, None)
            if isinstance(outcome, Taken) and before is not None:
                outcome = _joined(before, outcome, tally)
            if (number, row) == places[-1]:
                yield outcome.listing if isinstance(outcome, Taken) else outcome
            elif isinstance(outcome, Taken):
                waiting[id_] = outcome.listing


def _note(found: Survey, outcome: Taken | Removal, place: Place, tally: Tally) -> None:
    places = found.places.setdefault(_id(outcome), [])
    if places and places[-1][0] == place[0]:
        tally.caution(_repeated(outcome, "is in this feed twice; the later row counts"))
        places[-1] = place
    else:
        places.append(place)


def _joined(before: Listing, outcome: Taken, tally: Tally) -> Taken:
    if adds(before.product, outcome.listing.product):
        return Taken(merged(before, outcome.listing), outcome.line, outcome.source)
    tally.caution(_repeated(outcome, "is in an earlier feed too; the later row counts"))
    return outcome


def _repeated(outcome: Taken | Removal, problem: str) -> Rejection:
    id_ = _id(outcome)
    return Rejection(
        outcome.line, "id", id_[:80], problem, "give every product its own id", outcome.source, id_
    )


def _id(outcome: Taken | Removal) -> str:
    return outcome.listing.product.id if isinstance(outcome, Taken) else outcome.id
