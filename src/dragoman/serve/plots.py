"""Draws bars with their intervals as SVG, with no script and no style. Knows numbers and labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from dragoman.measure.intervals import Interval

WIDTH = 340  # units of the drawing; on a telephone about one pixel each
_ROW, _BAR, _EDGE = 38, 11, 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label, its share with the interval, how that is written, and a mark to compare it with."""

    label: str
    share: Interval
    written: str
    mark: float | None = None


def bars(title: str, rows: Sequence[Bar], *, direction: Literal["ltr", "rtl"] = "ltr") -> str:
    """Return a plot of at least one row; the longest interval ends at the edge.

    >>> bars("t", [Bar("a", Interval(0.5, 0.4, 0.6), "50%")]).count("<rect")
    1
    """
    most = max([row.share.high for row in rows] + [row.mark or 0.0 for row in rows]) or 1.0
    drawn = "".join(
        _row(row, place * _ROW, _Scale(most, direction == "rtl")) for place, row in enumerate(rows)
    )
    height = len(rows) * _ROW + _EDGE
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" direction="{direction}" '
        f'aria-label="{escape(title)}">{drawn}</svg>'
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a share stands; in a language that runs to the left, 0 is on the right."""

    most: float
    is_mirrored: bool

    def x(self, value: float) -> float:
        along = _EDGE + value / self.most * (WIDTH - 2 * _EDGE)
        return round(WIDTH - along if self.is_mirrored else along, 1)


def _row(row: Bar, top: int, scale: _Scale) -> str:
    start, end = scale.x(0.0), scale.x(row.share.mean)
    low, high = scale.x(row.share.low), scale.x(row.share.high)
    y, middle = top + 20, top + 20 + _BAR / 2
    cap = f"{y + 2}v{_BAR - 4}"
    far = _EDGE if scale.is_mirrored else WIDTH - _EDGE
    parts = [
        f'<text class="label" x="{start}" y="{top + 14}">{escape(row.label)}</text>',
        # A percentage runs to the right in every language; its anchor follows from where it stands.
        f'<text class="value" direction="ltr" text-anchor="{"start" if scale.is_mirrored else "end"}" '
        f'x="{far}" y="{top + 14}">{escape(row.written)}</text>',
        f'<rect class="bar" x="{min(start, end)}" y="{y}" width="{abs(end - start):.1f}" height="{_BAR}"/>',
        f'<path class="interval" d="M{low} {middle}H{high}M{low} {cap}M{high} {cap}"/>',
    ]
    if row.mark is not None:
        x = scale.x(row.mark)
        parts.append(f'<path class="mark" d="M{x} {y - 3}v{_BAR + 6}"/>')
    return "".join(parts)
