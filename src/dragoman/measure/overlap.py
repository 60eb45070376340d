"""METEOR and ROUGE-L of any language: words by ICU. Knows words, no models."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from dragoman.text.breaks import ends
from dragoman.text.normalise import normalise
from dragoman.text.stem import stem
from dragoman.types import Lang

_ALPHA, _BETA, _GAMMA = 0.9, 3.0, 0.5  # of METEOR as it was published; recall weighs nine times precision


def words_of(text: str, lang: Lang) -> list[str]:
    """Return the words of a text, normalised; those of scripts without spaces by ICU's dictionaries.

    >>> words_of("Das ist gut!", "de"), words_of("これは良い", "ja")
    (['das', 'ist', 'gut', '!'], ['これ', 'は', '良い'])
    """
    plain = normalise(text)
    places = [0, *ends(plain, "word", lang)]
    found = (plain[start:end].strip() for start, end in pairwise(places))
    return [word for word in found if word]


def rouge_l(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """Return the F-measure of the longest common subsequence, 0..1; two empty texts are alike.

    Source: Lin 2004, "ROUGE: a package for automatic evaluation of summaries", eq. 2-4 with beta 1.

    >>> rouge_l(["a", "b", "c"], ["a", "c"])
    0.8
    """
    if not hypothesis or not reference:
        return float(not hypothesis and not reference)
    row = [0] * (len(reference) + 1)
    for word in hypothesis:
        diagonal = 0
        for place, other in enumerate(reference, start=1):
            above = row[place]
            row[place] = diagonal + 1 if word == other else max(above, row[place - 1])
            diagonal = above
    common = row[-1]
    return 2.0 * common / (len(hypothesis) + len(reference))


def token_f1(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """Return the F-measure of the words in common, however they are ordered, 0..1; two empty texts are alike.

    Source: Rajpurkar et al. 2016, "SQuAD", section 6.1, without leaving out articles: few languages have any.

    >>> token_f1(["a", "b"], ["b", "c"])
    0.5
    """
    if not hypothesis or not reference:
        return float(not hypothesis and not reference)
    common = (Counter(hypothesis) & Counter(reference)).total()
    return 2.0 * common / (len(hypothesis) + len(reference))


def meteor(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """Return METEOR of one sentence, 0..1, by words that are the same and then by words of one stem.

    Synonyms are left out: there is no WordNet in most of our languages. Equal texts score 1, as in
    the authors' own program, which takes no penalty for the one chunk that is the whole text.

    Source: Banerjee & Lavie 2005, "METEOR: an automatic metric for MT evaluation"; harmonic mean
    10PR / (R + 9P), penalty .5 (chunks / matches) ** 3.

    >>> meteor(["red", "shoes"], ["red", "shoe"]), round(meteor(["shoe", "red"], ["red", "shoe"]), 2)
    (1.0, 0.5)
    """
    if not hypothesis or not reference:
        return float(not hypothesis and not reference)
    pairs = _aligned(hypothesis, reference)
    if not pairs:
        return 0.0
    precision, recall = len(pairs) / len(hypothesis), len(pairs) / len(reference)
    mean = precision * recall / (_ALPHA * precision + (1.0 - _ALPHA) * recall)
    chunks = 1 + sum(after != (before[0] + 1, before[1] + 1) for before, after in pairwise(pairs))
    is_whole = chunks == 1 and len(pairs) == len(hypothesis) == len(reference)
    penalty = 0.0 if is_whole else _GAMMA * (chunks / len(pairs)) ** _BETA
    return mean * (1.0 - penalty)


def _aligned(hypothesis: Sequence[str], reference: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places, as many as there can be and in few chunks: the longest common stretch first."""
    pairs: list[tuple[int, int]] = []
    for here, there in (
        (list(hypothesis), list(reference)),
        (list(map(stem, hypothesis)), list(map(stem, reference))),
    ):
        free_here = {place for place in range(len(here))} - {a for a, _ in pairs}
        free_there = {place for place in range(len(there))} - {b for _, b in pairs}
        while stretch := _longest(here, there, free_here, free_there):
            pairs += stretch
            free_here -= {a for a, _ in stretch}
            free_there -= {b for _, b in stretch}
    return sorted(pairs)


def _longest(
    here: Sequence[str], there: Sequence[str], free_here: set[int], free_there: set[int]
) -> list[tuple[int, int]]:
    places: dict[str, list[int]] = {}
    for place in sorted(free_there):
        places.setdefault(there[place], []).append(place)
    best: tuple[int, int, int] = (0, 0, 0)
    before: dict[int, int] = {}
    for a in sorted(free_here):
        lengths = {b: before.get(b - 1, 0) + 1 for b in places.get(here[a], ())}
        for b, length in lengths.items():
            if length > best[0]:
                best = (length, a, b)
        before = lengths if a + 1 in free_here else {}
    length, a, b = best
    return [(a - back, b - back) for back in range(length)]


def kept_share(wanted: Sequence[Counter[str]], found: Sequence[Counter[str]]) -> float | None:
    """Return the share of wanted things that are found text by text, each as often, None if none is wanted.

    >>> kept_share([Counter("aab")], [Counter("ab")])
    0.6666666666666666
    """
    total = sum(sum(one.values()) for one in wanted)
    held = sum(sum((one & other).values()) for one, other in zip(wanted, found, strict=True))
    return held / total if total else None
