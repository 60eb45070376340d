"""How many pieces a package holds: 2 packs, pack of 6, 6個入り, 10 шт."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from dragoman.extract.found import Found, Piece
from dragoman.extract.words import counts

_SURE: Final = {"title": 0.85, "bullet": 0.55, "description": 0.5, "attribute": 0.6}
MOST: Final = 100_000


def counted(piece: Piece) -> Iterator[Found]:
    """Yield the number of pieces of a package; of several, each."""
    text = piece.view.folded
    taken: set[int] = set()
    before, behind = _patterns()
    for found in (*before.finditer(text), *behind.finditer(text)):
        group = "n" if found["n"] else "m"
        value = int(re.sub(r"[.,]", "", found[group]))
        if 0 < value <= MOST and found.start(group) not in taken and not _is_of_another(text, found):
            taken.add(found.start(group))
            yield Found("Number of items", str(value), "", found.start(), found.end(), _SURE[piece.place])


def _is_of_another(text: str, found: re.Match[str]) -> bool:
    """ "2-piece bathing suit", "3 bottles a day": counts that are not of the package."""
    return (
        re.match(r" ?(?:per|a|each|daily|times|x|por|pro|je|par) ?\b", text[found.end() : found.end() + 7])
        is not None
    )


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    told = counts()
    number = r"(?P<n>\d{1,3}(?:[.,]\d{3})+|\d{1,5})(?![.,]?\d)"
    spaced = [re.escape(word) for word in told.after if not _is_touching(word) and len(word) > 1]
    touching = [re.escape(word) for word in told.after if _is_touching(word)]
    heads = "|".join(sorted(map(re.escape, told.before), key=len, reverse=True))
    before = re.compile(rf"(?<![^\W\d_])(?:{heads}) ?{number}(?P<m>)(?! ?(?:cm|mm|kg|g|ml|l|oz|\"|in)\b)")
    words = rf"(?:{'|'.join(spaced)})(?![^\W\d_])|(?:{'|'.join(touching)})(?:入り|入|装|裝)?"
    behind = rf"(?<![\d.,/x×-]){number} ?-?(?:{words})"
    holders = "pack|box|carton|case|bag|pk|ct|set|roll|bx|dozen|package|container|jar|bottle"
    each = rf"(?<![\d.,/x×-]){number}(?: [a-z]{{3,12}})? ?(?:/|per ) ?(?:{holders})(?![^\W\d_])"
    return before, re.compile(rf"(?:{each})|(?:{behind.replace('(?P<n>', '(?P<m>')})")


def _is_touching(word: str) -> bool:
    return re.match("[\u0e00-\u0e7f\u3041-\u9fff\uac00-\ud7a3]", word) is not None
