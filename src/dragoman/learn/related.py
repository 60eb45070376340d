"""From a shop's journal to the folder of models that goes with it: learned anew, or brought up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.backends.related.folder import current, entries, swap
from dragoman.backends.related.writing import Generation
from dragoman.errors import NotFound
from dragoman.learn.counts import Counts, added, counts_of, read_counts, widened
from dragoman.learn.meetings import History, Meetings, meetings_of
from dragoman.learn.plan import Content, Plan
from dragoman.learn.whole import write_counts, write_learned
from dragoman.ports import Journal

_ALWAYS = float("inf")


@dataclass(frozen=True, slots=True)
class Learned:
    """What a refresh did."""

    folder: Path
    models: tuple[str, ...]
    events: int  # read now that said something
    products: int
    shoppers: int  # read now
    skipped: tuple[str, ...] = ()  # what was not learned, and why
    is_full: bool = True


def refresh(
    journal: Journal, folder: Path, plan: Plan = Plan(), *, full: bool = False, content: Content = Content()
) -> Learned:
    """Learn from the journal what is new in it, and put it in force in one step.

    The first time, and with ``full``, everything is learned. Otherwise popularity and co-visitation, being
    sums, take in the events since the last time, and the other models stay as they are.

    Args:
        journal: What shoppers did.
        folder: Where generations of models lie.
        plan: What is learned.
        full: Learn everything anew: also what has gone from the journal goes from the models.
        content: The catalogue, for a sequence model that knows products by what they are.

    Raises:
        NotFound: there is no event that says anything.
        Corrupt: the folder is damaged; ``full`` mends it.
    """
    before = None if full else current(folder)
    if before is None:
        return _learned_anew(journal, folder, plan, content)
    return _brought_up(journal, folder, plan, before)


def _learned_anew(journal: Journal, folder: Path, plan: Plan, content: Content) -> Learned:
    found = meetings_of(journal.events(-_ALWAYS, _ALWAYS))
    if not found.events:
        raise NotFound("no events to learn from", hint="record some first: POST /v1/events, or a batch file")
    met = counts_of(found, [(one, 0) for one in found.histories.values()], window=plan.window)
    counts = widened(met, content.ids)
    skipped: list[str] = []

    def write(fresh: Path) -> None:
        generation = Generation(fresh, counts.products)
        write_counts(generation, counts, plan)
        skipped.extend(write_learned(generation, found, plan, content))
        _finish(generation, counts)

    return _report(swap(folder, write), found, skipped, is_full=True)


def _brought_up(journal: Journal, folder: Path, plan: Plan, before: Path) -> Learned:
    old = read_counts(before)
    # Events of the very moment of the last one may have come after it was read; those it had are no news.
    news = meetings_of(one for one in journal.events(old.until, _ALWAYS) if one.at > old.until)
    if not news.events:
        return _report(before, news, [], is_full=False)
    tails = [_with_tail(journal, shopper, one, old.until, plan) for shopper, one in news.histories.items()]
    counts = added(old, counts_of(news, tails, window=plan.window))

    def write(fresh: Path) -> None:
        generation = Generation(fresh, counts.products)
        write_counts(generation, counts, plan)
        generation.take(before, ("neighbours", "factors", "sequence", "blend"))
        _finish(generation, counts)

    return _report(swap(folder, write), news, [], is_full=False)


def _with_tail(
    journal: Journal, shopper: str, news: History, until: float, plan: Plan
) -> tuple[History, int]:
    """Return a shopper's newest history with what came before it, and how much of it was counted already."""
    events = [
        one for one in journal.of_shopper(shopper, 20 * plan.window + len(news.products)) if one.at <= until
    ]
    tail = meetings_of(events).histories.get(shopper, History((), ()))
    products, weights = tail.products[-plan.window - 1 :], tail.weights[-plan.window - 1 :]
    if products and products[-1] == news.products[0]:  # they go on with it
        products, weights = products[:-1], weights[:-1]
        return History(products + news.products, weights + news.weights), len(products) + 1
    return History(products + news.products, weights + news.weights), len(products)


def _finish(generation: Generation, counts: Counts) -> None:
    generation.finish({"until": counts.until, "events": counts.events, "products": len(counts.products.ids)})


def _report(generation: Path, found: Meetings, skipped: Sequence[str], *, is_full: bool) -> Learned:
    products = len((generation / "products.txt").read_text(encoding="utf-8").splitlines())
    models = tuple(one.name for one in entries(generation))
    return Learned(generation, models, found.events, products, len(found.histories), tuple(skipped), is_full)
