"""The models of a shop that are learned whole from shoppers' histories: cosine, ALS, sequence, blender."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.related.blend import DEPTH
from dragoman.backends.related.blend import NAME as BLEND
from dragoman.backends.related.features import proposed
from dragoman.backends.related.folder import POPULAR, open_models
from dragoman.backends.related.shelved import Products
from dragoman.backends.related.writing import Generation
from dragoman.learn.counts import Counts, counts_of, save_counts, widened
from dragoman.learn.meetings import History, Meetings, firsts
from dragoman.learn.neighbours import cosines, covisited, met_by
from dragoman.learn.plan import Content, Plan

if TYPE_CHECKING:  # torch takes seconds to import, and a shop may go without it
    from dragoman.learn.sequence_export import Written

log = logging.getLogger(__name__)

TOGETHER, SIMILAR, ALS, SEQUENCE = "together", "similar", "als", "sequence"
_LONG_AGO = -(2**31)


def write_counts(generation: Generation, counts: Counts, plan: Plan) -> None:
    """Write the models that are sums: popularity by market and window, and co-visitation."""
    n = len(counts.products.ids)
    today = int(counts.until // 86_400)
    for market in (None, *(name for name in counts.daily.names if name)):
        base = POPULAR if market is None else f"{POPULAR}:{market}"
        generation.popular(base, counts.daily.popular(n, market=market, since=_LONG_AGO))
        for days in plan.windows:
            recent = counts.daily.popular(n, market=market, since=today - days + 1)
            generation.popular(f"{base}/{days}d", recent)
    pairs = (counts.pairs + plan.backwards * counts.pairs.T).tocsr()
    table = covisited(pairs, counts.met(), popularity=plan.popularity, k=plan.neighbours)
    generation.neighbours(TOGETHER, table, fading=plan.fading)
    save_counts(counts, generation.folder)


def write_learned(generation: Generation, found: Meetings, plan: Plan, content: Content) -> list[str]:
    """Write the models that are learned whole; return what was left out, and why."""
    _write_factors(generation, found.histories, plan)
    skipped = [f"{ALS}: implicit is not installed"] if find_spec("implicit") is None else []
    long = {who: one for who, one in found.histories.items() if len(firsts(one.products)) >= 3}
    missing = [name for name in ("torch", "lightgbm") if find_spec(name) is None]
    if len(long) < plan.least:
        return [
            *skipped,
            f"{SEQUENCE}, {BLEND}: {len(long)} shoppers met three products, {plan.least} needed",
        ]
    if missing:
        return [*skipped, f"{SEQUENCE}, {BLEND}: {' and '.join(missing)} not installed"]
    written = _learn_sequence(generation.products, long, plan, content) if plan.steps else None
    if written:
        generation.sequence(SEQUENCE, *written)
    _write_blend(generation, long, plan, written)
    return skipped if written else [*skipped, f"{SEQUENCE}: 0 steps asked for"]


def _write_factors(generation: Generation, histories: Mapping[str, History], plan: Plan) -> None:
    rows = [generation.products.known(firsts(one.products)) for one in histories.values()]
    met = met_by(rows, len(generation.products.ids))
    generation.neighbours(SIMILAR, cosines(met, shrink=plan.shrink, k=plan.neighbours), fading=plan.fading)
    if find_spec("implicit") is not None and met.nnz:
        from dragoman.learn.factors import Als, als

        dials = Als(plan.dim, plan.regularisation, plan.confidence)
        factors = als(met, dials, seed=plan.seed).products
        generation.factors(ALS, factors, regularisation=plan.regularisation, confidence=plan.confidence)


def _learn_sequence(
    products: Products, histories: Mapping[str, History], plan: Plan, content: Content
) -> "Written":
    """Learn from all but each shopper's last product, which tells when to stop and teaches the blender."""
    from dragoman.learn.next_item import Held, Known, NextItem, learn_next_item
    from dragoman.learn.recipe import Recipe, TaskRecipe
    from dragoman.learn.sequence_export import exported

    rows = [products.known(firsts(one.products)) + 1 for one in histories.values()]
    held = Held([one[:-1] for one in rows], np.array([one[-1] for one in rows]))
    vectors = _vectors_of(products, content)
    options = NextItem(
        "", temperature=0.07, dropout=0.4, negatives=512, id_dropout=0.0 if vectors is None else 0.2
    )
    recipe = Recipe(
        SEQUENCE,
        (TaskRecipe("next_item"),),
        seed=plan.seed,
        steps=plan.steps,
        rate=1e-3,
        decay=0.0,
        measure_every=max(1, min(250, plan.steps // 4)),
        patience=2,
        schedule="constant",
        clip=5.0,
    )
    with TemporaryDirectory() as folder:
        known = Known(vectors=vectors)
        learned = learn_next_item(
            recipe, options, held.histories, held, known, len(products.ids), Path(folder)
        )
        return exported(learned, known, np.unique(np.concatenate(held.histories)))


def _vectors_of(products: Products, content: Content) -> NDArray[np.float32] | None:
    if not content.ids:
        return None
    found = np.zeros((len(products.ids) + 1, content.vectors.shape[1]), np.float32)
    found[products.known(content.ids) + 1] = content.vectors
    return found


def _write_blend(
    generation: Generation, histories: Mapping[str, History], plan: Plan, sequence: "Written | None"
) -> None:
    """Learn the trees on models that have not seen each shopper's last product, and write them."""
    from dragoman.learn.blend import Trees, learn_blend

    cut = {who: _without_last(one) for who, one in histories.items()}
    drawn = np.random.default_rng(plan.seed).permutation(len(cut))[: plan.most]
    whos = [list(cut)[i] for i in np.sort(drawn)]
    with TemporaryDirectory() as folder:
        before = Generation(Path(folder), generation.products)
        write_counts(before, _counts_of(cut, generation.products.ids, plan), replace(plan, windows=()))
        _write_factors(before, cut, plan)
        if sequence:
            before.sequence(SEQUENCE, *sequence)
        before.finish({})
        models = open_models(Path(folder))
        found = proposed(models, [cut[who].products for who in whos], DEPTH)
    targets = [firsts(histories[who].products)[-1] for who in whos]
    graph = learn_blend(found, targets, Trees(), seed=plan.seed)
    generation.blend(BLEND, graph, models=[one.name for one in models], depth=DEPTH)


def _without_last(history: History) -> History:
    """Return a history without its last product, wherever it was met."""
    last = firsts(history.products)[-1]
    kept = [
        (one, weight) for one, weight in zip(history.products, history.weights, strict=True) if one != last
    ]
    return History(tuple(one for one, _ in kept), tuple(weight for _, weight in kept))


def _counts_of(histories: Mapping[str, History], ids: Sequence[str], plan: Plan) -> Counts:
    daily: dict[tuple[int, str, str], float] = {}
    for one in histories.values():
        for product, weight in zip(one.products, one.weights, strict=True):
            daily[0, "", product] = daily.get((0, "", product), 0.0) + weight
    found = Meetings(daily, histories, 0.0, len(daily))
    return widened(counts_of(found, [(one, 0) for one in histories.values()], window=plan.window), ids)
