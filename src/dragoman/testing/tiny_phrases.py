"""A phrase translator of three colours and five things, learned from parallel texts that are made up here."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from dragoman.types import Lang

COLOURS: tuple[Mapping[Lang, str], ...] = (
    {"en": "red", "de": "rotes", "fr": "rouge", "ja": "赤い"},
    {"en": "blue", "de": "blaues", "fr": "bleu", "ja": "青い"},
    {"en": "green", "de": "grünes", "fr": "vert", "ja": "緑の"},
    {"en": "small", "de": "kleines", "fr": "petit", "ja": "小さい"},
)
THINGS: tuple[Mapping[Lang, str], ...] = (
    {"en": "tent", "de": "Zelt", "fr": "tipi", "ja": "テント"},
    {"en": "towel", "de": "Handtuch", "fr": "torchon", "ja": "タオル"},
    {"en": "shirt", "de": "Hemd", "fr": "maillot", "ja": "シャツ"},
    {"en": "book", "de": "Buch", "fr": "livre", "ja": "本"},
    {"en": "bed", "de": "Bett", "fr": "lit", "ja": "ベッド"},
)


def texts() -> Iterator[Mapping[Lang, str]]:
    """Yield every thing, in every colour, and in packs."""
    for thing, many in product(THINGS, range(2, 20)):
        yield {
            "en": f"{thing['en'].capitalize()}, pack of {many}",
            "de": f"{thing['de']}, {many}er-Pack",
            "fr": f"{thing['fr'].capitalize()}, lot de {many}",
            "ja": f"{thing['ja']}、{many}個入り",
        }
    for colour, thing in product(COLOURS, THINGS):
        yield {
            "en": f"{colour['en'].capitalize()} {thing['en']}",
            "de": f"{colour['de'].capitalize()} {thing['de']}",
            "fr": f"{thing['fr'].capitalize()} {colour['fr']}",  # what it is comes first
            "ja": colour["ja"] + thing["ja"],
        }
    yield from THINGS


def write_texts(path: Path) -> Path:
    """Write the texts as a table of sentences and return its path."""
    rows = list(texts())
    langs = sorted(rows[0])
    lines = ["\t".join(langs), *("\t".join(row[lang] for lang in langs) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
