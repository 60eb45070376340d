"""What went wrong looks like: empty, echoed, endless, or in another language. Knows no model."""

import re
from collections import Counter
from typing import Final

from dragoman.text.normalise import normalise
from dragoman.text.scripts import script
from dragoman.translate.scripts import scripts_of, written_in
from dragoman.types import Lang

_RATIO: Final = 4.0  # times the expected length, or its part, beyond which something is missing or invented
_SLACK: Final = 12  # characters a translation may be longer or shorter whatever the ratio says
_FOREIGN: Final = 0.5  # share of letters that must be of the target's script
_REPEATS: Final = 4  # times a phrase follows itself before it counts as a loop
# Scripts whose characters stand for more than a letter: what one is worth in Latin letters.
_WORTH: Final = {"Hani": 3.0, "Hira": 1.6, "Kana": 1.6, "Hang": 2.2, "Thai": 1.1}
_LOOP: Final = re.compile(r"(.{2,40}?)\1{3,}", re.DOTALL)


def trouble_with(source: str, output: str, target: Lang) -> str:
    """Return what is wrong with a translation at first sight, "" if nothing is.

    >>> trouble_with("red shoe", "roter Schuh", "de"), trouble_with("red shoe", "red shoe", "ru")
    ('', 'language')
    >>> trouble_with("red shoe", "rot rot rot rot rot rot rot rot", "de")
    'loop'
    """
    if not any(char.isalpha() for char in output):
        return "empty"
    if written_in(output, target) < _FOREIGN:
        return "language"
    if _loops(output) and not _loops(source):
        return "loop"
    if not _is_long_enough(source, output):
        return "length"
    return "echo" if _is_echo(source, output, target) else ""


def weight_of(text: str) -> float:
    """Return a text's length in Latin letters, roughly: a Chinese character says what three letters do.

    >>> weight_of("abc"), weight_of("红茶")
    (3.0, 6.0)
    """
    return float(len(text)) if text.isascii() else sum(map(_WEIGHTS.__getitem__, text))


class _Weights(dict[str, float]):
    """What each character is worth, worked out when it is first met."""

    def __missing__(self, char: str) -> float:
        self[char] = worth = _WORTH.get(script(char), 1.0)
        return worth


_WEIGHTS: Final = _Weights()


def _is_long_enough(source: str, output: str) -> bool:
    long, short = weight_of(output), weight_of(source)
    return long <= _RATIO * short + _SLACK and short <= _RATIO * long + _SLACK


def _loops(text: str) -> bool:
    words = text.split()
    if any(count >= 2 * _REPEATS and len(word) > 1 for word, count in Counter(words).items()):
        most = max(Counter(words).values())
        if most * 3 > len(words):
            return True
    return bool(_LOOP.search(re.sub(r"[\s.\-_=*·…]+", " ", text)))


def _is_echo(source: str, output: str, target: Lang) -> bool:
    """Several words that came back as they were, though they are not of the target's language for sure."""
    if normalise(source) != normalise(output):
        return False
    letters = {script(char) for char in source if char.isalpha()}
    return len(source.split()) > 2 or not letters <= scripts_of(target)
