"""Which of a translator's languages a tag means. Knows tags, no engine."""

from collections.abc import Collection
from dataclasses import dataclass

from dragoman.errors import Unsupported
from dragoman.text.tags import canonical
from dragoman.types import Lang

_INSTEAD = {"no": "nb", "nn": "nb", "nb": "no"}


@dataclass(frozen=True, slots=True)
class Direction:
    """From one language into another, both as the translator names them."""

    source: Lang
    target: Lang


def nearest(lang: Lang, known: Collection[Lang]) -> Lang | None:
    """Return the language among ``known`` that a tag means; None where none does.

    >>> nearest("pt-BR", {"pt"}), nearest("zh-TW", {"zh", "zh-Hant"}), nearest("zh-TW", {"zh"})
    ('pt', 'zh-Hant', 'zh')
    """
    whole = canonical(lang)
    parts = whole.split("-")
    tries = ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
    if len(parts) == 1:  # any kind of it will do: "zh" is content with "zh-Hans"
        tries += sorted(one for one in known if one.split("-")[0] == whole)
    return next((one for one in [*tries, _INSTEAD.get(parts[0], "")] if one in known), None)


def direction(source: Lang, target: Lang, pairs: Collection[tuple[Lang, Lang]], name: str) -> Direction:
    """Return the pair that two tags mean.

    Raises:
        BadInput: one of them is no language tag.
        Unsupported: it is none of ``pairs``; the hint names those that are.
    """
    here = nearest(source, {one for one, _ in pairs})
    there = nearest(target, {other for one, other in pairs if one == here})
    if here is None or there is None:
        into = ", ".join(sorted({other for one, other in pairs if here in (None, one)}))
        raise Unsupported(f"{name} cannot translate {source} → {target}", hint=f"it translates into: {into}")
    return Direction(here, there)
