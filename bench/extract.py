"""How much of WDC-PAVE do the rules of `dragoman extract` read, per attribute, alone and beside a reader?

    python bench/extract.py [--data ../shared/data] [--reader FOLDER] [--split test]

WDC-PAVE (Brinkmann, Baumann, Bizer 2024, arXiv 2403.02130): one value is said per offer and attribute, and
right if it is one of the annotated ones letter by letter; micro F1 as their code counts. Rules say what they
quote, for a value of their own form (g, cm) would never be one of the annotated. Attributes are matched to
ours as `dragoman eval extraction` does; training offers were looked at when the rules were written, those of
the test were not. The set has no licence that lets it ship, so it is only read.
"""

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.backends.readers.folder import FolderReader
from dragoman.extract import Page, extract
from dragoman.extract.asked_for import fact_for
from dragoman.measure.values import Counts, counted
from dragoman.ports import Reader
from dragoman.types import Fact, Text

CATEGORIES = {
    "Computers And Accessories": "Electronics > Computers",
    "Grocery And Gourmet Food": "Food, Beverages & Tobacco",
    "Home And Garden": "Home & Garden",
    "Jewelry": "Apparel & Accessories > Jewelry",
    "Office Products": "Office Supplies",
}
Say = Callable[["Offer", str], str]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer, what it should say of each attribute, and the facts that rules read in it."""

    text: str
    right: Mapping[str, Sequence[str]]
    facts: Sequence[Fact]


def offers_of(path: Path) -> Iterator[Offer]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    pages = [
        Page(
            titles=(Text(row["input_title"] or "", "en"),),
            descriptions=(Text(row["input_description"] or "", "en"),),
            category=CATEGORIES[row["category"]],
        )
        for row in rows
    ]
    for row, facts in zip(rows, extract(pages, floor=0.3), strict=True):
        text = "\n".join(part for part in (row["input_title"], row["input_description"]) if part)
        right = {name: [v for v in values if v != "n/a"] for name, values in row["target_scores"].items()}
        yield Offer(text, right, facts)


def by_rules(offer: Offer, attribute: str) -> str:
    """Return the quote of the fact that answers an attribute, as `dragoman eval extraction` takes it."""
    fact = fact_for(attribute, offer.facts)
    return fact.quote if fact else ""


def by_reader(reader: Reader, floor: float) -> Say:
    """Return what says the surest span of the reader, "" below the floor."""
    known: dict[str, dict[str, str]] = defaultdict(dict)

    def say(offer: Offer, attribute: str) -> str:
        if not known[offer.text]:
            [spans] = reader.read([offer.text], list(offer.right))
            for span in sorted(spans, key=lambda span: span.score):
                if span.score >= floor:
                    known[offer.text][span.ask] = offer.text[span.start : span.end]
        return known[offer.text].get(attribute, "")

    return say


def both(first: Say, second: Say) -> Say:
    """Return what says the first's value, the second's where the first is silent."""
    return lambda offer, attribute: first(offer, attribute) or second(offer, attribute)


def judged(offers: Sequence[Offer], say: Say) -> dict[str, Counts]:
    """Return counts per attribute, and those of all under ""."""
    pairs: dict[str, list[tuple[Sequence[str], str]]] = defaultdict(list)
    for offer in offers:
        for attribute, right in offer.right.items():
            pairs[attribute].append((right, say(offer, attribute)))
    every = [pair for own in pairs.values() for pair in own]
    return {"": counted(every)} | {name: counted(own) for name, own in pairs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--split", default="test", choices=["test", "train"])
    parser.add_argument("--reader", type=Path, help="folder of a trained reader, to stand beside the rules")
    parser.add_argument("--floor", type=float, default=0.5, help="score from which the reader's span is said")
    asked = parser.parse_args()
    path = asked.data / "attr_extraction" / f"wdcpave_{asked.split}.jsonl.gz"
    if not path.exists():
        raise SystemExit(f"no {path}: bench/extract.py needs WDC-PAVE (see the data README)")
    offers = list(offers_of(path))
    ways: dict[str, Say] = {"rules": by_rules}
    if asked.reader:
        read = by_reader(FolderReader(path=str(asked.reader)), asked.floor)
        ways |= {
            "reader": read,
            "reader, then rules": both(read, by_rules),
            "rules, then reader": both(by_rules, read),
        }
    tables = {name: judged(offers, say) for name, say in ways.items()}
    names = sorted(tables["rules"], key=lambda name: -_size(tables["rules"][name]))
    print(f"WDC-PAVE {asked.split}: {len(offers)} offers, {_size(tables['rules'][''])} values\n")
    print("| attribute | values | " + " | ".join(f"{way} P / R / F1" for way in ways) + " |")
    print("|---|--:|" + "--:|" * len(ways))
    for name in names:
        cells = [tables[way][name] for way in ways]
        shown = (
            f"{100 * one.precision:.1f} / {100 * one.recall:.1f} / **{100 * one.f1:.1f}**" for one in cells
        )
        print(f"| {name or '**all**'} | {_size(cells[0])} | {' | '.join(shown)} |")


def _size(counts: Counts) -> int:
    return counts.missed + counts.right + counts.wrong


if __name__ == "__main__":
    main()
