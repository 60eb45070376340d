"""Puts what a run of recipes/phrases.toml learned where the package keeps it, without the run's own files.

    python recipes/ship_phrases.py runs/phrases/learned [--held runs/phrases/held.tsv]

``--held`` also writes the texts that no recipe teaches, a column a language, for
recipes/translation_confidence.py: terms and sentences of the sources, at most 60 a kind and source.
"""

import argparse
import random
import shutil
from pathlib import Path

from dragoman.backends.translators.phrases.shelf import (
    CARD,
    CASING,
    PIECES,
    TABLE,
    TEXTS,
    TITLES,
    read_card,
    shipped_data,
)
from dragoman.learn.phrase_translation import read_options
from dragoman.learn.phrases import is_held_out, read_phrases
from dragoman.learn.recipe import read_recipe
from dragoman.settings import configure

RECIPE = Path(__file__).parent / "phrases.toml"
SHORT = 40  # characters of a term; what is longer is a sentence here
MOST = 60
# Lists of words, where what is held out is an unknown word, which titles have fewer of; and names and queries
# of which there are enough, so that pairs are measured on the texts that they were measured on before.
LESSONS = ("nouns", "goods", "names", "paths")


def ship(learned: Path, out: Path) -> None:
    """Copy the card and every language's files."""
    card = read_card(learned)
    for old in out.iterdir() if out.is_dir() else ():
        if old.is_dir():
            shutil.rmtree(old)
    for lang in card.langs:
        (out / lang).mkdir(parents=True, exist_ok=True)
        for name in (PIECES, TEXTS, CASING, TITLES, TABLE):
            if (learned / lang / name).is_file():
                shutil.copyfile(learned / lang / name, out / lang / name)
    shutil.copyfile(learned / CARD, out / CARD)
    size = sum(path.stat().st_size for path in out.rglob("*.xz"))
    print(f"{card.name}: {len(card.langs)} languages, {size / 1e6:.1f} MB in {out}")


def write_held(path: Path) -> None:
    """Write texts that measure, short ones and long ones of each source."""
    data = Path(configure().settings.data)
    options = read_options(read_recipe(RECIPE).tasks[0])
    # Of one language in two scripts only the bare one: the other goes by its figures.
    langs = ("en", *(lang for lang in options.targets if "-" not in lang))
    rows = []
    for source in options.sources:
        place = source.path
        if any(part in place for part in LESSONS):
            continue
        file = data / place.removeprefix("data:") if place.startswith("data:") else RECIPE.parent / place
        held = [one for one in read_phrases(file) if is_held_out(one)]
        for some in (
            [one for one in held if len(one["en"]) <= SHORT],
            [one for one in held if len(one["en"]) > SHORT],
        ):
            rows += random.Random(place).sample(some, min(MOST, len(some)))
    lines = ["\t".join(langs), *("\t".join(row.get(lang, "") for lang in langs) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} texts in {path}")


def main() -> None:
    """Ship, and write the held-out texts if they are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("learned", type=Path)
    parser.add_argument("--out", type=Path, default=shipped_data())
    parser.add_argument("--held", type=Path)
    args = parser.parse_args()
    ship(args.learned, args.out)
    if args.held:
        write_held(args.held)


if __name__ == "__main__":
    main()
