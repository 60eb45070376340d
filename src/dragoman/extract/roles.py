"""What an amount is an amount of: its weight, its width, what it can carry; told by the words beside it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from dragoman.extract.amounts import Amount, amounts
from dragoman.extract.found import Found, Piece, Shelf
from dragoman.extract.sides import Run, runs
from dragoman.extract.view import fold
from dragoman.extract.words import labels
from dragoman.text.measures import compared, shown_number

NEAR: Final = 28
"""Characters before or behind an amount in which a word may say what it is of."""

ALONE: Final[Mapping[str, tuple[str, float]]] = {
    "g": ("Weight", 0.62), "ml": ("Volume", 0.66), "W": ("Power", 0.8), "V": ("Voltage", 0.85),
    "A": ("Current", 0.48),
    "mAh": ("Battery capacity", 0.9), "Wh": ("Energy", 0.7), "Hz": ("Frequency", 0.6),
    "GB": ("Storage capacity", 0.6), "lm": ("Brightness", 0.85), "K": ("Color temperature", 0.8),
    "dB": ("Noise level", 0.6), "bar": ("Pressure", 0.6), "rpm": ("Rotational speed", 0.85),
    "°C": ("Temperature", 0.55), "MP": ("Resolution", 0.75), "m²": ("Area", 0.7), "ct": ("Carat weight", 0.6),
}  # fmt: skip
"""What an amount of a kind is, where nothing beside it says so, and how often that is right."""

_BREAK: Final = re.compile(r"(?<!ca)(?<!approx)(?<!max)(?<!min)(?<!ок)\.\s|[;!?\n|•]\s|[。；！？]")
# Amounts of what is in a product, or of something else than it: never of the product.
_OTHER: Final = re.compile(
    r"(?:per|pro|je|par|por|per ogni|na|every|each|за|на каждые|每|毎|당)\s?$"
    r"|(?:under|less than|more than|over|within|after|every|about a|at least)\s$"
)
_NUTRIENT: Final = re.compile(
    r"\s?(?:of\s|de\s|di\s)?(?:protein|fat|sugar|carb|fiber|fibre|sodium|calories|whey|eiwei|zucker|fett"
    r"|sucre|proteine"
    r"|proteina|azucar|grasa|белк|сахар|жир|углевод|蛋白|脂肪|糖|タンパク|たんぱく|단백질|당류)"
)


class Cue(NamedTuple):
    """A word that names what an amount is of."""

    name: str
    start: int
    end: int


def measured(piece: Piece, shelf: Shelf) -> Iterator[Found]:
    """Yield what the amounts of a piece say, runs of sides first: a side is never read twice."""
    taken: list[tuple[int, int]] = []
    for run in runs(piece):
        found = list(_sides(piece, run, shelf))
        if found:
            taken.append((run.start, run.end))
            yield from found
    for amount in amounts(piece):
        if not any(start < amount.end and amount.start < end for start, end in taken):
            yield from _measure(piece, amount, shelf)


def _sides(piece: Piece, run: Run, shelf: Shelf) -> Iterator[Found]:
    units = {side.kind for side in run.sides}
    values = [side.value for side in run.sides]
    if units == {"px"} or (
        units == {""} and len(values) == 2 and min(values) >= 240 and max(values) <= 16000
    ):
        shown = " × ".join(shown_number(value) for value in values)
        yield Found("Resolution", shown, "px", run.start, run.end, 0.8)
        return
    if units != {"cm"}:
        return
    lengths = [shown_number(side.value) for side in _in_cm(run)]
    sure = 0.8 if piece.place == "title" or len(lengths) > 2 else 0.7
    yield Found("Dimensions", " × ".join(lengths), "cm", run.start, run.end, sure)
    for name, value, side in zip(run.names, lengths, run.sides, strict=True):
        if name:
            yield Found(name, value, "cm", side.start, side.end, sure)


_SPINDLE: Final = re.compile(r"(?<![\d.,])(?P<n>5\.4|5\.9|7\.2|10|15)k(?: ?rpm)?(?![\w-])")
_DRIVE: Final = re.compile(r"\b(?:hdd|hard drive|sas|scsi|sata|sat|fc|drive)\b")


def spinning(piece: Piece, shelf: Shelf) -> Iterator[Found]:
    """Yield the speed of hard drives, which is told in thousands: 7.2K, 15K RPM."""
    if "Computer" in shelf.path or "Electronics" in shelf.path:
        for found in _SPINDLE.finditer(piece.view.folded) if _DRIVE.search(piece.view.folded) else ():
            value = shown_number(float(found["n"]) * 1000)
            yield Found("Rotational speed", value, "rpm", found.start(), found.end(), 0.75)


def _in_cm(run: Run) -> list[Amount]:
    return [
        side._replace(value=length.value) if (length := compared(side.value, side.unit)) else side
        for side in run.sides
    ]


def _measure(piece: Piece, amount: Amount, shelf: Shelf) -> Iterator[Found]:
    text = piece.view.folded
    kind = amount.kind
    if _OTHER.search(text[max(0, amount.start - 14) : amount.start]):
        return
    if kind == "g" and _NUTRIENT.match(text, amount.end):
        return
    cue = nearest_cue(piece, amount)
    name, sure = (cue.name, 0.85) if cue else _alone(piece, amount, shelf)
    if not cue and amount.unit in ("mg", "µg"):
        return  # a dose
    if not cue and amount.low is not None and kind in ("g", "ml", "cm"):
        # "55 to 120 pounds" is whom it is for, or what it can take.
        return
    if name and _is_likely(name, amount):
        yield Found(name, amount.shown(), kind, amount.start, amount.end, _weighed(sure, piece, bool(cue)))


def _weighed(sure: float, piece: Piece, has_cue: bool) -> float:
    """A lone amount in a description is often one of something else; in a title it is the product's."""
    if has_cue or piece.place == "attribute":
        return sure
    return sure + {"title": 0.12, "bullet": 0.0, "description": -0.1}.get(piece.place, 0.0)


