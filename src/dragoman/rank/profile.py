"""What a shopper's events say of their taste, at this moment. Pure; knows events and traits, no journal."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dragoman.rank.tastes import interests
from dragoman.types import Event, Profile, Taste

DAY_S: Final = 86_400.0
ALIKE: Final = (
    0.66  # cosine of one interest under the shipped encoder: mean + 1.7 deviations of unrelated ones
)
_HISTORY: Final = 50
_SEARCHES: Final = 10
_FAINT: Final = 1e-3  # of the strongest weight; what is below says nothing any more
_DONE: Final = ("view", "click", "cart", "buy", "rate", "share", "like")
_STRONG: Final = ("cart", "buy", "like", "rate", "share")


@dataclass(frozen=True, slots=True)
class Trait:
    """What a taste is made of in one product."""

    category: str = ""
    brand: str = ""
    vector: NDArray[np.float32] | None = None  # (dim,), unit length
    level: float | None = None  # its price in its category: 0 the cheapest, 1 the dearest


@dataclass(frozen=True, slots=True)
class KindWeight:
    """How much a deed says, and after how many days half as much."""

    weight: float
    half_life_days: float


@cache
def kind_weights() -> Mapping[str, KindWeight]:
    """Return the shipped weights by kind of event: ``data/kinds.json``.

    >>> kind_weights()["buy"].weight > kind_weights()["view"].weight > 0 > kind_weights()["dismiss"].weight
    True
    """
    text = files("dragoman.rank").joinpath("data", "kinds.json").read_text(encoding="utf-8")
    return {kind: KindWeight(**row) for kind, row in json.loads(text).items() if kind != "about"}


def profile(
    events: Iterable[Event],
    now: float,
    *,
    traits: Mapping[str, Trait],
    alike: float = ALIKE,
    kinds: Mapping[str, KindWeight] | None = None,
) -> Profile:
    """Return what these events say, whatever their order: later ones more, none of the future.

    Args:
        events: Of one shopper.
        now: Seconds since 1970; how old an event is.
        traits: By product id; what is not in it (a product that left the shop) says nothing.
        alike: Cosine from which two products are one interest.
        kinds: Weights by kind of event; None takes the shipped ones.

    >>> seen = [Event("1", "s", "view", 0.0, "mug", lang="de", market="AT")]
    >>> found = profile(seen, 60.0, traits={"mug": Trait("Kitchen", "Acme")})
    >>> dict(found.categories), found.history, found.market, dict(found.langs)
    ({'Kitchen': 1.0}, ('mug',), 'AT', {'de': 1.0})
    """
    # Sorted first: sums of floats depend on their order in the last bit, and nothing here may.
    told = sorted((event for event in events if event.at <= now + DAY_S), key=lambda one: (one.at, one.id))
    kinds = kind_weights() if kinds is None else kinds
    weighed = [(event, _weight(event, now, kinds)) for event in told]
    disliked, avoided = _disliked(told)
    sums = _sums((e.product, w) for e, w in weighed if e.product)
    # By the strongest, not by a bound: who comes back after a year is known as they were.
    bound = _FAINT * max(sums.values(), default=0.0)
    liked = {id_: w for id_, w in sums.items() if w > max(bound, 0.0) and id_ not in disliked}
    facets = _facets(weighed)
    shares = _shares(liked)
    tastes, vectors = _tastes(liked, traits, alike)
    return Profile(
        shopper=told[-1].shopper if told else "",
        langs=_shares(_sums((e.lang, abs(w)) for e, w in weighed if e.lang)),
        market=_heaviest(_sums((e.market, abs(w)) for e, w in weighed if e.market)),
        products=shares,
        disliked=disliked,
        avoided=avoided,
        bought=frozenset(event.product for event in told if event.kind == "buy" and event.product),
        categories=_shares(_of_trait(liked, traits, "category", facets, avoided)),
        brands=_shares(_of_trait(liked, traits, "brand", facets, avoided)),
        searches=_last((e.query for e in told if e.kind == "search" and e.query), _SEARCHES)[::-1],
        history=_last((e.product for e in told if e.product and e.kind in _DONE), _HISTORY),
        tastes=tastes,
        vectors=vectors,
        price_level=_price_level(shares, traits),
    )


def _weight(event: Event, now: float, kinds: Mapping[str, KindWeight]) -> float:
    known = kinds.get(event.kind)
    if known is None:
        return 0.0
    age_days = max(0.0, now - event.at) / DAY_S
    weight = known.weight * math.exp2(-age_days / known.half_life_days)
    # Three stars say neither yes nor no.
    return weight * (event.value - 3.0) / 2.0 if event.kind == "rate" and event.value else weight


def _disliked(told: Sequence[Event]) -> tuple[frozenset[str], frozenset[str]]:
    """Products and facets of which the last strong word was no."""
    said: dict[str, bool] = {}
    for event in told:  # in order of time
        key = event.product or (event.query if event.kind in ("dismiss", "like", "follow") else "")
        if not key:
            continue
        if event.kind == "dismiss" or (event.kind == "rate" and 0 < event.value <= 2):
            said[key] = True
        elif event.kind in _STRONG or event.kind == "follow":
            said[key] = False
    products = {event.product for event in told if event.product}
    no = {key for key, is_no in said.items() if is_no}
    return frozenset(no & products), frozenset(no - products)


def _facets(weighed: Sequence[tuple[Event, float]]) -> dict[str, float]:
    """Weights of brands and categories that were followed or liked by name: ``brand:Acme``."""
    named = ((e.query, w) for e, w in weighed if not e.product and e.kind in ("follow", "like"))
    return _sums((query, weight) for query, weight in named if query.startswith(("brand:", "category:")))


def _of_trait(
    liked: Mapping[str, float],
    traits: Mapping[str, Trait],
    name: str,
    facets: Mapping[str, float],
    avoided: frozenset[str],
) -> dict[str, float]:
    values = [(getattr(traits[id_], name), weight) for id_, weight in liked.items() if id_ in traits]
    values += [(key.partition(":")[2], w) for key, w in facets.items() if key.startswith(f"{name}:")]
    summed = _sums((value, weight) for value, weight in values if value)
    return {value: weight for value, weight in summed.items() if f"{name}:{value}" not in avoided}


def _tastes(
    liked: Mapping[str, float], traits: Mapping[str, Trait], alike: float
) -> tuple[tuple[Taste, ...], NDArray[np.float32] | None]:
    ids = sorted(id_ for id_ in liked if id_ in traits and traits[id_].vector is not None)
    if not ids:
        return (), None
    rows = np.stack([vector for id_ in ids if (vector := traits[id_].vector) is not None])
    found = interests(rows, [liked[id_] for id_ in ids], alike=alike)
    tastes = tuple(Taste(one.weight, tuple(ids[i] for i in one.members)) for one in found)
    return tastes, np.stack([one.direction for one in found])


def _price_level(shares: Mapping[str, float], traits: Mapping[str, Trait]) -> float | None:
    known = [
        (weight, level)
        for id_, weight in shares.items()
        if id_ in traits and (level := traits[id_].level) is not None
    ]
    whole = sum(weight for weight, _ in known)
    return sum(weight * level for weight, level in known) / whole if whole else None


def _sums(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for key, weight in pairs:
        sums[key] = sums.get(key, 0.0) + weight
    return sums


def _shares(sums: Mapping[str, float]) -> dict[str, float]:
    """Shares of the positive weights, heaviest first, ties by name."""
    kept = {key: weight for key, weight in sums.items() if weight > 0}
    whole = math.fsum(kept.values())
    return {key: kept[key] / whole for key in sorted(kept, key=lambda key: (-kept[key], key))}


def _heaviest(sums: Mapping[str, float]) -> str:
    return min(sums, key=lambda key: (-sums[key], key), default="")


def _last(values: Iterable[str], k: int) -> tuple[str, ...]:
    """The last ``k`` different values, in the order of their last mention."""
    return tuple(reversed(list(dict.fromkeys(reversed(list(values))))[:k]))
