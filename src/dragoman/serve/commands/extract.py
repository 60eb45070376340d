"""`dragoman extract`: the facts that a text, a saved page or a product of the shop states."""

from pathlib import Path

import click
from pydantic import ValidationError

from dragoman.errors import BadInput, NotFound
from dragoman.guide import open_guide
from dragoman.serve.asked import refused
from dragoman.serve.commands.printing import clip, say_json, say_table
from dragoman.serve.facts import AskedFacts, facts_view, pages_of
from dragoman.serve.shown import Json, Reader
from dragoman.settings import Configured

LARGEST_PAGE = 16 << 20
"""Bytes of one saved page."""


@click.command("extract")
@click.argument("text", default="")
@click.option("--product", default="", help="Id of a product of the shop, instead of a text.")
@click.option("--html", "page", type=click.Path(path_type=Path), help="File of a saved web page, instead.")
@click.option(
    "--category", default="", help='Category path, like "Home & Garden > Kitchen"; empty: predicted.'
)
@click.option("--lang", default="", help="Language of the words; empty: told from them.")
@click.option("--show", default="", help="Language the facts are shown in; empty: that of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/extract.")
@click.pass_obj
def extract_facts(
    configured: Configured, /, text: str, page: Path | None, as_json: bool, **options: str
) -> None:
    """Read the facts that TEXT states, each with the words it was read from."""
    try:
        asked = AskedFacts(
            text=text,
            html=_markup(page) if page else "",
            product=options["product"],
            category=options["category"],
            lang=options["lang"],
        )
    except ValidationError as error:
        raise refused(error.errors()) from error
    guide = open_guide(configured.settings)
    try:
        pages = pages_of(asked, guide)
        facts = guide.extract(pages)
    finally:
        guide.close()
    view = facts_view(
        pages, facts, Reader((options["show"] or (pages[0].titles or pages[0].descriptions)[0].lang,))
    )
    if as_json:
        say_json(view)
    else:
        _say(view)


def _markup(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise NotFound(f"no page {str(path)!r}", hint="name a file that can be read") from error
    if len(raw) > LARGEST_PAGE:
        raise BadInput(f"the page has {len(raw):,} bytes", hint="save it without its pictures")
    return raw.decode("utf-8", "replace")


def _say(view: Json) -> None:
    for part in ("stated", "facts"):
        rows = [
            (
                one["name"],
                f"{one['value']} {one['unit']}".strip(),
                one["shown"]["name"],
                one["shown"]["value"],
                f"{one['confidence']:.2f}",
                clip(one["quote"], 50),
            )
            for one in view[part]
        ]
        if rows:
            click.echo("stated by the page" if part == "stated" else "read from its words", err=True)
            say_table(("fact", "value", "shown", "", "sure", "quote"), rows)
    if not view["facts"] and not view["stated"]:
        click.echo("the words state no fact", err=True)
