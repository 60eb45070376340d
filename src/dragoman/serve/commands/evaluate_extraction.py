"""`dragoman eval extraction`: how much of what texts state is read, per attribute and language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dragoman.extract.asked_for import common_form, fact_for
from dragoman.guide import Guide, open_guide
from dragoman.measure.extraction import (
    ExtractionFigures,
    Judged,
    Said,
    ValueFigures,
    read_judged,
    score_values,
)
from dragoman.ports import Reader
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.serve.facts import page_of_text
from dragoman.settings import Configured
from dragoman.text.tags import canonical
from dragoman.types import Fact

_SURE = 0.5  # score from which a reader's mark is taken as said


@click.command("extraction")
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="JSON lines of texts and their facts."
)
@click.option("--lang", default="", help="Language of texts that name none; empty: told from them.")
@click.option("-n", "--limit", type=click.IntRange(1), help="Only the first so many texts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def evaluate_extraction(
    configured: Configured, /, data: Path, lang: str, limit: int | None, as_json: bool
) -> None:
    """Read the facts of every text of a file and compare with what people found in it.

    One value is said per text and attribute, in the words that it was read from; right if it is any of the
    judged ones, letter by letter (exact) or in meaning (normalised): 9.5 inches is 24.13 cm. Shares are 0..1.
    """
    rows = read_judged(data, lang=canonical(lang) if lang else "")[:limit]
    guide = open_guide(replace(configured.settings, index="memory"))  # no shop is needed
    try:
        said, engine = _said(guide, rows)
    finally:
        guide.close()
    figures = score_values(len(rows), said, common_form)
    if as_json:
        say_json(figures.as_json() | {"engine": engine})
    else:
        _say(figures, engine)


def _said(guide: Guide, rows: Sequence[Judged]) -> tuple[list[Said], str]:
    """What rules read of each attribute, and where they are silent a reader, if one is configured."""
    pages = [page_of_text(row.text, row.lang, row.category) for row in rows]
    reader = guide.tools.reader
    marked = _marked(reader, rows) if reader else [{}] * len(rows)
    said = []
    for row, page, facts, marks in zip(rows, pages, guide.extract(pages), marked, strict=True):
        lang = (page.titles or page.descriptions)[0].lang
        for name, right in row.right.items():
            found = fact_for(name, facts, lang)
            said.append(Said(name, lang, right, _quote(found) or marks.get(name, "")))
    return said, guide.extractor.name + (" + reader" if reader else "")


def _quote(fact: Fact | None) -> str:
    return (fact.quote or fact.value).strip() if fact else ""


def _marked(reader: Reader, rows: Sequence[Judged]) -> list[Mapping[str, str]]:
    """The surest mark of each attribute; texts of one set of attributes go together."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(tuple(sorted(row.right)), []).append(at)
    found: list[Mapping[str, str]] = [{} for _ in rows]
    for names, members in groups.items():
        for at, spans in zip(members, reader.read([rows[at].text for at in members], names), strict=True):
            sure = sorted((span for span in spans if span.score >= _SURE), key=lambda span: span.score)
            found[at] = {span.ask: rows[at].text[span.start : span.end].strip() for span in sure}
    return found


def _say(figures: ExtractionFigures, engine: str) -> None:
    click.echo(f"{figures.texts:,} texts, {figures.whole.n:,} values, read by {engine}\n")
    by_size = sorted(figures.attributes.items(), key=lambda pair: (-pair[1].n, pair[0]))
    rows = [("all", figures.whole), *figures.langs.items(), *by_size]
    say_table(
        ("", "values", "exact P", "R", "F1", "normalised P", "R", "F1"),
        [(name, f"{one.n:,}", *_cells(one)) for name, one in rows],
    )


def _cells(one: ValueFigures) -> list[str]:
    told: dict[str, Any] = one.as_json()  # Any: JSON
    return [
        f"{told[way][part]:.3f}" for way in ("exact", "normalised") for part in ("precision", "recall", "f1")
    ]
