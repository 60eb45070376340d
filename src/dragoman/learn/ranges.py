"""Values of a recipe that are to be found: ``rate = { from = 1e-4, to = 1e-3, log = true }``. Pure.

| in the recipe | tried |
|---|---|
| ``{ from = 1e-4, to = 1e-3, log = true }`` | numbers between, evenly by their logarithm |
| ``{ from = 8, to = 64 }`` | whole numbers, both ends included, as both are whole |
| ``{ choices = ["lora", "full"] }`` | one of these |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

from dragoman.errors import BadConfig

Tree: TypeAlias = Mapping[str, Any]  # Any: TOML
_KEYS = {"from", "to", "log"}


@dataclass(frozen=True, slots=True)
class Range:
    """A marked value: its place in the recipe, such as ``tasks.0.temperature``, and what it may be."""

    place: str
    choices: tuple[Any, ...] = ()  # Any: TOML
    low: float = 0.0
    high: float = 0.0
    log: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.low, int) and isinstance(self.high, int)


def marked(tree: Tree) -> list[Range]:
    """Return the ranges in a recipe's tree, in its order.

    Raises:
        BadConfig: a range without an end, upside down, or of something else than numbers.

    >>> [one.place for one in marked({"rate": {"from": 1, "to": 2}, "style": {"rank": {"choices": [4]}}})]
    ['rate', 'style.rank']
    """
    return [_range(place, value) for place, value in _walk(tree, "")]


def filled(tree: Tree, values: Mapping[str, Any]) -> dict[str, Any]:  # Any: TOML
    """Return the tree with a value in place of each range.

    >>> filled({"style": {"rank": {"choices": [4, 8]}}, "seed": 1}, {"style.rank": 8})
    {'style': {'rank': 8}, 'seed': 1}
    """
    made: dict[str, Any] = _filled(tree, "", values)
    return made


def begun(tree: Tree) -> dict[str, Any]:  # Any: TOML
    """Return the tree with each range's first value, to see whether the rest of a recipe can be.

    >>> begun({"rate": {"from": 0.1, "to": 0.2}})
    {'rate': 0.1}
    """
    return filled(tree, {one.place: one.choices[0] if one.choices else one.low for one in marked(tree)})


def _filled(value: Any, place: str, values: Mapping[str, Any]) -> Any:  # Any: TOML
    if place in values:
        return values[place]
    if isinstance(value, Mapping):
        return {key: _filled(part, _under(place, key), values) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, _under(place, i), values) for i, part in enumerate(value)]
    return value


def _walk(value: Any, place: str) -> list[tuple[str, Mapping[str, Any]]]:  # Any: TOML
    """Every table in the tree with its place; within a range there is none."""
    if isinstance(value, list):
        return [found for i, part in enumerate(value) for found in _walk(part, _under(place, i))]
    if not isinstance(value, Mapping):
        return []
    if _is_range(value):
        return [(place, value)]
    return [found for key, part in value.items() for found in _walk(part, _under(place, key))]


def _is_range(value: Mapping[str, Any]) -> bool:
    return "choices" in value or bool({"from", "to"} & set(value))


def _range(place: str, value: Mapping[str, Any]) -> Range:  # Any: TOML
    choices, low, high = value.get("choices"), value.get("from"), value.get("to")
    if set(value) == {"choices"} and isinstance(choices, list) and choices:
        return Range(place, choices=tuple(choices))
    if set(value) <= _KEYS and _is_number(low) and _is_number(high) and low < high:
        is_log = value.get("log") is True
        if low > 0 or not is_log:
            return Range(place, low=low, high=high, log=is_log)
    hint = "like { from = 1e-4, to = 1e-3, log = true } or { choices = [8, 16] }"
    raise BadConfig(f"{place} = {dict(value)} is no range", hint=hint)


def _is_number(value: Any) -> TypeGuard[float]:  # Any: TOML
    return isinstance(value, int | float) and not isinstance(value, bool)


def _under(place: str, key: str | int) -> str:
    return f"{place}.{key}" if place else str(key)
