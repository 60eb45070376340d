"""What a query may be called in another language: a few versions, brands and codes copied."""

from dragoman.text.brands import recognise
from dragoman.text.lexicon import say_in_english
from dragoman.text.normalise import normalise
from dragoman.translate.desk import Desk
from dragoman.translate.request import is_translated, translate
from dragoman.translate.terms import term_for
from dragoman.types import Lang, Text

_KNOWN = 0.7  # share of a query that the lexicon must know to be a version of its own


def query_versions(text: str, source: Lang, target: Lang, *, desk: Desk) -> tuple[str, ...]:
    """Return what a query may be called, the surest first, () where nobody knows.

    The shop's own word or an exact term, what the translator makes of it, and into English the
    words that the lexicon knows. Three at most, no two alike.

    Raises:
        Unavailable: the translator does not answer.
    """
    # No floor: nobody reads it, and whether a pair is used at all goes by what it gains.
    [made] = translate(
        [Text(text, source)],
        target,
        desk=desk,
        keep=[recognise(text, known=desk.brands)],
        is_floored=False,
    )
    found = [made.text.value] if is_translated(made) else []
    found.append(term_for(text, source, target))
    if target == "en":
        said = say_in_english(text, source)
        found.append(said.english if said.known >= _KNOWN else "")
    kept = {normalise(version): version for version in reversed(found) if version}
    return tuple(reversed(kept.values()))
