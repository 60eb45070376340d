"""OpenAI's flat product feed: one row per purchasable form, as CSV, TSV, JSON lines or Parquet.

Columns: https://developers.openai.com/commerce/specs/file-upload/products. They are Google's with
other names, so a row becomes a Google record and is read as one.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from dragoman.catalog.draft import Feed
from dragoman.catalog.google import OPTION, SEVERAL
from dragoman.catalog.google import products as google_products
from dragoman.catalog.objects import Json, Parsed, read_json
from dragoman.catalog.rows import Outcome, Problem
from dragoman.catalog.tables import Record
from dragoman.errors import BadInput
from dragoman.text.money import digits

# OpenAI's names, aliases after the current ones: Google's. The first that is filled counts.
_NAMES = MappingProxyType({
    "id": ("item_id", "id", "sku"),
    "link": ("url", "link"),
    "image_link": ("image_url", "image_link"),
    "additional_image_link": ("additional_image_urls", "additional_image_link"),
    "product_type": ("product_category", "product_type"),
    "item_group_id": ("group_id", "item_group_id"),
    "target_country": ("target_countries", "target_country", "store_country"),
    "store_name": ("seller_name",),
    "availability": ("availability", "inventory_status"),
    "product_weight": ("weight", "product_weight"),
    "product_length": ("length", "product_length"),
    "product_width": ("width", "product_width"),
    "product_height": ("height", "product_height"),
})  # fmt: skip
# enable_… were the names before; where a feed has both, the old one wins.
_SEARCHABLE = ("enable_search", "is_eligible_search")


def products(source: Callable[[], Iterator[Record | Parsed | Problem]], feed: Feed) -> Iterator[Outcome]:
    """Yield the products of a flat OpenAI feed. What may not be found by search is a removal."""

    def renamed() -> Iterator[Record | Problem]:
        for row in source():
            if isinstance(row, Parsed):
                yield Record(row.line, _renamed(_flattened(row.value)))
            else:
                yield Record(row.line, _renamed(row.cells)) if isinstance(row, Record) else row

    return google_products(renamed, feed)


def _renamed(cells: Mapping[str, str]) -> dict[str, str]:
    found = dict(cells)
    for name, aliases in _NAMES.items():
        if value := next((cells[alias] for alias in aliases if cells.get(alias)), ""):
            found[name] = value
    flag = next((cells[name] for name in _SEARCHABLE if cells.get(name)), "true")
    if flag.strip().lower() in ("false", "no", "0"):
        found["deleted"] = "true"
    if cells.get("sale_price_start_date") and cells.get("sale_price_end_date"):
        dates = f"{cells['sale_price_start_date']}/{cells['sale_price_end_date']}"
        found.setdefault("sale_price_effective_date", dates)
    return found | _options(cells)


def _options(cells: Mapping[str, str]) -> dict[str, str]:
    """Return what sets a form apart: variant_dict is a JSON object, custom_variant… are pairs of columns."""
    found: dict[str, str] = {}
    for place in ("1", "2", "3"):
        name = cells.get(f"custom_variant{place}_category", "")
        if name and cells.get(f"custom_variant{place}_option"):
            found[OPTION + name] = cells[f"custom_variant{place}_option"]
    try:
        named = read_json(cells.get("variant_dict", "") or "{}")
    except ValueError:
        return found
    for name, value in named.items() if isinstance(named, dict) else ():
        plain = str(name).lower()
        key = plain if plain in ("color", "size", "material", "pattern") else OPTION + str(name)
        if not cells.get(key):
            found[key] = str(value)
    return found


def _flattened(value: Mapping[str, Json]) -> dict[str, str]:
    return {str(name).lower(): text for name, said in value.items() if (text := _text(str(name), said))}


def _text(name: str, value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return SEVERAL.join(text for part in value if (text := _text(name, part)))
    if isinstance(value, Mapping):
        return _mapped(name, value)
    return str(value)


def _mapped(name: str, value: Mapping[str, Json]) -> str:
    amount, currency = value.get("amount"), str(value.get("currency", ""))
    if name.endswith("price") and isinstance(amount, int):
        try:
            places = digits(currency)
        except BadInput:
            return f"{amount} {currency}"  # refused, with its reason, where prices are read
        return f"{amount / 10**places:.{places}f} {currency}"
    if name == "variant_dict":
        pairs = ((str(key), str(part)) for key, part in value.items())
        return "{" + ", ".join(f"{_quoted(key)}: {_quoted(part)}" for key, part in pairs) + "}"
    return str(value.get("name") or value.get("value") or value.get("url") or "")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
