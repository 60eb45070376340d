"""Shoppers whose truth is known, to try estimators on: they look, want and click by stated probabilities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dragoman.experiment.assign import Experiment, arm_of
from dragoman.experiment.clicks import Impressions
from dragoman.types import Event

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class World:
    """What is true of a shop: how much each product is wanted, by whom, and how far down people look."""

    wanted: Floats  # (products,) in 0..1
    looked: Floats  # (places,) in 0..1
    warmth: float = 0.3  # how much shoppers differ in eagerness: deviation of a factor around 1

    def rate(self, ranking: NDArray[np.int64]) -> float:
        """Return the true clicks a show of this list: the mean of looked times wanted."""
        return float(np.mean(self.looked[: len(ranking)] * self.wanted[ranking]))


def clicks_on(
    world: World, ranking: NDArray[np.int64], rng: np.random.Generator, *, eagerness: float = 1.0
) -> NDArray[np.bool_]:
    """Return which places of a list one shopper clicks."""
    chance = np.clip(eagerness * world.looked[: len(ranking)] * world.wanted[ranking], 0.0, 1.0)
    drawn: NDArray[np.bool_] = rng.random(len(ranking)) < chance
    return drawn


def visits(
    world: World,
    rankings: Sequence[NDArray[np.int64]],
    experiment: Experiment,
    shoppers: int,
    *,
    seed: int,
    lists: int = 3,
) -> Iterator[Event]:
    """Yield the events of shoppers who each look at some lists of their arm's ranking.

    A shopper's eagerness is the same in all of their lists: their clicks hang together, as real ones do.
    """
    rng = np.random.default_rng(seed)
    for number in range(shoppers):
        shopper = f"s{seed}-{number}"
        arm = arm_of(experiment, shopper)
        ranking = rankings[experiment.arms.index(arm)]
        eagerness = float(np.clip(rng.normal(1.0, world.warmth), 0.0, 2.0))
        for visit in range(1 + int(rng.integers(lists))):
            yield from _one_list(world, ranking, shopper, f"{experiment.name}:{arm}", visit, eagerness, rng)


def _one_list(
    world: World,
    ranking: NDArray[np.int64],
    shopper: str,
    variant: str,
    visit: int,
    eagerness: float,
    rng: np.random.Generator,
) -> Iterator[Event]:
    impression = f"{shopper}/{visit}"
    clicked = clicks_on(world, ranking, rng, eagerness=eagerness)
    for place, (product, is_clicked) in enumerate(zip(ranking, clicked, strict=True), start=1):
        shown = Event(
            f"{impression}/{place}",
            shopper,
            "show",
            float(visit),
            product=f"p{product}",
            impression=impression,
            position=place,
            variant=variant,
        )
        yield shown
        if is_clicked:
            yield replace(shown, id=f"{shown.id}/click", kind="click")


def shuffled(world: World, lists: int, *, seed: int, spread: float = 1.0) -> Impressions:
    """Return impressions of lists ordered by what is wanted, with noise, as a ranker in use would.

    Args:
        spread: Noise of the order; without any, place and product cannot be told apart.
    """
    rng = np.random.default_rng(seed)
    places = len(world.looked)
    order = np.log(world.wanted + 1e-3)
    rankings = [np.argsort(-(order + spread * rng.gumbel(size=len(order))))[:places] for _ in range(lists)]
    clicks = [clicks_on(world, ranking, rng) for ranking in rankings]
    positions = np.tile(np.arange(1, places + 1), lists)
    return Impressions(positions, np.concatenate(rankings), np.concatenate(clicks))
