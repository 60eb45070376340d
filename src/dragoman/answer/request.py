"""Answer: a question in any language in, what the page says about it out. The story of one request."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from dragoman.answer.asking import Question, understand_question
from dragoman.answer.check import check, check_comparison
from dragoman.answer.compose import (
    choose,
    comparison_draft,
    evidence_draft,
    nearest_draft,
    opinion_draft,
    passages_cited,
    price_draft,
    stock_draft,
)
from dragoman.answer.evidence import ranked, sheets_of
from dragoman.answer.heard import heard
from dragoman.answer.messages import joined, say
from dragoman.answer.opinions import opinions_of
from dragoman.answer.parts import Answering, Draft, Evidence, Find, Sentence, Sheet, Tools
from dragoman.answer.phrase import drifting, hearsay, phrased
from dragoman.answer.same import same_questions
from dragoman.answer.spans import narrowed
from dragoman.answer.translated import with_translations
from dragoman.answer.verify import problems
from dragoman.answer.weigh import Weighing
from dragoman.ports import Encoder, Index
from dragoman.types import Answer, Query

log = logging.getLogger(__name__)


def answer(
    query: Query,
    *,
    index: Index,
    encoder: Encoder,
    tuning: Answering,
    tools: Tools = Tools(),
    find: Find | None = None,
) -> Answer:
    """Return what the shop's pages say about a question, with the words beside it, or decline.

    Nothing is said that cannot be traced: each sentence went through `dragoman.answer.verify`.
    ``Answer.declined`` names why there is none: ``no_question``, ``no_products``, ``no_price``,
    ``no_comparison``, ``no_opinions``, ``not_stated`` (nothing above the floor), ``unverified``.

    Args:
        tuning: Weights of the encoder at hand, and where the vectors of pages are kept.
        find: Search, for a question about no product in particular (``query.about`` is empty).

    Raises:
        BadInput: it is about more products than can be compared.
        TooLarge: the question is longer than 2,000 characters.
        NotFound: it is about a product that there is not.
        Unavailable: encoder, index or a remote model does not answer.
    """
    check(query)
    question = understand_question(query)
    if not question.text:
        return declined("no_question", question)
    sheets = sheets_of(query, index=index, find=find, tuning=tuning)
    if not sheets:
        return declined("no_products", question)
    asked = heard(question, sheets, encoder, tools.speak)
    evidence = ranked(question, asked, sheets, tools, tuning)
    draft = _drafted(question, query, sheets, evidence, tuning, tools, encoder)
    if isinstance(draft, str):
        return declined(draft, question)
    made = _verified(draft, question, sheets, encoder, tuning.weighing)
    return with_translations(made, query, tools.translate)


def declined(why: str, question: Question) -> Answer:
    """Return the answer that says that there is none."""
    key = {"no_products": "not_in_shop", "unverified": "not_stated"}.get(why, why)
    return Answer(say(key, question.reply), question.reply, declined=why)


def _drafted(
    question: Question,
    query: Query,
    sheets: Sequence[Sheet],
    evidence: Sequence[Evidence],
    tuning: Answering,
    tools: Tools,
    encoder: Encoder,
) -> Draft | str:
    """The draft of an answer of the question's kind, or why there is none."""
    if question.kind == "compare" and len(query.about) > 1:
        check_comparison(query)
        return comparison_draft(question, sheets) or "no_comparison"
    if question.kind == "opinion" and query.about:
        opinions = opinions_of(question, sheets, evidence, tuning.weighing)
        return opinion_draft(question, opinions) if opinions else "no_opinions"
    told = _from_offers(question, query, sheets)
    if told is not None:
        return told
    chosen = choose(question, evidence, tuning.weighing.floor, tuning.shown)
    if not chosen:
        return _nearest(question, query, evidence, tuning)
    chosen = narrowed(question, chosen, tools.reader)
    same = same_questions(question, chosen, encoder)
    draft = evidence_draft(question, chosen, sheets, named=len(query.about) != 1, same=same)
    if tools.generator is None:
        return draft
    free = tuple(phrased(question, chosen, tools.generator))
    return replace(draft, sentences=free, spare=draft.sentences) if free else draft


def _nearest(
    question: Question, query: Query, evidence: Sequence[Evidence], tuning: Answering
) -> Draft | str:
    """On a page, what comes nearest if it comes near at all; in a whole shop something always does."""
    if not query.about:
        return "not_in_shop"
    near = bool(evidence) and evidence[0].score >= tuning.weighing.faint
    return nearest_draft(question, evidence[0]) if near else "not_stated"


def _from_offers(question: Question, query: Query, sheets: Sequence[Sheet]) -> Draft | str | None:
    """Price and stock come from the shop's own figures; None where the question asks for something else."""
    if question.kind not in ("price", "stock"):
        return None
    draft = price_draft if question.kind == "price" else stock_draft
    for sheet in sheets:
        told = draft(question, sheet, query.market, named=len(query.about) != 1)
        if told is not None:
            return told
    return "no_price" if question.kind == "price" else None


def _verified(
    draft: Draft, question: Question, sheets: Sequence[Sheet], encoder: Encoder, weighing: Weighing
) -> Answer:
    """Return what of a draft can be traced; the rest is listed in ``removed`` and never told."""
    good, bad = _traced(draft.sentences, question, sheets, draft.same)
    if draft.spare:
        cut = [*drifting(good, encoder, weighing), *hearsay(good)]
        good, bad = [one for one in good if one not in cut], bad + [one for one in good if one in cut]
    if not good and draft.spare:
        good, more = _traced(draft.spare, question, sheets, draft.same)
        bad = bad + more
    # The verdict stands in the first sentence of the templates: cut that, and there is none.
    first = (draft.spare or draft.sentences)[0]
    verdict = (
        draft.verdict
        if first in good or (draft.spare and not problems(first, question, sheets, draft.same))
        else ""
    )
    removed = tuple(one.text for one in bad)
    if not good:
        return replace(declined("unverified", question), removed=removed)
    if removed:
        log.info("answer removed=%d kept=%d", len(removed), len(good))
    return replace(
        draft.rest,
        text=joined([one.text for one in good], question.reply, lines=draft.rest.comparison is not None),
        citations=passages_cited(good),
        verdict=verdict,
        removed=removed,
    )


def _traced(
    sentences: Sequence[Sentence], question: Question, sheets: Sequence[Sheet], same: frozenset[str]
) -> tuple[list[Sentence], list[Sentence]]:
    good: list[Sentence] = []
    bad: list[Sentence] = []
    for one in sentences:
        wrong = problems(one, question, sheets, same)
        if wrong:
            log.debug("answer cut=%r because=%s", one.text, wrong)
        (bad if wrong else good).append(one)
    return good, bad
