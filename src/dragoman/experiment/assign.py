"""Who sees which arm of an experiment: a hash, so that no server has to remember."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from dragoman.errors import BadConfig


@dataclass(frozen=True, slots=True)
class Experiment:
    """A change under test: its arms, the first one being what the shop does without it.

    | field | meaning |
    |---|---|
    | `Experiment("pool", ("now", "wide"))` | half of the shoppers each |
    | `shares=(0.9, 0.1)` | nine in ten stay |
    | `traffic=0.2` | four in five are not in it at all |

    Raises:
        BadConfig: fewer than two arms, arms of one name, shares that do not sum to 1.
    """

    name: str
    arms: tuple[str, ...]
    shares: tuple[float, ...] = ()
    traffic: float = 1.0

    def __post_init__(self) -> None:
        if len(set(self.arms)) < 2 or len(set(self.arms)) != len(self.arms):
            raise BadConfig(
                f"experiment {self.name!r} has arms {self.arms}", hint="two or more, all different"
            )
        if ":" in self.name or any(":" in arm for arm in self.arms):
            raise BadConfig(f"experiment {self.name!r}: a colon parts name and arm", hint="use other names")
        shares = self.shares or (1.0,)
        wrong = (
            len(self.shares) not in (0, len(self.arms)) or abs(sum(shares) - 1.0) > 1e-9 or min(shares) < 0
        )
        if wrong or not 0.0 <= self.traffic <= 1.0:
            raise BadConfig(
                f"experiment {self.name!r}: shares {self.shares}, traffic {self.traffic}",
                hint="one share an arm, summing to 1; traffic is in 0..1",
            )


def share_of(experiment: Experiment, arm: str) -> float:
    """Return the share of the experiment's shoppers that an arm gets.

    >>> share_of(Experiment("pool", ("now", "wide")), "wide")
    0.5
    """
    shares = experiment.shares or (1.0 / len(experiment.arms),) * len(experiment.arms)
    return shares[experiment.arms.index(arm)]


def arm_of(experiment: Experiment, shopper: str) -> str:
    """Return the arm that a shopper is in, the same one each time; "" outside the traffic.

    Two hashes, so that growing the traffic moves nobody from one arm to another, and experiments of
    different names split the shoppers independently.

    >>> arm_of(Experiment("pool", ("now", "wide"), traffic=0.0), "s1")
    ''
    """
    if _uniform("in", experiment.name, shopper) >= experiment.traffic:
        return ""
    place, edge = _uniform("arm", experiment.name, shopper), 0.0
    for arm in experiment.arms[:-1]:
        edge += share_of(experiment, arm)
        if place < edge:
            return arm
    return experiment.arms[-1]


def variant_of(experiments: Sequence[Experiment], shopper: str) -> str:
    """Return what an event of this shopper carries: ``name:arm`` of each experiment, comma-separated.

    >>> variant_of([Experiment("a", ("x", "y"), (1.0, 0.0))], "s1")
    'a:x'
    """
    arms = [(experiment.name, arm_of(experiment, shopper)) for experiment in experiments]
    return ",".join(f"{name}:{arm}" for name, arm in arms if arm)


def _uniform(*parts: str) -> float:
    """A number in 0..1 (1 excluded) that depends on the parts alone: 53 bits of a hash."""
    digest = blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / float(1 << 53)
