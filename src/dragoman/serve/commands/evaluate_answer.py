"""`dragoman eval answer`: questions about pages, answered by the guide or by others, and how good that is."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dragoman.answer import Answering, answering
from dragoman.answer.asking import understand_question
from dragoman.answer.evidence import ranked, sheets_of
from dragoman.answer.heard import heard
from dragoman.answer.parts import Evidence, Sentence, Sheet
from dragoman.answer.verify import problems
from dragoman.guide import Guide, open_guide
from dragoman.measure.answering import Asked, Given, Told, answer_figures, read_questions
from dragoman.measure.pairs import read_hypotheses
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.settings import Configured
from dragoman.text.normalise import normalise
from dragoman.text.sentences import sentences
from dragoman.text.tags import canonical
from dragoman.types import Citation, Query


@click.command("answer")
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="JSON lines of questions with their pages."
)
@click.option("--lang", default="en", show_default=True, help="Language of lines that name none.")
@click.option("--hypotheses", type=click.Path(path_type=Path), help="Measure these, one a line, instead.")
@click.option("-n", "--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def evaluate_answer(
    configured: Configured,
    /,
    data: Path,
    lang: str,
    hypotheses: Path | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Ask every question of its own page, and compare with what people judged and wrote.

    Answerability is an AUROC: how often the best evidence of a page scores above the best of the same page
    without the passages that answer. Faithfulness is the share of claims that the verifier can trace.
    """
    rows = read_questions(data, lang=canonical(lang))[:limit]
    said = read_hypotheses(hypotheses, len(rows)) if hypotheses else None
    home = Path(configured.settings.home).expanduser()
    guide = open_guide(replace(configured.settings, index="memory", shop=str(home / "evaluated")))
    try:
        _shelve(guide, rows)
        tuning = guide.answering or answering(guide.encoder)
        given = [
            _given(guide, tuning, at, one, said[at] if said is not None else None)
            for at, one in enumerate(rows)
        ]
    finally:
        guide.close()
    figures = _figures(rows, given)
    if as_json:
        say_json(figures)
    else:
        _say(figures)


def _shelve(guide: Guide, rows: Sequence[Asked]) -> None:
    """Put every page into the shop, and beside it the same page without what answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for at, one in enumerate(rows):
                pages = {_id(at): one.passages}
                if one.is_judged:
                    pages[_id(at, bare=True)] = tuple(told for told in one.passages if not told.label)
                for id_, passages in pages.items():
                    file.write(json.dumps(_product(id_, one, passages)) + "\n")
        guide.ingest([path])


def _id(at: int, *, bare: bool = False) -> str:
    return f"page-{at}{'-bare' if bare else ''}"


def _product(id_: str, one: Asked, passages: Sequence[Told]) -> dict[str, Any]:  # Any: JSON
    said = [{"kind": told.kind, "text": told.text, "lang": told.lang or one.lang} for told in passages]
    lang = passages[0].lang if passages else one.lang
    return {"id": id_, "title": one.title or "—", "lang": lang or one.lang, "passages": said}


def _given(guide: Guide, tuning: Answering, at: int, one: Asked, said: str | None) -> Given:
    query = Query(one.question, langs=(one.lang,), about=(_id(at),))
    sheets = sheets_of(query, index=guide.index, find=None, tuning=tuning)
    best = _best(guide, tuning, query, sheets)
    has_both = {bool(told.label) for told in one.passages} == {True, False} and one.is_judged
    bare = None
    if has_both:
        other = replace(query, about=(_id(at, bare=True),))
        found = _best(guide, tuning, other, sheets_of(other, index=guide.index, find=None, tuning=tuning))
        bare = found.score if found else 0.0
    measured = Given(
        score=best.score if best else 0.0,
        bare=bare,
        is_right=_answers(best, one) if any(told.label for told in one.passages) else None,
    )
    if said is not None:
        good, bad = _traced(said, query, sheets)
        return replace(measured, text=said, traced=good, removed=bad)
    answer = guide.answer(query)
    if answer.declined:
        return replace(measured, removed=len(answer.removed))
    count = len(sentences(answer.text, answer.lang))
    return replace(measured, text=answer.text, traced=count, removed=len(answer.removed))


def _best(guide: Guide, tuning: Answering, query: Query, sheets: Sequence[Sheet]) -> Evidence | None:
    question = understand_question(query)
    asked = heard(question, sheets, guide.encoder, guide.tools.speak)
    found = ranked(question, asked, sheets, guide.tools, tuning)
    return next((one for one in found if one.piece.passage.kind != "title"), None)


def _answers(best: Evidence | None, one: Asked) -> bool:
    """Whether the best evidence stands in a passage that people called right."""
    quote = normalise(best.piece.quote) if best else ""
    return bool(quote) and any(quote in normalise(told.text) for told in one.passages if told.label)


def _traced(text: str, query: Query, sheets: Sequence[Sheet]) -> tuple[int, int]:
    """How many sentences of an answer the verifier lets through and cuts, the page being their grounds."""
    question = understand_question(query)
    cited = tuple(
        Citation(piece.passage, piece.quote)
        for sheet in sheets
        for piece in sheet.pieces
        if piece.quote.strip()
    )
    parts = [text[start:end] for start, end in sentences(text, question.reply)]
    good = sum(not problems(Sentence(part, cited), question, sheets) for part in parts)
    return good, len(parts) - good


def _figures(rows: Sequence[Asked], given: Sequence[Given]) -> dict[str, Any]:  # Any: JSON
    """All questions together; where there are several languages, each one beside."""
    langs = sorted({one.lang for one in rows})
    each = {}
    for lang in langs:
        own = [at for at, one in enumerate(rows) if one.lang == lang]
        each[lang] = answer_figures([rows[at] for at in own], [given[at] for at in own])
    if len(langs) == 1:
        return each[langs[0]] | {"languages": each}
    # Words are cut by language: figures of words are told a language, those of evidence together too.
    whole = answer_figures([replace(one, answers=()) for one in rows], given)
    return whole | {"languages": each}


def _say(figures: dict[str, Any]) -> None:
    names = [name for name in figures if name != "languages"]
    each = figures["languages"]
    columns = each if len(each) == 1 else {"all": figures, **each}
    rows = [(name, *(_cell(column[name]) for column in columns.values())) for name in names]
    say_table(("figure", *columns), rows)


def _cell(value: Any) -> str:  # Any: JSON
    if isinstance(value, dict) and "score" in value:
        return f"{value['score']:.2f}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {share:.2f}" for name, share in value.items())
    return "" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
