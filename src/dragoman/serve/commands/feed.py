"""`dragoman ingest` and `dragoman remove`."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from tqdm import tqdm

from dragoman.catalog import FORMATS, Reading
from dragoman.catalog.report import as_json, lines
from dragoman.guide import open_guide
from dragoman.serve.commands.printing import say_json
from dragoman.settings import Configured, Settings


@click.command("ingest")
@click.argument("feeds", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--replace", "whole", is_flag=True, help="The feeds are whole: remove products they no longer hold."
)
@click.option("--format", default="", help=f"One of {', '.join(FORMATS)}, when it cannot be detected.")
@click.option("--lang", default="", help="Language of feeds that do not say (BCP 47).")
@click.option("--market", default="", help="Market of feeds that do not say (ISO 3166-1).")
@click.option("--currency", default="", help="Currency of prices that do not say (ISO 4217).")
@click.option("--json", "json_out", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def ingest_feeds(
    configured: Configured, /, feeds: tuple[Path, ...], whole: bool, json_out: bool, **options: str
) -> None:
    """Read product FEEDS into the shop; run it again after a crash, it resumes."""
    guide = open_guide(_on_all_cores(configured))
    bar = tqdm(unit=" products", disable=not sys.stderr.isatty(), file=sys.stderr)

    def progress(done: int, known: int) -> None:
        bar.total = known or None
        bar.update(done - bar.n)

    try:
        report = guide.ingest(
            feeds,
            reading=Reading(
                options["format"], options["lang"], options["market"], options["currency"], whole=whole
            ),
            progress=progress,
        )
    finally:
        bar.close()
        guide.close()
    if json_out:
        say_json(as_json(report))
    else:
        click.echo("\n".join(lines(report)))


def _on_all_cores(configured: Configured) -> Settings:
    """The settings, with every core of this machine for encoding where they do not say how many."""
    if configured.origins["threads"] != "default":
        return configured.settings
    return replace(configured.settings, threads=os.cpu_count() or 1)


@click.command("remove")
@click.argument("ids", nargs=-1, required=True)
@click.pass_obj
def remove_products(configured: Configured, ids: tuple[str, ...]) -> None:
    """Remove the products IDS from the shop."""
    guide = open_guide(configured.settings)
    try:
        before = guide.count()
        guide.remove(ids)
        click.echo(f"removed {before - guide.count()} of {len(ids)} products named")
    finally:
        guide.close()
