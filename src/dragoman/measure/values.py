"""How well are attribute values extracted? Counts as WDC-PAVE and ExtractGPT count. Knows strings only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of (offer, attribute) pairs: nothing or a value was right, nothing or a value was said."""

    nothing: int = 0  # none to be said, none said
    invented: int = 0  # none to be said, one said
    missed: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        """Of what was said, the share that is right; 0 where nothing was said."""
        said = self.invented + self.right + self.wrong
        return self.right / said if said else 0.0

    @property
    def recall(self) -> float:
        """Of what was to be said, the share that was said right."""
        true = self.missed + self.right + self.wrong
        return self.right / true if true else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def counted(judged: Iterable[tuple[Sequence[str], str]]) -> Counts:
    """Return the counts of pairs (right values, none if there is none; what was said, "" for nothing).

    One value is said per pair, and right if it is any of the right ones, letter by letter: the protocol of
    Brinkmann, Baumann and Bizer 2024 (arXiv 2403.02130), as their published evaluation code has it.

    >>> counts = counted([(["Red", "red"], "red"), ([], "5"), (["L"], ""), ([], ""), (["HP"], "hp")])
    >>> counts, round(counts.f1, 2)
    (Counts(nothing=1, invented=1, missed=1, right=1, wrong=1), 0.33)
    """
    found = dict.fromkeys(Counts.__slots__, 0)
    for right, said in judged:
        found[_fate([one.strip() for one in right], said)] += 1
    return Counts(**found)


def _fate(right: Sequence[str], said: str) -> str:
    if not right:
        return "invented" if said else "nothing"
    if not said:
        return "missed"
    return "right" if said in right else "wrong"
