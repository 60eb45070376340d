"""Cuts text of any script into index terms, the same way for a query and for a product.

Nothing is told the language: a term depends on its characters only, so that a Japanese query and a
Chinese title that share characters share terms. Runs written without spaces give overlapping pairs of
characters, by which any part of a long word is found.
"""

import re
import threading
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Final

import icu

from dragoman.text.compounds import parts
from dragoman.text.normalise import normalise
from dragoman.text.stem import stem
from dragoman.text.tables import table

_HAN: Final = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HIRA: Final = "\u3041-\u3096\u309d\u309e"
_KANA: Final = "\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff"
_HANGUL: Final = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
_UNSPACED: Final = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
# Scripts that put spaces between words, with the vowel signs that Python's \w leaves out.
_ALPHA: Final = (
    "a-z\u00df-\u00f6\u00f8-\u02af\u0370-\u0482\u048a-\u0588\u05d0-\u05f2\u0620-\u0669\u066e-\u06d3"
    "\u06d5-\u06ff\u0710-\u0963\u0971-\u0dff\u0f18-\u0fbc\u10a0-\u10ff\u1200-\u1360\u13a0-\u16ea"
    "\u1e00-\u1fff\u2c00-\u2dff\ua4d0-\uabff"
)
_PIECE: Final = re.compile(
    rf'(?P<number>\d++(?:[.,]\d++)*+)(?P<unit>"|[{_ALPHA}]++)?+(?![{_ALPHA}\d]|[-_][{_ALPHA}]*\d)'
    rf"|(?P<word>[{_ALPHA}\d]+(?:[-_.'/+&][{_ALPHA}\d]+)*)"
    rf"|(?P<han>[{_HAN}]+)|(?P<pairs>[{_KANA}]+|[{_HIRA}]+|[{_HANGUL}]+)"
    rf"|(?P<unspaced>[{_UNSPACED}]+)"
)
_JOINER: Final = re.compile("[-_.'/+&]")
_NAME_AND_NUMBER: Final = re.compile(rf"([{_ALPHA}]{{3,}})(\d{{1,4}})")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LONG_MARK: Final = "ー"
# Particles that Korean glues to a noun, in the one-syllable forms that product text uses.
_PARTICLES: Final = frozenset("을를이가은는에의로와과도용")
_CACHED_CHUNKS: Final = 65_536  # words between spaces; about 20 MB when full
_LONGEST_TERM: Final = 64  # characters; nobody types more without a space, and no index should keep it
_CACHED_LENGTH: Final = 32  # longer chunks are runs without spaces, hardly ever seen twice


def terms(text: str) -> list[str]:
    """Return the index terms of ``text`` in order, repeats kept.

    | text | terms |
    |---|---|
    | a word of an alphabetic script | the word, normalised, without a plural ending |
    | a compound: ``Fahrradhelm`` | the word and its parts: ``fahrradhelm``, ``fahrrad``, ``helm`` |
    | ``WR30-X10061`` | its parts, and ``wr30x10061`` |
    | ``500 ml``, ``500ml``, ``500毫升`` | ``500``, ``500ml`` |
    | ``1,299.00``; ``1,5`` | ``1299``; ``1.5`` |
    | Han | characters and overlapping pairs of them |
    | kana, Hangul | overlapping pairs within one script; a single character alone |
    | Thai, Lao, Burmese, Khmer | words by ICU's dictionaries |

    >>> terms("Red Shoes, 1,5 l"), terms("蓝牙耳机")
    (['red', 'shoe', '1.5', '1.5l'], ['蓝', '牙', '耳', '机', '蓝牙', '牙耳', '耳机'])
    """
    chunks = text.split()
    memory = _memory()
    if len(memory) + len(memory.spaced) >= _CACHED_CHUNKS:
        # A new one rather than emptying this one: another thread may be half way through its text.
        _memory.cache_clear()
        memory = _memory()
    found = [memory[chunk] for chunk in chunks]
    if memory.spaced and not memory.spaced.isdisjoint(chunks):
        return terms(normalise(text))
    if not memory.amounts.keys().isdisjoint(chunks):
        found = _joined_units(chunks, found, memory.amounts)
    return list(chain.from_iterable(found))


