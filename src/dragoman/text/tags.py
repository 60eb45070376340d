"""Language tags (BCP 47): one canonical spelling, direction, names, and the best of what there is.

Knows tags, never words: which language a text is in is the business of ``text.detect``.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from babel import Locale
from babel.core import UnknownLocaleError, get_global

from dragoman.errors import BadInput
from dragoman.types import Lang

LONGEST = 100
"""Characters of the longest tag read at all; real ones stay under 35 (RFC 5646, section 4.4.1)."""

# RFC 5646, section 2.1: language, extlang, script, region; what follows is kept in lower case.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}|[a-z]{5,8})(?:-(?P<extlang>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|\d{3}))?(?P<rest>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-z0-9](?:-[a-z0-9]{2,8})+)*)"
)
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr", "Aran"})
# Languages whose readers read the other as a matter of course (CLDR languageMatching, distance < 10).
_READS_TOO = {"nb": ("no", "nn"), "no": ("nb", "nn"), "nn": ("nb", "no"), "gsw": ("de",), "yue": ("zh",)}


class _Parts(NamedTuple):
    language: str
    script: str
    region: str


@lru_cache(maxsize=4096)
def canonical(tag: str) -> Lang:
    """Return the tag in its one spelling: old codes replaced, a script named only where it is news.

    For Chinese the script is what a reader needs to know, and regions mostly stand for it, so
    ``zh-CN`` and ``zh-TW`` become ``zh-Hans`` and ``zh-Hant``. Other regions are kept.

    Raises:
        BadInput: not a tag, or no language of that code; the hint names the likely one.

    >>> canonical("PT_br"), canonical("iw"), canonical("zh-TW"), canonical("zh-HK"), canonical("en-Latn")
    ('pt-BR', 'he', 'zh-Hant', 'zh-Hant-HK', 'en')
    """
    found = _TAG.fullmatch(tag.strip().replace("_", "-").lower()) if len(tag) <= LONGEST else None
    if found is None or not _exists(found["language"]):
        raise BadInput(f"{tag[:LONGEST]!r} is not a language tag", hint=_remedy(tag))
    language, aliased = _unaliased(found["extlang"] or found["language"])
    script = (found["script"] or "").title() or aliased
    region = _region((found["region"] or "").upper())
    shortest = _shortest(_Parts(language, script, region))
    return "-".join(part for part in shortest if part) + (found["rest"] or "")


def direction(lang: Lang) -> Literal["ltr", "rtl"]:
    """Return which way a text of this language runs, from its (likely) script.

    >>> direction("ar"), direction("az-Arab"), direction("ja"), direction("und")
    ('rtl', 'rtl', 'ltr', 'ltr')
    """
    return "rtl" if _expanded(lang).script in _RIGHT_TO_LEFT else "ltr"


def script_of(lang: Lang) -> str:
    """Return the (likely) script of a language as ISO 15924 has it; "" where nobody knows.

    >>> script_of("zh-TW"), script_of("ja"), script_of("pt-BR"), script_of("und")
    ('Hant', 'Jpan', 'Latn', '')
    """
    return _expanded(lang).script


def language_name(lang: Lang, in_lang: Lang) -> str:
    """Return the name of ``lang`` written in ``in_lang`` (CLDR); English or the bare tag where CLDR has none.

    >>> language_name("de", "fr"), language_name("zh-Hant", "en"), language_name("pt-BR", "de")
    ('allemand', 'Traditional Chinese', 'Portugiesisch (Brasilien)')
    """
    return _name(lang, locale_of(in_lang)) or _name(lang, locale_of("en")) or lang


def best(wanted: Sequence[Lang], available: Sequence[Lang]) -> Lang:
    """Return the member of ``available`` that a reader of ``wanted`` (best first) is served with; "" if none.

    A language in the reader's script comes before the same language in another one, a text for
    no region in particular before one for somebody else's, and then the order of ``available`` decides.

    >>> best(["zh-TW"], ["en", "zh-Hans", "zh-Hant"]), best(["pt"], ["pt-BR"]), best(["fr"], ["de"])
    ('zh-Hant', 'pt-BR', '')
    """
    for lang in wanted:
        if lang in available:
            return lang
        asked = _expanded(lang)
        ranks = [(_distance(asked, _expanded(tag)), place) for place, tag in enumerate(available)]
        if ranks and min(ranks)[0] < _FOREIGN:
            return available[min(ranks)[1]]
    return ""


@cache
def locale_of(lang: Lang) -> Locale:
    """Return babel's locale for a tag: the nearest one that CLDR describes, else English.

    >>> str(locale_of("zh-Hant-HK")), str(locale_of("de-XX")), str(locale_of("tlh"))
    ('zh_Hant_HK', 'de', 'en')
    """
    parts = _expanded(lang)
    for spelling in (
        "_".join(filter(None, parts)),
        f"{parts.language}_{parts.region}",
        f"{parts.language}_{parts.script}",
        parts.language,
    ):
        try:
            return Locale.parse(spelling, resolve_likely_subtags=False)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


_FOREIGN = 100


def _distance(asked: _Parts, offered: _Parts) -> int:
    if offered.language != asked.language:
        relatives = _READS_TOO.get(asked.language, ())
        return 50 + relatives.index(offered.language) if offered.language in relatives else _FOREIGN
    other_script = 20 if offered.script != asked.script else 0
    # CLDR's parents: a reader in Mexico is nearer to es-419 than to es-ES.
    parent = get_global("parent_exceptions").get(f"{asked.language}_{asked.region}", "")
    if offered.region == asked.region or parent == f"{offered.language}_{offered.region}":
        return other_script
    # The likely region of the language stands for "no region in particular": en is en-US, pt is pt-BR.
    home = _likely(_Parts(offered.language, offered.script, "")).region
    return other_script + (1 if offered.region == home else 2)


@lru_cache(maxsize=4096)
def _expanded(lang: Lang) -> _Parts:
    pieces = lang.split("-")
    language = pieces[0]
    script = next((piece for piece in pieces[1:3] if len(piece) == 4 and piece.isalpha()), "")
    region = next((piece for piece in pieces[1:3] if re.fullmatch(r"[A-Z]{2}|\d{3}", piece)), "")
    return _likely(_Parts(language, script, region))


def _likely(parts: _Parts) -> _Parts:
    """Fill what is missing from CLDR's likely subtags (UTS 35, "Add Likely Subtags")."""
    if parts.language == "und":
        return parts
    table = get_global("likely_subtags")
    for key in (
        f"{parts.language}_{parts.script}_{parts.region}",
        f"{parts.language}_{parts.region}",
        f"{parts.language}_{parts.script}",
        parts.language,
    ):
        if key in table:
            _, script, region = table[key].split("_")
            return _Parts(parts.language, parts.script or script, parts.region or region)
    return parts


