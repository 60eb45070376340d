"""Colours, materials, patterns, for whom: values of common attributes, found by name in any language."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from dragoman.extract.denial import denial
from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.phrases import Phrase, PhraseTable, accents, is_written_so, phrases
from dragoman.extract.words import Value, values

_BASE: Final[Mapping[str, Mapping[str, float]]] = {
    "Color": {"title": 0.7, "bullet": 0.56, "description": 0.46, "attribute": 0.5},
    "Material": {"title": 0.8, "bullet": 0.68, "description": 0.6, "attribute": 0.55},
    "Pattern": {"title": 0.75, "bullet": 0.55, "description": 0.45, "attribute": 0.5},
    "Target gender": {"title": 0.8, "bullet": 0.5, "description": 0.4, "attribute": 0.5},
    "Age group": {"title": 0.75, "bullet": 0.5, "description": 0.35, "attribute": 0.5},
}
_MADE: Final = re.compile(
    r"(?:made (?:of|from|with|out of)|crafted (?:from|of)|constructed (?:of|from)|100% ?(?:pure |organic "
    r")?|\d{1,3} ?% ?"
    r"|aus(?: hochwertigem| echtem| massivem| robustem)?|in|en|fabrique en|de|di|in puro|z|ze|из"
    r"|сделан[аоы]? из|made in"
    r"|hecho de|feito de|fatto di|wykonan[aey] z|lam tu|chat lieu|terbuat dari|dari|مصنوع من|مصنوعه من|من"
    r"|ทำจาก|ผลิตจาก"
    r"|采用|选用|使用|由)\s?(?:high[- ]quality |premium |durable |genuine |solid |soft |hochwertigem )?$"
)
_MADE_BEHIND: Final = re.compile(
    r"\s?(?:से बना|से बनी|से बने|का बना|製|制成|制|材质|素材|소재|재질|로 만든|으로 만든)"
)
# Words behind a colour or material that make it the name of something else.
_NAMED: Final = re.compile(
    r"[ -](?:noise|tea|pepper|rice|wine|juice|light|friday|friendly|& decker|and decker|retriever|beans?"
    r"|dots?|laser|leds?|ridge|creek|river|mountain|diamond|sugar|meat|bull"
    r"|cross|glove|label|box|tooth|ray|berry|berries|chip|board|plate dishes|oil|towels?|clips?|cutter"
    r"|crafts?|tape|shredder"
    r"|jam|bag|tray|cleaner|band|holder|removal|wood|hat|widow|head|out|list|belt|course|smoke|house"
    r"|print|grip|tumbler)\b"
)
_FOR: Final = re.compile(
    r"(?:for|cleans?|on|suitable for|use on|safe for|protects?|for use with|compatible with)\s(?:\w+,? "
    r"){0,4}$"
)


def valued(piece: Piece, shelf: Shelf) -> Iterator[Found]:
    """Yield the values whose names stand in a piece, unless they are denied or part of another name."""
    table = value_table(piece.lang)
    spelled = accents(piece.lang, "values", 2)
    for phrase in phrases(piece.view, table):
        if not is_written_so(piece.view, phrase, piece.lang, spelled):
            continue
        for value in table.meanings[phrase.form]:
            sure = _sure(piece, phrase, value, shelf)
            if sure > 0 and not denial(piece, phrase.start, phrase.end):
                yield Found(value.attribute, value.value, "", phrase.start, phrase.end, sure)
    if piece.lang == "de":
        yield from _compounds(piece, table, shelf)


@cache
def value_table(lang: str) -> PhraseTable[tuple[Value, ...]]:
    """Return the values of a language, ready to be looked for."""
    return PhraseTable(values(lang))


_COMPOUND: Final = re.compile(r"(?<!\w)[a-z]{9,}")
# What such a word may end in without being made of what it starts with: leather care, glass cleaner.
_TREATED: Final = re.compile(
    r"(?:pflege|reinig|fett|kleb|spray|politur|farb|bohr|schneid|scher|sage|imit|optik|look|frei|such"
    r"|putz|lack)"
)


def _compounds(piece: Piece, table: PhraseTable[tuple[Value, ...]], shelf: Shelf) -> Iterator[Found]:
    """Yield the materials that German compounds start with: Gusseisenpfanne, Lederschuhe."""
    for word in _COMPOUND.finditer(piece.view.folded):
        for size in range(len(word[0]) - 3, 4, -1):
            start, end = word.start(), word.start() + size
            known = table.meanings.get(word[0][:size], ())
            made = [one for one in known if one.attribute == "Material" and not one.is_doubtful]
            if made and not _TREATED.match(word[0], size) and not denial(piece, start, word.end()):
                sure = _sure(piece, Phrase(word[0][:size], start, end), made[0], shelf) - 0.08
                yield Found("Material", made[0].value, "", start, end, sure)
                break


def _sure(piece: Piece, phrase: Phrase, value: Value, shelf: Shelf) -> float:
    text = piece.view.folded
    if _NAMED.match(text, phrase.end):
        return 0.0
    before = text[max(0, phrase.start - 48) : phrase.start]
    sure = _BASE[value.attribute][piece.place]
    is_made = value.attribute == "Material" and (_MADE.search(before) or _MADE_BEHIND.match(text, phrase.end))
    if is_made:
        sure = max(sure, 0.82)
    elif value.attribute == "Material" and _FOR.search(before):
        return 0.0
    is_jewel = value.attribute == "Material" and "Jewelry" in shelf.path
    if value.is_doubtful and not is_made and not is_jewel:
        sure -= 0.35 if value.attribute != "Color" else 0.25
    if value.attribute == "Target gender" and shelf.path and not shelf.is_worn:
        sure -= 0.15
    if value.attribute == "Color" and not before.strip():
        sure -= 0.25  # a title that starts with a colour starts with a brand
    if value.attribute == "Color" and piece.place == "title" and _is_apart(text, phrase):
        sure += 0.15
    return sure * _in_schema(value.attribute, shelf)


def _is_apart(text: str, phrase: Phrase) -> bool:
    """Say whether a word stands between commas or brackets, or ends the title, as in "Case (Black)"."""
    before, behind = text[: phrase.start].rstrip(), text[phrase.end :].lstrip()
    return before[-1:] in tuple(",(/-|:[") and (not behind or behind[0] in ",)/-|].")


def _in_schema(attribute: str, shelf: Shelf) -> float:
    """Return how far a category trusts an attribute: its schema names it, or not."""
    if not shelf.path:
        return 0.95
    if attribute == "Material":
        has = any("material" in handle or "fabric" in handle for handle in shelf.attributes)
    else:
        has = attribute.lower().replace(" ", "_") in shelf.attributes
    has = has or (attribute == "Age group" and "recommended_age_group" in shelf.attributes)
    return 1.0 if has else 1.0 - 0.3 * shelf.trust
