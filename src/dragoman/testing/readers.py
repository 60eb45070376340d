"""A reader without weights: it finds the words it was given. Knows the port, no backend."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dragoman.types import Span

_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class DictionaryReader:
    """Marks the words listed for an ask wherever they stand, whatever their case. For tests and first steps.

    >>> DictionaryReader(words={"color": ["red"]}).read(["A Red hat"], ["color", "size"])
    [[Span(ask='color', start=2, end=5, score=1.0)]]
    """

    def __init__(self, *, words: Mapping[str, Sequence[str]] = _NOTHING) -> None:
        self._words = words

    def read(self, texts: Sequence[str], asks: Sequence[str]) -> list[list[Span]]:
        """Return, per text, the spans of all words of all asks, longest words first."""
        wanted = list(dict.fromkeys(asks))
        return [self._found(text, wanted) for text in texts]

    def _found(self, text: str, asks: Sequence[str]) -> list[Span]:
        spans: list[Span] = []
        for ask in asks:
            mine: list[Span] = []
            for word in sorted(self._words.get(ask, ()), key=lambda one: (-len(one), one)):
                mine += [one for one in _places(text, word, ask) if all(_apart(one, other) for other in mine)]
            spans += mine
        return sorted(spans, key=lambda one: (-one.score, one.start, one.end, one.ask))


def _places(text: str, word: str, ask: str) -> list[Span]:
    size = len(word)
    wanted = word.casefold()
    return [
        Span(ask, at, at + size, 1.0)
        for at in range(len(text) - size + 1)
        if size and text[at : at + size].casefold() == wanted
    ]


def _apart(one: Span, other: Span) -> bool:
    return one.end <= other.start or other.end <= one.start
