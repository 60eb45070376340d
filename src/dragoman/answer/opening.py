"""Puts together what questions are weighed with, for one encoder and one shop. Opens files late."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from dragoman.answer.kept import KeptVectors
from dragoman.answer.parts import Answering
from dragoman.answer.weigh import weighing_of
from dragoman.ports import Encoder
from dragoman.rank.level import Levelling


def answering(
    encoder: Encoder,
    *,
    home: str = "",
    shop: str = "",
    levelling: Callable[[], Levelling | None] = lambda: None,
) -> Answering:
    """Return the dials of `dragoman.answer.answer` for an encoder.

    Args:
        home: Folder under which vectors of pages and measured weights are kept; "" keeps them in memory.
        shop: Names the shop, so that two of them do not share a file.
        levelling: Gives the encoder's levelling, when weights are first needed.
    """
    root = Path(home).expanduser() / "answers" if home else None
    folder = root / blake2b(shop.encode(), digest_size=6).hexdigest() if root else None
    return Answering(
        weigh=cache(lambda: weighing_of(encoder, root, levelling())),
        vectors=KeptVectors(encoder, folder),
    )
