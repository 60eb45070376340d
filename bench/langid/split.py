"""Which half of the Shopify taxonomy a row belongs to: one half teaches, the other only measures."""

import hashlib


def held_out(english: str) -> bool:
    """Say whether the row with this English text is for measuring only.

    By the lower-cased English text, never by id: the taxonomy says the same thing under many ids.
    """
    return hashlib.sha256(english.lower().encode()).digest()[0] % 2 == 1


def for_tuning(english: str) -> bool:
    """Say whether a row of the teaching half is set aside to choose settings by (about 15 % of it)."""
    return not held_out(english) and hashlib.sha256(english.lower().encode()).digest()[1] < 38
