"""What a smaller encoder costs: size on disk, time of a query, and how often a text finds its own English.

    python bench/compress.py --out runs/compress [--steps 240] [--langs de,en,zh] [--threads 1]

About ten minutes on one core of 2017, most of it the lesson of six layers; stopped, it goes on. Texts are
concepts (data/parallel and the Shopify taxonomy): words are kept and lessons given from those that train,
found-first is measured on 300 of those held out (`dragoman.learn.measured`). One thread, one query a call.
"""

import argparse
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dragoman.backends.encoders.adapter import merge_adapter, shipped_adapter
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.model_folder import Precision, write_model_folder
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.static import StaticEncoder
from dragoman.backends.encoders.weights import Weights
from dragoman.learn.compress import dropped, spaced, trimmed
from dragoman.learn.concepts import Concept, is_held_out, read_concepts
from dragoman.learn.flat import flattened
from dragoman.learn.measured import found_first
from dragoman.learn.run import bar
from dragoman.learn.teach import Lesson, teach
from dragoman.ports import Encoder, Role

_CALLS = 200  # queries timed, after as many that only warm up


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of the table."""

    name: str
    megabytes: float
    query_ms: float
    kept: float  # found first, mean of the languages kept
    others: float  # the same for the rest
    by_lang: dict[str, float]


class AsTower:
    """An encoder where `found_first` wants a tower."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def encode(self, texts: Sequence[str], role: Role) -> torch.Tensor:
        return torch.from_numpy(self.encoder.encode(texts, role))


def adapter_of(asked: argparse.Namespace) -> Path:
    return shipped_adapter() if asked.adapter == "shipped" else Path(asked.adapter)


def place_of(asked: argparse.Namespace) -> Path:
    """A folder of its own for each encoder and choice, so that nothing stale is measured."""
    whole = hashlib.sha1(repr((asked.langs, asked.layers, asked.most, asked.concepts)).encode())
    if asked.adapter != "none":
        whole.update((adapter_of(asked) / "adapter_model.safetensors").read_bytes())
    place = Path(asked.out) / whole.hexdigest()[:8]
    place.mkdir(parents=True, exist_ok=True)
    return place


def texts_of(concepts: Sequence[Concept], langs: Sequence[str] = ()) -> Iterator[str]:
    for concept in concepts:
        for lang, texts in concept.items():
            if not langs or lang in langs:
                yield from texts


def seen(
    name: str, encoder: Encoder, folder: Path, concepts: Sequence[Concept], langs: Sequence[str]
) -> Seen:
    held = [one for one in concepts if is_held_out(one)]
    queries = [concept["en"][0] for concept in random.Random(0).sample(concepts, 2 * _CALLS)]
    for query in queries[:_CALLS]:
        encoder.encode([query], "query")
    spent = []
    for query in queries[_CALLS:]:
        start = time.process_time()
        encoder.encode([query], "query")
        spent.append(time.process_time() - start)
    found = found_first(AsTower(encoder), held, seed=0)  # type: ignore[arg-type]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    mine = [share for lang, share in found.items() if lang in langs]
    rest = [share for lang, share in found.items() if lang not in langs]
    return Seen(name, size, 1e3 * float(np.median(spent)), float(np.mean(mine)), float(np.mean(rest)), found)


def lesson_of(concepts: Sequence[Concept], out: Path, steps: int, threads: int) -> Lesson:
    path = out / "lesson.txt"
    if not path.is_file():
        lines = [" ".join(text.split()) for text in texts_of(concepts)]
        random.Random(0).shuffle(lines)
        path.write_text("\n".join(line for line in lines if line) + "\n", encoding="utf-8")
    return Lesson([path], steps=steps, threads=threads)


def variants(
    whole: Weights, taught: list[Concept], asked: argparse.Namespace
) -> Iterator[tuple[str, Encoder, Path]]:
    out, langs = place_of(asked), asked.langs.split(",")

    def opened(name: str, weights: Weights, precision: Precision) -> tuple[Encoder, Path]:
        folder = out / name
        if not folder.is_dir():
            write_model_folder(weights, folder, precision=precision)
        return FolderEncoder(str(folder)), folder

    teacher, place = opened("full-float32", whole, "float32")
    yield "full, float32", teacher, place
    yield "full, int8", *opened("full-int8", whole, "int8")
    words = trimmed(whole, texts_of(taught, langs))
    yield f"words of {asked.langs}, float32", *opened("words-float32", words, "float32")
    layers = spaced(whole.shape.layers, asked.layers)
    lesson = lesson_of(taught, out, asked.steps, asked.threads)
    with bar(asked.steps) as progress:
        run = out / f"teaching-{asked.steps}"
        small = teach(dropped(whole, layers), teacher, lesson, run, progress=progress)
    said = f"{asked.layers} layers, {asked.steps} steps of teaching"
    yield f"{said}, float32", *opened(f"layers-{asked.steps}-float32", small, "float32")
    both = trimmed(small, texts_of(taught, langs))
    yield f"{said}, words of {asked.langs}, int8", *opened(f"both-{asked.steps}-int8", both, "int8")
    if not (out / "static").is_dir():
        flattened(words, out / "static", dim=256)
    yield f"static, 256 dims, words of {asked.langs}", StaticEncoder(str(out / "static")), out / "static"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", default="runs/compress")
    parser.add_argument("--adapter", default="shipped", help="merged first: a folder, shipped or none")
    parser.add_argument("--langs", default="de,en,zh")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--most", type=int, default=0, help="so many concepts of each file; 0 all")
    parser.add_argument("--concepts", nargs="+", default=[
        "../shared/data/shopify_taxonomy/wide.tsv.gz",
        "data/parallel/cldr.jsonl.gz",
        "data/parallel/gettext.jsonl.gz",
    ])  # fmt: skip
    asked = parser.parse_args()
    concepts = [one for path in asked.concepts for one in read_concepts(Path(path))[: asked.most or None]]
    taught = [one for one in concepts if not is_held_out(one)]
    whole = read_packaged()
    if asked.adapter != "none":
        whole = merge_adapter(whole, adapter_of(asked))
    print("| encoder | MB | ms a query | found first, kept langs | other langs | by language |", flush=True)
    print("|---|---|---|---|---|---|", flush=True)
    for name, encoder, folder in variants(whole, taught, asked):
        row = seen(name, encoder, folder, concepts, asked.langs.split(","))
        said = " ".join(f"{lang} {share:.2f}" for lang, share in row.by_lang.items())
        figures = f"{row.megabytes:.0f} | {row.query_ms:.2f} | {row.kept:.3f} | {row.others:.3f}"
        print(f"| {row.name} | {figures} | {said} |", flush=True)


if __name__ == "__main__":
    main()