def _shortest(parts: _Parts) -> _Parts:
    language, script, region = parts
    if language == "zh":
        script = script or (_likely(parts).script if region else "")
        home = _likely(_Parts(language, script, "")).region
        return _Parts(language, script, "" if region == home else region)
    if script and script == _likely(_Parts(language, "", region)).script:
        script = ""
    return _Parts(language, script, region)


def _unaliased(language: str) -> tuple[str, str]:
    """Return the present code of a language, and the script that an old code stood for."""
    replaced, _, script = str(get_global("language_aliases").get(language, language)).partition("_")
    return replaced, script if len(script) == 4 else ""


def _region(region: str) -> str:
    replaced = get_global("territory_aliases").get(region, (region,))
    return str(replaced[0]) if replaced else region


def _exists(language: str) -> bool:
    return (
        language == "und"
        or ("qaa" <= language <= "qtz" and len(language) == 3)
        or language in get_global("likely_subtags")
        or language in get_global("language_aliases")
        or language in Locale("en").languages
    )


def _name(lang: Lang, locale: Locale) -> str:
    parts = lang.split("-")
    for end in range(len(parts), 0, -1):
        if name := locale.languages.get("_".join(parts[:end])):
            details = [_detail(part, locale) for part in parts[end:]]
            return f"{name} ({', '.join(details)})" if details else str(name)
    return ""


def _detail(part: str, locale: Locale) -> str:
    return str(locale.scripts.get(part) or locale.territories.get(part) or part)


def _remedy(tag: str) -> str:
    likely = _meant(tag.strip().lower())
    return f"did you mean {likely!r}?" if likely else "write a BCP 47 tag such as 'en', 'pt-BR' or 'zh-Hans'"


def _meant(wrong: str) -> Lang:
    """Return the tag of a language named in English, or spoken in a country whose code was given."""
    spoken = get_global("likely_subtags").get(f"und_{wrong.upper()}")
    if spoken:
        language, script, _ = str(spoken).split("_")
        return canonical(f"{language}-{script}")
    names = {str(name).lower(): code for code, name in Locale("en").languages.items()}
    near = get_close_matches(wrong[:LONGEST], list(names), n=1, cutoff=0.85)
    return canonical(names[near[0]]) if near else ""
