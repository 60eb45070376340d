"""`dragoman search` and `dragoman products`."""

import re
from collections.abc import Mapping

import click
from pydantic import ValidationError

from dragoman.errors import BadInput
from dragoman.guide import open_guide
from dragoman.serve.asked import FACETS, AskedFilters, AskedPrice, AskedSearch, query_of, refused
from dragoman.serve.commands.printing import clip, say_json, say_table
from dragoman.serve.shown import Reader, choose, found_view, product_view
from dragoman.settings import Configured
from dragoman.text.tags import canonical
from dragoman.types import Found

_AMOUNT = r"\d+(?:\.\d+)?"
_WINDOW = re.compile(rf"(?P<low>{_AMOUNT})?-(?P<high>{_AMOUNT})?(?:\s+(?P<currency>\S+))?")


@click.command("search")
@click.argument("text")
@click.option("--lang", "langs", multiple=True, help="Language you read; repeat for more, best first.")
@click.option("--market", default="", help="Country you buy in, like DE.")
@click.option("-k", default=10, show_default=True, help="How many products.")
@click.option("--brand", multiple=True, help="Only this brand; repeat for alternatives.")
@click.option("--category", multiple=True, help="Only under this category path.")
@click.option("--price", default="", help='Price window, like "10-50 EUR" or "-50 EUR".')
@click.option("--sort", default="relevance", type=click.Choice(["relevance", "price_up", "price_down"]))
@click.option("--cursor", default="", help="Where the last page ended.")
@click.option("--facets", is_flag=True, help="Count brands, categories and so on.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/search.")
@click.pass_obj
def search_products(configured: Configured, /, text: str, **options: str) -> None:
    """Find products for TEXT, written in any language."""
    settings = configured.settings
    try:
        query = query_of(_asked(text, options), currency=settings.currency)
    except ValidationError as error:
        raise refused(error.errors()) from error
    guide = open_guide(settings)
    try:
        found = guide.search(query, FACETS if options["facets"] else ())
    finally:
        guide.close()
    reader = Reader(query.langs or ("en",), query.market)
    if options["as_json"]:
        say_json(found_view(found, reader))
    else:
        _say_found(found)


def _asked(text: str, options: dict[str, str]) -> AskedSearch:
    return AskedSearch(
        query=text,
        langs=list(options["langs"]),
        market=options["market"],
        k=int(options["k"]),
        sort=options["sort"],
        cursor=options["cursor"],
        filters=AskedFilters(
            brand=list(options["brand"]),
            category=list(options["category"]),
            price=window_of(options["price"]),
        ),
    )


def window_of(text: str) -> AskedPrice:
    """Return the price window of ``--price``; "" is none.

    Raises:
        BadInput: no dash, or no number at either side of it.
    """
    if not text.strip():
        return AskedPrice()
    found = _WINDOW.fullmatch(text.strip())
    if found is None or not (found["low"] or found["high"]):
        raise BadInput(f"{text[:60]!r} is no price window", hint='write "10-50 EUR"')
    currency = found["currency"] or ""
    return AskedPrice.model_validate({"low": found["low"], "high": found["high"], "currency": currency})


def _say_found(found: Found) -> None:
    rows = [
        (str(place), hit.product.id, clip(hit.shown.value, 60), hit.shown.lang, hit.price, _reasons(hit.why))
        for place, hit in enumerate(found.hits, start=1)
    ]
    say_table(("", "product", "title", "lang", "price", "why"), rows)
    if found.relaxed:
        click.echo(f"nothing met all conditions; dropped: {', '.join(found.relaxed)}", err=True)
    if found.understood.corrected:
        click.echo(f"also searched: {found.understood.corrected}", err=True)
    if found.understood.translated:
        click.echo(f"also searched: {found.understood.translated}", err=True)
    for facet in found.facets:
        counted = ", ".join(f"{count.value} {count.count}" for count in facet.counts[:8])
        click.echo(f"{facet.name}: {counted}")
    if found.cursor:
        click.echo(f"more: --cursor {found.cursor}", err=True)


def _reasons(why: Mapping[str, float]) -> str:
    pairs = why.items()
    return " ".join(f"{part}={score:.3g}" for part, score in pairs)


@click.command("products")
@click.argument("ids", nargs=-1)
@click.option("--after", default="", help="List ids greater than this one.")
@click.option("-k", default=20, show_default=True, help="How many ids to list.")
@click.option("--lang", default="en", help="Language you read.")
@click.option("--json", "as_json", is_flag=True, help="Print the bodies of GET /v1/products/{id}.")
@click.pass_obj
def list_products(
    configured: Configured, ids: tuple[str, ...], after: str, k: int, lang: str, as_json: bool
) -> None:
    """Show the products IDS, or list the catalogue in id order."""
    reader = Reader((canonical(lang),))
    guide = open_guide(configured.settings)
    try:
        chosen = ids or tuple(guide.ids(after, k))
        products = [guide.product(id) for id in chosen]
        if as_json:
            say_json([product_view(one, guide.passages(one.id), reader) for one in products])
        else:
            titles = [choose(one.titles, reader) for one in products]
            rows = [
                (one.id, title.lang, one.brand, clip(title.value, 80))
                for one, title in zip(products, titles, strict=True)
            ]
            say_table(("product", "lang", "brand", "title"), rows)
            click.echo(f"{len(products)} of {guide.count()} products", err=True)
    finally:
        guide.close()
