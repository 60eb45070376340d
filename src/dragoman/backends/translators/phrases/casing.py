"""Capitals: which letters of a text in lower case are large, by how its words are usually written.

A hidden Markov chain over small, Capital and other forms (Lita et al. 2003); the first word goes by the
source. Where a language writes Some Texts Like This and some like this, whoever asks says which is wanted.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dragoman.backends.translators.phrases.spelling import lowered
from dragoman.backends.translators.phrases.titles import WORD, is_title

SMALL, CAPITAL, OTHER = "s", "C", "O"
_UNIT = 2  # letters of a word that may be a unit or a part of a code
_ENDING = 4  # letters by which a word never met is judged
_CHAINS = (0.0, 0.3, 0.6, 1.0)
_DOTTED = {"tr": str.maketrans({"i": "İ"})}


_NONE: Mapping[str, str] = {}


def kind_of(word: str) -> str:
    """Say how a word is written.

    >>> [kind_of(word) for word in ("tent", "Tent", "LED", "iPad")]
    ['s', 'C', 'O', 'O']
    """
    if word == word.lower():
        return SMALL
    return CAPITAL if word[:1].isupper() and word[1:] == word[1:].lower() else OTHER


def own_forms(text: str) -> dict[str, str]:
    """Return the words of a text that are written in a way of their own, by what they are in lower case.

    In a text that is all capitals none is.

    >>> own_forms("In VST Support, 148 mm x 2 m, Vitamin C")
    {'vst': 'VST', 'mm': 'mm', 'x': 'x', 'm': 'm', 'c': 'C'}
    """
    if text == text.upper() and " " in text:
        return {}
    words = WORD.findall(text)
    own = [word for word in words if kind_of(word) == OTHER]
    own += [word for word in words[1:] if word == word[:_UNIT].lower() or len(word) == 1]
    return {lowered(word): word for word in words if word in own}


@dataclass(frozen=True, slots=True)
class Casing:
    """How a language writes its words, first words of texts left out."""

    lang: str
    forms: Mapping[str, Mapping[str, int]]  # by the word in lower case; those that are always small left out
    endings: Mapping[str, Mapping[str, int]]  # kinds by the last letters of words
    after: Mapping[str, Mapping[str, int]]  # kinds by the kind before, "^" for the first word
    chain: float = 1.0  # how much the kind before counts
    titles: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # forms there, if not just large

    def write(
        self, text: str, *, is_capital: bool | None, titled: bool = False, like: Mapping[str, str] = _NONE
    ) -> str:
        """Return a text in lower case with its capitals.

        Args:
            is_capital: Whether the first word has one; None where it is a word like others.
            titled: Whether all words of weight have one.
            like: How some words are to be written, by what they are in lower case.

        >>> casing_of("de", ["Ein Zelt", "Das Zelt", "rotes Zelt"]).write("rotes zelt", is_capital=True)
        'Rotes Zelt'
        """
        words = list(WORD.finditer(text))
        if not words:
            return text
        forms = (self._titled if titled else self._likeliest)([w[0] for w in words], is_capital)
        cased, place = [], 0
        for found, word in zip(words, forms, strict=True):
            cased += [text[place : found.start()], like.get(found[0], word)]
            place = found.end()
        return "".join(cased) + text[place:]

    def _likeliest(self, words: list[str], is_capital: bool | None) -> list[str]:
        """Viterbi over the forms of each word."""
        paths: dict[str, tuple[float, list[str]]] = {"^": (0.0, [])}
        if is_capital is not None:
            first, *words = words
            paths = {"^": (0.0, [self._first(first, is_capital)])}
        for word in words:
            found: dict[str, tuple[float, list[str]]] = {}
            for form, (kind, odds) in self._forms(word).items():
                total, path = max(
                    ((before + self._step(last, kind), path) for last, (before, path) in paths.items()),
                    key=lambda one: one[0],
                )
                if kind not in found or found[kind][0] < total + odds:
                    found[kind] = (total + odds, [*path, form])
            paths = found
        return max(paths.values(), key=lambda one: one[0])[1]

    def _titled(self, words: list[str], is_capital: bool | None) -> list[str]:
        """As titles write each word: large, unless they say otherwise."""
        written = [_commonest(self.titles.get(word, {})) or self._capital(word) for word in words]
        if is_capital and kind_of(written[0]) == SMALL:
            written[0] = self._capital(words[0])
        return written

    def _first(self, word: str, is_capital: bool) -> str:
        usual = _commonest(self.forms.get(word, {}))
        if usual and kind_of(usual) == OTHER:
            return usual
        return self._capital(word) if is_capital else word

    def _capital(self, word: str) -> str:
        large = word[:1].translate(_DOTTED.get(self.lang, {})).upper()
        return large + word[1:] if len(large) == 1 else word  # ß begins no word

    def _forms(self, word: str) -> dict[str, tuple[str, float]]:
        known = self.forms.get(word)
        if known:
            total = sum(known.values())
            return {
                form: (kind_of(form), math.log((known.get(form, 0) + 0.3) / (total + 1)))
                for form in (word, self._capital(word), *known)
            }
        kinds = self.endings.get(word[-_ENDING:], {SMALL: 1})
        total = sum(kinds.values())
        pair = ((word, SMALL), (self._capital(word), CAPITAL))
        return {form: (kind, math.log((kinds.get(kind, 0) + 0.5) / (total + 1))) for form, kind in pair}

    def _step(self, last: str, kind: str) -> float:
        """How much likelier a kind is after the last one than anywhere."""
        row, every = self.after.get(last, {}), sum(one.get(kind, 0) for one in self.after.values())
        whole = sum(sum(one.values()) for one in self.after.values())
        here = (row.get(kind, 0) + 0.5) / (sum(row.values()) + 2)
        return self.chain * math.log(here / ((every + 0.5) / (whole + 2)))

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """Return what is stored."""
        return {
            "lang": self.lang,
            "forms": self.forms,
            "endings": self.endings,
            "after": self.after,
            "chain": self.chain,
            "titles": self.titles,
        }


def chained(casing: Casing, texts: Sequence[str]) -> Casing:
    """Return the casing with the chain that writes most of these texts as they are.

    German names want it; where only the first word of a text has a capital it does harm.
    """

    def right(some: Casing) -> int:
        return sum(some.write(text.lower(), is_capital=text[:1].isupper()) == text for text in texts)

    return max((replace(casing, chain=chain) for chain in _CHAINS), key=right)


def titled_casing_of(lang: str, texts: Sequence[str]) -> Casing:
    """Return how a language writes that has titles: these, and all else."""
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in WORD.findall(text) if is_title(text) else ():
            titles[word.lower()][word] += 1
    own = {word: dict(seen) for word, seen in titles.items() if kind_of(_commonest(seen)) != CAPITAL}
    rest = [text for text in texts if not is_title(text)]
    return replace(casing_of(lang, rest), chain=0.0, titles=own)


def _commonest(seen: Mapping[str, int]) -> str:
    """The form that a word is mostly written in, "" if it was never met."""
    return max(seen, key=lambda form: seen[form], default="")


def _is_own(seen: Mapping[str, int]) -> bool:
    """Say whether a word is written in a way that no rule gives."""
    return any(kind_of(form) == OTHER for form in seen)


def casing_of(lang: str, texts: Iterable[str]) -> Casing:
    """Return how a language writes, from texts."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    endings: dict[str, Counter[str]] = defaultdict(Counter)
    after: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        last = "^"
        for word in WORD.findall(text)[1:]:
            kind = kind_of(word)
            forms[word.lower()][word] += 1
            endings[word.lower()[-_ENDING:]][kind] += 1
            after[last][kind] += 1
            last = kind
    ends = {
        end: dict(seen) for end, seen in endings.items() if set(seen) != {SMALL} and sum(seen.values()) > 1
    }
    # A word that is always small, like those that end as it does, needs no telling.
    some = {
        word: dict(seen)
        for word, seen in forms.items()
        if (set(seen) != {word} or word[-_ENDING:] in ends) and (sum(seen.values()) > 1 or _is_own(seen))
    }
    return Casing(lang, some, ends, {last: dict(seen) for last, seen in after.items()})
