"""Part numbers, bar codes and model years in a running text, with or without a word before them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from dragoman.extract.found import Found, Piece
from dragoman.extract.words import labels

_GTIN: Final = re.compile(
    r"(?:upc|\b(?:ean|gtin|isbn|jan))(?:[ -]?(?:code|13|number|no))?[ .:#]*(?P<code>\d[\d -]{6,16}\d)(?!\d)"
)
_YEARS: Final = re.compile(
    r"(?<![\d$.,/-])(?P<from>(?:19[5-9]|20[0-3])\d) ?(?:-|~|to|bis|до|至|～|à) ?(?P<to>(?:19[5-9]"
    r"|20[0-3])\d)(?![\d-])"
)
_MODEL_YEAR: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19[89]|20[0-3])\d)(?: ?(?:model|modell|model year|edition|年(?:新)?款|年モデル"
    r"|年式|년형|년식"
    r"|г\.? ?в|модельного года))"
    r"|(?:model year|modelljahr|baujahr|год выпуска|anno|annee modele)[ :]*(?P<other>(?:19[89]"
    r"|20[0-3])\d)(?!\d)"
)
# A code: letters and digits mixed, or digits parted by hyphens, at least five characters.
_TOKEN: Final = re.compile(
    r"(?<![\w.,/-])(?=[a-z0-9/-]*\d)(?P<code>[a-z0-9]+(?:[-/][a-z0-9]+)*)(?![\w-]|[.,/]\d)"
)
_NO_CODE: Final = re.compile(
    r"\d+(?:[.,]\d+)?(?:st|nd|rd|th|x|k|g|p|s|d|in|mm|cm|ml|oz|lb|lbs|kg|v|w|a|ah|mah|hz|khz|mhz|ghz|gb"
    r"|tb|mb|ft|pc|pcs|pk|ct|mp|m|l|"
    r"hp|rpm|ppm|qt|gal|piece|pack|inch|way|speed|port|core|pin|ply|hole|sheet|tier|in-1|day|year|hour|btu"
    r"|dpi|mpa|psi)?"
    r"(?:[-/x]\d+(?:[.,]\d+)?(?:in|mm|cm|ml|oz|v|w|hz|gb|inch|pack|ft|x\d+)?)*|(?:19|20)\d\d(?:[-/](?:19"
    r"|20)?\d\d)?|mp3|mp4|usb\d?|ipx?\d\d?|"
    r"\d-in-\d|3d|4k|8k|[24]wd|ddr\d|h\.?26[45]|cat\d[ae]?|b\d|a\d|t\d|18650|24/7|360|18/10|18/8"
    r"|wi-?fi\d?|covid-?19|vitamin-?\w\d*|pm2"
)


# A number joined to a word: 250-watt, large/32, 64-bit.
_WORDY: Final = re.compile(r"(?:^|[-/])[a-z]{4,}(?:$|[-/])|^\d+-[a-z]{2,}$")
# What stands behind such a word in a title is what the product is for, not what it is.
FOR: Final = re.compile(
    r"(?<![^\W\d_])(?:for|fits|compatible|works with|replaces|fur|pour|para|per|dla|для|mit|cho|untuk|के "
    r"लिए|สำหรับ|لـ|ل)(?![^\W\d_])|(?:用|対応|호환)"
)


def coded(piece: Piece) -> Iterator[Found]:
    """Yield bar codes, model years and codes that name the product or its parts."""
    text = piece.view.folded
    for found in _GTIN.finditer(text):
        digits = re.sub(r"\D", "", found["code"])
        if len(digits) in (8, 12, 13, 14) and _checks(digits):
            yield Found("GTIN", digits, "", found.start("code"), found.end("code"), 0.95)
    for found in _MODEL_YEAR.finditer(text):
        yield Found("Model year", found["year"] or found["other"], "", found.start(), found.end(), 0.8)
    for found in _YEARS.finditer(text) if piece.place in ("title", "bullet") else ():
        if int(found["from"]) < int(found["to"]):
            yield Found("Model year", f"{found['from']}-{found['to']}", "", found.start(), found.end(), 0.7)
    yield from _codes(piece)


def _codes(piece: Piece) -> Iterator[Found]:
    text = piece.view.folded
    for found in _TOKEN.finditer(text):
        code = found["code"]
        if len(code) < 4 or len(code) > 30 or (_NO_CODE.fullmatch(code) and sum(map(str.isdigit, code)) < 7):
            continue
        if _WORDY.search(code):
            continue
        said = _cue().search(text, max(0, found.start() - 24), found.start())
        if said and text[max(0, said.start() - 12) : said.start()].rstrip().endswith(
            ("alternate", "alternative")
        ):
            continue
        name = "Model number" if said and said["model"] else "Part number"
        if not said and (piece.place != "title" or not _is_code(code)):
            continue
        if not said and FOR.search(text, 0, found.start()):
            name = "Compatible with"
        value = piece.view.quote(found.start(), found.end())
        yield Found(name, value, "", found.start(), found.end(), 0.85 if said else 0.55)


def _is_code(code: str) -> bool:
    """Without a word before it a code must show that it is one: letters and digits, or a hyphened number."""
    digits = sum(char.isdigit() for char in code)
    return (
        digits >= 2
        and len(code) >= 5
        and (digits < len(code.replace("-", "")) or ("-" in code and digits >= 6))
    )


def _checks(digits: str) -> bool:
    return not (sum(map(int, digits[-1::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10


@cache
def _cue() -> re.Pattern[str]:
    """Words of all languages that announce a code, right before it."""
    told = {"part": set[str](), "model": set[str]()}
    for lang in (
        "en",
        "de",
        "fr",
        "es",
        "pt",
        "it",
        "pl",
        "ru",
        "tr",
        "vi",
        "id",
        "ar",
        "hi",
        "th",
        "ja",
        "ko",
        "zh",
    ):
        for form, names in labels(lang).items():
            if names[0].kind == "code" and form not in (
                "model",
                "modell",
                "modele",
                "modelo",
                "modello",
                "модель",
                "ref",
                "indeks",
                "typ",
            ):
                told["model" if names[0].name == "Model number" else "part"].add(form)
    ways = {
        key: "|".join(sorted(map(re.escape, forms), key=len, reverse=True)) for key, forms in told.items()
    }
    return re.compile(
        rf"(?<![^\W\d_])(?:(?P<part>{ways['part']}|mfr ?#|part ?#|item ?#|option part|oem)"
        rf"|(?P<model>{ways['model']}|model ?#))[ .:#№(]*(?:number|no)?[ .:#]*$"
    )
