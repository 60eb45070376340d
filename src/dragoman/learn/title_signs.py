"""What tells in other languages that a text is a title in English: logistic regression on sparse signs."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from dragoman.backends.translators.phrases.titles import TitleSigns, is_title, signs_of
from dragoman.learn.phrases import Phrase
from dragoman.types import Lang

_LEAST = 3  # how often a sign must be seen
_PENALTY = 0.5
_AGREED = 0.85  # share of texts in which two languages' titles agree if they tell each other
_ROUNDS = 60
_FAINT = 0.05  # a weight that decides nothing


def learn_title_signs(texts: Sequence[str], english: Sequence[str]) -> TitleSigns:
    """Return the signs of titles; none where no text, or every text, is a title.

    Args:
        texts: In the language whose words are to tell.
        english: What they are in English.
    """
    told = [
        (text, titled)
        for text, one in zip(texts, english, strict=True)
        if (titled := is_title(one)) is not None
    ]
    if len({titled for _, titled in told}) < 2:
        return TitleSigns()
    rows = [sorted(set(signs_of(text))) for text, _ in told]
    counts = Counter(sign for row in rows for sign in row)
    names = sorted(sign for sign, n in counts.items() if n >= _LEAST)
    at = {sign: i for i, sign in enumerate(names)}
    found = [[at[sign] for sign in row if sign in at] for row in rows]
    bounds = np.cumsum([0, *map(len, found)])
    places = np.concatenate([np.array(row, np.int64) for row in found])
    x = csr_array((np.ones(len(places)), places, bounds), shape=(len(rows), len(names)))
    y = np.array([titled for _, titled in told], np.float64)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = x @ weights
        value = np.logaddexp(0, odds).sum() - y @ odds + _PENALTY / 2 * weights @ weights
        slope = x.T @ (1 / (1 + np.exp(-odds)) - y) + _PENALTY * weights
        return float(value), slope

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    kept = zip(names, best.tolist(), strict=True)
    return TitleSigns({sign: round(weight, 2) for sign, weight in kept if abs(weight) >= _FAINT})


def tells_titles(phrases: Sequence[Phrase], lang: Lang) -> bool:
    """Say whether English titles are titles in a language, and all else none; without capitals none is.

    >>> red, big = {"en": "red bags", "tr": "kırmızı çanta"}, {"en": "Big Bags", "tr": "Büyük Çantalar"}
    >>> tells_titles([red, big], "tr"), tells_titles([red], "tr")
    (True, False)
    """
    both = [(is_title(one["en"]), is_title(one[lang])) for one in phrases]
    told = {
        english: [other == english for one, other in both if one is english and other is not None]
        for english in (True, False)
    }
    return all(sum(agreed) > _AGREED * len(agreed) for agreed in told.values())
