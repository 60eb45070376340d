"""Views with translations beside their texts, for a reader of another language. Knows JSON, no engine."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.errors import DragomanError
from dragoman.guide import Guide
from dragoman.serve.shown import Json, Reader
from dragoman.text.tags import best, direction
from dragoman.translate import Abilities, is_translated
from dragoman.types import Text, Translation

log = logging.getLogger(__name__)

_AS_WRITTEN = ("titles", "original")  # parts of a view that show what the seller wrote, and nothing else
_CATEGORY_LANG = "en"  # of category paths, as catalogues name them; another one is told from its words


@dataclass(frozen=True, slots=True)
class _Spot:
    """A text of a view that its reader may not be able to read."""

    value: str
    lang: str
    brand: str


def translated(view: Json, guide: Guide, reader: Reader) -> Json:
    """Return a view in which every text of another language has ``translation``, None if not sure enough.

    Facts get the name and value that the reader's language has for them, a category path too. A
    translator that is down costs the translations, never the page: one warning is logged.
    """
    spots = list(dict.fromkeys(_spots(view, reader, "", "")))
    texts = [Text(spot.value, spot.lang) for spot in spots]
    keep = [(spot.brand,) if spot.brand else () for spot in spots]
    try:
        made = guide.translate(texts, reader.lang, keep=keep)
    except DragomanError as error:  # one that is down, or one that the shop has set up wrongly
        log.warning("translate langs=%s texts=%d error=%s", reader.lang, len(texts), error.message)
        return view
    found = {spot: one for spot, one in zip(spots, made, strict=True) if is_translated(one)}
    shown: Json = _with(view, found, reader, "", "")
    return shown


def translation_view(made: Translation) -> Json:
    """Return a translation as it stands beside its original: value, language, who made it, how sure it is."""
    return {
        "value": made.text.value,
        "lang": made.text.lang,
        "dir": direction(made.text.lang),
        "engine": made.engine,
        "confidence": round(made.confidence, 4),
        "machine": made.text.source == "machine",
    }


def translations_view(made: Sequence[Translation], engine: str) -> Json:
    """Return translations as the body of ``POST /v1/translate``; ``translated`` says whether one is."""
    return {
        "engine": engine,
        "translations": [
            {
                "value": one.text.value,
                "lang": one.text.lang,
                "dir": direction(one.text.lang),
                "source": one.original.lang,
                "engine": one.engine,
                "confidence": round(one.confidence, 4),
                "machine": one.text.source == "machine",
                "translated": is_translated(one),
            }
            for one in made
        ],
    }


def abilities_view(able: Abilities) -> Json:
    """Return what can be translated as the body of ``GET /v1/translate/pairs``."""
    return {
        "engine": able.engine,
        "any": able.takes_any,
        "pairs": [
            {
                "source": one.source,
                "target": one.target,
                "shown": one.is_shown,
                "floor": one.floor,
                "chrf": one.chrf,
                "n": one.n,
            }
            for one in able.pairs
        ],
        "terms": list(able.terms),
        "glossary": [{"source": source, "target": target} for source, target in able.glossary],
    }


def _spots(part: Any, reader: Reader, brand: str, lang: str) -> Iterator[_Spot]:  # Any: JSON
    if isinstance(part, list):
        for one in part:
            yield from _spots(one, reader, brand, lang)
    if not isinstance(part, dict):
        return
    brand, lang = part.get("brand") or brand, _lang_of(part) or lang
    yield from (_Spot(value, tag, brand) for value, tag in _own(part, lang) if _is_foreign(tag, reader))
    for name, inner in part.items():
        if name not in _AS_WRITTEN:
            yield from _spots(inner, reader, brand, lang)


def _with(  # Any: JSON
    part: Any, found: Mapping[_Spot, Translation], reader: Reader, brand: str, lang: str
) -> Any:
    if isinstance(part, list):
        return [_with(one, found, reader, brand, lang) for one in part]
    if not isinstance(part, dict):
        return part
    brand, lang = part.get("brand") or brand, _lang_of(part) or lang
    inner = {
        name: value if name in _AS_WRITTEN else _with(value, found, reader, brand, lang)
        for name, value in part.items()
    }
    foreign = [(value, tag) for value, tag in _own(part, lang) if _is_foreign(tag, reader)]
    made = {value: found.get(_Spot(value, tag, brand)) for value, tag in foreign}
    return inner | (_added(part, made) if made else {})


def _added(part: Mapping[str, Any], made: Mapping[str, Translation | None]) -> Json:
    """What is put beside the words of one object: a text, a fact, or something with a category."""
    if "dir" in part:
        [one] = made.values()
        return {"translation": translation_view(one) if one else None}
    if "category" in part:
        [one] = made.values()
        return {"category_translation": translation_view(one) if one else None}
    words = {key: made.get(part[key]) for key in ("name", "value")}
    said = {key: one.text.value if one else part[key] for key, one in words.items()}
    return {"translation": said if any(words.values()) else None}


def _own(part: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """The words of one object itself, each with its language: a text's, a category's, a fact's."""
    if "value" in part and "lang" in part and "dir" in part:
        return [(part["value"], part["lang"])]
    if part.get("category") and "title" in part:
        return [(part["category"], _CATEGORY_LANG)]
    if "name" in part and "unit" in part:
        return [(word, lang) for word in dict.fromkeys((part["name"], part["value"])) if word]
    return []


def _lang_of(part: Mapping[str, Any]) -> str:
    """The language that a product's facts are in: that of the title as its seller wrote it."""
    own = part.get("original") or next(iter(part.get("titles", ())), None) or part.get("title")
    return str(own.get("lang", "")) if isinstance(own, dict) else ""


def _is_foreign(lang: str, reader: Reader) -> bool:
    return not best(reader.langs, [lang])
