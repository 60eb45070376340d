"""Rules of who is seen: at most so many of one brand or seller, at least so many new. Knows names only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exposed:
    """What the rules look at in a candidate."""

    brand: str = ""
    seller: str = ""
    is_new: bool = False


def exposed(order: Sequence[Exposed], k: int, *, cap: float = 1.0, new: float = 0.0) -> list[int]:
    """Return the positions of the ``k`` to show, in order, as near to the given order as the rules allow.

    Where the rules cannot be met (too few new ones, everything of one brand), they give way: the page is
    filled, with the best of the rest at its end.

    Args:
        order: Candidates, best first.
        cap: Largest share of the page that one brand, or one seller, may have; 1 is no rule.
        new: Smallest share of the page for new products, as far as there are any; 0 is no rule.

    >>> acme, other, fresh = Exposed("Acme"), Exposed("Other"), Exposed("Acme", is_new=True)
    >>> exposed([acme, acme, other, other], 2, cap=0.5), exposed([acme, other, fresh], 2, new=0.5)
    ([0, 2], [0, 2])
    """
    k = min(k, len(order))
    most = max(1, int(cap * k))
    wanted = min(int(new * k), sum(one.is_new for one in order))
    chosen: list[int] = []
    named: Counter[tuple[str, str]] = Counter()
    for i, one in enumerate(order):
        room = k - len(chosen)
        lacking = wanted - sum(order[j].is_new for j in chosen)
        if not room:
            break
        if (room <= lacking and not one.is_new) or any(named[name] >= most for name in _names(one)):
            continue
        chosen.append(i)
        named.update(_names(one))
    rest = [i for i in range(len(order)) if i not in set(chosen)]
    return [*chosen, *rest][:k]


def _names(one: Exposed) -> list[tuple[str, str]]:
    named = [("brand", one.brand.casefold()), ("seller", one.seller.casefold())]
    return [pair for pair in named if pair[1]]
