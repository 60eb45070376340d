"""A journal that is opened when first used: a command that only searches makes no file and needs no SQL."""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from dragoman.ports import Journal
from dragoman.types import Event


class LateJournal:
    """Wraps the opening of a Journal; each call opens it if it is not open yet."""

    def __init__(self, open_journal: Callable[[], Journal]) -> None:
        self._open = open_journal
        self._journal: Journal | None = None
        self._lock = Lock()

    def record(self, events: Sequence[Event]) -> int:
        """Write events; returns how many were new."""
        return self._there().record(events)

    def events(self, since: float, until: float) -> Iterator[Event]:
        """Yield the events with ``since <= at < until``, by time, ties by id."""
        return self._there().events(since, until)

    def of_shopper(self, shopper: str, k: int) -> list[Event]:
        """Return the last ``k`` events of one shopper, oldest first, ties by id."""
        return self._there().of_shopper(shopper, k)

    def shoppers(self, after: str, k: int) -> list[str]:
        """Return at most ``k`` pseudonyms greater than ``after``, ascending."""
        return self._there().shoppers(after, k)

    def erase(self, shopper: str) -> int:
        """Forget all that one shopper did, for good; returns how many events that were."""
        return self._there().erase(shopper)

    def forget(self, shopper: str, product: str) -> int:
        """Forget what one shopper did with one product; returns how many events that were."""
        return self._there().forget(shopper, product)

    def close(self) -> None:
        """Release files and connections, if there are any."""
        with self._lock:
            if self._journal is not None:
                self._journal.close()

    def __len__(self) -> int:
        return len(self._there())

    def __bool__(self) -> bool:
        return True  # an empty journal is there all the same: asking must not open it

    def _there(self) -> Journal:
        if self._journal is None:
            with self._lock:
                if self._journal is None:
                    self._journal = self._open()
        return self._journal
