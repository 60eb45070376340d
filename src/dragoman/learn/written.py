"""A recipe as TOML text again, for what a search has found. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(tree: Mapping[str, Any]) -> str:  # Any: TOML
    r"""Return TOML that reads as this tree: values, then a table each, then the tables of lists of tables.

    >>> print(as_toml({"rate": 0.5, "style": {"kind": "lora"}, "tasks": [{"kind": "align"}]}), end="")
    rate = 0.5
    <BLANKLINE>
    [style]
    kind = "lora"
    <BLANKLINE>
    [[tasks]]
    kind = "align"
    """
    tables = {key: value for key, value in tree.items() if isinstance(value, Mapping)}
    lists = {key: value for key, value in tree.items() if _is_tables(value)}
    lines = _lines({key: value for key, value in tree.items() if key not in {*tables, *lists}})
    for key, table in tables.items():
        lines += ["", f"[{_key(key)}]", *_lines(table)]
    for key, some in lists.items():
        for table in some:
            lines += ["", f"[[{_key(key)}]]", *_lines(table)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:  # Any: TOML
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_lines(value)) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    return repr(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """JSON's escapes are TOML's as well, but TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
