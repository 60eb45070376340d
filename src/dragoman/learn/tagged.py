"""Texts with named spans: a shop's own JSON lines, or a public set, told from its content. Knows no torch."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

from dragoman.errors import BadInput
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.text.normalise import normalise
from dragoman.text.scripts import script

_OWN = 'a line is like {"lang": "de", "text": "rotes Zelt", "spans": [[0, 5, "color"]]}'
_NO_SPACES = frozenset({"Hani", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr"})
_NONE = "n/a"  # how the attribute sets write "not in this text"

Interval: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` up to, not including, ``end`` of a text, and what they are."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text, its spans in order and without overlap, and the words that tags stand on."""

    text: str
    lang: str
    spans: tuple[Span, ...]
    words: tuple[Interval, ...]

    @property
    def key(self) -> str:
        """The normalised text: the same text is never both trained on and measured by."""
        return normalise(self.text)


def read_tagged(path: Path, *, lang: str = "und", without: frozenset[str] = frozenset()) -> list[Tagged]:
    """Return the rows of a file in its order, each text once.

    | JSON lines | words | spans |
    |---|---|---|
    | ``{"lang", "text", "spans": [[start, end, label]]}`` | `words_in` | as they stand, in characters |
    | ``{"tokens", "tags"}`` (BIO) | the tokens | runs of tags |
    | ``{"input", "target_scores"}`` (AE-110k, OA-Mine) | `words_in` | values found in the text |
    | ``{"input_title", "target_scores"}`` (WDC-PAVE) | `words_in` | values found in the title |

    A value that does not stand in the text as whole words is left out: 3 in a hundred of WDC-PAVE's, 11 of
    AE-110k's, next to none of OA-Mine's, but 56 of WDC-PAVE's normalised ones, which are to no use here.

    Raises:
        NotFound: no such file.
        BadInput: a line that is none of these, with its number.
    """
    found: dict[str, Tagged] = {}
    for number, line in numbered_lines(path):
        try:
            row = _row(json.loads(line), lang)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise bad_line(path, number, f"{error!r}", _OWN) from error
        if row.text.strip() and normalise(row.text) not in without:
            found.setdefault(row.text, row)
    if not found:
        raise BadInput(f"{path} holds no rows", hint=_OWN)
    return list(found.values())


def words_in(text: str) -> tuple[Interval, ...]:
    """Return where words are: runs of letters or digits, single signs, characters of scripts without spaces.

    >>> [("30ml Öl 帽子"[start:end]) for start, end in words_in("30ml Öl 帽子")]
    ['30', 'ml', 'Öl', '帽', '子']
    """
    found: list[Interval] = []
    before = ""
    for i, char in enumerate(text):
        kind = _kind(char)
        goes_on = kind == "M" or (kind == before and kind in {"L", "N"})
        if goes_on and found and found[-1][1] == i:
            found[-1] = (found[-1][0], i + 1)
        elif kind:
            found.append((i, i + 1))
        before = before if kind == "M" else kind
    return tuple(found)


def tags_of(spans: Sequence[Span], words: Sequence[Interval]) -> list[str]:
    """Return a BIO tag a word: a span's words are those that start in it (Ramshaw and Marcus 1995).

    >>> tags_of([Span(0, 5, "color")], words_in("roter Hut"))
    ['B-color', 'O']
    """
    tags = ["O"] * len(words)
    for span in spans:
        inside = [i for i, (start, _) in enumerate(words) if span.start <= start < span.end]
        for i in inside:
            tags[i] = f"{'B' if i == inside[0] else 'I'}-{span.label}"
    return tags


def spans_of(tags: Sequence[str], words: Sequence[Interval]) -> tuple[Span, ...]:
    """Return the spans that BIO tags say; an I without its B begins one, as conlleval has it.

    >>> spans_of(["O", "B-color", "I-color", "I-size"], [(0, 1), (2, 4), (5, 7), (8, 9)])
    (Span(start=2, end=7, label='color'), Span(start=8, end=9, label='size'))
    """
    found: list[Span] = []
    before = "O"
    for tag, (start, end) in zip(tags, words, strict=True):
        label = tag[2:]
        if tag.startswith("I") and before[2:] == label and found:
            found[-1] = Span(found[-1].start, end, label)
        elif tag != "O":
            found.append(Span(start, end, label))
        before = tag
    return tuple(found)


def _row(row: Mapping[str, Any], lang: str) -> Tagged:  # Any: JSON
    said = str(row.get("lang", lang))
    if "tokens" in row:
        return _bio(row["tokens"], row["tags"], said)
    if "target_scores" in row:
        text = str(row["input"] if "input" in row else row["input_title"])
        return Tagged(text, said, _found(text, _values(row["target_scores"])), words_in(text))
    text = row["text"]
    spans = tuple(sorted(Span(int(start), int(end), str(label)) for start, end, label in row["spans"]))
    if not isinstance(text, str) or any(not 0 <= one.start < one.end <= len(text) for one in spans):
        raise ValueError("a span that is not within its text")
    if any(one.end > other.start for one, other in pairwise(spans)):
        raise ValueError("spans that overlap")
    return Tagged(text, said, spans, words_in(text))


def _bio(tokens: Sequence[str], tags: Sequence[str], lang: str) -> Tagged:
    """Chinese sets have a character a token: those stand side by side, others between spaces."""
    gap = "" if all(len(token) == 1 for token in tokens) else " "
    words: list[Interval] = []
    at = 0
    for token in tokens:
        words.append((at, at + len(token)))
        at += len(token) + len(gap)
    return Tagged(gap.join(tokens), lang, spans_of(tags, words), tuple(words))


def _values(scores: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:  # Any: 1, or pid and score
    for name, values in scores.items():
        for value, said in values.items():
            if value != _NONE and (not isinstance(said, dict) or 0 in said["pid"]):
                yield name, value


def _found(text: str, values: Iterator[tuple[str, str]]) -> tuple[Span, ...]:
    """Where values stand as whole words, longer ones first; one that would overlap is left out."""
    spans: list[Span] = []
    for name, value in sorted(values, key=lambda pair: (-len(pair[1]), pair)):
        for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE):
            start, end = match.span()
            if start < end and all(end <= one.start or one.end <= start for one in spans):
                spans.append(Span(start, end, name))
                break
    return tuple(sorted(spans))


def _kind(char: str) -> str:
    """L letters, N digits, M marks on what stands before them, the sign itself, "" for spaces."""
    category = unicodedata.category(char)[0]
    if category == "Z" or char.isspace():
        return ""
    if category in "NM":
        return category
    return "L" if category == "L" and script(char) not in _NO_SPACES else char
