"""Rebuild ``products.jsonl.gz``: the real ePQA catalogue in Dragoman's own JSONL, with invented offers.

Reads the source set and ``annotations.tsv`` (category and brand as a person read them off the titles,
and a demo price) and writes the same bytes every time. Prices, stock and delivery are synthetic.

    python data/sample/build.py ../shared/data/epqa_catalogue/products.jsonl.gz
"""

import csv
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

Row: TypeAlias = dict[str, object]

HERE = Path(__file__).parent
NOTICE = "ePQA (CDLA-Sharing-1.0), changed: see data/sample/README.md"
SELLER = "ePQA catalogue (US)"

# Units of each currency for one US dollar: round figures for a demo, not rates of any day.
MARKETS = {
    "DE": ("EUR", 0.92), "FR": ("EUR", 0.92), "ES": ("EUR", 0.92), "IT": ("EUR", 0.92), "GB": ("GBP", 0.79),
    "CA": ("CAD", 1.36), "MX": ("MXN", 18.0), "BR": ("BRL", 5.2), "JP": ("JPY", 150.0), "KR": ("KRW", 1350.0),
    "CN": ("CNY", 7.2), "TW": ("TWD", 32.0), "IN": ("INR", 83.0), "TH": ("THB", 35.0), "VN": ("VND", 25000.0),
    "AE": ("AED", 3.67), "SA": ("SAR", 3.75), "RU": ("RUB", 92.0),
}  # fmt: skip

# Bookkeeping of the warehouse, legal boilerplate and nested tables that one name and value cannot hold.
LEFT_OUT = {
    "apparel_size", "battery", "binding", "brand", "color_code", "contains_liquid_contents", "contributor",
    "cpsia_cautionary_statement", "energy_guide", "identity_package_type", "is_heat_sensitive",
    "item_package_dimensions", "item_package_weight", "lithium_battery", "long_term_storage_information",
    "num_batteries", "number_of_lithium_ion_cells", "nutritional_info", "package_type_name", "product_grade",
    "publication_date", "size_map", "special_size_type", "specification_met", "street_date", "subject",
    "supported_application", "system_requirements", "total_eaches",
}  # fmt: skip
UNITS = {
    "inches": "in", "centimeters": "cm", "millimeters": "mm", "feet": "ft", "pounds": "lb", "ounces": "oz",
    "kilograms": "kg", "grams": "g", "milliliters": "ml", "liters": "l", "volts": "V", "watts": "W",
    "fluid_ounces": "fl oz", "cubic_feet": "cu ft", "decibels": "dB", "gb": "GB", "mb": "MB", "hours": "h",
}  # fmt: skip
RENAMED = {"item_dimensions": "Dimensions", "item_weight": "Weight", "item_volume": "Volume"}

SIDE = re.compile(r"(\w+):\{ unit:(\w+),(?: normalized_value:\{[^}]*\},)? value:([\d.]+)")
NORMALISED = re.compile(r"normalized_value:\{[^}]*\},? ?")
VALUE = re.compile(r"\bvalue:(?:\"(.*?)\"(?= [,}])|([^,}\s]+))")
UNIT = re.compile(r"\b(?:unit:|type:\{ value:\")(\w[\w ]*)")


def draw(*words: object) -> float:
    """Return a number in 0..1 that depends on the words alone."""
    text = "/".join(map(str, words))
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def clean(text: str) -> str:
    r"""Undo the escapes of the source set and strip the ends.

    >>> clean('Dish rack 9|" wide\\" ')
    'Dish rack 9" wide"'
    """
    return re.sub(r'[\\|]+"', '"', text).replace("\xa0", " ").strip()


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case: the source is all lower case."""
    text = clean(text)
    return text[:1].upper() + text[1:]


def number(text: str) -> str:
    """Return a number without a bare decimal point: ``7.`` is ``7``."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def facts(text: str) -> Iterator[Row]:
    """Yield the facts of one source attribute, ``name:  { … }; { … }``."""
    name, _, body = text.partition(":")
    if name in LEFT_OUT:
        return
    label = RENAMED.get(name) or re.sub(r"^(is|has) ", "", name.replace("_", " ")).capitalize()
    sides = SIDE.findall(body)
    if any(float(value) for _, _, value in sides):
        size = " × ".join(number(value) for _, _, value in sides)
        yield {"name": label, "value": size, "unit": UNITS.get(sides[0][1], sides[0][1])}
    if sides:
        return
    for part in re.split(r"(?<=}); ", NORMALISED.sub("", body)):
        unit = UNIT.search(part)
        for quoted, bare in VALUE.findall(UNIT.sub("", part) if unit else part):
            value = clean(quoted) or number(bare.replace("_", " "))
            value = {"true": "yes", "false": "no"}.get(value, value)
            if value and value != "0":
                yield with_unit(label, value, unit[1] if unit else "")


