"""What query completion is measured against: popular texts by prefix, and odds of the next character."""

import heapq
import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragoman.types import Scored

_END = "\0"  # what no text holds
_TRIED = 15  # next characters that a beginning is continued with
_SUFFIX = 0.1  # weight of a text's words after the first against the text itself, in the popularity of both


class PopularByPrefix:
    """The commonest known texts that begin as typed; where none do, those that go on from its last words.

    Most popular completion (Bar-Yossef and Kraus 2011), with the word suffixes of Mitra and Craswell 2015.
    """

    def __init__(self, texts: Mapping[str, float]) -> None:
        suffixes: Counter[str] = Counter()
        for text, count in texts.items():
            words = text.split(" ")
            for at in range(1, len(words)):
                suffixes[" ".join(words[at:])] += count * _SUFFIX  # type: ignore[assignment]  # floats add up too
        self._whole, self._counts = sorted(texts), texts
        self._suffixes, self._suffix_counts = sorted(suffixes), suffixes

    def complete(self, prefix: str, k: int) -> list[str]:
        """Return at most ``k`` texts that begin with ``prefix`` and are longer, the commonest first.

        >>> known = PopularByPrefix({"red tent": 2, "red tent pegs": 3, "big dome tent": 1})
        >>> known.complete("red t", 2), known.complete("blue do", 1)
        (['red tent pegs', 'red tent'], ['blue dome tent'])
        """
        found = _commonest(self._whole, self._counts, prefix, k)
        words = prefix.split(" ")
        for at in range(1, len(words)):
            if len(found) >= k:
                break
            before, last = " ".join(words[:at]) + " ", " ".join(words[at:])
            more = _commonest(self._suffixes, self._suffix_counts, last, k) if last else []
            found += [before + text for text in more if before + text not in found][: k - len(found)]
        return found


@dataclass(slots=True)
class _Context:
    """What followed some characters: how often each, and in all."""

    counts: Counter[str]
    total: float = 0.0


class CharacterOdds:
    """Odds of the next character by the last few, every order weighed in (Witten and Bell 1991, method C)."""

    def __init__(self, texts: Mapping[str, float], order: int = 6) -> None:
        """Count texts, each as often as its weight says, in contexts of up to ``order`` - 1 characters."""
        self._order = order
        self._seen: dict[str, _Context] = defaultdict(lambda: _Context(Counter()))
        letters = {char for text in texts for char in text} | {_END}
        self._letters = max(len(letters), 2)
        for text, weight in texts.items():
            for at, char in enumerate(text + _END):
                for size in range(min(order - 1, at) + 1):
                    context = self._seen[text[at - size : at]]
                    context.counts[char] += weight  # type: ignore[assignment]  # floats add up too
                    context.total += weight

    def odds(self, before: str, char: str) -> float:
        """Return the odds, above 0, of ``char`` after ``before``.

        >>> known = CharacterOdds({"abab": 1.0})
        >>> known.odds("aba", "b") > 0.5 > known.odds("aba", "a")
        True
        """
        found = 0.5 / 0x10FFFF + 0.5 / self._letters  # a character never seen is one of all
        for size in range(min(self._order - 1, len(before)) + 1):
            context = self._seen.get(before[len(before) - size :])
            if context is None:
                break
            kinds = len(context.counts)
            found = (context.counts[char] + kinds * found) / (context.total + kinds)
        return found

    def bits(self, text: str) -> float:
        """Return how surprising a text is, in bits, its end counted as a character."""
        return -sum(math.log2(self.odds(text[:at], char)) for at, char in enumerate(text + _END))

    def complete(self, prefix: str, k: int, *, width: int = 8, steps: int = 40) -> list[Scored]:
        """Return at most ``k`` texts that begin with ``prefix``, likeliest first, by beam search."""
        beam, found = [(0.0, prefix)], dict[str, float]()
        for _ in range(steps):
            grown: list[tuple[float, str]] = []
            for score, text in beam:
                for char in self._next(text):
                    logs = score + math.log(self.odds(text, char))
                    if char != _END:
                        grown.append((logs, text + char))
                    elif text != prefix:
                        found[text] = logs
            beam = heapq.nlargest(width, grown)
            if not beam or (len(found) >= k and heapq.nlargest(k, found.values())[-1] > beam[0][0]):
                break
        best = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:k]
        return [Scored(text, score) for text, score in best]

    def _next(self, text: str) -> Sequence[str]:
        """The characters that followed the longest context that was ever seen."""
        for size in range(min(self._order - 1, len(text)), -1, -1):
            context = self._seen.get(text[len(text) - size :])
            if context is not None:
                return [char for char, _ in context.counts.most_common(_TRIED)]
        return ()


def _commonest(ordered: Sequence[str], counts: Mapping[str, float], prefix: str, k: int) -> list[str]:
    low = bisect_left(ordered, prefix)
    high = bisect_left(ordered, prefix + "\U0010ffff", low)
    some = (text for text in ordered[low:high] if text != prefix)
    return heapq.nsmallest(k, some, key=lambda text: (-counts[text], text))
