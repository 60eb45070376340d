"""Writes any script in plain Latin letters, by sound; the way to compare names across scripts."""

import threading

import icu

_OWN = threading.local()


def romanise(text: str) -> str:
    """Return ``text`` in ASCII letters, lower case; what has no sound in ICU's tables is kept.

    By ICU's Any-Latin and Latin-ASCII transforms: Han characters are read as Mandarin, and scripts that
    leave vowels out (Arabic, Hebrew) come out without them.

    >>> romanise("Макита"), romanise("マキタ")
    ('makita', 'makita')
    """
    if text.isascii():
        return text.lower()
    found = getattr(_OWN, "latin", None)
    if found is None:
        # One a thread: ICU's transliterators keep state while they work.
        found = _OWN.latin = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII; Lower")
    return str(found.transliterate(text))
