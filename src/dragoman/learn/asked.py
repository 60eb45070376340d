"""What shoppers asked and what they took for an answer: events counted, without bots and repetitions."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dragoman.learn.events import Event, EventKind, bots, read_events
from dragoman.text.detect import detect
from dragoman.text.normalise import normalise
from dragoman.types import Lang, Rejection

# How sure each deed makes us that a product answers a query. Clicks follow position and pictures, so one
# purchase outweighs several; the figures are ours, and only their order is sure.
_WORTH: Final[Mapping[EventKind, int]] = {"click": 1, "cart": 3, "buy": 6}
_LEAST = 0.25  # of the best product's worth: below, a product was looked at and left
_ASIDE = 20  # per cent of queries that only measure
_PERSONAL: Final = re.compile(r"\S@\S|\d(?:[ ()-]?\d){8,}")  # an address; a number of a person or a parcel


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, its language ("und" where nobody knows), and the products that answer it, best first."""

    text: str
    lang: Lang
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Queries to learn from, queries to measure by, events left out by reason, lines with something wrong."""

    learnt: tuple[Asked, ...]
    kept: tuple[Asked, ...]
    dropped: Mapping[str, int]
    problems: tuple[Rejection, ...]


def gathered(paths: Sequence[Path], products: Mapping[str, str]) -> Told:
    """Return what the events tell, queries sorted by their normalised text.

    Spellings of one query are one, in the words of the first. One shopper's repetition of one deed counts
    once, and bots not at all. Products taken far less often than a query's best are left out. Whether a
    query is kept aside is a hash of its text: it stays there when more events come.

    Args:
        paths: Read twice: bots are known by all that they do.
        products: Ids that events may name, to the product that each means.

    Raises:
        NotFound: no such file.
    """
    busy = bots(read_events(paths, tell=lambda _problem: None))
    problems: list[Rejection] = []
    dropped: Counter[str] = Counter()
    known: list[Event] = []
    for event in read_events(paths, tell=problems.append):
        if event.product not in products:
            remedy = "give the feed that has it, or the id as the feed writes it"
            about = (event.product, "is in none of the feeds", remedy, event.source)
            problems.append(Rejection(event.line, "product", *about))
        elif event.shopper in busy or _PERSONAL.search(event.query):
            dropped["of bots" if event.shopper in busy else "with personal data"] += 1
        else:
            known.append(replace(event, product=products[event.product]))
    asked = _asked(known, dropped)
    kept = tuple(one for one in asked if _is_kept_aside(one))
    learnt = tuple(one for one in asked if not _is_kept_aside(one))
    return Told(learnt, kept, dict(sorted(dropped.items())), tuple(problems))


def _asked(events: Iterable[Event], dropped: Counter[str]) -> list[Asked]:
    words: dict[str, str] = {}
    worth: dict[str, Counter[str]] = defaultdict(Counter)
    seen: set[tuple[str, ...]] = set()
    for event in events:
        key = normalise(event.query)
        deed = (event.shopper or f"{event.at}", key, event.product, event.kind)
        if not key or deed in seen:
            dropped["repeated" if key else "without a word"] += 1
            continue
        seen.add(deed)
        words.setdefault(key, event.query)
        worth[key][event.product] += _WORTH[event.kind]
    return [
        Asked(words[key], next(iter(detect(words[key])), "und"), _best(worth[key])) for key in sorted(words)
    ]


def _best(worth: Counter[str]) -> tuple[str, ...]:
    """The products worth a quarter of the best one's at least, ties by id."""
    most = max(worth.values())
    return tuple(
        sorted((id_ for id_, w in worth.items() if w >= _LEAST * most), key=lambda i: (-worth[i], i))
    )


def _is_kept_aside(asked: Asked) -> bool:
    return int(hashlib.sha1(normalise(asked.text).encode()).hexdigest(), 16) % 100 < _ASIDE
