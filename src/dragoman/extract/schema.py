"""The taxonomy: categories, the attributes each has, and the closed values of those; names in 25 languages.

Shopify's Standard Product Taxonomy, packed by ``data/taxonomy/build.py``. Knows no product.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from dragoman.extract.view import fold

LANGS: Final = (
    "ar", "cs", "da", "de", "en", "es", "fi", "fr", "hi", "id", "it", "ja", "ko", "nb", "nl", "pl", "pt",
    "pt-PT", "ru", "sv", "th", "tr", "vi", "zh", "zh-Hant",
)  # fmt: skip


class Attribute(NamedTuple):
    """An attribute: its handle, English name and the numbers of its closed values."""

    handle: str
    name: str
    values: tuple[int, ...]


class Category(NamedTuple):
    """A category: its English path and the numbers of its attributes."""

    path: str
    attributes: tuple[int, ...]

    @property
    def depth(self) -> int:
        """How many names its path has."""
        return self.path.count(" > ") + 1


class Taxonomy(NamedTuple):
    """Categories, and the attributes that they refer to by number."""

    categories: tuple[Category, ...]
    attributes: tuple[Attribute, ...]


class Wording(NamedTuple):
    """Names of attributes and of values in one language, by number; "" where the taxonomy has none."""

    attributes: tuple[str, ...]
    values: tuple[str, ...]


@cache
def taxonomy() -> Taxonomy:
    """Return the shipped taxonomy."""
    told = _read("schema.json.gz")
    names = {id_: name for id_, name, _ in told["categories"]}
    categories = tuple(
        Category(" > ".join(names[part] for part in _chain(id_) if part in names), tuple(attributes))
        for id_, _, attributes in told["categories"]
    )
    attributes = tuple(Attribute(handle, name, tuple(values)) for handle, name, values in told["attributes"])
    return Taxonomy(categories, attributes)


@cache
def wording(lang: str) -> Wording:
    """Return the names of a language; the English ones for a language the taxonomy lacks."""
    told = _read(f"closed/{lang if lang in LANGS else 'en'}.json.gz")
    return Wording(tuple(told["attributes"]), tuple(told["values"]))


@cache
def attribute_numbers() -> Mapping[str, int]:
    """Return the number of an attribute by its folded English name, the first of equal names."""
    found: dict[str, int] = {}
    for at, attribute in enumerate(taxonomy().attributes):
        found.setdefault(fold(attribute.name), at)
    return found


@cache
def value_numbers() -> Mapping[str, int]:
    """Return the number of a value by its English text."""
    return {text: at for at, text in enumerate(wording("en").values)}


def known_category(path: str) -> Category | None:
    """Return the taxonomy's category for a seller's path: the same path, or the same last names.

    >>> known_category("Home & Garden > Kitchen & Dining > Tableware").path
    'Home & Garden > Kitchen & Dining > Tableware'
    """
    parts = [fold(part) for part in path.replace("/", ">").split(">") if part.strip()]
    for size in range(len(parts), 0, -1):
        whole = _by_tail().get(" > ".join(parts[:size]))
        if whole is not None:
            return taxonomy().categories[whole]
    for part in reversed(parts):
        if (found := _by_name().get(part)) is not None:
            return taxonomy().categories[found]
    return None


@cache
def _by_tail() -> Mapping[str, int]:
    return {
        " > ".join(fold(part) for part in category.path.split(" > ")): at
        for at, category in enumerate(taxonomy().categories)
    }


@cache
def _by_name() -> Mapping[str, int]:
    """Last names that only one category has, and for others the broadest of those that have it."""
    found: dict[str, int] = {}
    order = sorted(range(len(taxonomy().categories)), key=lambda at: (taxonomy().categories[at].depth, at))
    for at in order:
        found.setdefault(fold(taxonomy().categories[at].path.rpartition(" > ")[2]), at)
    return found


def _chain(id_: str) -> Sequence[str]:
    parts = id_.split("-")
    return ["-".join(parts[: size + 1]) for size in range(len(parts))]


def _read(name: str) -> dict[str, Any]:  # Any: JSON of our own making
    packed = files("dragoman.extract").joinpath("data", name).read_bytes()
    told: dict[str, Any] = json.loads(gzip.decompress(packed))
    return told
