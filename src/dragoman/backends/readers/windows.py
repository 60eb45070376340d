"""A text as rows of tokens that a reader takes at once, each with its characters. Knows a tokenizer."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from dragoman.text.scripts import script

_LONGEST_PIECE = 32  # characters a token stands for at most
_LONGEST_WORD = 64  # characters
_NO_SPACES = frozenset({"Hani", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr"})
_SPACE = "\u2581"  # what SentencePiece writes for a space: a piece of nothing else stands for no character


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids, and the characters start..end of the text that each stands for, 0..0 for none."""

    ids: tuple[int, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @property
    def stands(self) -> NDArray[np.bool_]:
        """(tokens,) whether a token stands for characters."""
        found: NDArray[np.bool_] = self.ends > self.starts
        return found


def windows_of(
    tokenizer: Tokenizer, text: str, *, prefix: str, tokens: int, overlap: int, most: int
) -> Iterator[Window]:
    """Yield windows over a text, each with the prefix; nothing for a text without a word.

    Args:
        tokens: Longest window, the prefix and the special tokens included.
        overlap: Tokens of a window that the next one begins with, so that no short span is cut in two.
        most: Tokens of the text that are read; what lies behind is not seen.
    """
    seen = (
        text[: most * _LONGEST_PIECE].encode("utf-8", "replace").decode()
    )  # half a surrogate pair is no text
    if not seen.strip():
        return
    row = tokenizer.encode(prefix + seen)
    ids, offsets = row.ids, np.array(row.offsets, dtype=np.int64)
    stands = (np.array(row.special_tokens_mask) == 0) & (offsets[:, 1] > len(prefix))
    first = int(np.argmax(stands)) if stands.any() else len(ids) - 1
    is_bare = np.array([piece == _SPACE for piece in row.tokens])
    offsets = np.where((stands & ~is_bare)[:, None], np.maximum(offsets - len(prefix), 0), 0)
    last = min(len(ids) - 1, first + most)
    room = max(1, tokens - first - 1)
    step = max(1, room - overlap)
    for start in range(first, max(first + 1, last), step):
        end = min(start + room, last)
        places = np.concatenate([offsets[:first], offsets[start:end], [[0, 0]]])
        yield Window((*ids[:first], *ids[start:end], ids[-1]), places[:, 0], places[:, 1])
        if end == last:
            return


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a place without spaces at its ends and with no word cut, where its script parts words by spaces.

    Pieces of tokens are shorter than words; a part of a word is nobody's answer.

    What runs on for longer than any word does is taken as it was marked, give or take that length: a text
    of a hundred thousand letters without a space would else be walked through at every mark.

    >>> whole_words("лон чёрный", 4, 7), whole_words("red hat ", 3, 8), whole_words("红色帽子", 1, 2)
    ((4, 10), (4, 7), (1, 2))
    """
    words = text[start:end]
    start, end = end - len(words.lstrip()), start + len(words.rstrip())
    first, last = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while first < start < end and _goes_on(text[start - 1], text[start]):
        start -= 1
    while start < end < last and _goes_on(text[end - 1], text[end]):
        end += 1
    return start, end


def _goes_on(one: str, other: str) -> bool:
    """Whether two neighbours are of one word: letters of a script with spaces, or a mark on one."""
    if unicodedata.category(other)[0] == "M":
        return True
    kinds = unicodedata.category(one)[0] + unicodedata.category(other)[0]
    return kinds in {"LL", "ML"} and script(other) not in _NO_SPACES
