"""Where a text may be cut into sentences, in any script. Knows punctuation and abbreviations."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import orjson

from dragoman.text.breaks import ends as sentence_ends
from dragoman.translate.protect import Kept
from dragoman.types import Lang

LONGEST: Final = 320
"""Characters of the longest piece a translator is handed: models of sentences lose the thread beyond."""
_NEWS: Final = re.compile(r"\n+|\r+")
# Where a long sentence may be cut, the better places first; Thai, Lao and Khmer put spaces between clauses.
_CLAUSES: Final = (r"[;；؛:：]\s*", r"[,，、،]\s*|\s[-–—•|/]\s", r"\s+")
_ENDS: Final = re.compile(r"[.．。!?！？؟।॥…;；]['\"”’»)\]」』）]*\s*$")


def cuts(text: str, lang: Lang, kept: Sequence[Kept] = ()) -> list[int]:
    """Return where sentences end, the end of the text last; never inside what is kept.

    >>> cuts("Passt z. B. für Dr. Hoff. Sehr gut!", "de")
    [26, 35]
    >>> cuts("これは良い。本当？", "ja"), cuts("यह अच्छा है। हाँ।", "hi")
    ([6, 9], [13, 17])
    """
    if not text:
        return []
    inside = [(one.start, one.end) for one in kept]
    ends = {match.end() for match in _NEWS.finditer(text)} | set(sentence_ends(text, "sentence", lang))
    free = sorted(end for end in ends if not any(start < end < stop for start, stop in inside))
    wanted, start = [], 0
    for end in [*(end for end in free if end < len(text)), len(text)]:
        if end < len(text) and _is_abbreviated(text[start:end], lang):
            continue
        wanted += [start + place for place in _shorter(text[start:end], start, inside)]
        start = end
    return wanted


def _is_abbreviated(sentence: str, lang: Lang) -> bool:
    """Say whether what looks like the end of a sentence is that of an abbreviation, or of an initial."""
    words = sentence.split()
    last = words[-1].casefold().lstrip("(\"'„“«") if words else ""
    return last.endswith(".") and (last in _abbreviations(lang.split("-")[0]) or len(last) == 2)


@cache
def _abbreviations(lang: str) -> frozenset[str]:
    text = files("dragoman.translate").joinpath("data", "abbreviations.json").read_bytes()
    known: dict[str, list[str]] = orjson.loads(text)
    return frozenset([*known["mul"], *known.get(lang, [])])


def _shorter(sentence: str, start: int, inside: Sequence[tuple[int, int]]) -> list[int]:
    """Cut a sentence that is too long at the end of a clause, else at a space, else as it comes."""
    ends, at = [], 0
    while len(sentence) - at > LONGEST:
        size = _clause(sentence[at : at + LONGEST], start + at, inside)
        at += size
        ends.append(at)
    return [*ends, len(sentence)]


def _clause(window: str, offset: int, inside: Sequence[tuple[int, int]]) -> int:
    def is_free(end: int) -> bool:
        return not any(start < offset + end < stop for start, stop in inside)

    for pattern in _CLAUSES:
        found = [match.end() for match in re.finditer(pattern, window)]
        if fit := [end for end in found if end >= LONGEST // 3 and is_free(end)]:
            return fit[-1]
    return next((end for end in range(len(window), LONGEST // 3, -1) if is_free(end)), len(window))


def is_closed(sentence: str) -> bool:
    """Say whether a sentence ends as sentences do, in any script.

    >>> is_closed("本当？"), is_closed("Kochtopf 5 l")
    (True, False)
    """
    return bool(_ENDS.search(sentence))
