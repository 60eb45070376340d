"""Counts what became of the rows and keeps what was wrong with them, without growing with a hopeless feed."""

from dataclasses import dataclass, field

from dragoman.types import IngestReport, Rejection

MOST = 10_000
"""Rejections kept with every detail; further ones are counted."""
MOST_ALIKE = 20
"""Cautions kept of one kind (file, field, problem); further ones are counted."""


@dataclass(slots=True)
class Tally:
    """The growing report of one ingest."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    _rejections: list[Rejection] = field(default_factory=list)
    _rejected: int = 0
    _cautions: dict[tuple[str, str, str], list[Rejection]] = field(default_factory=dict)
    _cautioned: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def reject(self, about: Rejection) -> None:
        """Count a row that was not taken."""
        self._rejected += 1
        if len(self._rejections) < MOST:
            self._rejections.append(about)

    def caution(self, about: Rejection) -> None:
        """Count something that was left out of a row."""
        kind = (about.source, about.field, about.problem.replace(repr(about.value), ""))
        self._cautioned[kind] = self._cautioned.get(kind, 0) + 1
        alike = self._cautions.setdefault(kind, [])
        if len(alike) < MOST_ALIKE:
            alike.append(about)

    def report(self) -> IngestReport:
        """Return what was counted so far."""
        rejections = list(self._rejections)
        if self._rejected > MOST:
            rejections.append(_more(self._rejected - MOST, self._rejections[-1]))
        cautions = [about for kind, alike in self._cautions.items() for about in self._told(kind, alike)]
        return IngestReport(
            self.read,
            self.added,
            self.changed,
            self.unchanged,
            self.removed,
            tuple(rejections),
            tuple(cautions),
        )

    def _told(self, kind: tuple[str, str, str], alike: list[Rejection]) -> list[Rejection]:
        more = self._cautioned[kind] - len(alike)
        return [*alike, _more(more, alike[-1])] if more else alike


def _more(count: int, last: Rejection) -> Rejection:
    return Rejection(
        last.line, last.field, "", f"and {count:,} more after this line", last.remedy, last.source
    )
