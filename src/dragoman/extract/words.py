"""The tables of words that rules read by: names of attributes, values, claims, denials; in all languages."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from dragoman.extract.view import fold
from dragoman.text.tables import rows

LANGS: Final = (
    "en", "de", "fr", "es", "pt", "it", "pl", "ru", "tr", "vi", "id", "ar", "hi", "th", "ja", "ko", "zh",
    "zh-Hant",
)  # fmt: skip
"""Languages of the tables' columns."""

# What "~" stands for: endings of adjectives that follow their noun's gender, number and case.
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "de": ("", "e", "en", "er", "es", "em"),
    "fr": ("", "e", "s", "es", "x"),
    "es": ("", "o", "a", "os", "as", "e", "es", "s"),
    "pt": ("", "o", "a", "os", "as", "e", "es", "s", "is", "l"),
    "it": ("", "o", "a", "i", "e", "che", "chi"),
    "pl": ("y", "a", "e", "ego", "ej", "ych", "ym", "i", "ie", "ą", "o"),
    "ru": (
        "", "ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", 
        "ых", "их", "ую", "ым", "им", "ом",
    ),
}  # fmt: skip
# The ending that a dictionary cites a stem by, by the stem's last letters: the first that fits.
_CITED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "es": (("azul", ""), ("gris", ""), ("a", ""), ("e", ""), ("", "o")),
    "pt": (("ve", "l"), ("azul", ""), ("a", ""), ("e", ""), ("", "o")),
    "it": (("argent", "o"), ("ent", "e"), ("il", "e"), ("ol", "e"), ("", "o")),
    "pl": (("k", "i"), ("g", "i"), ("", "y")),
    "ru": (
        ("син", "ий"), ("мужск", "ой"), ("складн", "ой"), ("беспроводн", "ой"), ("младенц", "ы"),
        ("к", "ий"), ("г", "ий"), ("", "ый"),
    ),
}  # fmt: skip


class Value(NamedTuple):
    """One value of an attribute, and whether the word alone proves nothing."""

    attribute: str
    value: str
    is_doubtful: bool = False


class Claim(NamedTuple):
    """A claim's name, and whether the form says yes."""

    name: str
    says: bool


class Name(NamedTuple):
    """An attribute, and what its value is: a kind of unit, or value, size, code ..."""

    name: str
    kind: str


@cache
def names() -> tuple[Name, ...]:
    """Return our own attributes, in the table's order."""
    return tuple(Name(row[0], row[1]) for row in _table("names"))


@cache
def kinds() -> Mapping[str, str]:
    """Return the kind of each of our attributes."""
    return {name.name: name.kind for name in names()}


@cache
def labels(lang: str) -> Mapping[str, tuple[Name, ...]]:
    """Return what a label may name, by its folded form, in a language and in English.

    >>> labels("de")["gewicht"], labels("zh")["重量"]
    ((Name(name='Weight', kind='g'),), (Name(name='Weight', kind='g'),))
    """
    found: dict[str, list[Name]] = {}
    for name, form in _label_forms(lang):
        entry = found.setdefault(fold(form), [])
        # A claim has its label only where no attribute has it: "Foldable: yes".
        if name not in entry and (name.kind != "claim" or not entry):
            entry.append(name)
    return {form: tuple(entry) for form, entry in found.items()}


def _label_forms(lang: str) -> Iterator[tuple[Name, str]]:
    for table, start in (("names", 2), ("claims", 1)):
        for row in _table(table):
            name = Name(row[0], row[1] if table == "names" else "claim")
            forms = [form for tag in _columns(lang) for form in _cell(row, start, tag)]
            yield from ((name, form.rstrip("~")) for form in forms if not form.startswith("!"))


@cache
def word_set(name: str) -> frozenset[str]:
    """Return a small set of folded words of all languages: ``yes``, ``no``, ``size``."""
    found = {row[0]: row[1] for row in _table("sets")}
    return frozenset(fold(word) for word in found[name].split(";"))


@cache
def values(lang: str) -> Mapping[str, tuple[Value, ...]]:
    """Return the attribute values that a folded form means in a language (and in English, in other scripts).

    >>> values("ru")["красное"]
    (Value(attribute='Color', value='Red', is_doubtful=False),)
    """
    found: dict[str, list[Value]] = {}
    for row in _table("values"):
        for tag in _columns(lang, is_strict=True):
            for form in expanded(_cell(row, 2, tag), tag):
                value = Value(row[0], row[1], form in doubtful())
                entry = found.setdefault(form, [])
                if all(known.value != value.value for known in entry):
                    entry.append(value)
    return {form: tuple(entry) for form, entry in found.items()}


