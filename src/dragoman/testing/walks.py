"""Shoppers' walks as events of a journal, for whatever learns from one."""

from collections.abc import Sequence

from dragoman.testing.journals import MemoryJournal
from dragoman.types import Event

DAY = 86_400.0


def walked(histories: Sequence[Sequence[str]], *, markets: Sequence[str] = ("",)) -> MemoryJournal:
    """Return a journal where shopper i views the products of history i, one a day; markets take turns."""
    journal = MemoryJournal()
    journal.record(
        [
            Event(
                f"{i}/{day}", f"shopper {i}", "view", DAY * day + i, product, market=markets[i % len(markets)]
            )
            for i, history in enumerate(histories)
            for day, product in enumerate(history)
        ]
    )
    return journal
