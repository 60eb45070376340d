"""Writes a trained decoder as the one that ships: eight bits, and the list of word pieces its encoder keeps.

    python recipes/ship_translator.py runs/translator/learned OUT --name dragoman-1

A word piece of the encoder is kept if it is a single character, or if a text of the recipe's sources or of
the sample shop has it in a language that is written; of these the likeliest. Reading all takes a minute;
``--pieces FOLDER`` takes the list of an earlier export instead.
"""

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer

from dragoman.backends.translators.assemble import Card
from dragoman.backends.translators.write_folder import kept_in, write_data
from dragoman.learn.compress import always
from dragoman.learn.files import Find
from dragoman.learn.phrases import read_phrases
from dragoman.learn.recipe import read_recipe
from dragoman.learn.states import encoder_of
from dragoman.learn.translate import read_decoder, read_options

MOST = (
    80_000  # word pieces kept, the likeliest of those in the texts: 31 MB of the folder that is put together
)


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


def pieces_in(tokenizer: str, texts: Iterable[str]) -> set[int]:
    """The ids of the word pieces in the texts; a piece never goes over a space."""
    opened, listed = Tokenizer.from_str(tokenizer), sorted({word for text in texts for word in text.split()})
    opened.no_padding()
    starts = range(0, len(listed), 5000)
    return {i for at in starts for row in opened.encode_batch_fast(listed[at : at + 5000]) for i in row.ids}


def chosen_pieces(layers: int, recipe: Path, find: Find) -> list[int]:
    """The ids that are kept, rising."""
    tokenizer = encoder_of(layers=layers).tokenizer
    tree = json.loads(tokenizer)
    scores = [score for _, score in tree["model"]["vocab"]]
    needed = always(tree)
    others = sorted(pieces_in(tokenizer, texts_of(recipe, find)) - needed, key=lambda i: -scores[i])
    return sorted(needed | set(others[: MOST - len(needed)]))


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
    parser.add_argument("--pieces", type=Path, help="an earlier export, whose list of word pieces is taken")
    chosen = parser.parse_args()

    def find(place: str) -> Path:
        data, beside = Path(chosen.data), Path(chosen.recipe).parent
        return data / place.removeprefix("data:") if place.startswith("data:") else beside / place

    options = read_options(read_recipe(chosen.recipe).tasks[0])
    arrays, shape = read_decoder(chosen.learned)
    kept = (
        kept_in(chosen.pieces)
        if chosen.pieces
        else chosen_pieces(options.encoder_layers, chosen.recipe, find)
    )
    card = Card(chosen.name, options.targets, shape.layers, shape.heads, options.encoder_layers)
    tokenizer = (chosen.learned / "tokenizer.json").read_text(encoding="utf-8")
    write_data(card, arrays, tokenizer, kept, chosen.shipped)
    size = sum(path.stat().st_size for path in chosen.shipped.iterdir())
    known = Tokenizer.from_str(tokenizer).get_vocab_size()
    print(f"{chosen.shipped}: {size / 1e6:.1f} MB, {len(kept)} word pieces read, {known} written")


if __name__ == "__main__":
    main()
