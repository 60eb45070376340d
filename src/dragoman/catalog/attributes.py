"""Facts out of attribute lines as the ePQA catalogue writes them: ``color:  { value:"black" }``.

The notation is JSON without most of its quotes; only values with a plain meaning become facts.
"""

import re
from collections.abc import Iterator, Mapping

from dragoman.catalog.values import fact_name, quantity
from dragoman.types import Fact

_LINE = re.compile(r"\s*([A-Za-z][\w ]{0,60}):\s*(\{.*\})\s*", re.DOTALL)
# Quoted in double (a quote inside is |") or single quotes, a mark, or a bare word; times hold colons.
_TOKEN = re.compile(
    r"""\s*(?:"((?:\|"|[^"])*)"|'([^']*)'|([{}\[\],:;])|(\d{4}-\d\d-\d\dt[\d:]+z|[^\s{}\[\],:;"']+))"""
)
_UNIT_WORDS = {
    "pounds": "lb", "ounces": "oz", "grams": "g", "kilograms": "kg", "inches": "in", "feet": "ft",
    "centimeters": "cm", "millimeters": "mm", "meters": "m", "volts": "V", "watts": "W", "liters": "l",
    "milliliters": "ml", "fluid_ounces": "fl oz", "hours": "h", "minutes": "min", "decibels": "dB",
    "gb": "GB", "mb": "MB", "tb": "TB", "milliamp_hours": "mAh", "megapixels": "MP", "amps": "A",
    "hertz": "Hz", "degrees_fahrenheit": "°F", "degrees_celsius": "°C",
}  # fmt: skip

_Node = str | dict[str, "_Node"] | list["_Node"]


def attribute_facts(line: str) -> list[Fact]:
    """Return the facts of one attribute line; none for a line in another notation.

    >>> [fact] = attribute_facts('item_weight:  { unit:pounds, value:4.50 }')
    >>> fact.name, fact.value, fact.unit, fact.quote
    ('Item weight', '4.5', 'lb', 'item_weight:  { unit:pounds, value:4.50 }')
    """
    found = _LINE.fullmatch(line)
    if not found:
        return []
    name = fact_name(found[1])
    try:
        nodes = _nodes(_TOKEN.findall(found[2]))
    except (IndexError, ValueError):
        return []
    facts: dict[tuple[str, str, str], Fact] = {}
    for node in nodes:
        for label, value, unit in _said(name, node):
            facts.setdefault((label, value, unit), Fact(label, value, unit, line.strip()))
    return list(facts.values())


def _said(name: str, node: _Node) -> Iterator[tuple[str, str, str]]:
    if not isinstance(node, Mapping):
        return
    value, unit = node.get("value"), node.get("unit", "")
    if isinstance(value, str) and isinstance(unit, str):
        plain = _plain(value)
        number, written = quantity(plain) if not unit else (plain, "")
        yield name, number, _UNIT_WORDS.get(unit, unit.replace("_", " ")) or written
        return
    # Dimensions: { width:{ unit:inches, value:7 }, … } are facts of their own.
    for part, inner in node.items():
        for entry in inner if isinstance(inner, list) else [inner]:
            if isinstance(entry, Mapping) and part != "normalized_value" and "value" in entry:
                yield from _said(f"{name} {part.replace('_', ' ')}", entry)


def _plain(value: str) -> str:
    if value in ("true", "false"):
        return "yes" if value == "true" else "no"
    if re.fullmatch(r"\d+\.\d*", value):
        return value.rstrip("0").rstrip(".")
    if date := re.fullmatch(r"(\d{4}-\d\d-\d\d)t.*", value):
        return date[1]
    return value.replace("_", " ").replace('|"', '"').strip()


def _nodes(tokens: list[tuple[str, str, str, str]]) -> list[_Node]:
    """Parse "{ … }; { … }" without recursion deeper than the notation needs (8)."""
    place, nodes = 0, []
    while place < len(tokens):
        if tokens[place][2] == ";":
            place += 1
            continue
        node, place = _node(tokens, place, 0)
        nodes.append(node)
    return nodes


def _node(tokens: list[tuple[str, str, str, str]], place: int, depth: int) -> tuple[_Node, int]:
    quoted, single, mark, bare = tokens[place]
    if depth > 8:
        raise ValueError("nested too deeply")
    if mark == "{":
        return _mapping(tokens, place + 1, depth)
    if mark == "[":
        return _list(tokens, place + 1, depth)
    if mark:
        raise ValueError(f"{mark} where a value belongs")
    return quoted or single or bare, place + 1


def _mapping(tokens: list[tuple[str, str, str, str]], place: int, depth: int) -> tuple[_Node, int]:
    found: dict[str, _Node] = {}
    while tokens[place][2] != "}":
        if tokens[place][2] == ",":
            place += 1
            continue
        key, place = _node(tokens, place, depth + 1)
        if tokens[place][2] != ":" or not isinstance(key, str):
            raise ValueError("a key without a value")
        value, place = _node(tokens, place + 1, depth + 1)
        found[key] = value
    return found, place + 1


def _list(tokens: list[tuple[str, str, str, str]], place: int, depth: int) -> tuple[_Node, int]:
    found: list[_Node] = []
    while tokens[place][2] != "]":
        if tokens[place][2] == ",":
            place += 1
            continue
        value, place = _node(tokens, place, depth + 1)
        found.append(value)
    return found, place + 1
