"""Exact rankers over a judged corpus: what an index should find, had it all the time in the world.

Knows ports and the pure parts; the fused and the full search come from the verbs, outside.
"""

from collections.abc import Callable, Sequence

from dragoman.measure.beir import Document
from dragoman.measure.bm25 import ExactTerms, bm25_bags
from dragoman.measure.exact import ExactVectors
from dragoman.measure.retrieval import Asked, Ranker
from dragoman.ports import Encoder
from dragoman.rank.represent import Segment, document_terms, query_terms
from dragoman.types import Lang, Product, Scored, Text


def as_product(document: Document, lang: Lang = "und") -> Product:
    """Return the product a row of a corpus stands for: its title, and its text as the description.

    A row without a title is titled with its text, as a product cannot be without.

    >>> as_product(Document("1", "Kettle", "Boils fast."), "en").descriptions
    (Text(value='Boils fast.', lang='en', source='seller'),)
    """
    title = Text(document.title or document.text, lang)
    rest = (Text(document.text, lang),) if document.title and document.text else ()
    return Product(document.id, (title,), rest)


def dense_ranker(
    documents: Sequence[Document],
    *,
    encoder: Encoder,
    k: int,
    written: Callable[[Document], str] = lambda document: document.whole,
) -> Ranker:
    """Return a ranker by cosine, exact; encodes the whole corpus first.

    Args:
        written: What of a document is encoded.
    """
    vectors = encoder.encode([written(document) for document in documents], "passage")
    exact = ExactVectors([document.id for document in documents], vectors)

    def rank(asked: Sequence[Asked]) -> list[list[Scored]]:
        queries = encoder.encode([question.text for question in asked], "query")
        return exact.nearest(queries, k, only=[question.only for question in asked])

    return rank


def bm25_ranker(documents: Sequence[Document], *, terms: Segment, k: int) -> Ranker:
    """Return Lucene's BM25 over title and text as one field, exact: the baseline of the trade.

    >>> rank = bm25_ranker([Document("1", "", "red shoe"), Document("2", "", "hat")], terms=str.split, k=9)
    >>> [[hit.id for hit in hits] for hits in rank([Asked("blue shoe"), Asked("none")])]
    [['1'], []]
    """
    bags = bm25_bags([terms(document.whole) for document in documents])
    return _lexical(ExactTerms([document.id for document in documents], bags), terms, k)


def words_ranker(documents: Sequence[Document], *, terms: Segment, k: int) -> Ranker:
    """Return the product's own lexical ranking, exact: the weights that are put into an index.

    >>> rank = words_ranker([Document("1", "red shoe", "")], terms=str.split, k=9)
    >>> [hit.id for hit in rank([Asked("shoe")])[0]]
    ['1']
    """
    bags = [document_terms(as_product(document), terms=terms) for document in documents]
    return _lexical(ExactTerms([document.id for document in documents], bags), terms, k)


def _lexical(exact: ExactTerms, terms: Segment, k: int) -> Ranker:
    def rank(asked: Sequence[Asked]) -> list[list[Scored]]:
        bags = [query_terms(terms(question.text)) for question in asked]
        return exact.matching(bags, k, only=[question.only for question in asked])

    return rank
