"""Says why a product was found: which words and which facts of it the query named. Knows no tokenizer."""

import re
from collections.abc import Iterable, Mapping, Sequence

from dragoman.types import Fact, FactFilter, Product

_SEEN = 1200  # characters of bullets and descriptions looked through: a whole book would cost a millisecond


def evidence_text(product: Product) -> str:
    """Return the words of a product in which matches are shown, title first, at most a page.

    >>> from dragoman.types import Text
    >>> evidence_text(Product("1", (Text("Mug", "en"),), brand="Acme", facts=(Fact("Color", "red"),)))
    'Mug Acme red'
    """
    short = [text.value for text in product.titles]
    short += [product.brand, product.category, product.mpn, *(fact.value for fact in _all_facts(product))]
    long = " ".join(text.value for text in (*product.bullets, *product.descriptions))
    return " ".join(part for part in (*short, long[:_SEEN]) if part)


def words_found(asked: Mapping[str, Sequence[str]], text: str) -> tuple[str, ...]:
    """Return the words of a query that a product's text holds, as typed, in the order typed.

    Args:
        asked: Index terms by the typed word they came from.
        text: The product's normalised words.

    >>> words_found({"Tassen": ["tasse"], "rot": ["rot"], "Tee": ["tee"]}, "tassen, rote")
    ('Tassen', 'rot')
    """
    return tuple(word for word, terms in asked.items() if any(_holds(text, term) for term in terms))


def facts_found(product: Product, filters: Iterable[FactFilter], query: str) -> tuple[Fact, ...]:
    """Return the facts that a filter names or whose whole value the query says.

    Args:
        query: The normalised query.

    >>> shirt = Product("1", (), facts=(Fact("Color", "Red"), Fact("Size", "M")))
    >>> [fact.name for fact in facts_found(shirt, (FactFilter("Size"),), "red shirt")]
    ['Color', 'Size']
    """
    named = {asked.name for asked in filters}
    told = (fact for fact in _all_facts(product) if fact.name in named or _says(query, fact.value.casefold()))
    return tuple(dict.fromkeys(told))


def _says(query: str, value: str) -> bool:
    return len(value) > 1 and _stands(value, query)


def _holds(text: str, term: str) -> bool:
    return _stands(term, text) if _SPACED.match(term) else term in text


_SPACED = re.compile(r"[^\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_ENDING = 2  # letters behind a stem


def _stands(term: str, text: str) -> bool:
    """Whether a term begins a word with at most a short ending behind it: a stem finds what it was cut from.

    As the pattern ``(?<!\\w)term\\w{0,2}(?!\\w)``, which would have to be compiled for every word ever asked.
    """
    at = text.find(term)
    while at >= 0:
        behind = text[at + len(term) : at + len(term) + _ENDING + 1]
        if not (at and _is_word(text[at - 1])) and not (len(behind) > _ENDING and all(map(_is_word, behind))):
            return True
        at = text.find(term, at + 1)
    return False


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _all_facts(product: Product) -> list[Fact]:
    return [*product.facts, *(option for variant in product.variants for option in variant.options)]
