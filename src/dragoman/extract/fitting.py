"""What a product fits, works with or replaces: models, years and part numbers after the words that say so."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from dragoman.extract.denial import denial
from dragoman.extract.found import Found, Piece
from dragoman.extract.view import fold

LONGEST: Final = 140
"""Characters behind the words that are read."""

# Per name: the words of all languages; fitting ones may be denied ("not compatible with").
_CUES: Final = {
    "Compatible with": (
        "compatible with|is compatible with|fits|fits for|works with|designed for|compatible for|for use "
        "with|fitment"
        "|kompatibel mit|passend für|passt für|passt zu|geeignet für|compatible avec|convient pour"
        "|convient à|compatible con"
        "|compatível com|serve em|compatibile con|adatto per|adatto a|kompatybilny z|kompatybilna z"
        "|pasuje do|zgodny z"
        "|совместим с|совместима с|совместимо с|подходит для|подходит к|ile uyumlu|ile uyumludur|uyumlu "
        "modeller|tương thích với"
        "|dùng cho|kompatibel dengan|cocok untuk|متوافق مع|متوافقة مع|يتوافق مع|مناسب ل|ใช้ได้กับ"
        "|เข้ากันได้กับ|รองรับ"
        "|対応機種|対応|適合車種|適合|호환 기종|호환 모델|适用于|适用机型|兼容|适用车型|适用型号"
    ),
    "Replaces": (
        "replaces|replaces part numbers|replaces part number|replaces part|replacement for|replace"
        "|supersedes|replaces models"
        "|ersetzt|ersatz für|remplace|reemplaza|sustituye a|sustituye|substitui|sostituisce|zastępuje"
        "|zamiennik dla|заменяет"
        "|замена для|thay thế cho|menggantikan|pengganti|يستبدل|بديل عن|ใช้แทน|代替品番|互換品番|の代替"
        "|대체 모델|대체품번|替代|代替"
    ),
}
# In these languages the words stand behind what fits: "iPhone 14と互換性", "के साथ संगत", "와 호환".
_BEHIND: Final = re.compile(
    r"(?P<what>[a-z0-9][a-z0-9 +./-]{1,40}?) ?(?:に対応|対応|と互換性?|用|के साथ संगत|के लिए उपयुक्त|के साथ काम|와 "
    r"호환|과 호환|용|호환|ile uyumlu)"
)
_END: Final = re.compile(
    r"[.;!?\n(](?:\s|$)| [-–] |[。；！？|•]|\b(?:please|and is|which|with a|so that|made|features|also|to|but"
    r"|because|und ist|qui|que)\b"
)
_PART: Final = re.compile(
    r"[,/、，+]|\b(?:and|or|und|oder|et|ou|y|o|e|i|oraz|и|или|ve|và|dan|و|और|และ|및|和|或)\b"
)
_LEAD: Final = re.compile(
    r"^[\s:：#]*(?:(?:the|all|most|many|any|our|following|models?|model numbers?|part numbers?|parts?|oem"
    r"|numbers?|#|your"
    r"|die|der|das|alle|les|le|la|los|las|el|i|il|gli|os|as|wszystkich|всех|моделей)\b[\s:：#]*)*"
)
_CODE: Final = re.compile(r"\d")
_GENERIC: Final = re.compile(
    r"^\d{1,2}$|[:()]"
    r"|\d ?(?:cm|mm|inch|inches|in|oz|ml|lbs?|kg|g|pounds?|volts?|watts?|v|w|years?|months?|%|\")(?!\w)"
)
"""Amounts and remarks are no models."""


def fitting(piece: Piece) -> Iterator[Found]:
    """Yield the models a product goes with or replaces, each alone, as they are written."""
    text = piece.view.folded
    for cue in _pattern().finditer(text):
        name = _names()[cue["cue"]]
        if denial(piece, cue.start("cue"), cue.end("cue")) is None:
            yield from _listed(piece, name, cue.end())
    if piece.lang in ("ja", "ko", "hi", "zh", "tr"):
        for found in _BEHIND.finditer(text):
            start, end = found.span("what")
            if _is_model(piece, start, end):
                yield Found("Compatible with", piece.view.quote(start, end).strip(), "", start, end, 0.65)


def _listed(piece: Piece, name: str, at: int) -> Iterator[Found]:
    text = piece.view.folded[at : at + LONGEST]
    stop = _END.search(text)
    text = text[: stop.start()] if stop else text
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    for place, end in _parts(text, start):
        words = text[place:end].strip(" .:-")
        begin = place + text[place:end].index(words) if words else place
        first, last = at + begin, at + begin + len(words)
        if 2 <= len(words) <= 50 and _is_model(piece, first, last):
            sure = 0.8 if _CODE.search(words) else 0.6
            yield Found(name, piece.view.quote(first, last), "", first, last, sure)
        elif place > start + 60:
            return


def _parts(text: str, start: int) -> Iterator[tuple[int, int]]:
    for gap in _PART.finditer(text, start):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _is_model(piece: Piece, start: int, end: int) -> bool:
    """A model has a number, or a name: capitals where the script has them."""
    words = piece.view.folded[start:end].strip()
    if not words or _GENERIC.search(words) or len(words.split()) > 7:
        return False
    source = piece.view.quote(start, end).strip()
    letters = [char for char in source if char.isalpha()]
    if _CODE.search(words):
        return bool(letters) or len(words) >= 5
    named = [word for word in source.split() if word[:1].isupper()]
    return len(named) * 2 >= len(source.split()) and len(letters) > 2 and piece.lang != "de"


@cache
def _names() -> dict[str, str]:
    return {fold(form): name for name, forms in _CUES.items() for form in forms.split("|")}


@cache
def _pattern() -> re.Pattern[str]:
    forms = sorted(_names(), key=lambda form: (-len(form), form))
    return re.compile(
        rf"(?<![^\W\d_])(?P<cue>{'|'.join(map(re.escape, forms))})(?:(?<=[\u0e00-\u9fff\uac00-\ud7a3])"
        rf"|(?![^\W\d_]))[ :：-]*"
    )
