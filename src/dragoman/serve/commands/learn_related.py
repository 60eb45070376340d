"""`dragoman learn-related`: what shoppers did in, models of what goes together and what comes next out."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dragoman.errors import Unsupported
from dragoman.guide import open_guide
from dragoman.opening import open_journal
from dragoman.serve.commands.printing import say_json
from dragoman.settings import Configured

if TYPE_CHECKING:  # scipy takes its time to import, and serving never needs it
    from dragoman.learn.plan import Content
    from dragoman.learn.related import Learned

_PAGE = 1000


@click.command("learn-related")
@click.option(
    "--full", is_flag=True, help="Learn everything anew: also what was erased goes from the models."
)
@click.option("--steps", type=click.IntRange(0), help="Of the sequence model; 0 leaves it out.")
@click.option(
    "--content", is_flag=True, help="The sequence model knows products by their texts, new ones too."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def learn_related(
    configured: Configured, /, full: bool, steps: int | None, content: bool, as_json: bool
) -> None:
    """Learn from the shop's journal; servers that run take it up by themselves."""
    if missing := [name for name in ("torch", "scipy") if find_spec(name) is None]:
        raise Unsupported(f"learning needs {' and '.join(missing)}", hint="pip install 'dragoman[train]'")
    from dragoman.learn.plan import Content, Plan
    from dragoman.learn.related import refresh

    settings = configured.settings
    journal = open_journal(settings)
    try:
        found = refresh(
            journal,
            Path(settings.shop) / settings.related,
            Plan() if steps is None else Plan(steps=steps),
            full=full,
            content=_content(configured) if content else Content(),
        )
    finally:
        journal.close()
    if as_json:
        say_json(_told(found))
    else:
        how = "anew" if found.is_full else "brought up to date"
        click.echo(f"{how}: {found.events} events of {found.shoppers} shoppers, {found.products} products")
        click.echo(f"models: {', '.join(found.models)}")
        for one in found.skipped:
            click.echo(f"left out: {one}", err=True)


def _told(found: "Learned") -> dict[str, object]:
    return {
        "models": list(found.models),
        "events": found.events,
        "shoppers": found.shoppers,
        "products": found.products,
        "skipped": list(found.skipped),
        "is_full": found.is_full,
    }


def _content(configured: Configured) -> "Content":
    """Return every product of the index with its vector."""
    from dragoman.learn.plan import Content

    guide = open_guide(configured.settings)
    try:
        ids: list[str] = []
        while page := guide.ids(ids[-1] if ids else "", _PAGE):
            ids += page
        return Content(tuple(ids), guide.index.vectors(ids))
    finally:
        guide.close()
