"""How long something lasts or for how old one must be: warranties, shelf lives, ages; in all languages."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dragoman.extract.found import Found, Piece
from dragoman.extract.view import fold
from dragoman.text.measures import number, shown_number


class Time(NamedTuple):
    """A span of time as a fact's value, and where it stands."""

    value: str
    start: int
    end: int


def _any(words: str) -> str:
    return "|".join(sorted(map(re.escape, map(fold, words.split())), key=len, reverse=True))


_YEARS: Final = _any(
    "years year yrs yr year's jahre jahren jahr ans an años año anos ano anni anno lat lata rok roku года "
    "год лет yıl yaş"
    " năm tuổi tahun سنوات سنة سنين أعوام عام वर्ष साल ปี 年 年間 歳 才 岁 周岁 세 년"
)
_MONTHS: Final = _any(
    "months month mos mo monate monaten monat mois meses mes mesi mese miesięcy miesiące miesiąc месяцев "
    "месяца месяц мес ay"
    " tháng bulan أشهر شهر شهرا महीने माह महीना เดือน ヶ月 か月 カ月 ケ月 个月 箇月 개월 月"
)
_NUMBER: Final = r"(?<![\d.,])(\d{1,3}(?:[.,]5)?)"
_SPAN: Final = re.compile(
    rf"{_NUMBER} ?[-–]?(?:(?P<year>{_YEARS})|(?P<month>{_MONTHS}))(?![a-zа-яß-ɏ\u0900-\u0dff])"
)
_LIFETIME: Final = re.compile(
    r"(?:limited )?lifetime warranty|lebenslange garantie|garantie a vie|garantia de por vida"
)
_WARRANTY: Final = re.compile(
    _any(
        "warranty guarantee garantie herstellergarantie gewährleistung garantía garantia garanzia "
        "gwarancji gwarancja"
        " гарантия гарантии гарантией garanti garantili garansi الضمان ضمان वारंटी गारंटी รับประกัน "
        "ประกัน 保証 保固 质保"
        " 保修 보증 品質保証 품질보증"
    )
    + "|bao hanh|गारन्टी"
)
_ABOVE: Final = (
    r"(?:\+|plus|and up|and older|and above|or older|& up|und alter|et plus|y mas|ou mais|in su|e oltre|i "
    r"wiecej|и старше|yas ve uzeri"
    r"|tro len|ke atas|فما فوق|وما فوق|وأكثر|واكثر|से ऊपर|से अधिक|और उससे अधिक|ขึ้นไป|以上|이상|\+)"
)
_AGE: Final = re.compile(
    rf"(?<![^\W\d_])(?:ages?|aged|ab|des|a partir de|desde|da|od|от|من|tu|mulai|usia|สำหรับอายุ|อายุ)? "
    rf"?{_NUMBER} ?(?:(?P<year>{_YEARS})|(?P<month>{_MONTHS}))?"
    rf" ?(?:old |of age |alt )?(?P<above>{_ABOVE})"
)
_FROM: Final = re.compile(
    rf"(?<![^\W\d_])(?:(?:for )?ages? (?:from )?|recommended for ages? |ab |des |a partir de |dai? |od "
    rf"|от |desde |من سن |من عمر |สำหรับอายุ |อายุ )"
    rf"{_NUMBER} ?(?P<unit>{_YEARS}|{_MONTHS})?(?! ?(?:{_any('€ $ cm mm kg g zł руб')}))"
)


def lasting(piece: Piece) -> Iterator[Found]:
    """Yield warranties, in months: a span of time beside the word."""
    text = piece.view.folded
    for word in _WARRANTY.finditer(text):
        for start, end in ((max(0, word.start() - 24), word.start()), (word.end(), word.end() + 20)):
            found = _SPAN.search(text, start, min(end + 12, len(text)))
            if (
                found
                and found.start() < end
                and not re.search(
                    r"[.;!?\n]\s", text[min(found.end(), word.end()) : max(found.start(), word.start())]
                )
            ):
                first, last = min(found.start(), word.start()), max(found.end(), word.end())
                yield Found("Warranty", _in_months(found), "month", first, last, 0.85)
                break
    for forever in _LIFETIME.finditer(text):
        yield Found("Warranty", "lifetime", "", forever.start(), forever.end(), 0.85)


def months(piece: Piece) -> Iterator[Time]:
    """Yield every span of time of a piece, in months."""
    for found in _SPAN.finditer(piece.view.folded):
        yield Time(_in_months(found), found.start(), found.end())


def aged(piece: Piece) -> Iterator[Found]:
    """Yield the least age that a piece asks for, in years."""
    for span in ages(piece):
        yield Found("Minimum age", span.value, "year", span.start, span.end, 0.75)


def ages(piece: Piece, is_labelled: bool = False) -> Iterator[Time]:
    """Yield ages: "3+ years", "ab 3 Jahren", "3歳以上"; behind a label, any number is one."""
    text = piece.view.folded
    for found in _AGE.finditer(text):
        has_word = found["year"] or found["month"] or re.match(r"age", found[0])
        if has_word or is_labelled:
            yield Time(_in_years(found[1], bool(found["month"])), found.start(), found.end())
    for found in _FROM.finditer(text) if not is_labelled else ():
        unit = found["unit"]
        if unit or found[0].startswith(("age", "for age", "recommended")):
            yield Time(
                _in_years(found[1], bool(unit and re.fullmatch(_MONTHS, unit))), found.start(), found.end()
            )
    bare = re.match(rf"\s*{_NUMBER}(?:\s?-\s?\d+)? ?(?:(?P<year>{_YEARS})|(?P<month>{_MONTHS}))?", text)
    if is_labelled and bare:
        yield Time(_in_years(bare[1], bool(bare["month"])), bare.start(), bare.end())


def _in_months(found: re.Match[str]) -> str:
    value = number(found[1]) or 0.0
    return shown_number(value * 12 if found["year"] else value)


def _in_years(digits: str, are_months: bool) -> str:
    value = number(digits) or 0.0
    return shown_number(round(value / 12, 2) if are_months else value)