def with_unit(name: str, value: str, unit: str) -> Row:
    """Return one fact, its unit abbreviated; the unit is left away where there is none."""
    fact: Row = {"name": name, "value": value}
    return fact | {"unit": UNITS.get(unit, unit.replace("_", " "))} if unit else fact


def price(usd: float, currency: str, rate: float) -> str:
    """Return a price that looks like one: 19.99 where cents are used, two significant digits elsewhere."""
    amount = usd * rate
    if currency in {"USD", "EUR", "GBP", "CAD"}:
        return f"{int(amount)}.99 {currency}"
    step = 10 ** max(0, len(str(int(amount))) - 2)
    return f"{round(amount / step) * step} {currency}"


def availability(product: str, title: str, market: str) -> str:
    """Return a demo state of stock, mostly ``in_stock``."""
    chance = draw(product, market, "stock")
    if "Discontinued" in title:
        return "limited" if chance < 0.5 else "out_of_stock"
    if chance < 0.82:
        return "in_stock"
    return "limited" if chance < 0.91 else "backorder" if chance < 0.95 else "out_of_stock"


def offers(product: str, title: str, usd: float) -> list[Row]:
    """Return the invented offers: the United States always, about half of the other markets each."""
    reduced = draw(product, "reduced") < 0.15
    rows: list[Row] = []
    for market, (currency, rate) in {"US": ("USD", 1.0), **MARKETS}.items():
        if market != "US" and draw(product, market) > 0.55:
            continue
        abroad = 1.0 if market == "US" else 1.04 + 0.1 * draw(product, market, "abroad")
        offer: Row = {"market": market, "price": price(usd * abroad, currency, rate)}
        if reduced:
            offer["list_price"] = price(usd * abroad * 1.25, currency, rate)
        offer |= {"availability": availability(product, title, market), "delivery": "demo price"}
        rows.append(offer)
    return rows


def picture(category: str, drawings: dict[str, str]) -> list[str]:
    """Return the placeholder of the narrowest category that has one."""
    path = category.split(" > ")
    for depth in range(len(path), 0, -1):
        shape = drawings.get(" > ".join(path[:depth]))
        if shape:
            return [f"/pictures/kind-{shape}.svg"]
    return []


def product(source: Row, note: dict[str, str], drawings: dict[str, str]) -> Row:
    """Return one product of the shop from one row of the source set and what a person noted about it."""
    by_kind: dict[str, list[str]] = {}
    for passage in source["passages"]:  # type: ignore[attr-defined]
        by_kind.setdefault(passage["kind"], []).append(passage["text"])
    title = clean(str(source["title"]))
    read = [fact for text in by_kind.get("attribute", []) for fact in facts(text)]
    parts = [str(fact["value"]).upper() for fact in read if fact["name"] == "Part number"]
    row: Row = {
        "id": source["id"],
        "source": NOTICE,
        "lang": source["lang"],
        "title": title,
        "description": " ".join(sentence(text) for text in by_kind.get("description", [])),
        "bullets": [sentence(text) for text in by_kind.get("bullet", [])],
        "brand": note["brand"],
        "category": note["category"],
        "facts": list({(str(f["name"]), str(f["value"])): f for f in read}.values()),
        "mpn": parts[0] if parts else "",
        "offers": offers(str(source["id"]), title, float(note["demo_usd"])),
        "images": picture(note["category"], drawings),
        "seller": SELLER,
        "passages": [
            {"kind": kind, "text": clean(text), "lang": "en"}
            for source_kind, kind in (("review", "review"), ("cqa", "answer"))
            for text in by_kind.get(source_kind, [])
        ],
    }
    return {name: value for name, value in row.items() if value}


def table(path: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a TSV with a header, by their first column."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {next(iter(row.values())): row for row in rows}


def rebuild(source: str) -> bytes:
    """Return the bytes of ``products.jsonl.gz``, made from the source set."""
    notes = table(HERE / "annotations.tsv")
    drawings = {key: row["shape"] for key, row in table(HERE / "drawings.tsv").items()}
    with gzip.open(source, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    lines = [json.dumps(product(row, notes[row["id"]], drawings), ensure_ascii=False) + "\n" for row in rows]
    # No time in the gzip header: the same input gives the same bytes.
    return gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    found = sys.argv[1] if len(sys.argv) > 1 else "../shared/data/epqa_catalogue/products.jsonl.gz"
    (HERE / "products.jsonl.gz").write_bytes(rebuild(found))
