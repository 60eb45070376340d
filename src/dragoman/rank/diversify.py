"""Keeps the top of a list from showing one thing many times; knows titles, sellers and brands, no vectors."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set

from dragoman.types import Product

TWIN = 0.8  # share of common title words from which two titles are one product listed twice
_TWIN_PLACES = 20.0  # places a listing falls for each twin above it, at dial 1
_SAME_PLACES = 2.0  # places it falls for each further product of one seller or brand, at dial 1
_FREE = 2  # products that a seller or brand may have before that


def spread(products: Sequence[Product], *, dial: float, wanted: Set[str] = frozenset()) -> list[int]:
    """Return the order in which to show products, as positions in ``products``, best first.

    Works on places, not scores, so it means the same whatever made the ranking: at each step
    the product comes whose place plus penalty is smallest. A near-identical title costs
    ``20 x dial`` places per twin already shown; each product after the second of a seller or
    brand costs ``2 x dial``. Where all share a seller the order stays. A fixed list in gives
    a fixed list out, so pages that cut it never overlap.

    Args:
        products: Best first.
        dial: 0 keeps the order, 1 spreads most.
        wanted: Case-folded brands and sellers that the shopper asked for: they cost nothing.

    >>> from dragoman.types import Text
    >>> mugs = [Product(id, (Text(title, "en"),)) for id, title in
    ...         [("a", "red mug"), ("b", "red mug"), ("c", "blue cup")]]
    >>> spread(mugs, dial=0.3)
    [0, 2, 1]
    """
    if dial <= 0 or len(products) < 2:
        return list(range(len(products)))
    twins = _twins([_title_words(product) for product in products])
    groups = [_groups(product, wanted) for product in products]
    members = _crowds(groups)
    if not members and not any(twins):
        return list(range(len(products)))
    places = [float(i) for i in range(len(products))]
    shown: Counter[str] = Counter()
    left = list(range(len(products)))
    order: list[int] = []
    while left:
        best = min(left, key=places.__getitem__)
        left.remove(best)
        order.append(best)
        shown.update(groups[best])
        crowded = (i for name in groups[best] if shown[name] >= _FREE for i in members.get(name, ()))
        _add(places, twins[best], dial * _TWIN_PLACES)
        _add(places, crowded, dial * _SAME_PLACES)
    return order


def are_twins(one: Set[str], other: Set[str]) -> bool:
    """Say whether two titles, as sets of words, are the same product listed twice.

    >>> are_twins({"red", "mug"}, {"red", "mug"}), are_twins({"red", "mug"}, {"blue", "mug"})
    (True, False)
    """
    common = len(one & other)
    return common > 0 and common >= TWIN * (len(one) + len(other) - common)


def _twins(titles: Sequence[Set[str]]) -> list[list[int]]:
    """Return, per title, the places of its twins."""
    found: list[list[int]] = [[] for _ in titles]
    sizes = [len(title) for title in titles]
    for i, title in enumerate(titles):
        for j in range(i):
            # Sizes first: they rule out most pairs without comparing a word.
            if TWIN * sizes[i] <= sizes[j] and TWIN * sizes[j] <= sizes[i] and are_twins(title, titles[j]):
                found[i].append(j)
                found[j].append(i)
    return found


def _crowds(groups: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Return the members of each seller and brand that can crowd: more than are free, and not everybody."""
    members: dict[str, list[int]] = {}
    for i, names in enumerate(groups):
        for name in names:
            members.setdefault(name, []).append(i)
    return {name: held for name, held in members.items() if _FREE < len(held) < len(groups)}


def _add(places: list[float], which: Iterable[int], more: float) -> None:
    for i in which:
        places[i] += more


def _groups(product: Product, wanted: Set[str]) -> list[str]:
    named = {"seller": product.seller.casefold(), "brand": product.brand.casefold()}
    return [f"{kind}:{name}" for kind, name in named.items() if name and name not in wanted]


def _title_words(product: Product) -> frozenset[str]:
    """Words of the seller's title; its characters where the script writes no spaces."""
    title = product.titles[0].value.casefold() if product.titles else ""
    words = title.split()
    return frozenset(words if len(words) * 12 > len(title) else title)
