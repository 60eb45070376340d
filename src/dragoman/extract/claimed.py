"""What a product has or is, yes or no: waterproof, batteries included; denials turn it round."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from dragoman.extract.denial import denial
from dragoman.extract.found import Found, Piece
from dragoman.extract.phrases import PhraseTable, accents, is_written_so, phrases
from dragoman.extract.words import Claim, claims

YES, NO = "yes", "no"
_SURE: Final = {"title": 0.85, "bullet": 0.8, "description": 0.75, "attribute": 0.6}
# A word of many uses each: phones for a wireless charger, an adjustable strap, one organic oil of ten.
_LOOSE: Final = {
    "Wireless": 0.15, "Adjustable": 0.15, "Foldable": 0.15, "Insulated": 0.15, "Rechargeable": 0.15,
    "Organic": 0.4,
    "Handmade": 0.1,
}  # fmt: skip
"""How much less a single word outside a title says."""


def claimed(piece: Piece) -> Iterator[Found]:
    """Yield the claims of a piece, each with yes or no.

    A bare "water resistant" beside "not waterproof" says both: each is a claim of its own.
    """
    table = _table(piece.lang)
    spelled = accents(piece.lang, "claims", 1)
    for phrase in phrases(piece.view, table):
        if not is_written_so(piece.view, phrase, piece.lang, spelled):
            continue
        claim = table.meanings[phrase.form]
        denied = denial(piece, phrase.start, phrase.end) if claim.says else None
        # A denied claim is quoted with its denial, or the quote would say the opposite.
        start, end = denied or (phrase.start, phrase.end)
        loose = _LOOSE.get(claim.name, 0.0) if piece.place != "title" and phrase.form.count(" ") == 0 else 0.0
        sure = _SURE[piece.place] - loose
        yield Found(claim.name, YES if claim.says and not denied else NO, "", start, end, sure)


@cache
def _table(lang: str) -> PhraseTable[Claim]:
    return PhraseTable(claims(lang))
