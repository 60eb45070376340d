"""Many readings of one page become its facts: agreeing ones strengthen each other, the likeliest wins."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from dragoman.types import Fact

MOST: Final = 48
"""Facts of one product that are kept, the surest first."""

HIGHEST: Final = 0.97
"""Read facts stay below 1, which is what a seller stated."""

# Attributes that a product may have several values of, and how many are believable.
SEVERAL: Final = {
    "Color": 6, "Material": 5, "Pattern": 3, "Target gender": 2, "Age group": 2, "Compatible with": 12,
    "Replaces": 12,
    "Part number": 4, "Size": 8, "Shoe size": 8, "Included components": 3, "Special feature": 4,
    "Connectivity technology": 4,
}  # fmt: skip


def joined(found: Iterable[Fact], stated: Sequence[Fact], floor: float) -> tuple[Fact, ...]:
    """Return the facts that are believed, by confidence, then name and value.

    Args:
        found: What rules and reader read, any number of times.
        stated: The seller's own facts: a name that is among them is theirs alone.
        floor: The least confidence that is kept, 0..1.
    """
    said = {fact.name.casefold() for fact in stated}
    merged: dict[tuple[str, str, str], Fact] = {}
    for fact in found:
        if fact.name.casefold() not in said and fact.quote and fact.value:
            key = (fact.name, fact.value.casefold(), fact.unit)
            known = merged.get(key)
            merged[key] = _agreed(known, fact) if known else fact
    best: list[Fact] = []
    taken: dict[str, list[Fact]] = {}
    for fact in sorted(merged.values(), key=lambda fact: (-fact.confidence, fact.name, fact.value)):
        others = taken.setdefault(fact.name, [])
        if (
            fact.confidence >= floor
            and len(others) < SEVERAL.get(fact.name, 1)
            and not _is_less(fact, others)
        ):
            others.append(fact)
            best.append(fact)
    return tuple(_telling(best)[:MOST])


def _telling(facts: Sequence[Fact]) -> list[Fact]:
    """Leave out a bare size that another length tells better: 26 cm is the diameter."""
    lengths = {fact.value for fact in facts if fact.unit == "cm" and fact.name != "Size"}
    return [fact for fact in facts if fact.name != "Size" or fact.unit != "cm" or fact.value not in lengths]


def _agreed(known: Fact, other: Fact) -> Fact:
    """Two places that say the same: half of the second's weight counts, for they are rarely independent."""
    better = known if known.confidence >= other.confidence else other
    less = min(known.confidence, other.confidence)
    return replace(better, confidence=round(min(HIGHEST, 1 - (1 - better.confidence) * (1 - less / 2)), 3))


def _is_less(fact: Fact, others: Sequence[Fact]) -> bool:
    """Say whether a value says less than one that is taken: Steel beside Stainless steel, same quote.

    A plain colour beside a shade of it from the same words, too.
    """
    return any(
        fact.value != other.value
        and (fact.value.casefold() in other.value.casefold().split() or _shares(fact, other))
        for other in others
    )


def _shares(fact: Fact, other: Fact) -> bool:
    return fact.quote == other.quote and fact.name in ("Color", "Material", "Pattern")
