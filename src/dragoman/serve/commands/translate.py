"""`dragoman translate`: one text, or a whole shop beforehand."""

import sys
from dataclasses import replace

import click
from tqdm import tqdm

from dragoman.errors import BadInput
from dragoman.guide import Guide, open_guide
from dragoman.opening import desk_of
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.serve.translated import abilities_view, translations_view
from dragoman.settings import Configured, Settings
from dragoman.text.tags import canonical
from dragoman.translate import abilities, is_translated
from dragoman.types import Text


@click.command("translate")
@click.argument("text", required=False)
@click.option("--to", "targets", default="", help="Language to translate into; several for a shop: de,fr.")
@click.option("--from", "source", default="", help="Language of TEXT; empty: told from its words.")
@click.option("--shop", default="", help="Folder of the shop, instead of the setting.")
@click.option(
    "--products", "is_whole", is_flag=True, help="All that product pages say, not the titles alone."
)
@click.option("--keep", multiple=True, help="A name in TEXT that stays as it is; repeat for more.")
@click.option("--any", "is_unfloored", is_flag=True, help="Show what came out, however unsure.")
@click.option("--pairs", "wants_pairs", is_flag=True, help="Say which pairs can be translated and are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the body of POST /v1/translate.")
@click.pass_obj
def translate_texts(configured: Configured, /, text: str | None, shop: str, **options: str) -> None:
    """Translate TEXT, or without it the shop, so that its pages find it done.

    A shop's translations are kept beside its products. Run it again after a crash, or after a feed
    changed: it does what is missing.
    """
    settings = replace(configured.settings, shop=shop) if shop else configured.settings
    if text is not None or options["wants_pairs"]:
        settings = replace(settings, index="memory")  # no shop is needed
    targets = [canonical(part.strip()) for part in options["targets"].split(",") if part.strip()]
    if not targets and not options["wants_pairs"]:
        raise BadInput("translate into which language?", hint="name one: --to de")
    guide = open_guide(settings)
    try:
        if options["wants_pairs"]:
            _say_pairs(guide, as_json=bool(options["as_json"]))
        elif text is None:
            _shelf(guide, targets, is_whole=bool(options["is_whole"]), as_json=bool(options["as_json"]))
        else:
            _one(guide, text, targets, options)
    finally:
        guide.close()


def _one(guide: Guide, text: str, targets: list[str], options: dict[str, str]) -> None:
    source = canonical(options["source"]) if options["source"] else "und"
    made = [
        one
        for target in targets
        for one in guide.translate(
            [Text(text, source)],
            target,
            keep=[tuple(options["keep"])],
            is_checked=True,
            is_floored=not options["is_unfloored"],
        )
    ]
    if options["as_json"]:
        say_json(translations_view(made, guide.abilities().engine))
        return
    for one in made:
        click.echo(one.text.value)
        told = (
            f"{one.original.lang} → {one.text.lang}"
            if is_translated(one)
            else f"as written, in {one.text.lang}"
        )
        click.echo(f"{told}, by {one.engine or 'nobody'}, confidence {one.confidence:.2f}", err=True)


def _shelf(guide: Guide, targets: list[str], *, is_whole: bool, as_json: bool) -> None:
    bar = tqdm(unit=" products", disable=not sys.stderr.isatty(), file=sys.stderr)

    def progress(done: int, known: int) -> None:
        bar.total = known
        bar.update(done - bar.n)

    try:
        reports = guide.translate_shelf(targets, is_whole=is_whole, progress=progress)
    finally:
        bar.close()
    rows = [
        {
            "target": one.target,
            "products": one.products,
            "texts": one.texts,
            "shown": one.shown,
            "below": one.below,
        }
        for one in reports
    ]
    if as_json:
        say_json({"engine": guide.abilities().engine, "targets": rows})
    else:
        head = ("language", "products", "texts", "translated", "not sure enough")
        say_table(head, [[str(value) for value in row.values()] for row in rows])


def _say_pairs(guide: Guide, *, as_json: bool) -> None:
    able = guide.abilities()
    if as_json:
        say_json(abilities_view(able))
        return
    rows = [
        (
            one.source,
            one.target,
            "shown" if one.is_shown else "off",
            f"{one.floor:.2f}",
            _figure(one.chrf),
            str(one.n),
        )
        for one in able.pairs
    ]
    say_table(("from", "to", "shoppers", "floor", "chrF", "texts"), rows)
    click.echo(
        f"by {able.engine}{', any pair' if able.takes_any else ''}; terms: {', '.join(able.terms)}", err=True
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def translator_seen(settings: Settings) -> str:
    """Return what `dragoman doctor` sees of the translator: who it is, and how many pairs are shown."""
    able = abilities(desk_of(settings))
    shown = sum(one.is_shown for one in able.pairs)
    pairs = "any pair" if able.takes_any else f"{shown} of {len(able.pairs)} pairs shown"
    return f"{able.engine}, {pairs}, terms in {len(able.terms)} languages"
