"""What a product looks like to the encoder and to the lexical index.

Pure text in, text or weights out: knows no tokenizer (it is handed one), no model and no index.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import TypeAlias

from dragoman.types import Fact, Product, Terms, Text

Segment: TypeAlias = Callable[[str], Sequence[str]]
"""Splits text of any language into index terms; the same one for products and queries."""

PASSAGE_BUDGET = (
    48.0  # estimated tokens: 30 to 256 rank alike (decision 0007), and encoding cost is linear in them
)
K1 = 1.2  # saturation: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework", §3.4
FIELDS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        # weight, average length in terms, and how much of the length counts (b of BM25F)
        "title": (3.0, 12.0, 0.5),
        "brand": (2.0, 1.0, 0.0),
        "category": (1.5, 4.0, 0.3),
        "facts": (1.0, 20.0, 0.5),
        "bullets": (1.0, 60.0, 0.6),
        "description": (0.7, 80.0, 0.7),
        "codes": (3.0, 1.0, 0.0),
    }
)
_WIDE = re.compile("[\\u2e80-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff]")  # ideographs, kana, hangul
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
LONGEST_FIELD = 400  # terms of one field that are indexed: a description may be a whole book


def passage_text(product: Product, *, budget: float = PASSAGE_BUDGET) -> str:
    """Return the words that stand for a product in vector space, the telling ones first.

    The seller's own title, the brand and the narrowest category where the title lacks them,
    then bullets and description in the title's language until the budget is spent. Other
    languages stay out: the encoder maps them to the same place, and each token costs time.

    Args:
        budget: Length in estimated sub-word tokens, above 0; see ``estimated_tokens``.

    >>> from dragoman.types import Text
    >>> passage_text(Product("1", (Text("Kettle, 2 l", "en"),), brand="Acme", category="Home > Kettles"))
    'Kettle, 2 l. Acme. Kettles'
    """
    taken: list[str] = []
    left = budget
    for part in _unsaid(_telling(product)):
        taken.append(_cut(part, left))
        left -= estimated_tokens(part) + 1
        if left <= 0:
            break
    return ". ".join(part.rstrip(" .") for part in taken if part)


def estimated_tokens(text: str) -> float:
    """Guess how many sub-word tokens a multilingual vocabulary makes of a text, within about a third.

    Counted on XLM-R's vocabulary: an ideograph or kana is about .6 tokens, a letter of a
    spaced script about .25.

    >>> estimated_tokens("four words of text")
    4.5
    """
    wide = len(_WIDE.findall(text))
    return 0.6 * wide + 0.25 * (len(text) - wide)


def document_terms(product: Product, *, terms: Segment) -> Terms:
    """Weigh the index terms of a product: frequency by field, length and saturation are in.

    The index multiplies by inverse document frequency when it is asked. Texts of one field in
    several languages are alternatives, not more evidence: each is weighed against its own
    length and a term counts once, by its best, so a product is not favoured for being
    translated often.

    Returns:
        Weight by term, 0 < weight < K1 + 1.

    Source: BM25F, Robertson & Zaragoza 2009, eq. 3.19-3.20, with fixed average lengths, so that
    a product's weights do not change when another product arrives.

    >>> weights = document_terms(Product("1", (), brand="Acme"), terms=str.split)
    >>> {term: round(weight, 3) for term, weight in weights.items()}
    {'Acme': 1.375}
    """
    frequency: dict[str, float] = {}
    for field, versions in _fields(product).items():
        for term, value in _field_frequency(field, versions, terms).items():
            frequency[term] = frequency.get(term, 0.0) + value
    return {term: (K1 + 1.0) * value / (K1 + value) for term, value in frequency.items()}


def query_terms(words: Sequence[str]) -> Terms:
    """Weigh the terms of a query: a word asked once is 1, and repeating it adds less and less.

    Scripts without spaces give several terms a word, which together weigh what a word does, or a
    model number in a Chinese query would drown: characters and pairs a quarter each (a word of
    two characters is both characters and about two pairs), pairs alone a half.

    Source: BM25's query side with k3 = 1 (Robertson & Zaragoza 2009, §3.4).

    >>> query_terms(["red", "shoe", "red"])
    {'red': 1.3333333333333333, 'shoe': 1.0}
    >>> query_terms(["耳", "机", "耳机", "nike"])
    {'耳': 0.25, '机': 0.25, '耳机': 0.25, 'nike': 1.0}
    """
    counted = Counter(words).items()
    return {term: _share_of_word(term) * 2.0 * count / (1.0 + count) for term, count in counted}


def _share_of_word(term: str) -> float:
    if _HAN.match(term):
        return 0.25
    return 0.5 if _WIDE.match(term) else 1.0


def _telling(product: Product) -> Iterator[str]:
    """What a shopper would be told first about a product, part by part."""
    lang = product.titles[0].lang if product.titles else ""
    yield from (text.value for text in product.titles[:1])
    yield product.brand
    yield product.category.rpartition(">")[2].strip()
    yield from (text.value for text in _in_lang(product.bullets, lang))
    yield from (text.value for text in _in_lang(product.descriptions, lang))


def _in_lang(texts: Sequence[Text], lang: str) -> Sequence[Text]:
    own = [text for text in texts if text.lang == lang]
    return own or texts


def _unsaid(parts: Iterable[str]) -> Iterator[str]:
    """Leave out a part that an earlier one already holds: "Acme" after "Acme kettle"."""
    said = ""
    for part in parts:
        plain = " ".join(part.split())
        if plain and plain.casefold() not in said:
            said += " " + plain.casefold()
            yield plain


def _cut(text: str, budget: float) -> str:
    """The beginning of a text that fits the budget, ending between words where there are words."""
    if estimated_tokens(text) <= budget:
        return text
    spent = 0.0
    for at, char in enumerate(text):
        spent += 0.6 if _is_wide(char) else 0.25
        if spent > budget:
            start = text[:at]
            return start if _is_wide(char) else (start.rpartition(" ")[0] or start)
    return text


def _is_wide(char: str) -> bool:
    return _WIDE.match(char) is not None


def _fields(product: Product) -> Mapping[str, Sequence[str]]:
    """The texts of each field, one per language."""
    facts = " ".join(f"{fact.value} {fact.unit}" for fact in (*product.facts, *_options(product)))
    codes = " ".join((product.mpn, product.gtin, *(variant.gtin for variant in product.variants)))
    return {
        "title": [text.value for text in product.titles],
        "brand": [product.brand],
        "category": [product.category.replace(">", " ")],
        "facts": [facts],
        "bullets": _by_lang(product.bullets),
        "description": _by_lang(product.descriptions),
        "codes": [codes],
    }


def _options(product: Product) -> Iterable[Fact]:
    return {option: None for variant in product.variants for option in variant.options}


def _by_lang(texts: Iterable[Text]) -> list[str]:
    joined: dict[str, list[str]] = {}
    for text in texts:
        joined.setdefault(text.lang, []).append(text.value)
    return ["\n".join(values) for values in joined.values()]


def _field_frequency(field: str, versions: Sequence[str], terms: Segment) -> dict[str, float]:
    weight, average, b = FIELDS[field]
    best: dict[str, float] = {}
    for version in versions:
        counts = Counter(islice(terms(version), LONGEST_FIELD) if version else ())
        norm = 1.0 - b + b * counts.total() / average
        for term, count in counts.items():
            best[term] = max(best.get(term, 0.0), weight * count / norm)
    return best
