"""`dragoman events`, `recommend`, `profile` and `forget`."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from pydantic import ValidationError
from tqdm import tqdm

from dragoman.guide import open_guide
from dragoman.recommend import Line, Recorded, Taking, lines_of
from dragoman.serve.asked import refused
from dragoman.serve.commands.printing import clip, say_json, say_table
from dragoman.serve.events import recorded_view
from dragoman.serve.profiles import profile_view
from dragoman.serve.recommendations import (
    AskedRecommendation,
    hear_session,
    moment_of,
    recommended_view,
    wish_of,
)
from dragoman.serve.shown import Reader
from dragoman.settings import Configured
from dragoman.text.tags import canonical
from dragoman.types import Recommended

KINDS = ("for_you", "similar", "together", "again", "trending")


@click.command("events")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def read_events(configured: Configured, files: tuple[Path, ...], as_json: bool) -> None:
    """Read FILES of what shoppers did (.jsonl or .csv, .gz too); run it again after a crash, it resumes."""
    guide = open_guide(configured.settings)
    bar: tqdm[Any] = tqdm(unit=" events", disable=not sys.stderr.isatty(), file=sys.stderr)
    try:
        lines = _counted(lines_of(files), bar)
        done = guide.record(lines, Taking(guide.audience.mask, time.time(), is_live=False))
    finally:
        bar.close()
        guide.close()
    if as_json:
        say_json(recorded_view(done))
    else:
        _say_recorded(done)


# Any: a bar without an iterable of its own.
def _counted(lines: Iterator[Line], bar: "tqdm[Any]") -> Iterator[Line]:
    for line in lines:
        bar.update()
        yield line


def _say_recorded(done: Recorded) -> None:
    for one in done.rejections[:20]:
        click.echo(
            f"{one.source}:{one.line}: {one.field} {one.problem}: {one.value!r} → {one.remedy}", err=True
        )
    if done.rejected > 20:
        click.echo(f"… and {done.rejected - 20:,} more; --json lists a thousand", err=True)
    click.echo(f"{done.read:,} rows: {done.recorded:,} events recorded, {done.known:,} known already")
    rest = f"{done.repeated:,} repeated, {done.bots:,} of robots, {done.ignored:,} ignored"
    click.echo(f"left out: {rest}, {done.rejected:,} refused")


@click.command("recommend")
@click.option("--shopper", default="", help="For whom; empty: nobody in particular.")
@click.option("--about", multiple=True, help="Id of the product at hand; repeat for a basket.")
@click.option("--kind", default="for_you", show_default=True, type=click.Choice(KINDS))
@click.option("--lang", "langs", multiple=True, help="Language you read; repeat for more, best first.")
@click.option("--market", default="", help="Country you buy in, like DE.")
@click.option("--window", default="week", type=click.Choice(["day", "week", "month"]), help="Of trending.")
@click.option("--diversity", default=0.3, show_default=True, help="0 the best fitting, 1 the most various.")
@click.option("-k", default=10, show_default=True, help="How many products.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of POST /v1/recommend.")
@click.pass_obj
def recommend_products(configured: Configured, /, as_json: bool, **options: str) -> None:
    """Find products that a shopper may like, each with its reason."""
    try:
        asked = AskedRecommendation.model_validate(
            {**options, "about": list(options["about"]), "langs": list(options["langs"])}
        )
    except ValidationError as error:
        raise refused(error.errors()) from error
    query, now = wish_of(asked, currency=configured.settings.currency), time.time()
    guide = open_guide(configured.settings)
    try:
        moment = moment_of(asked, hear_session(asked.session, guide, now), now)
        found = guide.recommend(query, asked.kind, moment)
    finally:
        guide.close()
    if as_json:
        say_json(recommended_view(found, Reader(query.langs or ("en",), query.market), uuid4().hex))
    else:
        _say_recommended(found)


def _say_recommended(found: Recommended) -> None:
    rows = [
        (str(place), hit.product.id, clip(hit.shown.value, 50), hit.shown.lang, hit.price, reason.text.value)
        for place, (hit, reason) in enumerate(zip(found.hits, found.reasons, strict=True), start=1)
    ]
    say_table(("", "product", "title", "lang", "price", "why"), rows)
    click.echo(f"rests on: {found.basis}", err=True)


@click.command("profile")
@click.argument("shopper")
@click.option("--lang", default="en", help="Language you read.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /v1/profile/{shopper}.")
@click.pass_obj
def show_profile(configured: Configured, shopper: str, lang: str, as_json: bool) -> None:
    """Say what is known of SHOPPER: what they see, and why."""
    guide = open_guide(configured.settings)
    try:
        view = profile_view(guide.known(shopper, time.time()).profile, guide, Reader((canonical(lang),)))
    finally:
        guide.close()
    if as_json:
        say_json(view)
        return
    rows = [
        ("market", view["market"], ""),
        ("languages", ", ".join(one["name"] for one in view["langs"]), ""),
    ]
    rows += [("category", one["name"], f"{one['share']:.0%}") for one in view["categories"]]
    rows += [("brand", one["name"], f"{one['share']:.0%}") for one in view["brands"]]
    for taste in view["tastes"]:
        titles = [one["title"]["value"] if one["title"] else one["id"] for one in taste["products"][:3]]
        rows.append(("taste", clip(" · ".join(titles), 90), f"{taste['share']:.0%}"))
    rows += [
        ("not wanted", name, "") for name in [*view["avoided"], *(one["id"] for one in view["disliked"])]
    ]
    say_table(("", "what", "share"), rows)


@click.command("forget")
@click.argument("shopper")
@click.option("--product", default="", help="Forget what they did with this one only.")
@click.pass_obj
def forget_shopper(configured: Configured, shopper: str, product: str) -> None:
    """Forget all that SHOPPER did, for good."""
    guide = open_guide(configured.settings)
    try:
        gone = guide.forget(shopper, product) if product else guide.erase(shopper)
    finally:
        guide.close()
    click.echo(f"{gone} events forgotten")
