"""A text folded for reading by rules, with the way back to the words as they are written.

Folding goes character by character, so every place of the folded text has its place in the source:
whatever a rule finds is quoted verbatim. Knows characters, not what they say.
"""

from dataclasses import dataclass
from functools import cache

from dragoman.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class View:
    """A text, its folded form, and where each folded character comes from; ``None`` is the same place."""

    source: str
    folded: str
    places: tuple[int, ...] | None = None

    def start(self, at: int) -> int:
        """Return where the folded character ``at`` begins in the source."""
        if self.places is None:
            return at
        return self.places[at] if at < len(self.places) else len(self.source)

    def end(self, at: int) -> int:
        """Return where the folded text before ``at`` ends in the source."""
        if self.places is None or not at:
            return at
        return self.places[at - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """Return the words of the source that folded[start:end] stands for, verbatim.

        >>> view("Größe： ４２").quote(0, 9)
        'Größe： ４'
        """
        return self.source[self.start(start) : self.end(end)]


def view(text: str) -> View:
    """Return a text as rules read it: widths, case, accents and digits of any script folded.

    Zero-width characters vanish from the folded text; they cannot part a word or join two.

    >>> view("9.5 Inc\\u200bhes").folded
    '9.5 inches'
    """
    if text.isascii():
        return View(text, text.lower().translate(_CONTROLS))
    folds = _folds()
    parts: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        folded = folds[char]
        parts.append(folded)
        if len(folded) == 1:
            places.append(at)
        else:
            places.extend([at] * len(folded))
    return View(text, "".join(parts), tuple(places))


def fold(text: str) -> str:
    """Return the folded text alone, ends stripped: the form in which tables of words are kept.

    >>> fold("Größe"), fold("尺寸："), fold("Ｍ")
    ('grosse', '尺寸:', 'm')
    """
    folded = view(text).folded if text.isascii() else "".join(map(_folds().__getitem__, text))
    return " ".join(folded.split())


_CONTROLS = {point: " " for point in range(32) if point != 10}


class _Folds(dict[str, str]):
    def __missing__(self, char: str) -> str:
        folded = char if char == "\n" else normalise(char)
        if not folded and char.isspace():
            folded = " "
        # A fraction is set apart: "1½" is one and a half, not eleven halves.
        if "/" in folded and len(folded) > 1:
            folded = f" {folded}"
        self[char] = folded
        return folded


@cache
def _folds() -> _Folds:
    return _Folds()
