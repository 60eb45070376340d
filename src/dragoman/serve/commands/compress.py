"""`dragoman compress`: the encoder in force made smaller: fewer word pieces, fewer layers, or static."""

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import click

from dragoman.errors import BadInput, Unsupported
from dragoman.opening import adapter_of, open_encoder
from dragoman.settings import Configured, Settings, named

if TYPE_CHECKING:
    from dragoman.backends.encoders.weights import Weights


@dataclass(frozen=True, slots=True)
class _Wish:
    """What shall be left of the encoder, and how long it is taught again."""

    keep: tuple[Path, ...]
    langs: tuple[str, ...]
    layers: str
    static: int
    steps: int
    rate: float


@click.command("compress")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File whose words are kept: lines (.txt), concepts or a product feed.",
)
@click.option("--langs", default="", help="Of those files, only these languages: de,en,zh.")
@click.option("--layers", default="", help="How many layers to keep, evenly spaced; or which: 0,2,4,7,9,11.")
@click.option("--static", type=int, default=0, help="Fixed vectors of so many numbers for each word piece.")
@click.option("--steps", type=click.IntRange(0), default=400, help="Of teaching, where layers were dropped.")
@click.option("--rate", type=float, default=2e-4, help="Learning rate of the teaching.")
@click.pass_obj
def compress_encoder(configured: Configured, /, out: Path, **wishes: str) -> None:
    """Write the encoder in force, smaller, into the folder OUT."""
    wish = _Wish(**{**wishes, "langs": tuple(filter(None, wishes["langs"].split(",")))})  # type: ignore[arg-type]
    if not (wish.keep or wish.layers or wish.static):
        raise BadInput("nothing to make smaller", hint="give --keep FILE, --layers 6 or --static 256")
    if wish.layers and wish.steps and not wish.keep:
        raise BadInput("a body without some layers must be taught", hint="give texts: --keep FILE")
    weights = _weights(configured.settings)
    whole = len(weights.table.codes)
    weights = _smaller(weights, wish)
    if wish.layers and wish.steps:
        weights = _taught(configured.settings, weights, wish, out)
    use = _written(weights, wish, out)
    rmtree(out / "teaching", ignore_errors=True)  # it is several times as large as what it taught
    click.echo(f"{len(weights.table.codes)} of {whole} word pieces, {weights.shape.layers} layers\n{out}")
    click.echo(f"""use it: dragoman --encoder '{{"use": "{use}", "path": "{out}"}}' …""")


def _weights(settings: Settings) -> "Weights":
    """The encoder in force, its adapter merged."""
    from dragoman.backends.encoders.adapter import merge_adapter
    from dragoman.backends.encoders.hugging_face import read_hugging_face
    from dragoman.backends.encoders.packaged import read_packaged

    name, options = named(settings.encoder)
    if name != "folder":
        hint = 'compress {"use": "folder", "path": "…"}, or the packaged encoder'
        raise Unsupported(f"the encoder {name!r} has no weights here", hint=hint)
    path = str(options.get("path", ""))
    adapter = str(options.get("adapter", adapter_of(settings, options)))
    weights = read_hugging_face(Path(path).expanduser()) if path else read_packaged()
    return merge_adapter(weights, Path(adapter).expanduser()) if adapter else weights


def _smaller(weights: "Weights", wish: _Wish) -> "Weights":
    from dragoman.learn.compress import dropped, spaced, trimmed
    from dragoman.learn.texts import read_texts

    if wish.layers:
        numbers = [int(part) if part.strip().isdigit() else -1 for part in wish.layers.split(",")]
        one = "," not in wish.layers
        weights = dropped(weights, spaced(weights.shape.layers, numbers[0]) if one else numbers)
    if wish.keep:
        weights = trimmed(
            weights, (text for path in wish.keep for text in read_texts(path, langs=wish.langs))
        )
    return weights


def _taught(settings: Settings, weights: "Weights", wish: _Wish, out: Path) -> "Weights":
    """Teach what is left the vectors that the whole encoder has; stopped, it goes on."""
    if find_spec("torch") is None or find_spec("peft") is None:
        raise Unsupported("teaching needs torch and peft", hint="pip install 'dragoman[train]', or --steps 0")
    from dragoman.learn.run import bar
    from dragoman.learn.teach import Lesson, teach

    options = named(settings.encoder)[1] | {"use": "folder", "precision": "float32"}
    teacher = open_encoder(replace(settings, encoder=options))
    lesson = Lesson(wish.keep, wish.langs, wish.steps, wish.rate, threads=settings.threads)
    with bar(wish.steps) as progress:
        return teach(weights, teacher, lesson, out / "teaching", progress=progress)


def _written(weights: "Weights", wish: _Wish, out: Path) -> str:
    """Write the folder; return the name of the backend that opens it."""
    from dragoman.backends.encoders.write_hugging_face import write_hugging_face
    from dragoman.learn.flat import flattened

    if wish.static:
        flattened(weights, out, dim=wish.static)
        return "static"
    write_hugging_face(weights, out)
    return "folder"
