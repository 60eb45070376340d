"""What a name of an event, in whatever system, says that a shopper did. Knows names, nothing of rows."""

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

from dragoman.types import EventKind

Meaning: TypeAlias = EventKind | Literal["ignored", ""]
"""``ignored`` is known and says nothing of a taste; "" is unknown."""

_JOINTS = re.compile(r"[\s_-]+")
_CRAWLERS: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|archiver|headless|lighthouse|facebookexternalhit|preview|monitor|phantomjs",
    re.IGNORECASE,
)


def meaning(name: str) -> Meaning:
    """Return the kind of event that a name stands for.

    >>> meaning("add_to_cart"), meaning("Purchase-Complete"), meaning("begin_checkout"), meaning("blink")
    ('cart', 'buy', 'ignored', '')
    """
    return _meanings().get(_bare(name), "")


def nearest_name(name: str) -> str:
    """Return the known name that a mistyped one was likely meant to be.

    >>> nearest_name("ad_to_cart")
    'add_to_cart'
    """
    near = get_close_matches(_bare(name), _spelt(), n=1, cutoff=0.0)
    return _spelt()[near[0]] if near else "view"


def is_crawler(agent: str) -> bool:
    """Say whether a browser calls itself a robot.

    >>> is_crawler("Mozilla/5.0 (compatible; Googlebot/2.1)"), is_crawler("Mozilla/5.0 Firefox/140.0")
    (True, False)
    """
    return bool(_CRAWLERS.search(agent[:1_000]))


def _bare(name: str) -> str:
    return _JOINTS.sub("", name[:100]).casefold()


@cache
def _names() -> Mapping[str, list[str]]:
    text = files("dragoman.recommend").joinpath("data", "event_names.json").read_text(encoding="utf-8")
    table: dict[str, list[str]] = json.loads(text)
    return {kind: names for kind, names in table.items() if kind != "about"}


@cache
def _meanings() -> Mapping[str, Meaning]:
    found: dict[str, Meaning] = {}
    for kind, names in _names().items():
        found |= dict.fromkeys(map(_bare, names), kind)  # type: ignore[arg-type]  # the file's keys are meanings
    return found


@cache
def _spelt() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for kind, names in _names().items():
        for name in names if kind != "ignored" else ():
            found.setdefault(_bare(name), name)
    return found
