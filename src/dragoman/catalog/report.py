"""What became of a feed, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dragoman.types import IngestReport, Rejection


def lines(report: IngestReport) -> list[str]:
    """Return the report for a terminal: counts, then every rejected row, then what was left out.

    >>> bad = Rejection(3, "price", "-1", "is negative", "write 0 or more", "f.csv")
    >>> print("\\n".join(lines(IngestReport(read=1, added=1, rejections=(bad,)))))
    1 product read: 1 added
    1 row rejected:
      f.csv:3: price '-1' is negative — write 0 or more
    """
    return [
        _counts(report),
        *_section("rejected", report.rejections),
        *_section("with cautions", report.warnings),
    ]


def as_json(report: IngestReport) -> dict[str, Any]:  # Any: a JSON object, by definition
    """Return the report as a JSON object with the same names.

    >>> as_json(IngestReport(read=1, added=1))["added"]
    1
    """
    return asdict(report)


def _counts(report: IngestReport) -> str:
    counted = {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
    }
    said = ", ".join(f"{count:,} {name}" for name, count in counted.items() if count) or "nothing to do"
    return f"{report.read:,} product{'' if report.read == 1 else 's'} read: {said}"


def _section(name: str, about: Sequence[Rejection]) -> list[str]:
    if not about:
        return []
    return [
        f"{len(about):,} row{'' if len(about) == 1 else 's'} {name}:",
        *(f"  {line_of(row)}" for row in about),
    ]


def line_of(row: Rejection) -> str:
    """Return what is wrong with one row, where it stands and what to do.

    >>> line_of(Rejection(3, "price", "-1", "is negative", "write 0 or more", "f.csv"))
    "f.csv:3: price '-1' is negative — write 0 or more"
    """
    place = f"{row.source}:{row.line}" if row.line else row.source
    what = f"{row.field} {row.value!r}" if row.value else row.field
    # Messages of broken values repeat the value; saying it twice helps nobody.
    problem = (
        row.problem
        if repr(row.value) not in row.problem
        else row.problem.replace(repr(row.value), "").strip()
    )
    return f"{place}: {what} {problem} — {row.remedy}".replace("  ", " ")
