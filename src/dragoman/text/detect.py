"""Says which language a query may be in, as a distribution, from its script and the pieces of its words.

Two words are often words of several languages, so a label would be a guess: what comes back is odds, which
what is known of the shopper (languages of the shop, of the browser, of the profile) can move as a prior.
Brands, model numbers and words of every language say nothing; a text of nothing else gets no answer.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from dragoman.text import brands
from dragoman.text.langmodel import shipped
from dragoman.text.normalise import normalise
from dragoman.text.scripts import runs
from dragoman.text.tables import table
from dragoman.types import NOTHING, Lang

# Scripts that several languages share, and the table that tells those apart.
_SHARED: Final = {"Latn": "latin", "Cyrl": "cyrillic", "Arab": "arabic", "Hani": "han"}
# Scripts that, among shoppers' languages, mean one language.
_OWN: Final = {
    "Hira": "ja", "Kana": "ja", "Bopo": "zh-Hant", "Hang": "ko", "Thai": "th", "Grek": "el", "Hebr": "he",
    "Deva": "hi", "Beng": "bn", "Guru": "pa", "Gujr": "gu", "Taml": "ta", "Telu": "te", "Knda": "kn",
    "Mlym": "ml", "Laoo": "lo", "Mymr": "my", "Khmr": "km", "Geor": "ka", "Armn": "hy",
}  # fmt: skip
# How many Latin letters one character of a script is worth when scripts are mixed.
_WORTH: Final = {"Hani": 3.0, "Hang": 2.0, "Hira": 1.5, "Kana": 1.5}
# Latin words are at home in queries of every script ("USB кабель"), the reverse is rare.
_LATIN_BESIDE_OTHERS: Final = 0.25
# Letters and digits mixed are a model number; so are a few capital consonants.
_CODES: Final = re.compile(r"[A-Za-z\d]*\d[A-Za-z\d]*|\b[BCDFGHJKLMNPQRSTVWXZ]{2,5}\b")
_ENOUGH: Final = 1000  # characters; what follows would not change the answer
_LEAST: Final = 1e-4  # odds below this are left out of the answer
_PRIOR_FLOOR: Final = 0.05  # of the prior, for the languages that it does not name
_ALIASES: Final = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh"}
_CHINESE: Final = ("zh-Hans", "zh-Hant")
_CACHED_TAGS: Final = 256


def detect(
    text: str, *, among: Sequence[Lang] = (), prior: Mapping[Lang, float] = NOTHING
) -> Mapping[Lang, float]:
    """Return the odds of each language, likeliest first, summing to 1; {} when nothing in ``text`` tells.

    Args:
        text: A query as typed; a few words are enough.
        among: The only languages to choose from, in the tags that the answer shall use: ``pt-BR`` takes what
            is Portuguese, ``zh-TW`` what is traditional Chinese, ``zh`` both kinds. Without it every known
            language is a candidate and Chinese is ``zh``.
        prior: What is known beforehand, by tag, 0..1, joined by Bayes' rule. If the values sum to less than
            1, the rest is shared evenly by the other candidates.

    >>> next(iter(detect("スニーカー"))), detect("RTX 4090"), detect("Nike")
    ('ja', {}, {})
    """
    found = _odds(_words(text), _answers(tuple(among)))
    if prior and found:
        found = _with_prior(found, prior, _answers(tuple(among)))
    total = sum(found.values())
    kept = {lang: odds / total for lang, odds in found.items() if odds >= _LEAST * total}
    total = sum(kept.values())
    return {lang: kept[lang] / total for lang in sorted(kept, key=lambda lang: (-kept[lang], lang))}


def _words(text: str) -> dict[str, list[str]]:
    """Return the telling words of each script, lower case; a script without any is absent."""
    plain = _CODES.sub(" ", unicodedata.normalize("NFKC", text[:_ENOUGH]))
    found: dict[str, list[str]] = {}
    for script, run in runs(plain.lower().replace("i\u0307", "i")):
        found.setdefault(script, []).append(run)
    if "Latn" in found:
        telling = _telling(found["Latn"])
        if any(len(word) > 1 for word in telling):
            found["Latn"] = telling
        else:
            del found["Latn"]
    if "Hani" in found and ("Hira" in found or "Kana" in found):
        # Only Japanese mixes kana with Chinese characters, so the characters need no judging.
        found.setdefault("Kana", []).extend(found.pop("Hani"))
    return found


def _telling(words: list[str]) -> list[str]:
    """Leave out brand names and words of every language."""
    known = _brand_names()
    if any(normalise(word) in known.first_words for word in words):
        normal = normalise(" ".join(words))
        named = {
            word
            for mention in brands.mentions(normal, known=known)
            for word in normal[mention.start : mention.end].split()
        }
        words = [word for word in words if normalise(word) not in named]
    return [word for word in words if word not in _international()]


def _odds(words: Mapping[str, Sequence[str]], answers: Mapping[Lang, tuple[Lang, ...]]) -> dict[Lang, float]:
    """Mix the distributions of the scripts by how much each script has to say."""
    found: dict[Lang, float] = {}
    for script, share in _shares(words).items():
        for lang, odds in _within(script, words[script], answers).items():
            for tag in answers[lang]:
                found[tag] = found.get(tag, 0.0) + share * odds / len(answers[lang])
    return found


def _shares(words: Mapping[str, Sequence[str]]) -> dict[str, float]:
    shares = {script: _WORTH.get(script, 1.0) * sum(map(len, found)) for script, found in words.items()}
    if len(shares) > 1 and "Latn" in shares:
        shares["Latn"] *= _LATIN_BESIDE_OTHERS
    return shares


def _within(script: str, words: Sequence[str], answers: Mapping[Lang, object]) -> dict[Lang, float]:
    """Return the odds of the languages of one script that may be answered; {} if there are none."""
    if script in _OWN:
        return {_OWN[script]: 1.0} if _OWN[script] in answers else {}
    held = shipped()[_SHARED[script]]
    wanted = [i for i, lang in enumerate(held.langs) if lang in answers]
    if not wanted:
        return {}
    logs = held.log_odds(words).tolist()  # a dozen numbers: plain floats beat arrays
    most = max(logs[i] for i in wanted)
    odds = {held.langs[i]: math.exp(logs[i] - most) for i in wanted}
    total = sum(odds.values())
    return {lang: share / total for lang, share in odds.items()}


def _with_prior(
    found: Mapping[Lang, float], prior: Mapping[Lang, float], answers: Mapping[Lang, tuple[Lang, ...]]
) -> dict[Lang, float]:
    """Weigh every candidate by the prior; a language that the prior does not name keeps a chance."""
    candidates = {tag for tags in answers.values() for tag in tags}
    weights: dict[Lang, float] = {}
    for wanted, weight in prior.items():
        tags = {tag for lang in _known(wanted) for tag in answers.get(lang, ())}
        for tag in {wanted} & candidates or tags:
            weights[tag] = max(weights.get(tag, 0.0), weight)
    total = sum(weights.values())
    if total <= 0:
        return dict(found)
    rest = max(1.0 - total, _PRIOR_FLOOR * total) / max(len(candidates) - len(weights), 1)
    return {tag: odds * weights.get(tag, rest) for tag, odds in found.items()}


@lru_cache(maxsize=_CACHED_TAGS)
def _answers(among: tuple[Lang, ...]) -> dict[Lang, tuple[Lang, ...]]:
    """Return, for each language of the model, the tags that answer it; a language nobody wants is absent."""
    if not among:
        return {lang: ("zh",) if lang in _CHINESE else (lang,) for lang in _languages()}
    found: dict[Lang, list[Lang]] = {}
    for tag in dict.fromkeys(among):
        for lang in _known(tag):
            found.setdefault(lang, []).append(tag)
    for lang, other in (_CHINESE, _CHINESE[::-1]):
        # A shop with one kind of Chinese still wants to hear that a query is Chinese.
        found.setdefault(lang, found.get(other, []))
    return {lang: tuple(tags) for lang, tags in found.items() if tags}


def _known(tag: Lang) -> tuple[Lang, ...]:
    """Return the languages of the model that a tag stands for."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    first = _ALIASES.get(first, first)
    if first != "zh":
        return (first,)
    if {"hant", "tw", "hk", "mo"} & set(rest):
        return ("zh-Hant",)
    return ("zh-Hans",) if {"hans", "cn", "sg"} & set(rest) else _CHINESE


@cache
def _languages() -> tuple[Lang, ...]:
    shared = [lang for held in shipped().values() for lang in held.langs]
    return tuple(dict.fromkeys([*shared, *_OWN.values()]))


@cache
def _international() -> frozenset[str]:
    return frozenset(row[0] for row in table("international"))


@cache
def _brand_names() -> brands.BrandForms:
    """Names that are the same in every language; "vans shoes" is English and stays."""
    return brands.forms(row for row in table("brands") if row[2] == "mul")
