"""What a shop knows of those who come: their events, what all of them do, and who is not believed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dragoman.ports import Journal, Related
from dragoman.recommend.crowd import Crowd
from dragoman.recommend.follow import Follower
from dragoman.recommend.gate import Gate
from dragoman.recommend.masks import names_a_person, pseudonym


@dataclass(frozen=True, slots=True)
class Audience:
    """The parts that events go to and recommendations come from."""

    journal: Journal
    crowd: Crowd
    follower: Follower
    gate: Gate = field(default_factory=Gate)
    related: Sequence[Related] = ()  # models learned from events
    key: Callable[[], bytes] = bytes  # of pseudonyms; asked for when one has to be made

    def mask(self, name: str) -> str:
        """Return the pseudonym that a shopper is kept under."""
        plain = name.strip()
        return pseudonym(plain, self.key()) if names_a_person(plain) else plain

    def erase(self, shopper: str) -> int:
        """Forget all that one shopper did, for good; returns how many events that were."""
        name = self.mask(shopper)
        self.crowd.forget(name)
        self.gate.forget(name)
        return self.journal.erase(name)

    def forget(self, shopper: str, product: str) -> int:
        """Forget what one shopper did with one product; returns how many events that were."""
        name = self.mask(shopper)
        self.crowd.forget(name)
        return self.journal.forget(name, product)

    def close(self) -> None:
        """Release the journal."""
        self.follower.stop()
        self.journal.close()


def audience(
    journal: Journal, *, related: Sequence[Related] = (), key: Callable[[], bytes] = bytes
) -> Audience:
    """Return the audience of a journal, nothing of it read yet."""
    crowd = Crowd()
    return Audience(journal, crowd, Follower(journal, crowd), related=related, key=key)
