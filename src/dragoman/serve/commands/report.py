"""`dragoman report`: one page for the owner, or its figures."""

import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import click

from dragoman.errors import BadInput
from dragoman.guide import open_guide
from dragoman.serve.commands.printing import say_json
from dragoman.serve.report_page import report_page
from dragoman.serve.report_words import words_for
from dragoman.serve.reports import owners_report, report_view
from dragoman.settings import Configured
from dragoman.text.tags import canonical


@click.command("report")
@click.option(
    "--since", default="", help="First day, like 2026-11-01 (or with a time); empty: the beginning."
)
@click.option("--until", default="", help="First day that is left out; empty: now.")
@click.option("--lang", default="en", show_default=True, help="Language you read.")
@click.option("--out", default="report.html", show_default=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of writing a page.")
@click.pass_obj
def report_shop(
    configured: Configured, /, since: str, until: str, lang: str, out: Path, as_json: bool
) -> None:
    """Report how the shop serves its markets, languages and sellers, as one HTML page."""
    words = words_for([canonical(lang)])
    first = _moment("since", since) if since else 0.0
    last = _moment("until", until) if until else time.time() + 1.0
    if first >= last:
        raise BadInput(f"--since {since} is not before --until {until}", hint="give the earlier day first")
    if not as_json and not out.absolute().parent.is_dir():
        raise BadInput(
            f"no folder {str(out.absolute().parent)!r}", hint="make it first, or give --out another"
        )
    guide = open_guide(configured.settings)
    try:
        found = owners_report(guide, first, last)
    finally:
        guide.close()
    if as_json:
        say_json(report_view(found))
        return
    _write(out, report_page(found, words, title=configured.settings.title))
    click.echo(f"{found.shop.events:,} events of {found.shop.shoppers:,} shoppers → {out}", err=True)


def _moment(name: str, told: str) -> float:
    try:
        found = datetime.fromisoformat(told)
    except ValueError as error:
        raise BadInput(f"--{name} {told!r} is no day", hint="write it like 2026-11-28") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _write(path: Path, page: str) -> None:
    """Write the whole page or nothing: whoever reads it meanwhile sees the old one."""
    fresh = path.with_name(f"{path.name}.{token_hex(4)}")
    try:
        fresh.write_text(page, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise BadInput(
            f"cannot write {str(path)!r}: {error.strerror}", hint="give --out another file"
        ) from error
