"""The cursor between pages: where the next page starts, and of which query. Knows no ranking."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from hashlib import blake2b

from dragoman.errors import BadInput
from dragoman.types import Query

_DIGEST = 9  # bytes: twelve characters of base64, no padding


def cursor_to(offset: int, query: Query) -> str:
    """Return the cursor of the page that starts at this offset of this query's hits.

    It holds a position and the query's digest, nothing of the shopper, and no secret: whoever
    forges one can only turn the pages of a query they already have. ``k`` may change between pages.

    >>> start_of(Query("shoe", cursor=cursor_to(20, Query("shoe"))))
    20
    """
    return urlsafe_b64encode(_digest(query) + offset.to_bytes(3, "big")).decode()


def start_of(query: Query) -> int:
    """Return the offset at which the query's page starts: 0 without a cursor.

    Raises:
        BadInput: the cursor is damaged or of another query.
    """
    if not query.cursor:
        return 0
    try:
        packed = urlsafe_b64decode(query.cursor.encode("ascii"))
    except (ValueError, UnicodeEncodeError) as error:
        raise _broken(query) from error
    if len(packed) != _DIGEST + 3 or packed[:_DIGEST] != _digest(query):
        raise _broken(query)
    return int.from_bytes(packed[_DIGEST:], "big")


def _digest(query: Query) -> bytes:
    return blake2b(
        repr(replace(query, cursor="", k=1)).encode("utf-8", "replace"), digest_size=_DIGEST
    ).digest()


def _broken(query: Query) -> BadInput:
    return BadInput(
        f"cursor {query.cursor[:40]!r} does not belong to this query",
        hint="send a cursor back with the very query that it came with, or leave it out to start again",
    )
