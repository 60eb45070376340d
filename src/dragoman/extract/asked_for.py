"""Which of the facts that were read answers an attribute, whatever it is called, and in any language."""

import re
from collections.abc import Mapping, Sequence

from dragoman.extract.labelled import names_of
from dragoman.extract.naming import attribute_named
from dragoman.extract.normal import normalise
from dragoman.extract.page import primary
from dragoman.extract.view import fold
from dragoman.text.normalise import normalise as plain
from dragoman.types import Fact, Lang

_PLURAL = re.compile(r"\(e?s\)\s*$")  # "Color(s)"
_KIN: Mapping[str, Sequence[str]] = {
    "brand": ("manufacturer",),
    "manufacturer": ("brand",),
    "part number": ("model number",),
    "model number": ("part number",),
    "manufacturer stock number": ("part number", "model number"),
    "manufacturer part number": ("part number", "model number"),
    "mpn": ("part number", "model number"),
    "upc": ("gtin",),
    "retail upc": ("gtin",),
    "ean": ("gtin",),
    "barcode": ("gtin",),
    "capacity": ("storage capacity", "volume", "load capacity", "memory"),
    "pack quantity": ("number of items",),
    "quantity": ("number of items",),
    "pieces": ("number of items",),
    "metal type": ("material",),
    "fabric": ("material",),
    "gender": ("target gender",),
    "processor type": ("processor family",),
    "clock speed": ("frequency",),
    "size/weight": ("weight", "volume", "size"),
    "thermal design power": ("power",),
    "wattage": ("power",),
    "interface": ("device interface", "connection type", "connectivity technology"),
    "closure": ("closure type",),
    "mounting": ("mounting type",),
    "stones total weight": ("carat weight",),
}
"""What serves where nothing of the attribute's own name was read, the nearest first."""


def fact_for(attribute: str, facts: Sequence[Fact], lang: Lang = "en") -> Fact | None:
    """Return the surest fact that answers an attribute, None if none does; of equals the first.

    >>> facts = [Fact("Material", "steel", "", "Edelstahl", 0.8), Fact("Weight", "540", "g", "540 g", 0.9)]
    >>> fact_for("Gewicht", facts, "de").quote, fact_for("Fabric type", facts).quote, fact_for("Age", facts)
    ('540 g', 'Edelstahl', None)
    """
    label, spoken = fold(_PLURAL.sub("", attribute)), primary(lang)
    names = {
        label,
        fold(attribute_named(label, spoken)),
        *(fold(one.name) for one in names_of(label, spoken)),
    }
    near = [name for known, kin in _KIN.items() if known in names for name in kin]
    for some in (names, *({name} for name in near)):
        if answers := [fact for fact in facts if fold(fact.name) in some]:
            return max(answers, key=lambda fact: fact.confidence)
    return None


def common_form(attribute: str, value: str, lang: Lang = "en") -> str:
    """Return a value in the form that all ways of writing it share; what has no rule, normalised.

    >>> common_form("Width", "9.5 inches") == common_form("Breite", "24,13 cm", "de")
    True
    >>> common_form("Brand Name", "ＨＰ")
    'hp'
    """
    found = normalise(attribute, value, lang)
    said = " / ".join(f"{fact.value} {fact.unit}".strip() for fact in found)
    return plain(said or value)
