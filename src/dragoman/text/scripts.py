"""Which script a character is written in, by code-point range; knows no language.

Only the scripts that the rest of the package treats apart are told apart; anything else is ``""``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Final

# (first, last, script) of the blocks that matter here, from the Unicode Character Database's Scripts.txt.
# Symbols and digits inside a block carry no script for our purposes.
_RANGES: Final = (
    (0x0041, 0x005A, "Latn"),
    (0x0061, 0x007A, "Latn"),
    (0x00AA, 0x00AA, "Latn"),
    (0x00BA, 0x00BA, "Latn"),
    (0x00C0, 0x00D6, "Latn"),
    (0x00D8, 0x00F6, "Latn"),
    (0x00F8, 0x02AF, "Latn"),
    (0x0370, 0x0373, "Grek"),
    (0x0376, 0x037D, "Grek"),
    (0x0386, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0531, 0x058F, "Armn"),
    (0x0591, 0x05F4, "Hebr"),
    (0x0610, 0x065F, "Arab"),
    (0x066E, 0x06D5, "Arab"),
    (0x06DC, 0x06EF, "Arab"),
    (0x06FA, 0x06FF, "Arab"),
    (0x0750, 0x077F, "Arab"),
    (0x08A0, 0x08FF, "Arab"),
    (0x0900, 0x0963, "Deva"),
    (0x0970, 0x097F, "Deva"),
    (0x0980, 0x09E5, "Beng"),
    (0x09F0, 0x09FE, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B80, 0x0BE5, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0E01, 0x0E3A, "Thai"),
    (0x0E40, 0x0E4E, "Thai"),
    (0x0E81, 0x0ECE, "Laoo"),
    (0x1000, 0x103F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1780, 0x17D3, "Khmr"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x2C60, 0x2C7F, "Latn"),
    (0x3005, 0x3007, "Hani"),
    (0x3041, 0x309F, "Hira"),
    (0x30A1, 0x30FA, "Kana"),
    (0x30FC, 0x30FF, "Kana"),
    (0x3105, 0x312F, "Bopo"),
    (0x3130, 0x318E, "Hang"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xA640, 0xA69F, "Cyrl"),
    (0xA720, 0xA7FF, "Latn"),
    (0xAC00, 0xD7A3, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFC, "Arab"),
    (0xFF21, 0xFF3A, "Latn"),
    (0xFF41, 0xFF5A, "Latn"),
    (0xFF66, 0xFF9F, "Kana"),
    (0x20000, 0x323AF, "Hani"),
)
_FIRSTS: Final = [first for first, _, _ in _RANGES]


def script(char: str) -> str:
    """Name the script of one character as an ISO 15924 code, ``""`` for digits, signs and scripts not listed.

    >>> [script(c) for c in "aж漢カひ한ก5"]
    ['Latn', 'Cyrl', 'Hani', 'Kana', 'Hira', 'Hang', 'Thai', '']
    """
    point = ord(char)
    at = bisect_right(_FIRSTS, point) - 1
    if at < 0:
        return ""
    _, last, name = _RANGES[at]
    return name if point <= last else ""


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield (script, letters) of every unbroken run of one script; what is between them is left out.

    >>> list(runs("Nike 跑步鞋-42"))
    [('Latn', 'Nike'), ('Hani', '跑步鞋')]
    """
    for match in _runs().finditer(text):
        yield match.lastgroup or "", match[0]


@cache
def _runs() -> re.Pattern[str]:
    spans: dict[str, str] = {}
    for first, last, name in _RANGES:
        spans[name] = spans.get(name, "") + f"{chr(first)}-{chr(last)}"
    return re.compile("|".join(f"(?P<{name}>[{span}]+)" for name, span in spans.items()))