class _Chunks(dict[str, tuple[str, ...]]):
    """The terms of each chunk between spaces, worked out when first met: words repeat, so most are known.

    ``amounts`` holds the number that a chunk ends in, for those that end in one: a unit may follow.
    ``spaced`` holds the chunks that are more than one when normalised (½, middle dots, control characters).
    """

    def __init__(self) -> None:
        super().__init__()
        self.amounts: dict[str, str] = {}
        self.spaced: set[str] = set()

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        normal = normalise(chunk)
        if " " in normal:
            self.spaced.add(chunk)
            return ()
        found, amount = _cut(normal)
        if len(chunk) <= _CACHED_LENGTH:
            if amount:
                self.amounts[chunk] = amount
            self[chunk] = found
        return found


@cache
def _memory() -> _Chunks:
    return _Chunks()


def _joined_units(
    chunks: list[str], found: list[tuple[str, ...]], amounts: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """Write a unit that stands apart from its number together with it: 500 ml."""
    joined = list(found)
    for i in range(1, len(chunks)):
        amount = amounts.get(chunks[i - 1], "")
        unit = _spaced_units().get(normalise(chunks[i]).rstrip(".,;)")) if amount else None
        if unit:
            joined[i] = (amount + unit,)
    return joined


def _cut(normal: str) -> tuple[tuple[str, ...], str]:
    """Return the terms of a normalised chunk, and the amount it ends in ("" if in something else)."""
    found: list[str] = []
    amount = ""
    for match in _PIECE.finditer(normal):
        piece, number, unit = match[0], match["number"], match["unit"]
        if number:
            amount = _amount(number)
            found += _measured(amount, unit or "")
            amount = "" if unit else amount
        else:
            found += _glued_unit(amount, piece) or _FORMS[match.lastgroup or "word"](piece)
            amount = ""
    return tuple(found), amount


def _amount(digits: str) -> str:
    """Write a number one way: no thousands separators, a decimal point, no idle zeros."""
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    elif digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    if digits.count(".") == 1:
        digits = digits.rstrip("0").rstrip(".")
    return digits[:_LONGEST_TERM] or "0"


def _measured(number: str, unit: str) -> list[str]:
    if not unit:
        return [number]
    if unit == '"':
        return [number, number + "in"]
    known = _units().get(unit)
    return [number, number + known] if known else [(number + unit)[:_LONGEST_TERM]]


def _glued_unit(number: str, piece: str) -> list[str]:
    """Join a unit of an unspaced script to the number before it: 500毫升."""
    known = _units().get(piece) if number else None
    return [number + known] if known else []


def _word(word: str) -> list[str]:
    pieces = [piece[:_LONGEST_TERM] for piece in _JOINER.split(word)]
    if len(pieces) == 1:
        return _one_word(pieces[0])
    found = [term for part in pieces if len(part) > 1 for term in _one_word(part)]
    if "-" in word or "_" in word or "&" in word or not found:
        found.append(stem("".join(pieces)[:_LONGEST_TERM]))
    return found


def _one_word(word: str) -> list[str]:
    if word.isalpha():
        return [stem(word), *map(stem, parts(word))]
    split = _NAME_AND_NUMBER.fullmatch(word)
    return [word, split[1], split[2]] if split else [word]


def _han(run: str) -> list[str]:
    """Characters name the thing (灯, 锅) and pairs say which: together they find more than either alone."""
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


def _pairs(run: str) -> list[str]:
    if run[-1] == _LONG_MARK and len(run) > 3:
        run = run[:-1]
    if len(run) < 3:
        return [run[0], run] if len(run) == 2 and run[1] in _PARTICLES else [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _unspaced(run: str) -> list[str]:
    breaks = _breaks()
    breaks.setText(run)
    start, found = 0, []
    for end in breaks:
        found.append(run[start:end])
        start = end
    return found


_FORMS: Final = {"word": _word, "han": _han, "pairs": _pairs, "unspaced": _unspaced}


@cache
def _units() -> dict[str, str]:
    return {form: row[0] for row in table("units") for form in row}


@cache
def _spaced_units() -> dict[str, str]:
    """Units that may stand apart from their number: not "in", or "3 in 1" would measure three inches."""
    return {form: unit for form, unit in _units().items() if form != "in"}


_OWN = threading.local()


def _breaks() -> "icu.BreakIterator":
    """Return this thread's word breaker: ICU's holds the text it walks, so threads may not share one."""
    found = getattr(_OWN, "breaks", None)
    if found is None:
        found = _OWN.breaks = icu.BreakIterator.createWordInstance(icu.Locale("th"))
    return found
