"""A shop's own words: how it wants its terms said in each language. Knows a file's rows, no translator."""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dragoman.errors import BadConfig, BadInput, NotFound
from dragoman.text.tags import best, canonical
from dragoman.translate.protect import Kept
from dragoman.types import Lang

_REMEDY = "each row: source term, source language, target term, target language"
_Pair = tuple[Lang, Lang]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by pair of languages; make one with ``glossary`` or ``read_glossary``."""

    terms: Mapping[_Pair, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    digest: str = ""  # changes with any term: translations made with another are stale

    def whole(self, text: str, source: Lang, target: Lang) -> str:
        """Return the term for a text that is nothing but one, "" where it is none."""
        return self._between(source, target).get(_key(text), "")

    def found_in(self, text: str, source: Lang, target: Lang) -> tuple[Kept, ...]:
        """Return where a text holds terms, and what they are in the target's language, the longest first."""
        wanted = self._between(source, target)
        found = [
            Kept(match.start(), match.end(), wanted[term], "term")
            for term in sorted(wanted, key=lambda term: (-len(term), term))
            for match in _pattern(term).finditer(text)
        ]
        return tuple(found)

    def pairs(self) -> frozenset[_Pair]:
        """Return the pairs of languages that have a term."""
        return frozenset(self.terms)

    def _between(self, source: Lang, target: Lang) -> Mapping[str, str]:
        kept = self.terms
        froms = [pair for pair in kept if best([source], [pair[0]])]
        tag = best([target], [pair[1] for pair in froms])
        return next((kept[pair] for pair in froms if pair[1] == tag), {}) if tag else {}


def glossary(rows: Iterable[Sequence[str]]) -> Glossary:
    """Return the glossary of rows (source term, source language, target term, target language).

    Raises:
        BadConfig: a row of another shape, an empty term, or a language that is none.

    >>> glossary([("slow cooker", "en", "Schongarer", "de")]).whole("Slow Cooker", "en-GB", "de")
    'Schongarer'
    """
    terms: dict[_Pair, dict[str, str]] = {}
    for row in rows:
        cells = [cell.strip() for cell in row]
        if len(cells) < 4 or not cells[0] or not cells[2]:
            raise BadConfig(f"{cells!r} is no row of a glossary", hint=_REMEDY)
        try:
            pair = (canonical(cells[1]), canonical(cells[3]))
        except BadInput as error:
            raise BadConfig(f"{cells!r}: {error.message}", hint=error.hint or _REMEDY) from error
        terms.setdefault(pair, {})[_key(cells[0])] = cells[2]
    said = repr(sorted((pair, sorted(held.items())) for pair, held in terms.items()))
    return Glossary(terms, hashlib.blake2b(said.encode(), digest_size=6).hexdigest() if terms else "")


def read_glossary(path: str) -> Glossary:
    """Return the glossary of a TSV or CSV file in UTF-8; a heading and lines that start with # are skipped.

    Raises:
        NotFound: the file does not exist.
        BadConfig: a row that is none; the message holds file and line.
    """
    if not path:
        return Glossary()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"no glossary file {path!r}", hint="name an existing file") from error
    except (UnicodeDecodeError, OSError) as error:
        raise BadConfig(f"{path}: {error}", hint="a glossary is TSV or CSV in UTF-8") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    comma = "," if lines and "\t" not in lines[0] else "\t"
    rows = list(csv.reader(lines, delimiter=comma))
    if rows and len(rows[0]) >= 4 and not _is_tag(rows[0][1]):
        rows = rows[1:]
    try:
        return glossary(rows)
    except BadConfig as error:
        raise BadConfig(f"{path}: {error.message}", hint=error.hint) from error


def _is_tag(text: str) -> bool:
    try:
        return bool(canonical(text))
    except BadInput:
        return False


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _pattern(term: str) -> re.Pattern[str]:
    """A term as a whole word where words are spaced; its spaces may be any, its case too."""
    words = r"\s+".join(re.escape(word) for word in term.split())
    before = r"(?<![^\W_])" if _is_spaced(term[0]) else ""
    after = r"(?![^\W_])" if _is_spaced(term[-1]) else ""
    return re.compile(before + words + after, re.IGNORECASE)


def _is_spaced(char: str) -> bool:
    return char.isalnum() and not re.match(
        "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]", char
    )
