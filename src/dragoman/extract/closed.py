"""Closed values of a category's attributes, found by their names in the text's language: 25 of them."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from dragoman.extract.denial import denial
from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.phrases import PhraseTable, phrases
from dragoman.extract.schema import LANGS, attribute_numbers, taxonomy, wording
from dragoman.extract.view import fold

# Attributes that are read by rules of their own, or whose values are words of every text.
OWN: Final = frozenset({
    "color", "pattern", "material", "fabric", "target_gender", "age_group", "size", "shoe_size",
    "accessory_size",
    "recommended_age_group", "infant_age_group", "item_condition", "condition", "manufacturer_type",
    "features", "style",
    "theme", "country", "bulb_size", "bedding_size", "language_version", "supported_language", "user_type",
    "orientation",
    "plant_name", "animal_type", "vehicle_type", "skill_level", "usage_type", "firmness", "suitable_space",
    "ingredients",
    "package_type", "product_form", "dispenser_type", "rarity", "license_type", "care_instructions",
    "hand_side",
    "allergen_information", "fuel_supply",
})  # fmt: skip
_BASE: Final = {"title": 0.66, "bullet": 0.6, "description": 0.52, "attribute": 0.6}
SHORTEST: Final = 4
"""Letters of the shortest value of an alphabet that is looked for; of the others, two characters."""

# Values that are words of every text, whatever the attribute.
_EVERYWHERE: Final = frozenset(
    fold(word.replace("_", " "))
    for word in files("dragoman.extract").joinpath("data/everywhere.txt").read_text(encoding="utf-8").split()
)


def closed(piece: Piece, shelf: Shelf) -> Iterator[Found]:
    """Yield the closed values of the category's attributes that a piece names."""
    table = _table(piece.lang)
    wanted = _wanted(shelf)
    if not wanted:
        return
    for phrase in phrases(piece.view, table):
        for number in table.meanings[phrase.form]:
            handles = wanted.get(number, ())
            # A value of several attributes says nothing about any of them.
            if len(handles) == 1 and denial(piece, phrase.start, phrase.end) is None:
                words = 1 + phrase.form.count(" ")
                sure = (_BASE[piece.place] + (0.1 if words > 1 else 0.0)) * (0.6 + 0.4 * shelf.trust)
                english = wording("en").values[number]
                yield Found(_name_of(handles[0]), english, "", phrase.start, phrase.end, sure)


def closed_value(attribute: str, folded: str, lang: str) -> str:
    """Return the English of a value that an attribute's closed list has, "" for none.

    >>> closed_value("Power source", fold("Batteriebetrieben"), "de")
    'Battery-powered'
    """
    at = attribute_numbers().get(fold(attribute))
    if at is None:
        return ""
    own = set(taxonomy().attributes[at].values)
    for tag in dict.fromkeys((lang, "en")):
        for number in _every(tag).get(folded, ()):
            if number in own:
                return wording("en").values[number]
    return ""


def _wanted(shelf: Shelf) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for handle, numbers in shelf.attributes.items():
        if handle not in OWN and not handle.endswith(
            ("_material", "_color", "_pattern", "_features", "fabric")
        ):
            for number in numbers:
                found[number] = (*found.get(number, ()), handle)
    return found


@cache
def _name_of(handle: str) -> str:
    return next(attribute.name for attribute in taxonomy().attributes if attribute.handle == handle)


@cache
def _table(lang: str) -> PhraseTable[tuple[int, ...]]:
    """Folded values worth looking for in running text → their numbers."""
    return PhraseTable({form: numbers for form, numbers in _every(lang).items() if _is_telling(form)})


@cache
def _every(lang: str) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    langs = [lang, "zh-Hant"] if lang == "zh" else ["pt", "pt-PT"] if lang == "pt" else [lang]
    for tag in langs:
        for number, text in enumerate(wording(tag).values if tag in LANGS else ()):
            for form in _forms(text):
                entry = found.setdefault(form, [])
                if number not in entry:
                    entry.append(number)
    return {form: tuple(numbers) for form, numbers in found.items()}


def _forms(text: str) -> list[str]:
    """Return a value's forms: "Double extra large (XXL)" is also what stands before the bracket."""
    texts = (text, text.partition("(")[0]) if "(" in text else (text,)
    return [form for form in dict.fromkeys(map(fold, texts)) if form]


def _is_telling(form: str) -> bool:
    if form in _EVERYWHERE or form.replace(" ", "").isdigit():
        return False
    is_alphabetic = form[0] < "\u0e00"
    return len(form) >= (SHORTEST if is_alphabetic else 2)
