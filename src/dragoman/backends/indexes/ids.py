"""Product ids as the 128-bit ids of points, and as numbers that sort alike. Pure arithmetic."""

from functools import lru_cache
from hashlib import blake2b
from uuid import UUID
from zlib import crc32

_ROOM = 15  # bytes of a point id beside the last, which tells how many of them spell the product's
_STEP = 6  # bytes of an order key: 48 bits, exact in the float64 that engines compare ranges with
LEVELS = 3


@lru_cache(maxsize=16_384)
def point_of(id_: str) -> UUID:
    """Return the id of a product's point.

    Ids of up to 15 bytes are spelled out in it, so that a hit needs no look-up to say which product it is;
    longer ones are hashed (blake2b, 120 bits).

    >>> id_of(point_of("登山鞋-1")), id_of(point_of("x" * 16))
    ('登山鞋-1', '')
    """
    raw = id_.encode("utf-8", "surrogatepass")
    if 0 < len(raw) <= _ROOM:
        return UUID(bytes=raw.ljust(_ROOM, b"\0") + bytes([len(raw)]))
    return UUID(bytes=blake2b(raw, digest_size=_ROOM).digest() + b"\0")


def id_of(point: UUID) -> str:
    """Return the product id spelled out in a point id; "" where it was too long for that."""
    raw = point.int.to_bytes(_ROOM + 1, "big")
    return raw[: raw[_ROOM] & 15].decode()


def block_of(text: str) -> UUID:
    """Return the id of a point that holds this text and is no product's."""
    raw = text.encode("utf-8", "surrogatepass")
    return UUID(bytes=blake2b(raw, digest_size=_ROOM).digest() + b"\x30")


def order_keys(id_: str) -> list[int]:
    """Return three numbers, compared one after the other, that sort as the first 18 bytes of the ids do.

    UTF-8 sorts as code points do, so this is Python's order of strings as far as it goes.

    >>> order_keys("a") < order_keys("ab") < order_keys("鞋")
    True
    """
    raw = id_.encode("utf-8", "surrogatepass")[: LEVELS * _STEP].ljust(LEVELS * _STEP, b"\0")
    return [int.from_bytes(raw[i : i + _STEP], "big") for i in range(0, LEVELS * _STEP, _STEP)]


def dimension(term: str) -> int:
    """Return the sparse dimension of a term: 32 bits of CRC.

    Of 300,000 terms about ten pairs share one, which lends one product in thousands a stray word; nothing is
    lost by it.
    """
    return crc32(term.encode("utf-8", "surrogatepass"))
