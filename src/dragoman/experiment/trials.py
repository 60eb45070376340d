"""Experiments that change dials: what each arm puts in place of the shop's own. Knows names, no verb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dragoman.errors import BadConfig
from dragoman.experiment.assign import Experiment, arm_of

Dials = Mapping[str, Any]  # Any: a dial is a number or a word; whoever has it checks
_NONE: Mapping[str, Dials] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment, and the dials that each of its arms turns; an arm that is not named turns none."""

    experiment: Experiment
    dials: Mapping[str, Dials] = field(default_factory=lambda: _NONE)


def trials_from(table: Mapping[str, Any]) -> tuple[Trial, ...]:  # Any: a table of a settings file
    """Return the experiments that a settings table describes, in the order of their names.

    >>> [trial] = trials_from({"pool": {"arms": {"now": {}, "wide": {"pool": 200}}, "traffic": 0.5}})
    >>> trial.experiment.arms, trial.dials["wide"]
    (('now', 'wide'), {'pool': 200})

    Raises:
        BadConfig: an experiment without arms, or with keys that nobody knows.
    """
    return tuple(_trial(name, table[name]) for name in sorted(table))


def dials_for(trials: Sequence[Trial], shopper: str) -> dict[str, Any]:
    """Return the dials turned for a shopper; nobody in particular ("") is in no experiment.

    Where two experiments turn the same dial, the later name wins: run such ones after each other.

    >>> dials_for(trials_from({"p": {"arms": {"a": {"x": 1}, "b": {}}, "shares": [1, 0]}}), "s1")
    {'x': 1}
    """
    turned: dict[str, Any] = {}
    for trial in trials if shopper else ():
        turned |= trial.dials.get(arm_of(trial.experiment, shopper), {})
    return turned


def _trial(name: str, table: Any) -> Trial:
    remedy = "like {arms = {now = {}, wide = {pool = 200}}, shares = [0.5, 0.5], traffic = 1.0}"
    if not isinstance(table, Mapping) or not isinstance(table.get("arms"), Mapping):
        raise BadConfig(f"experiment {name!r} = {table!r}", hint=remedy)
    if strange := sorted(set(table) - {"arms", "shares", "traffic"}):
        raise BadConfig(f"experiment {name!r} has no key {strange[0]!r}", hint=remedy)
    arms = {str(arm): dials for arm, dials in table["arms"].items()}
    if wrong := [arm for arm, dials in arms.items() if not isinstance(dials, Mapping)]:
        raise BadConfig(f"experiment {name!r}: arm {wrong[0]!r} is no table of dials", hint=remedy)
    try:
        shares = tuple(float(share) for share in table.get("shares", ()))
        traffic = float(table.get("traffic", 1.0))
    except (TypeError, ValueError) as error:
        raise BadConfig(f"experiment {name!r}: {error}", hint=remedy) from error
    return Trial(Experiment(name, tuple(arms), shares, traffic), arms)
