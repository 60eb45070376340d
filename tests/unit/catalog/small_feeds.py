"""Small realistic feeds, written to disk by the tests that read them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dragoman.catalog import BrokenOff, Caution, Reading, Removal, Row, read
from dragoman.types import Listing, Product, Rejection

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def by_script(text: str, prior: Mapping[str, float]) -> Mapping[str, float]:
    """Tell Japanese, Arabic and German umlauts from English: enough of a detector for tests of feeds."""
    marks = {"ja": "ぁ-ヿ", "ar": "ء-ي", "de": "äöüÄÖÜß"}
    for lang, letters in marks.items():
        span = letters.split("-")
        if any((span[0] <= char <= span[1]) if len(span) == 2 else char in letters for char in text):
            return {lang: 1.0}
    return {"en": 1.0} if text.strip() else {}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a feed and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path, **known: Any) -> list[Row]:
    """Read a feed to its end."""
    return list(read(path, reading=Reading(now=NOW, **known), detect=by_script))


def products(path: Path, **known: Any) -> dict[str, Product]:
    """Return the products of a feed in which nothing is wrong."""
    found = rows(path, **known)
    assert [row for row in found if not isinstance(row, Listing)] == []
    return {row.product.id: row.product for row in found if isinstance(row, Listing)}


def taken(found: Sequence[Row]) -> list[str]:
    """Return the ids of the listings."""
    return [row.product.id for row in found if isinstance(row, Listing)]


def rejected(found: Sequence[Row]) -> list[Rejection]:
    """Return what was not taken."""
    broken = [row.about for row in found if isinstance(row, BrokenOff)]
    return [row for row in found if isinstance(row, Rejection)] + broken


def cautions(found: Sequence[Row]) -> list[Rejection]:
    """Return what was taken with something left out."""
    return [row.about for row in found if isinstance(row, Caution)]


def removed(found: Sequence[Row]) -> list[str]:
    """Return the ids that the feed removes."""
    return [row.id for row in found if isinstance(row, Removal)]
