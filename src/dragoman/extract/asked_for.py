"""Which of the facts that were read answers an attribute, whatever it is called, and in any language."""

from collections.abc import Sequence

from dragoman.extract.labelled import names_of
from dragoman.extract.naming import attribute_named
from dragoman.extract.normal import normalise
from dragoman.extract.page import primary
from dragoman.extract.view import fold
from dragoman.text.normalise import normalise as plain
from dragoman.types import Fact, Lang


def fact_for(attribute: str, facts: Sequence[Fact], lang: Lang = "en") -> Fact | None:
    """Return the surest fact that answers an attribute, None if none does; of equals the first.

    >>> facts = [Fact("Material", "steel", "", "Edelstahl", 0.8), Fact("Weight", "540", "g", "540 g", 0.9)]
    >>> fact_for("Gewicht", facts, "de").quote, fact_for("Fabric type", facts).quote, fact_for("Age", facts)
    ('540 g', 'Edelstahl', None)
    """
    label, spoken = fold(attribute), primary(lang)
    names = {
        label,
        fold(attribute_named(label, spoken)),
        *(fold(one.name) for one in names_of(label, spoken)),
    }
    answers = [fact for fact in facts if fold(fact.name) in names]
    return max(answers, key=lambda fact: fact.confidence, default=None)


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
