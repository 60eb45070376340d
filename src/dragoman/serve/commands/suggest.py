"""`dragoman suggest`: what a shopper may be about to type."""

import click

from dragoman.guide import open_guide
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.serve.shown import suggestions_view
from dragoman.settings import Configured
from dragoman.text.tags import canonical


@click.command("suggest")
@click.argument("text")
@click.option("--lang", default="", help="Language you speak; empty: told from TEXT.")
@click.option("-k", default=8, show_default=True, help="How many, 1 to 20.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /v1/suggest.")
@click.pass_obj
def suggest_queries(configured: Configured, text: str, lang: str, k: int, as_json: bool) -> None:
    """Propose whole queries that begin with TEXT."""
    spoken = canonical(lang) if lang else ""
    guide = open_guide(configured.settings)
    try:
        found = guide.suggest(text, lang=spoken, k=k)
    finally:
        guide.close()
    if as_json:
        say_json(suggestions_view(found))
    else:
        say_table(
            ("query", "lang", "from", "score"),
            [(one.text, one.lang, one.origin, f"{one.score:.2f}") for one in found],
        )
