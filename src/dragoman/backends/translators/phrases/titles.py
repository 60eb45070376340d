"""Whether a text Is a Title: all its words of weight have capitals, as names of categories have in English.

Most languages do not write titles so. Into English, the words of the source tell: a logistic model of signs.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LIGHT = 3  # letters of a word that may be small in a title
_MOST, _STEP = 5, 3  # words that are counted; characters by which lengths are told apart
_LONGEST = 60  # characters of a title


@dataclass(frozen=True, slots=True)
class TitleSigns:
    """What tells in one language that a text is a title in English."""

    weights: Mapping[str, float] = field(default_factory=dict)

    def odds(self, text: str) -> float:
        """Return the log odds that a text is a title; 0 where nothing tells."""
        return math.fsum(self.weights.get(sign, 0.0) for sign in signs_of(text))


def is_title(text: str) -> bool | None:
    """Say whether all words of weight but the first have capitals; None where there is none.

    >>> is_title("Cases for Cameras"), is_title("Camera case"), is_title("Camera")
    (True, False, None)
    """
    words = [word for word in WORD.findall(text)[1:] if len(word) > _LIGHT]
    return all(word[0].isupper() for word in words) if words else None


def signs_of(text: str) -> Iterator[str]:
    """Yield what is looked at: its words, how they and the text end and begin, and how long it is.

    >>> sorted(signs_of("Tents"))[:6]
    ['< te', '> nts', '> s', '> ts', 'and', 'as long as 1']
    """
    text = text.lower()[: _LONGEST * 2]
    words = WORD.findall(text)
    yield f"words {min(len(words), _MOST)}"
    yield "and sign" if "&" in text else "and"
    yield f"as long as {min(len(text), _LONGEST) // _STEP}"
    yield f"< {text[:2]}"
    yield from (f"> {text[-size:]}" for size in (1, 2, 3))
    if words:
        yield f"first {words[0]}"
        yield f"last {words[-1]}"
        yield from (f"in {word}" for word in words[1:-1])
        yield from (f"ends {word[-3:]}" for word in words)
