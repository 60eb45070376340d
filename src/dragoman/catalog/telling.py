"""The language of texts whose feed does not say: told from the words, the feed's other rows as a prior."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from dragoman.errors import BadInput
from dragoman.text.tags import canonical
from dragoman.types import Lang

Detect = Callable[[str, Mapping[Lang, float]], Mapping[Lang, float]]
"""Returns a distribution over languages for a text and a prior; empty if it abstains."""

CLEAR = 0.6
"""Share of the likeliest language from which a row's words decide alone."""

_HINT = 5  # rows that a language in the file's name is worth
# Before a row has told, English is about three times as likely as any other language: most feeds that name
# none are English, and single words ("lamp", "bed") are words of many languages.
_AT_FIRST = MappingProxyType({"en": 0.06})
_OTHERS = 2  # rows that all languages not seen yet are worth together
# Codes that file names end in for other reasons: shop.my, feed_in, list_us, all_no.
_NOT_A_LANGUAGE = frozenset(
    {"my", "in", "us", "no", "is", "id", "to", "xx", "tv", "io", "co", "am", "as", "or", "se"}
)


class Teller:
    """Tells one feed's language row by row; a fixed language answers for every row."""

    def __init__(self, fixed: Lang, hint: Lang, detect: Detect) -> None:
        self._fixed, self._detect = fixed, detect
        self._seen: Counter[Lang] = Counter({hint: _HINT} if hint else {})
        self.hint = hint

    def fix(self, lang: Lang) -> None:
        """Take the language that the feed itself declares, unless the caller gave one."""
        self._fixed = self._fixed or lang

    @property
    def fixed(self) -> Lang:
        """The language of the whole feed, if somebody said so."""
        return self._fixed

    def tell(self, title: str, more: str) -> Lang:
        """Return the language of a row: the feed's commonest one where words are too few, or "und"."""
        if self._fixed:
            return self._fixed
        found = self._detect(f"{title}\n{more}".strip(), self._prior())
        lang = max(found, key=lambda tag: (found[tag], tag), default="")
        if lang and found[lang] >= CLEAR:
            self._seen[lang] += 1
            return lang
        common = min(self._seen, key=lambda tag: (-self._seen[tag], tag), default="")
        return common or lang or "und"

    def _prior(self) -> Mapping[Lang, float]:
        if not self._seen:
            return _AT_FIRST
        # Never certain: the next row may be the first in another language.
        total = self._seen.total() + _OTHERS
        return {lang: count / total for lang, count in self._seen.items()}


def hinted(path: Path) -> Lang:
    """Return the language at the end of a feed's file name, "" if there is none.

    >>> hinted(Path("feed_de.tsv.gz")), hinted(Path("products-pt-BR.xml")), hinted(Path("shop.csv"))
    ('de', 'pt-BR', '')
    """
    stem = path.name.split(".")[0]
    found = re.search(r"[_-]([A-Za-z]{2}(?:[_-](?:[A-Z]{2}|[A-Z][a-z]{3}))?)$", stem)
    if not found or found[1].lower() in _NOT_A_LANGUAGE:
        return ""
    try:
        return canonical(found[1])
    except BadInput:
        return ""