@cache
def claims(lang: str) -> Mapping[str, Claim]:
    """Return what a folded form claims in a language.

    >>> claims("en")["batteries not included"]
    Claim(name='Batteries included', says=False)
    """
    found: dict[str, Claim] = {}
    for row in _table("claims"):
        for tag in _columns(lang, is_strict=True):
            for form in _cell(row, 1, tag):
                says = not form.startswith("!")
                for plain in expanded([form.lstrip("!")], tag):
                    found.setdefault(plain, Claim(row[0], says))
    return found


class Negators(NamedTuple):
    """Words that deny what follows them, and what comes before them."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@cache
def negators(lang: str) -> Negators:
    """Return the words that deny, of a language and of English."""
    found = {row[0]: row for row in _table("negators")}
    told = [found[tag] for tag in dict.fromkeys((lang, "en")) if tag in found]
    before = [fold(word) for row in told for word in row[1].split(";") if word]
    after = [fold(word) for row in told if len(row) > 2 for word in row[2].split(";") if word]
    return Negators(tuple(before), tuple(after))


@cache
def counts() -> Negators:
    """Return the words that stand before the number of pieces in a package, and after it; all languages."""
    told: dict[str, list[str]] = {"before": [], "after": []}
    for row in _table("counts"):
        words = row[1].split(" ") if row[0] == "after" else re.findall(r"(?:\S+ )?\S+", row[1])
        told[row[0]] += [fold(word) for word in words]
    return Negators(tuple(told["before"]), tuple(sorted(set(told["after"]), key=len, reverse=True)))


@cache
def doubtful() -> frozenset[str]:
    """Return the folded words that mostly mean something else."""
    text = files("dragoman.extract").joinpath("data/doubtful.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(fold(word) for line in lines for word in line.split())


def shown_forms(table: str, start: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """Yield, per row, its key columns and the form that is shown in each language."""
    for row in _table(table):
        yield row[:start], {tag: cited(forms[0], tag) for tag in LANGS if (forms := _cell(row, start, tag))}


def cited(form: str, lang: str) -> str:
    """Return a form as a dictionary has it: a stem with the ending that its language cites it by.

    >>> cited("negr~", "es"), cited("czarn~", "pl"), cited("устойчив~ к пятнам", "ru"), cited("rot~", "de")
    ('negro', 'czarny', 'устойчивый к пятнам', 'rot')
    """
    stem, mark, rest = form.partition("~")
    endings = _CITED.get(lang, ()) if mark else ()
    return stem + next((ending for last, ending in endings if stem.endswith(last)), "") + rest


def spelled(table: str, start: int, lang: str) -> Iterator[str]:
    """Yield the forms of one language of a table as they are spelled, marks taken off."""
    for row in _table(table):
        for form in _cell(row, start, lang) if lang in LANGS else ():
            yield form.strip("!~")


def expanded(forms: Iterable[str], lang: str) -> list[str]:
    """Return the folded forms, endings written out and articles joined.

    >>> expanded(["rot~"], "de")[:3]
    ['rot', 'rote', 'roten']
    """
    found: list[str] = []
    for form in forms:
        stem, mark, rest = form.partition("~")
        endings = ENDINGS.get(lang, ("",)) if mark else ("",)
        found += [fold(stem + ending + rest) for ending in endings]
        if lang == "ar" and " " not in form:
            found += [fold(article + form) for article in ("ال", "بال", "وال", "ب", "لل", "من ال", "من ")]
    return list(dict.fromkeys(found))


def _columns(lang: str, is_strict: bool = False) -> list[str]:
    """Return the columns that a text of a language is read by.

    English words stand in texts of every other script, but in Latin ones they may be words of their own.
    """
    chinese = ["zh", "zh-Hant"] if lang == "zh" else [lang]
    known = [tag for tag in chinese if tag in LANGS]
    latin = lang in ("de", "fr", "es", "pt", "it", "pl", "tr", "vi", "id")
    return [*known, "en"] if not (is_strict and latin) and lang != "en" else known or ["en"]


def _cell(row: tuple[str, ...], start: int, tag: str) -> list[str]:
    at = start + LANGS.index(tag)
    return [form for form in row[at].split(";") if form] if at < len(row) else []


@cache
def _table(name: str) -> tuple[tuple[str, ...], ...]:
    text = files("dragoman.extract").joinpath(f"data/{name}.tsv").read_text(encoding="utf-8")
    return tuple(rows(text))
