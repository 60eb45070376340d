"""Keeps personal data out of a journal: names become pseudonyms, addresses in words are blotted out.

What identifies a person outside the shop (an e-mail address, a telephone number, an IP address, a name with
a space) is replaced by a keyed hash before anything is kept: the same person stays the same shopper, and
without the shop's key nobody can try addresses until one fits. See docs/decisions/0026-recommend.md.
"""

import re
from hashlib import blake2b
from typing import Final

_MAIL: Final = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;.]{2,}")
_PHONE: Final = re.compile(r"[+＋(]?\d[\d\s().\-/–]*\d")
_DIALLED: Final = re.compile(r"(?<![\w.])(?:\+|＋|00)\d[\d\s().\-/–]{6,20}\d(?!\w)")
_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}")
_CARD: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_OURS: Final = "p-"  # begins a pseudonym, which is not hashed again


def pseudonym(name: str, key: bytes) -> str:
    """Return the name under which a shopper is kept: as given, or hashed where it names a person.

    Args:
        key: The shop's own secret, at most 64 bytes.

    >>> pseudonym("visitor-71", b"k"), pseudonym("jo@example.org", b"k") == pseudonym(" JO@example.org", b"k")
    ('visitor-71', True)
    """
    plain = name.strip()
    if not plain or not names_a_person(plain):
        return plain
    same = plain.casefold() if "@" in plain else re.sub(r"[\s().\-/–]", "", plain).casefold()
    return _OURS + blake2b(same.encode("utf-8", "replace"), digest_size=16, key=key[:64]).hexdigest()


def names_a_person(name: str) -> bool:
    """Say whether an id looks like an address, a telephone number, or the name of somebody.

    Digits alone are a customer's number up to eight of them; nine to fifteen may be a telephone's.

    >>> [names_a_person(text) for text in ("+49 170 123", "1704471", "13812345678", "Ana Li", "u_9f-3")]
    [True, False, True, True, False]
    """
    if "@" in name or " " in name or _ADDRESS.fullmatch(name):
        return True
    digits = sum(char.isdecimal() for char in name)
    if name.isdecimal():
        return 9 <= digits <= 15
    return 7 <= digits <= 15 and _PHONE.fullmatch(name) is not None


def blotted(words: str) -> str:
    """Return a shopper's words without mail addresses, telephone and card numbers.

    >>> blotted("gift for jo@example.org +49 170 1234567, model 240337103")
    'gift for … …, model 240337103'
    """
    words = _MAIL.sub("…", words)
    words = _DIALLED.sub("…", words)
    return _CARD.sub(lambda found: "…" if _is_card(found[0]) else found[0], words)


def _is_card(text: str) -> bool:
    """Luhn's check, which every card number passes and one other number in ten (ISO/IEC 7812-1)."""
    digits = [int(char) for char in text if char.isdecimal()][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
