"""Finds the phrases of a table in a folded text: whole words where they are spaced, runs where they touch."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final, Generic, NamedTuple, TypeVar

from dragoman.extract.view import View, fold
from dragoman.extract.words import spelled

LONGEST_WORDS: Final = 6
"""Words of the longest phrase looked for."""

_HAN: Final = "\u3005\u3400-\u9fff"
_KANA: Final = "\u3041-\u30ff\u31f0-\u31ff"
_THAI: Final = "\u0e00-\u0e7f"
_HANGUL: Final = "\uac00-\ud7a3"
_TOUCHING: Final = re.compile(f"[{_HAN}{_KANA}{_THAI}{_HANGUL}]")
_WORD: Final = re.compile(
    f"[{_HAN}{_KANA}{_THAI}{_HANGUL}]+"
    rf"|(?:(?![{_HAN}{_KANA}{_THAI}{_HANGUL}])[\w\u0900-\u0dff'&+])+"
)  # fmt: skip
_GAP: Final = re.compile(r"[ \-–/]?")
_ACCENTED: Final = frozenset({"vi"})


class Phrase(NamedTuple):
    """A phrase of the table, and where it stands."""

    form: str
    start: int
    end: int


_Meaning = TypeVar("_Meaning")


class PhraseTable(Generic[_Meaning]):
    """Folded forms and what they mean, with what makes looking for them fast.

    >>> from dragoman.extract.view import view
    >>> table = PhraseTable({"stainless steel": 1})
    >>> [phrase.form for phrase in phrases(view("A Stainless-Steel pan"), table)]
    ['stainless steel']
    """

    def __init__(self, meanings: Mapping[str, _Meaning]) -> None:
        self.meanings = meanings
        self.first: dict[str, int] = {}  # first word → words of the longest form that starts with it
        self.starts: set[str] = set()  # first characters of forms in scripts whose words touch
        self.wide: dict[str, list[str]] = {}  # forms with spaces in such scripts (Korean), by first character
        self.longest = 1
        for form in meanings:
            words = _WORD.findall(form)
            if words and _TOUCHING.match(words[0]) and " " in form:
                self.wide.setdefault(form[0], []).append(form)
            elif words and _TOUCHING.match(words[0]):
                self.starts.add(form[0])
                self.longest = max(self.longest, len(words[0]))
            elif words:
                self.first[words[0]] = max(self.first.get(words[0], 0), min(len(words), LONGEST_WORDS))


def phrases(view: View, table: PhraseTable[_Meaning]) -> Iterator[Phrase]:
    """Yield the longest phrase of the table at each place, from left to right, none inside another."""
    text = view.folded
    spans = list(_WORD.finditer(text))
    last = -1
    for at, span in enumerate(spans):
        if span.start() < last:
            continue
        if _TOUCHING.match(span[0]):
            for part in _inside(text, span, table):
                last = part.end
                yield part
        elif (reach := table.first.get(span[0])) and (phrase := _words(text, spans, at, reach, table)):
            last = phrase.end
            yield phrase


def _words(
    text: str, spans: list[re.Match[str]], at: int, reach: int, table: PhraseTable[_Meaning]
) -> Phrase | None:
    """Return the longest form that starts with the word ``at``, with spaces or as it is written."""
    words = [spans[at][0]]
    for before, span in pairwise(spans[at : at + reach]):
        if not _GAP.fullmatch(text, before.end(), span.start()):
            break
        words.append(span[0])
    for count in range(len(words), 0, -1):
        start, end = spans[at].start(), spans[at + count - 1].end()
        for form in (" ".join(words[:count]), text[start:end]):
            if form in table.meanings:
                return Phrase(form, start, end)
    return None


def _inside(text: str, span: re.Match[str], table: PhraseTable[_Meaning]) -> Iterator[Phrase]:
    run, at = span[0], 0
    while at < len(run):
        start = span.start() + at
        wide = [form for form in table.wide.get(run[at], ()) if text.startswith(form, start)]
        if wide and not (at and "가" <= run[at] <= "힣"):
            form = max(wide, key=len)
            yield Phrase(form, start, start + len(form))
            at += len(form)
            continue
        size = _size_at(run, at, table) if run[at] in table.starts else 0
        if size:
            yield Phrase(run[at : at + size], start, start + size)
        at += size or 1


def _size_at(run: str, at: int, table: PhraseTable[_Meaning]) -> int:
    for size in range(min(table.longest, len(run) - at), 0, -1):
        if run[at : at + size] in table.meanings and _stands(run, at, size):
            return size
    return 0


def _stands(run: str, at: int, size: int) -> bool:
    """Say whether a form may stand here: not as a part of a longer word, nor as one character of a run."""
    first, last = run[at], run[at + size - 1]
    before, after = run[at - 1 : at], run[at + size : at + size + 1]
    if size == 1:
        return not before and not after
    if "ァ" <= first <= "ヺ" and before and ("ァ" <= before <= "ー"):
        return False
    if "ァ" <= last <= "ー" and after and ("ァ" <= after <= "ー"):
        return False
    return not ("가" <= first <= "힣" and before and "가" <= before <= "힣")


def is_written_so(view: View, phrase: Phrase, lang: str, forms: Mapping[str, frozenset[str]]) -> bool:
    """Say whether the accents of a word are those of the table, in languages where they make another word.

    Vietnamese ``den`` is nothing, ``đen`` black, ``đèn`` a lamp: folded they are one.
    """
    if lang not in _ACCENTED or phrase.form not in forms:
        return True
    written = unicodedata.normalize("NFC", view.quote(phrase.start, phrase.end)).casefold()
    return " ".join(written.split()) in forms[phrase.form]


@cache
def accents(lang: str, table: str, start: int) -> Mapping[str, frozenset[str]]:
    """Return the spellings with accents of each folded form of a table's column."""
    found: dict[str, set[str]] = {}
    for form in spelled(table, start, lang):
        found.setdefault(fold(form), set()).add(unicodedata.normalize("NFC", form).casefold())
    return {form: frozenset(spellings) for form, spellings in found.items()}
