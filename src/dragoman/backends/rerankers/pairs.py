"""A query and a text as one row of token ids, cut hard: what a reranker reads. Knows numbers, no runtime."""

from collections.abc import Sequence

QUERY_TOKENS = 32
"""Read of a query, ends included: three in a hundred questions of shoppers are longer."""

TEXT_TOKENS = 64
"""Read of a text, ends included: a review's sentence or an attribute; the cost of a pair is its length."""


def pair_of(
    query: Sequence[int],
    text: Sequence[int],
    *,
    query_tokens: int = QUERY_TOKENS,
    text_tokens: int = TEXT_TOKENS,
) -> list[int]:
    """Return ``<s> query </s></s> text </s>``, as XLM-R joins two texts (Conneau et al. 2020).

    Args:
        query: Token ids with both ends, as the tokenizer gives them.
        text: The same.
        query_tokens: Most ids of the query's part, ends included.
        text_tokens: Most ids of the text's part; its first end becomes the second ``</s>``.

    >>> pair_of([0, 5, 6, 2], [0, 7, 8, 9, 2], text_tokens=4)
    [0, 5, 6, 2, 2, 7, 8, 2]
    """
    asked = cut(query, query_tokens)
    said = cut(text, text_tokens)
    return [*asked, asked[-1], *said[1:]]


def cut(ids: Sequence[int], most: int) -> list[int]:
    """Return at most so many ids, the last of which stays the end.

    >>> cut([0, 7, 8, 9, 2], 4)
    [0, 7, 8, 2]
    """
    return list(ids) if len(ids) <= most else [*ids[: most - 1], ids[-1]]
