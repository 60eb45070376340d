"""Texts with what is asked of them and where it stands: our own lines, or a public set. Knows no torch."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dragoman.errors import BadInput
from dragoman.learn.tagged import Interval, read_tagged
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.text.normalise import normalise

_OWN = 'a line is like {"lang": "de", "text": "rotes Zelt", "asks": {"color": [[0, 5]], "size": []}}'
_NONE = "n/a"
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, and for every ask the places that answer it, none where the text does not say.

    ``values`` are the right answers as the judges wrote them, which do not always stand in the text.
    """

    text: str
    lang: str
    places: Mapping[str, tuple[Interval, ...]]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The normalised text: the same text is never both trained on and measured by."""
        return normalise(self.text)


def read_asked(path: Path, *, lang: str = "und", names: Mapping[str, str] = _NO_NAMES) -> list[Asked]:
    """Return the rows of a file in its order, each text once.

    | JSON lines | text | asks |
    |---|---|---|
    | ``{"lang", "text", "asks": {name: [[start, end]]}}`` | as it stands | as they stand |
    | ``{"input", "target_scores"}`` (AE-110k, OA-Mine) | title | attributes, values found as words |
    | ``{"input_title", "input_description", "target_scores"}`` (WDC-PAVE) | both | likewise, by part |
    | ``{"tokens", "tags"}`` (BIO) | the tokens | every label of the file, in words by ``names`` |

    Where a set names only what is there (OA-Mine), the other attributes of its category count as not there.

    Raises:
        NotFound: no such file.
        BadInput: a line that is none of these, with its number.
    """
    rows = [json.loads(line) for _, line in _first(path)]
    if rows and "tokens" in rows[0]:
        return _named(path, lang, names)
    found: dict[str, Asked] = {}
    schemas: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
            one = _row(row, lang)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise bad_line(path, number, f"{error!r}", _OWN) from error
        if one.text.strip() and one.text not in found:
            found[one.text] = one
            kinds[one.text] = str(row.get("category", ""))
            schemas[kinds[one.text]].update(one.places)
    if not found:
        raise BadInput(f"{path} holds no rows", hint=_OWN)
    is_whole = any(not one.values[name] for one in found.values() for name in one.values)
    return (
        list(found.values())
        if is_whole
        else [_filled(one, schemas[kinds[one.text]]) for one in found.values()]
    )


def found_places(text: str, value: str, *, start: int = 0, end: int | None = None) -> tuple[Interval, ...]:
    """Return where a value stands in a text as whole words: everywhere if it has a letter, else first.

    A number alone says something else wherever it stands ("5" in "5 x 10, pack of 5").

    >>> found_places("Red hat, red shoe, 5 x 5", "red"), found_places("Red hat, red shoe, 5 x 5", "5")
    (((9, 12),), ((19, 20),))
    """
    pattern = rf"(?<!\w){re.escape(value.strip())}(?!\w)"
    places = [match.span() for match in re.finditer(pattern, text[:end]) if match.start() >= start]
    if not places:
        places = [
            match.span()
            for match in re.finditer(pattern, text[:end], re.IGNORECASE)
            if match.start() >= start
        ]
    if (
        not places and value.strip()
    ):  # inside a word: "4-core" of "4-core/8MB" is one, "6In" of "4Inx6In" is not
        at = text.find(value.strip(), start, end)
        places = [(at, at + len(value.strip()))] if at >= 0 else []
    return tuple(places if any(char.isalpha() for char in value) else places[:1])


def _first(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in numbered_lines(path):
        yield number, line
        return


def _row(row: Mapping[str, Any], lang: str) -> Asked:  # Any: JSON
    said = str(row.get("lang", lang))
    if "asks" in row:
        return _own(row, said)
    scores = row["target_scores"]
    parts = [str(row[key] or "") for key in ("input", "input_title", "input_description") if key in row]
    text = "\n".join(parts)
    starts = [0, len(parts[0]) + 1]
    places: dict[str, tuple[Interval, ...]] = {}
    values: dict[str, tuple[str, ...]] = {}
    for name, judged in scores.items():
        values[name] = tuple(value for value in judged if value != _NONE)
        spans: list[Interval] = []
        for value in sorted(values[name], key=lambda one: (-len(one), one)):
            for part in judged[value].get("pid", [0]) if isinstance(judged[value], dict) else [0]:
                end = starts[part] + len(parts[part])
                some = found_places(text, value, start=starts[part], end=end)
                spans += [one for one in some if all(one[1] <= a or b <= one[0] for a, b in spans)]
        places[name] = tuple(sorted(spans))
    return Asked(text, said, places, values)


def _own(row: Mapping[str, Any], lang: str) -> Asked:  # Any: JSON
    text = row["text"]
    if not isinstance(text, str):
        raise ValueError("a text is a string")
    places = {str(ask): tuple((int(a), int(b)) for a, b in spans) for ask, spans in row["asks"].items()}
    if any(not 0 <= a < b <= len(text) for spans in places.values() for a, b in spans):
        raise ValueError("a place that is not within its text")
    return Asked(text, lang, places, _said(text, places))


def _named(path: Path, lang: str, names: Mapping[str, str]) -> list[Asked]:
    rows = read_tagged(path, lang=lang)
    labels = sorted({span.label for row in rows for span in row.spans})
    found: list[Asked] = []
    for row in rows:
        places = {
            names.get(label, label.lower()): tuple(
                (one.start, one.end) for one in row.spans if one.label == label
            )
            for label in labels
        }
        found.append(Asked(row.text, row.lang, places, _said(row.text, places)))
    return found


def _said(text: str, places: Mapping[str, Sequence[Interval]]) -> dict[str, tuple[str, ...]]:
    return {ask: tuple(dict.fromkeys(text[a:b] for a, b in spans)) for ask, spans in places.items()}


def _filled(one: Asked, schema: set[str]) -> Asked:
    return replace(one, places={name: one.places.get(name, ()) for name in sorted(schema)})
