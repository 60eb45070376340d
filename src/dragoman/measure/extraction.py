"""How well attribute values are read: precision, recall and F1, letter by letter and by what they mean."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from dragoman.errors import BadInput
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.measure.values import Counts, counted
from dragoman.types import Lang

_NONE = "n/a"
_HINT = 'a line is like {"lang": "de", "text": "rotes Zelt", "facts": {"color": ["rot"], "size": []}}'

Form: TypeAlias = Callable[[str, str, Lang], str]
"""Attribute, value, language: the form that all ways of writing the value share."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and what people say it states of each attribute: any of the values is right, none if none."""

    text: str
    lang: Lang
    right: Mapping[str, tuple[str, ...]]
    category: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One attribute of one text: the right values, and the one that was said ("" for none)."""

    attribute: str
    lang: Lang
    right: tuple[str, ...]
    value: str


def read_judged(path: Path, *, lang: Lang = "") -> list[Judged]:
    """Return the rows of a JSON lines file, packed or not.

    | line | text | right values |
    |---|---|---|
    | ``{"text", "facts": {name: value or list}}`` (or ``"attributes"``) | as it stands | as they stand |
    | ``{"text", "asks": {name: [[start, end]]}}`` | as it stands | what stands at the places |
    | ``{"input", "target_scores"}`` (AE-110k, OA-Mine) | title | all but "n/a" |
    | ``{"input_title", "input_description", "target_scores"}`` (WDC-PAVE) | both | likewise |

    Args:
        lang: Of rows that name no ``lang`` of their own; "" where the caller tells it from the words.

    Raises:
        NotFound: no such file.
        BadInput: a line that is none of these, with its number, or no rows.
    """
    rows: list[Judged] = []
    for number, line in numbered_lines(path):
        try:
            rows.append(_row(json.loads(line), lang))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise bad_line(path, number, _problem(error), _HINT) from error
    if not rows:
        raise BadInput(f"{path} holds no rows", hint=_HINT)
    return rows


def _problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg}"
    return f"has no {error.args[0]!r}" if isinstance(error, KeyError) else f"cannot be read: {error}"


def _row(row: Mapping[str, Any], lang: Lang) -> Judged:  # Any: JSON
    parts = [row[key] or "" for key in ("text", "input", "input_title", "input_description") if key in row]
    text = "\n".join(parts)
    if not text.strip():
        raise KeyError("text")
    said = row["facts"] if "facts" in row else row.get("attributes")
    if said is None and "asks" in row:
        said = {name: [text[a:b] for a, b in places] for name, places in row["asks"].items()}
    if said is None:
        said = {name: list(judged) for name, judged in row["target_scores"].items()}
    right = {str(name): _values(value) for name, value in said.items()}
    return Judged(text, str(row.get("lang") or lang), right, str(row.get("category") or ""))


def _values(value: Any) -> tuple[str, ...]:  # Any: JSON
    if isinstance(value, Mapping):
        raise ValueError("a value is a string or a list of strings")
    some = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(dict.fromkeys(str(one).strip() for one in some if str(one).strip() not in ("", _NONE)))


@dataclass(frozen=True, slots=True)
class ValueFigures:
    """Counts of one group of (text, attribute) pairs: values compared as written, and by what they mean."""

    exact: Counts
    normalised: Counts

    @property
    def n(self) -> int:
        """How many of the pairs have a value to be read."""
        return self.exact.missed + self.exact.right + self.exact.wrong

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return ``{"n", "exact": {"precision", "recall", "f1"}, "normalised": {…}}``, shares 0..1."""
        return {"n": self.n, "exact": _shares(self.exact), "normalised": _shares(self.normalised)}


@dataclass(frozen=True, slots=True)
class ExtractionFigures:
    """What was measured on one set of texts, whole and by attribute and language."""

    texts: int
    whole: ValueFigures
    attributes: Mapping[str, ValueFigures] = field(default_factory=dict)
    langs: Mapping[str, ValueFigures] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return ``{"n": texts, "values", "exact", "normalised", "attributes": {…}, "languages": {…}}``."""
        whole = self.whole.as_json()
        return {
            "n": self.texts,
            "values": whole["n"],
            "exact": whole["exact"],
            "normalised": whole["normalised"],
            "attributes": {name: one.as_json() for name, one in self.attributes.items()},
            "languages": {name: one.as_json() for name, one in self.langs.items()},
        }


def score_values(texts: int, said: Sequence[Said], form: Form) -> ExtractionFigures:
    """Return the figures of what was said: micro-averaged, right if it is any of the right values.

    >>> said = [Said("Color", "de", ("Rot",), "rot")]
    >>> found = score_values(1, said, lambda name, value, lang: value.lower())
    >>> found.whole.exact.f1, found.whole.normalised.f1
    (0.0, 1.0)
    """
    by_name: dict[str, list[Said]] = defaultdict(list)
    by_lang: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_name[one.attribute].append(one)
        by_lang[one.lang].append(one)
    return ExtractionFigures(
        texts,
        _figures(said, form),
        {name: _figures(by_name[name], form) for name in sorted(by_name)},
        {name: _figures(by_lang[name], form) for name in sorted(by_lang)},
    )


def _figures(said: Sequence[Said], form: Form) -> ValueFigures:
    alike = [
        (
            [form(one.attribute, value, one.lang) for value in one.right],
            one.value and form(one.attribute, one.value, one.lang),
        )
        for one in said
    ]
    return ValueFigures(counted((one.right, one.value) for one in said), counted(alike))


def _shares(counts: Counts) -> dict[str, float]:
    return {
        "precision": round(counts.precision, 6),
        "recall": round(counts.recall, 6),
        "f1": round(counts.f1, 6),
    }