def _alone(piece: Piece, amount: Amount, shelf: Shelf) -> tuple[str, float]:
    kind = amount.kind
    if kind == "cm":
        if amount.unit == "in" and shelf.has_screen and 3 <= amount.value <= 110:
            return "Display size", 0.75
        return ("Size", 0.55) if piece.place == "title" else ("", 0.0)
    if kind == "Hz" and amount.unit == "GHz":
        return "Clock speed" if "Computer" in shelf.path else "Frequency", 0.6
    if kind == "GB" and re.search(r"\b(?:ram|ddr\d?)\b", _around(piece, amount)):
        return "Memory", 0.8
    return ALONE.get(kind, ("", 0.0))


def _around(piece: Piece, amount: Amount) -> str:
    return piece.view.folded[max(0, amount.start - 12) : amount.end + 14]


# What no product of a shop weighs, measures or stores: such an amount was misread.
_LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "g": (0.01, 5e6), "cm": (0.001, 1e5), "ml": (0.01, 1e7), "W": (0.01, 1e5), "V": (0.1, 50000),
    "K": (1000, 12000),
    "GB": (1e-6, 1e6), "A": (0.001, 2000), "mAh": (5, 5e6), "dB": (1, 200), "°C": (-100, 1500),
    "lm": (1, 1e6),
}  # fmt: skip


def _is_likely(name: str, amount: Amount) -> bool:
    here = compared(amount.value, amount.unit)
    low, high = _LIMITS.get(amount.kind, (0.0, 1e12))
    return here is not None and low <= here.value <= high


def nearest_cue(piece: Piece, amount: Amount) -> Cue | None:
    """Return the nearest word in the same clause that names what this kind of amount is of."""
    text, kind = piece.view.folded, amount.kind
    before = _clause_before(text[max(0, amount.start - NEAR) : amount.start])
    behind = _clause_behind(text[amount.end : amount.end + NEAR])
    left = _cues(before, piece.lang, kind)
    right = _cues(behind, piece.lang, kind)
    last = max(left, key=lambda cue: (cue.end, cue.end - cue.start), default=None)
    first = min(right, key=lambda cue: (cue.start, cue.start - cue.end), default=None)
    if last and (not first or len(before) - last.end <= first.start + 1):
        return last
    # Behind an amount the word must follow at once: "30 cm wide", not "30 cm pan with a handle 4 cm wide".
    return first if first and first.start <= 4 else last


def _clause_before(text: str) -> str:
    parts = _BREAK.split(text)
    last = parts[-1]
    # Another number with a unit lies between: what is said before it belongs to it.
    digits = [found.end() for found in re.finditer(r"\d[\d.,/]*\s?[^\W\d]{0,3}[,;]?\s", last)]
    return last[digits[-1] :] if digits else last


def _clause_behind(text: str) -> str:
    return re.split(r"[\d,;]", _BREAK.split(text)[0])[0]


def _cues(text: str, lang: str, kind: str) -> list[Cue]:
    pattern, meant = _cue_table(lang, kind)
    if pattern is None:
        return []
    return [Cue(meant[found[0]], found.start(), found.end()) for found in pattern.finditer(text)]


@cache
def _cue_table(lang: str, kind: str) -> tuple[re.Pattern[str] | None, Mapping[str, str]]:
    """Return a pattern of the words of a language that name amounts of a kind, and what each names."""
    meant: dict[str, str] = {}
    for form, names in labels(lang).items():
        for name in names:
            if name.kind == kind and form not in _TOO_WIDE:
                meant.setdefault(form, name.name)
    if not meant:
        return None, {}
    longest = sorted(meant, key=lambda form: (-len(form), form))
    spaced = [re.escape(form) for form in longest if not _is_touching(form)]
    touching = [re.escape(form) for form in longest if _is_touching(form)]
    ways = [rf"(?<![^\W\d_])(?:{'|'.join(spaced)})(?![^\W\d_])"] if spaced else []
    ways += ["|".join(touching)] if touching else []
    return re.compile("|".join(ways)), meant


# Labels that are too many other words to be looked for beside an amount.
_TOO_WIDE: Final = frozenset(
    fold(word)
    for word in [
        "speed",
        "noise",
        "battery",
        "screen",
        "display",
        "inhalt",
        "capacity",
        "en",
        "boy",
        "pin",
        "alto",
        "haut",
        "nguồn",
        "hp",
        "ram",
    ]
) - {"capacity", "ram"}


def _is_touching(form: str) -> bool:
    return re.match("[\u0e00-\u0e7f\u3041-\u9fff\uac00-\ud7a3]", form[-1]) is not None
