"""Whether numbers, model codes and brands of 2,000 titles come through a translation.

    python bench/preservation.py [--hostile] [--raw] [--to de,zh,ar,ru] [--config dragoman.toml] [--json]

The titles: all of the demo shop (13 languages), then titles written for training queries, until there
are 2,000. Every title is translated into one of the targets, in turn. ``--hostile`` uses the translator
of `dragoman.testing` that drops, doubles, swaps and mangles what it is given; ``--raw`` asks the
translator alone, without placeholders, for comparison. The goal: numbers and codes 99.5 %, brands 99 %.
"""

import argparse
import gzip
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.measure.translation import preservation
from dragoman.opening import desk_of
from dragoman.settings import configure
from dragoman.testing.word_translators import HostileTranslator
from dragoman.text.figures import codes, numbers
from dragoman.translate import Desk, is_translated, translate
from dragoman.types import Text

ROOT = Path(__file__).parents[1]
MANY = 2000


@dataclass(frozen=True)
class Title:
    """A title, its language, and the brand that the feed names."""

    text: str
    lang: str
    brand: str


def titles() -> list[Title]:
    """Return the titles, those of the shop first."""
    sample = ROOT / "data/sample"
    lines = gzip.decompress((sample / "products.jsonl.gz").read_bytes()).decode("utf-8").splitlines()
    lines += (sample / "sellers.jsonl").read_text("utf-8").splitlines()
    found = []
    for row in map(json.loads, lines):
        title = row["title"][row["lang"]] if isinstance(row["title"], dict) else row["title"]
        found.append(Title(title, row["lang"], row.get("brand", "")))
    with gzip.open(ROOT / "data/parallel/queries.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    more = [title for row in rows for title in row.get("right", ())]
    return (found + [Title(text, "und", "") for text in dict.fromkeys(more)])[:MANY]


def main() -> None:
    """Translate and count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--to", default="de,zh,ar,ru")
    parser.add_argument("--config", default="")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("-n", type=int, default=MANY)
    args = parser.parse_args()
    desk = (
        Desk(HostileTranslator())
        if args.hostile
        else replace(desk_of(replace(configure(args.config).settings, index="memory")))
    )
    assert desk.translator is not None, "the settings name no translator"
    shelf, targets = titles()[: args.n], args.to.split(",")
    sources, outputs, brands, changed = [], [], [], 0
    started = time.perf_counter()
    for place, target in enumerate(targets):
        own = shelf[place :: len(targets)]
        texts = [Text(one.text, one.lang) for one in own]
        if args.raw:
            by_lang: dict[str, list[int]] = {}
            for i, one in enumerate(own):
                by_lang.setdefault("en" if one.lang == "und" else one.lang.split("-")[0], []).append(i)
            said = [""] * len(own)
            for lang, places in by_lang.items():
                asked = [own[i].text for i in places]
                made = desk.translator.translate(asked, lang, target) if lang != target else []
                for i, one in zip(places, made, strict=False):
                    said[i] = one.text.value
        else:
            keep = [(one.brand,) if one.brand else () for one in own]
            answers = translate(texts, target, desk=desk, keep=keep, is_floored=False)
            said = [one.text.value for one in answers]
            changed += sum(is_translated(one) for one in answers)
        pairs = [(one, text) for one, text in zip(own, said, strict=True) if text]
        sources += [one.text for one, _ in pairs]
        outputs += [text for _, text in pairs]
        brands += [one.brand for one, _ in pairs]
    spent = time.perf_counter() - started
    shares = preservation(sources, outputs)
    named = [
        (brand, text)
        for brand, source, text in zip(brands, sources, outputs, strict=True)
        if brand and brand in source
    ]
    whole = [
        numbers(source) == numbers(text) and set(codes(source)) <= set(codes(text))
        for source, text in zip(sources, outputs, strict=True)
    ]
    figures = {
        "engine": desk.engine,
        "titles": len(sources),
        "translated": changed,
        "numbers": shares["numbers"],
        "codes": shares["codes"],
        "brands_known": shares["brands"],
        "brands_of_feed": sum(brand in text for brand, text in named) / max(len(named), 1),
        "titles_whole": sum(whole) / len(whole),
        "titles_per_s": round(len(sources) / spent, 1),
    }
    if args.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:16} {value:.4f}" if isinstance(value, float) else f"{name:16} {value}")


if __name__ == "__main__":
    main()
