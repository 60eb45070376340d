"""Which format a feed is in, told from its content: a file's name says nothing."""

import re
from collections.abc import Mapping, Set
from pathlib import Path
from types import MappingProxyType

from dragoman.catalog.objects import read_json
from dragoman.catalog.opening import encoding_of, head
from dragoman.catalog.tables import Header, header_of, heading
from dragoman.errors import BadInput

FORMATS = MappingProxyType({
    "dragoman": "our own JSON lines",
    "google": "Google Merchant: RSS, Atom, TSV or CSV",
    "shopify": "Shopify product CSV, old or new headers",
    "woocommerce": "WooCommerce product CSV",
    "openai": "OpenAI product feed: CSV, TSV, JSON lines or Parquet",
    "acp": "Agentic Commerce Protocol: products with variants, JSON lines",
    "jsonld": "saved web pages with schema.org JSON-LD",
})  # fmt: skip
"""Every format's name and what it is."""

_ROWS = 20  # JSON lines that are looked at for one that tells


def detect_format(path: Path) -> str:
    """Return the name of a feed's format.

    Raises:
        NotFound: no such file.
        BadInput: no format that is known.
    """
    return format_of(head(path), path)


def format_of(sample: bytes, path: Path) -> str:
    """Return the format that a feed's first bytes are in.

    Raises:
        BadInput: no format that is known.
    """
    if sample.startswith(b"PAR1"):
        return "openai"
    text = sample[:65536].decode(encoding_of(sample).name, "replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<"):
        found = _markup_format(text)
    elif text.startswith(("{", "[")):
        found = _json_format(text)
    else:
        found = _table_format(header_of(heading(iter(text.splitlines())))) or _json_format(text)
    if found:
        return found
    known_formats = "; ".join(f"{name} ({what})" for name, what in FORMATS.items())
    raise BadInput(f"{path.name} is no feed that is known", hint=f"the formats are {known_formats}")


def _markup_format(text: str) -> str:
    if re.search(r"<!doctype html|<html|application/ld\+json", text[:20000], re.IGNORECASE):
        return "jsonld"
    return "google" if re.search(r"<(?:\w+:)?(?:rss|feed|channel|item|entry)\b", text) else ""


def _json_format(text: str) -> str:
    # The first row that tells: a feed may begin with a broken one.
    for line in text.splitlines()[:_ROWS]:
        if line.startswith(("{", "[")) and (found := _format_of_keys(_keys(line))):
            return found
    # One document over many lines, or a long first line: the keys in its beginning must do.
    shown = re.findall(r'"([@\w]+)"\s*:', text[:20000]) if text.startswith(("{", "[")) else ()
    return _format_of_keys(set(shown))


def _format_of_keys(keys: Set[str]) -> str:
    if keys & {"@context", "@graph", "@type"}:
        return "jsonld"
    if keys & {"item_id", "enable_search", "is_eligible_search"} or {"title", "link", "price"} <= keys:
        return "openai"
    if "amount" in keys or keys & {"variants.price", "variants.title", "variants.variant_options"}:
        return "acp"
    return "dragoman" if keys & {"id", "title"} else ""


def _keys(line: str) -> set[str]:
    """Return the keys of a row, or of the first row of an array; none of what is no JSON."""
    try:
        value = read_json(line)
    except ValueError:
        return set()
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return set()
    return set(value) | {f"variants.{key}" for key in _variant_keys(value)}


def _variant_keys(value: Mapping[str, object]) -> list[str]:
    variants = value.get("variants")
    first = variants[0] if isinstance(variants, list) and variants else None
    return list(first) if isinstance(first, dict) else []


def _table_format(header: Header) -> str:
    names = set(header.names)
    if names & {"handle", "url_handle"} and "title" in names:
        return "shopify"
    if {"type", "sku", "name"} <= names or {"id", "name", "regular_price"} <= names:
        return "woocommerce"
    if names & {"item_id", "enable_search", "is_eligible_search"}:
        return "openai"
    return "google" if {"id", "title"} <= names and names & {"link", "price", "description"} else ""
