"""A journal in memory, obvious enough to judge the real ones by. Keeps nothing when the process ends."""

from collections.abc import Iterator, Sequence

from dragoman.testing.journal_contract import JournalContract
from dragoman.types import Event

__all__ = ["JournalContract", "MemoryJournal"]


class MemoryJournal:
    """Sorts all it holds whenever it is asked: the reference for `JournalContract` and a fake for tests."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}

    def record(self, events: Sequence[Event]) -> int:
        """Write events; those whose id it holds already are left as they are. Returns how many were new."""
        before = len(self._events)
        for event in events:
            self._events.setdefault(event.id, event)
        return len(self._events) - before

    def events(self, since: float, until: float) -> Iterator[Event]:
        """Yield the events with ``since <= at < until``, by time, ties by id."""
        yield from sorted((one for one in self._events.values() if since <= one.at < until), key=_time)

    def of_shopper(self, shopper: str, k: int) -> list[Event]:
        """Return the last ``k`` events of one shopper, oldest first, ties by id; of nobody, none."""
        own = sorted((one for one in self._events.values() if shopper and one.shopper == shopper), key=_time)
        return own[-k:] if k > 0 else []

    def shoppers(self, after: str, k: int) -> list[str]:
        """Return at most ``k`` pseudonyms greater than ``after``, ascending."""
        return sorted({one.shopper for one in self._events.values() if one.shopper > after})[: max(k, 0)]

    def erase(self, shopper: str) -> int:
        """Forget all that one shopper did, for good; returns how many events that were."""
        return self._drop([one.id for one in self._events.values() if shopper and one.shopper == shopper])

    def forget(self, shopper: str, product: str) -> int:
        """Forget what one shopper did with one product; returns how many events that were."""
        named = [one for one in self._events.values() if shopper and one.shopper == shopper]
        return self._drop([one.id for one in named if one.product == product])

    def close(self) -> None:
        """Nothing to release."""

    def __len__(self) -> int:
        return len(self._events)

    def _drop(self, ids: Sequence[str]) -> int:
        for id_ in ids:
            del self._events[id_]
        return len(ids)


def _time(event: Event) -> tuple[float, str]:
    return event.at, event.id
