"""Parallel text to translate by: the same text in many languages, numbers as marks, terms joined to titles.

A file is JSON lines of concepts, the taxonomy's wide table, a table of sentences with a column a language, or
a dictionary of two columns. Knows files and texts, never tensors.
"""

import csv
import gzip
import hashlib
import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from dragoman.errors import BadInput, NotFound
from dragoman.types import Lang

Phrase: TypeAlias = Mapping[Lang, str]
"""The same text by language."""
_Row: TypeAlias = tuple[int, Mapping[str, str]]  # which form of its English, and the texts by column

MARKS = tuple(f"⟦{i}⟧" for i in range(20))
"""What stands for a brand, a number or a link while a text is translated; it comes out as it went in."""

HELD = 4  # per cent of terms that only measure: those that the shipped encoder has not met either
_COLUMNS = {"zh-CN": "zh", "zh-TW": "zh-Hant", "pt-BR": "pt", "zh_Hant": "zh-Hant"}
_UNREAD = frozenset({"id", "kind", "context_en", "pt-PT", "split_de", "split_fr", "safe_split"})
_MOST = 300  # characters; what is longer is no sentence
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_JOINTS = (", ", ", ", ", ", " - ", " | ", " ", " / ")
_LETTERS = {"eng": "en", "deu": "de", "fra": "fr", "ara": "ar", "hin": "hi", "ind": "id", "ita": "it"}
_LETTERS |= {"jpn": "ja", "nld": "nl", "pol": "pl", "por": "pt", "rus": "ru", "spa": "es", "swe": "sv"}
_LETTERS |= {"tur": "tr"}


def share_of(text: str) -> float:
    """Return a number in 0..1 that belongs to the text, the same on every machine.

    >>> share_of("tent") == share_of("tent"), 0 <= share_of("tent") < 1
    (True, True)
    """
    return int.from_bytes(hashlib.sha1(text.encode()).digest()[:6]) / 2**48


def is_held_out(phrase: Phrase) -> bool:
    """Say whether a phrase only measures: by a hash of its English in lower case, as for the encoder."""
    return int(hashlib.sha1(phrase["en"].lower().encode()).hexdigest(), 16) % 100 < HELD


def read_phrases(path: Path, further: Path | None = None) -> list[Phrase]:
    """Return the phrases of a file, in its order; of several with one English text, the commonest of each.

    A line that is another ``form`` of the same thing (``{"form": 1, "texts": …}``: a synonym, a plural) is a
    phrase of its own.

    Args:
        further: A file with some of the same English texts, from which languages are taken that they lack.

    Raises:
        NotFound: no such file.
        BadInput: a line that is no phrase, with its number.
    """
    if not path.is_file():
        hint = "set `data` (DRAGOMAN_DATA) to where the public sets are"
        raise NotFound(f"no parallel text at {path}", hint=hint)
    rows = _table(path) if path.name.endswith((".tsv", ".tsv.gz")) else _lines(path)
    kept = ((form, _cleaned(row)) for form, row in rows)
    phrases = _voted([(form, row) for form, row in kept if len(row) > 1 and "en" in row])
    if further is None:
        return phrases
    more = {one["en"].lower(): one for one in read_phrases(further)}
    return [{**more.get(one["en"].lower(), {}), **one} for one in phrases]


def marked(source: str, target: str) -> tuple[str, str]:
    """Return both texts with the same marks for the same numbers; as they were where the numbers differ.

    >>> marked("Pack of 12, 3 cm", "12er-Pack, 3 cm")
    ('Pack of ⟦0⟧, ⟦1⟧ cm', '⟦0⟧er-Pack, ⟦1⟧ cm')
    """
    numbers = _NUMBER.findall(source)
    if not numbers or len(numbers) > len(MARKS) or Counter(numbers) != Counter(_NUMBER.findall(target)):
        return source, target
    places: dict[str, list[str]] = defaultdict(list)
    for mark, number in zip(MARKS, numbers, strict=False):
        places[number].append(mark)
    left = iter(MARKS)
    return _NUMBER.sub(lambda _: next(left), source), _NUMBER.sub(lambda n: places[n[0]].pop(0), target)


def titles(phrases: Sequence[Phrase], k: int, *, seed: int) -> list[Phrase]:
    """Return ``k`` texts like titles: terms side by side, and marks where brands and numbers stand."""
    rng = random.Random(f"{seed}/titles")
    short = [phrase for phrase in phrases if len(phrase["en"]) <= 40 and len(phrase) > 12]
    return [_title(rng.sample(short, rng.choice((1, 2, 2, 3, 4))), rng) for _ in range(k)] if short else []


def _title(parts: Sequence[Phrase], rng: random.Random) -> Phrase:
    joint = rng.choice(_JOINTS)
    marks = iter(MARKS)
    before = f"{next(marks)} " if rng.random() < 0.5 else ""
    between = [f" {next(marks)}" if rng.random() < 0.2 else "" for _ in parts]
    after = f"{joint}{next(marks)}" if rng.random() < 0.4 else ""
    langs = set.intersection(*(set(part) for part in parts))
    return {
        lang: before + joint.join(p[lang] + b for p, b in zip(parts, between, strict=True)) + after
        for lang in sorted(langs)
    }


def _voted(rows: Sequence[tuple[int, Phrase]]) -> list[Phrase]:
    """One phrase an English text and form: of each language what is said most often, of these the first."""
    said: dict[tuple[int, str], dict[Lang, list[str]]] = {}
    for form, row in rows:
        known = said.setdefault((form, row["en"].lower()), {})
        for lang, text in row.items():
            known.setdefault(lang, []).append(text)
    return [{lang: _commonest(texts) for lang, texts in some.items()} for some in said.values()]


def _commonest(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else Counter(texts).most_common(1)[0][0]


def _cleaned(row: Mapping[str, str]) -> Phrase:
    found = {}
    for lang, text in row.items():
        plain = " ".join(unicodedata.normalize("NFC", text).split())
        if plain and len(plain) <= _MOST:
            found[_COLUMNS.get(lang, lang)] = plain
    return found


def _opened(path: Path) -> Iterator[str]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        yield from lines


def _table(path: Path) -> Iterator[_Row]:
    pair = [_LETTERS.get(part, "") for part in path.name.split(".")[0].split("-")]
    names = dict(zip(("source", "target"), pair, strict=False)) if len(pair) == 2 and all(pair) else {}
    for row in csv.DictReader(_opened(path), delimiter="\t", quoting=csv.QUOTE_NONE):
        if "glosses_en" in row:
            english = row["glosses_en"].split("/")[0].split(";")[0].strip()
            yield 0, {"en": english, "zh": row["simplified"], "zh-Hant": row["traditional"]}
            continue
        yield 0, {names.get(k, k): v.strip('"') for k, v in row.items() if v and k not in _UNREAD}


def _lines(path: Path) -> Iterator[_Row]:
    for number, line in enumerate(_opened(path), 1):
        try:
            row = json.loads(line)
            if "texts" in row:
                yield int(row.get("form", 0)), {lang: texts[0] for lang, texts in row["texts"].items()}
            elif row.get("safe_split", "train") == "train":
                yield 0, {lang: text for lang, text in row.items() if text and lang not in _UNREAD}
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            hint = 'a line is like {"texts": {"en": ["tent"], "ko": ["텐트"]}}'
            raise BadInput(f"{path}:{number}: {error}", hint=hint) from error
