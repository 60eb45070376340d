"""Sizes of shoes and clothes: which size a text names in which country's count, and the same elsewhere."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.words import word_set
from dragoman.text.measures import shown_number
from dragoman.text.tables import rows

_SHOES: Final = ("EU", "US", "UK", "JP")
_CLOTHES: Final = ("letter", "EU", "US", "UK", "FR", "IT", "JP", "CN")
_LETTERS: Final = r"(?:(?:xx?x?|[2-6]x)[ls]|[xsml]|xxs)"
_WORDS: Final = "|".join(sorted(map(re.escape, word_set("size")), key=lambda word: (-len(word), word)))
_COUNTRY: Final = re.compile(
    r"(?<![a-z])(?P<system>eu|eur|us|usa|uk|gb|jp|fr|it|cn)[ .:-]?(?P<who>men'?s?|women'?s?|m|w|kids)? "
    r"?(?P<size>\d{1,3}(?:[.,]5|1/2| 1/2)?)(?![\d.,]*\d| ?(?:v|hz|mm|cm|kg|g|plug|stecker)\b)"
)
_BEHIND: Final = re.compile(r"(?<![\d.,])(?P<size>\d{2}(?:[.,]5)?) ?(?:码|碼|号鞋|號鞋)")
_KOREAN: Final = re.compile(r"(?<!\d)(?P<size>2[0-9][05]|30[05]) ?(?:mm|밀리)?(?!\d)")
_CENTIMETRES: Final = re.compile(r"(?<![\d.])(?P<size>1[2-9]|2\d|3[0-2])(?P<half>[.,]5|[.,]0)? ?cm")
_NAMED: Final = re.compile(
    rf"(?<![^\W\d_])(?:{_WORDS})[ :.-]{{0,3}}(?P<size>\d{{1,2}}(?:[.,]5)?|{_LETTERS})(?![^\W_]|[.,]\d)"
)
_LETTER: Final = re.compile(rf"(?<![\w'’.-])(?P<size>{_LETTERS})(?![\w'’.-])")
_SLASH: Final = re.compile(r"(?<!\d)(?P<size>1[4-9]\d/\d{2,3}a?)(?!\d)")


# Sizes written out, as US shops do.
_LONG_NAMES: Final = {
    "small": "S", "medium": "M", "large": "L", "x-large": "XL", "xx-large": "XXL", "extra large": "XL",
    "x-small": "XS",
    "extra small": "XS", "xxx-large": "3XL", "extra-large": "XL", "xx-small": "XXS", "2x-large": "XXL",
    "3x-large": "3XL",
}  # fmt: skip
_LONG: Final = re.compile(
    rf"(?<![\w-])(?P<size>{'|'.join(sorted(_LONG_NAMES, key=len, reverse=True))})(?![\w-])"
)


def sizes(piece: Piece, shelf: Shelf, *, is_labelled: bool = False, name: str = "") -> Iterator[Found]:
    """Yield the sizes that a piece names, shoes in EU counting where the table knows it.

    Args:
        is_labelled: The piece is the value of a size's label: bare letters and numbers count.
        name: "Shoe size" where the label says so.
    """
    is_shoe = shelf.is_footwear or name == "Shoe size"
    if not (is_shoe or shelf.is_worn or is_labelled):
        # Elsewhere only what can be nothing else: 39码.
        for found in _BEHIND.finditer(piece.view.folded):
            yield Found("Shoe size", found["size"].replace(",", "."), "EU", found.start(), found.end(), 0.7)
        return
    yield from _shoes(piece, is_labelled) if is_shoe else _clothes(piece, is_labelled)


def _shoes(piece: Piece, is_labelled: bool) -> Iterator[Found]:
    text, kind = piece.view.folded, _whose(piece)
    for found in _COUNTRY.finditer(text):
        system = {"eur": "EU", "usa": "US", "gb": "UK", "cn": "EU", "fr": "EU", "it": "EU"}.get(
            found["system"], found["system"].upper()
        )
        size = _plain(found["size"])
        equal = same_size(size, system, kind).get("EU", "") if kind else ""
        value, unit = (equal, "EU") if equal else (size, system)
        yield Found("Shoe size", value, unit, found.start(), found.end(), 0.85)
    for pattern in (_BEHIND, *((_NAMED,) if not is_labelled else ())):
        for found in pattern.finditer(text):
            size = _plain(found["size"])
            if size[:1].isdigit():
                system = "EU" if 16 <= float(size) <= 52 else ""
                yield Found("Shoe size", size, system, found.start(), found.end(), 0.8 if system else 0.6)
    if is_labelled or piece.lang in ("ja", "ko"):
        yield from _by_foot(piece, kind)
    bare = re.fullmatch(r" ?(\d{1,2}(?:[.,]5)?) ?", text) if is_labelled else None
    if bare:
        size = _plain(bare[1])
        yield Found("Shoe size", size, "EU" if 30 <= float(size) <= 52 else "", 0, len(text), 0.85)


def _by_foot(piece: Piece, kind: str) -> Iterator[Found]:
    """Japan counts the foot in centimetres, Korea in millimetres."""
    for found in _CENTIMETRES.finditer(piece.view.folded):
        size = shown_number(float(found["size"]) + (0.5 if (found["half"] or "").endswith("5") else 0.0))
        equal = same_size(size, "JP", kind).get("EU", "") if kind else ""
        yield Found("Shoe size", equal or size, "EU" if equal else "JP", found.start(), found.end(), 0.7)
    for found in _KOREAN.finditer(piece.view.folded) if piece.lang == "ko" else ():
        size = shown_number(int(found["size"]) / 10)
        equal = same_size(size, "JP", kind).get("EU", "") if kind else ""
        yield Found("Shoe size", equal or size, "EU" if equal else "JP", found.start(), found.end(), 0.75)


def _clothes(piece: Piece, is_labelled: bool) -> Iterator[Found]:
    text = piece.view.folded
    for found in _NAMED.finditer(text) if not is_labelled else ():
        yield Found("Size", _letter(found["size"]), "", found.start(), found.end(), 0.85)
    for found in _SLASH.finditer(text):
        yield Found("Size", found["size"].upper(), "CN", found.start(), found.end(), 0.8)
    if is_labelled or piece.place == "title":
        yield from _lettered(piece, is_labelled)
    if is_labelled and (bare := re.fullmatch(r" ?(\d{1,3}) ?", text)):
        yield Found("Size", bare[1], "", 0, len(text), 0.8)


def _lettered(piece: Piece, is_labelled: bool) -> Iterator[Found]:
    text = piece.view.folded
    for found in _LETTER.finditer(text):
        written = piece.view.quote(found.start(), found.end())
        if written.isupper() and (is_labelled or len(written) > 1 or _ends(text, found)):
            sure = 0.85 if is_labelled else 0.6
            yield Found("Size", _letter(found["size"]), "", found.start(), found.end(), sure)
    for found in _LONG.finditer(text):
        if is_labelled or _ends(text, found):
            yield Found("Size", _LONG_NAMES[found["size"]], "", found.start(), found.end(), 0.85)


def _ends(text: str, found: re.Match[str]) -> bool:
    """A lone letter is a size where it ends the title or stands between commas: "T-Shirt, M"."""
    before, behind = text[: found.start()].rstrip(), text[found.end() :].lstrip()
    return (not behind or behind[0] in ",)]/|") and before[-1:] in tuple(",-(/|")


def _whose(piece: Piece) -> str:
    text = piece.view.folded
    if re.search(
        r"\b(?:women|women's|womens|ladies|damen|femme|mujer|donna|feminino|damsk\w+|женск\w+|kadin)\b"
        r"|レディース|女|여성|여자|نسائي|महिला|หญิง",
        text,
    ):
        return "women's shoes"
    if re.search(
        r"\b(?:men|men's|mens|herren|homme|hombre|uomo|masculino|mesk\w+|мужск\w+|erkek)\b|メンズ|男|남성|남자"
        r"|رجالي|पुरुष|ชาย",
        text,
    ):
        return "men's shoes"
    return ""


def _plain(size: str) -> str:
    return re.sub(r" ?1/2", ".5", size).replace(",", ".")


def _letter(size: str) -> str:
    plain = size.upper()
    return {"XXXL": "3XL", "2XL": "XXL", "XXXS": "3XS"}.get(plain, plain)


def same_size(size: str, system: str, kind: str) -> Mapping[str, str]:
    """Return a size in every country's count; empty for a size that the table lacks.

    Args:
        system: EU, US, UK or JP; for clothes also letter, FR, IT, CN.
        kind: "women's shoes", "men's clothes" ...

    >>> same_size("39", "EU", "women's shoes")["US"], same_size("M", "letter", "men's clothes")["EU"]
    ('8.5', '48')
    """
    for row in _sizes():
        if row["kind"] == kind and row.get(system, "").upper() == size.upper():
            return {name: value for name, value in row.items() if name != "kind"}
    return {}


@cache
def _sizes() -> tuple[Mapping[str, str], ...]:
    text = files("dragoman.extract").joinpath("data/sizes.tsv").read_text(encoding="utf-8")
    return tuple(
        {"kind": row[0]} | dict(zip(_SHOES if row[0].endswith("shoes") else _CLOTHES, row[1:], strict=True))
        for row in rows(text)
    )
