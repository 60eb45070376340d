"""Writes a trained decoder as the one that ships: eight bits, and the list of word pieces its encoder keeps.

    python recipes/ship_translator.py runs/translator/learned OUT --name dragoman-1

A word piece of the encoder is kept if a text of the recipe's sources or of the sample shop has it in a
language that is written, or if it is among the likeliest of all: words never met are cut sensibly still.
"""

import argparse
import gzip
import json
from collections.abc import Collection, Iterator
from pathlib import Path

from tokenizers import Tokenizer

from dragoman.backends.translators.assemble import Card
from dragoman.backends.translators.write_folder import write_data
from dragoman.learn.compress import always
from dragoman.learn.files import Find
from dragoman.learn.phrases import read_phrases
from dragoman.learn.recipe import read_recipe
from dragoman.learn.states import encoder_of
from dragoman.learn.translate import read_decoder, read_options

LIKELIEST = 56_000  # word pieces kept whatever the texts say


def texts_of(recipe: Path, find: Find) -> Iterator[str]:
    """Every text of the recipe's sources in the languages that it writes, and those of the sample shop."""
    options = read_options(read_recipe(recipe).tasks[0])
    for source in options.sources:
        for phrase in read_phrases(find(source.path)):
            yield from (text for lang, text in phrase.items() if lang in options.targets)
    with gzip.open(recipe.parent / "../data/sample/products.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            product = json.loads(line)
            yield from (
                product.get("title", ""),
                product.get("description") or "",
                *product.get("bullets", ()),
            )


def pieces_in(tokenizer: str, texts: Collection[str]) -> set[int]:
    """The ids of the word pieces in the texts."""
    opened, listed = Tokenizer.from_str(tokenizer), sorted(texts)
    opened.no_padding()
    starts = range(0, len(listed), 5000)
    return {i for at in starts for row in opened.encode_batch_fast(listed[at : at + 5000]) for i in row.ids}


def main() -> None:
    """Ship one decoder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("learned", type=Path)
    parser.add_argument("shipped", type=Path)
    parser.add_argument(
        "--name", required=True, help="engine and version: what cached translations are kept by"
    )
    parser.add_argument("--recipe", type=Path, default=Path(__file__).parent / "translator.toml")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    chosen = parser.parse_args()

    def find(place: str) -> Path:
        is_data = place.startswith("data:")
        return chosen.data / place.removeprefix("data:") if is_data else chosen.recipe.parent / place

    options = read_options(read_recipe(chosen.recipe).tasks[0])
    arrays, shape = read_decoder(chosen.learned)
    weights = encoder_of(layers=options.encoder_layers)
    tree = json.loads(weights.tokenizer)
    scores = [score for _, score in tree["model"]["vocab"]]
    likeliest = sorted(range(len(scores)), key=lambda i: -scores[i])[:LIKELIEST]
    kept = always(tree) | set(likeliest) | pieces_in(weights.tokenizer, set(texts_of(chosen.recipe, find)))
    card = Card(chosen.name, options.targets, shape.layers, shape.heads, options.encoder_layers)
    tokenizer = (chosen.learned / "tokenizer.json").read_text(encoding="utf-8")
    write_data(card, arrays, tokenizer, sorted(kept), chosen.shipped)
    size = sum(path.stat().st_size for path in chosen.shipped.iterdir())
    known = Tokenizer.from_str(tokenizer).get_vocab_size()
    print(f"{chosen.shipped}: {size / 1e6:.1f} MB, {len(kept)} word pieces read, {known} written")


if __name__ == "__main__":
    main()
