"""What became of a feed: rows refused, and the count of the others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row of a feed that could not be taken, where it stands, and what to do about it."""

    line: int
    field: str
    value: str
    problem: str
    remedy: str
    source: str = ""  # the file
    product: str = ""  # its id, where the row got so far as to say it


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every row of a feed."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejections: tuple[Rejection, ...] = ()
    warnings: tuple[Rejection, ...] = ()  # taken, but something in it was left out
