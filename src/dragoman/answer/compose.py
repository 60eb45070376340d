"""Evidence into sentences by templates of the message catalogue: quotes stay as they were written."""

from collections.abc import Sequence
from dataclasses import replace

from dragoman.answer.asking import Question
from dragoman.answer.compare import comparison_of
from dragoman.answer.messages import quoted, say, say_many
from dragoman.answer.offers import price_sentences, stock_sentences, title_citation
from dragoman.answer.parts import Draft, Evidence, Sentence, Sheet
from dragoman.answer.stance import Stance, is_same_question, stance
from dragoman.types import Answer, Citation, Fact, Lang, Opinion, Passage, PassageKind, Verdict

_VOICE: dict[PassageKind, str] = {
    "title": "says_seller", "bullet": "says_seller", "description": "says_seller",
    "attribute": "says_fact", "review": "says_buyer", "answer": "says_answer",
}  # fmt: skip
_WITHIN = 0.75  # of the best score, a further piece is worth quoting
_ROWS_TOLD = 8  # rows of a comparison that the text tells; the table holds all


def price_draft(question: Question, sheet: Sheet, market: str, *, named: bool) -> Draft | None:
    """Return the answer from the offers to a question for the price; None where there is no offer."""
    return _of_offers(question, price_sentences(question, sheet, market), sheet, named=named)


def stock_draft(question: Question, sheet: Sheet, market: str, *, named: bool) -> Draft | None:
    """Return the answer from the offers to a question for the stock; None where nobody knows."""
    return _of_offers(question, stock_sentences(question, sheet, market), sheet, named=named)


def _of_offers(question: Question, sentences: list[Sentence], sheet: Sheet, *, named: bool) -> Draft | None:
    if not sentences:
        return None
    if named:
        sentences[0] = _titled(sentences[0], sheet, question.reply)
    facts = tuple(dict.fromkeys(fact for one in sentences for fact in one.facts))
    return Draft(tuple(sentences), Answer("", question.reply, confidence=1.0, facts=facts))


def evidence_draft(question: Question, chosen: Sequence[Evidence], sheets: Sequence[Sheet], *, named: bool,
                   same: frozenset[str] = frozenset()) -> Draft:  # fmt: skip
    """Return the answer that quotes evidence, with a verdict where asked for and given.

    Args:
        chosen: What is quoted, best first; at least one.
        named: The product has to be named: the question was about none in particular.
        same: Questions behind community answers that mean the same as this one.
    """
    lang = question.reply
    is_same = [bool(one.piece.asked) and one.piece.asked in same for one in chosen]
    stances = [stance(question, one.piece, same=alike) for one, alike in zip(chosen, is_same, strict=True)]
    verdict = _verdict(stances)
    leading = _leading(stances, verdict)
    told = [
        _quote(question, one, is_said=bool(said) or alike)
        for one, said, alike in zip(chosen, stances, is_same, strict=True)
    ]
    if named:
        told = [
            one
            if made.piece.passage.kind == "title" or made.sheet == before
            else _titled(one, sheets[made.sheet], lang)
            for one, made, before in zip(told, chosen, [-1, *(made.sheet for made in chosen)], strict=False)
        ]
    order = [*leading, *(place for place in range(len(told)) if place not in leading)]
    sentences = [told[place] for place in order]
    against: tuple[Citation, ...] = ()
    if verdict in ("yes", "no"):
        sentences[0] = replace(sentences[0], text=_after(verdict, sentences[0].text, lang))
    if verdict == "mixed":
        both = tuple(cited for one in sentences[:2] for cited in one.citations)
        sentences.insert(0, Sentence(say(verdict, lang), both))
        against = tuple(told[place].citations[-1] for place, said in enumerate(stances) if said == "no")
    facts = tuple(one.piece.fact for one in chosen if one.piece.fact is not None)
    rest = Answer("", lang, confidence=round(chosen[0].score, 4), facts=facts, against=against)
    return Draft(tuple(sentences), rest, verdict, same=same)


def nearest_draft(question: Question, one: Evidence) -> Draft:
    """Return the one piece that comes nearest, said to be no more than that."""
    lang = question.reply
    told = _quote(question, one, is_said=False)
    text = f"{say('nearest', lang)}{say('between', lang)}{told.text}"
    return Draft(
        (replace(told, text=text),), Answer("", lang, confidence=round(one.score, 4), facts=told.facts)
    )


def opinion_draft(question: Question, opinions: Sequence[Opinion]) -> Draft:
    """Return what buyers say, side by side: per aspect the counts, and a quote of each side."""
    lang = question.reply
    sentences = []
    for one in opinions:
        cited = (*one.praise, *one.blame)
        name = say(f"aspect_{one.aspect}", lang)
        counts = frozenset({one.good, one.bad})
        told = say("opinion", lang, aspect=name, good=str(one.good), bad=str(one.bad))
        sentences.append(Sentence(told, cited, counts=counts))
        for key, side in (("praise", one.praise), ("blame", one.blame)):
            sentences += (
                [Sentence(say(key, lang, quote=quoted(side[0].quote, lang)), side[:1])] if side else []
            )
    best = max((cited.score for one in opinions for cited in (*one.praise, *one.blame)), default=0.0)
    return Draft(tuple(sentences), Answer("", lang, confidence=best, opinions=tuple(opinions)))


def comparison_draft(question: Question, sheets: Sequence[Sheet]) -> Draft | None:
    """Return the facts of products side by side; None where their pages state nothing in common."""
    lang = question.reply
    table = comparison_of(sheets, lang)
    shared = [name for name, row in table.rows.items() if sum(cell is not None for cell in row) > 1]
    if not shared:
        return None
    cited = tuple(cited for sheet in sheets for cited in title_citation(sheet))
    head = Sentence(say_many("compared", len(sheets), lang), cited, counts=frozenset({len(sheets)}))
    lines = [_row(name, table.rows[name], sheets, lang) for name in shared[:_ROWS_TOLD]]
    return Draft((head, *lines), Answer("", lang, confidence=1.0, comparison=table))


def choose(question: Question, ranked: Sequence[Evidence], floor: float, most: int) -> list[Evidence]:
    """Return the evidence that an answer quotes: from the floor on and near the best, at most ``most``.

    A piece that plainly says yes or no needs no floor, if it comes first. On a yes-or-no question the
    best piece that says the opposite is taken along: it is shown, not averaged.
    """
    good = [one for one in ranked if one.score >= floor]
    if not good and ranked and stance(question, ranked[0].piece):
        good = list(ranked[:1])
    kept = [one for one in good if one.score >= _WITHIN * good[0].score][:most]
    if question.is_yesno and kept:
        said = {stance(question, one.piece) for one in kept} - {""}
        if len(said) == 1:
            kept += [one for one in good if (other := stance(question, one.piece)) and other not in said][:1]
    return list(dict.fromkeys(kept))


def cite(one: Evidence, quote: str) -> Citation:
    """Return a citation of a piece."""
    return Citation(one.piece.passage, quote, round(min(max(one.score, 0.0), 1.0), 4))


def _quote(question: Question, one: Evidence, *, is_said: bool) -> Sentence:
    piece = one.piece
    quote = piece.quote
    if piece.asked and not (is_said or is_same_question(question, piece.asked)):
        # "yes, it does" answers its own question: quoted without it, it would seem to answer this one.
        quote = piece.passage.text.value.strip()
    told = say(_VOICE[piece.passage.kind], question.reply, quote=quoted(quote, question.reply))
    facts = (piece.fact,) if piece.fact is not None else ()
    return Sentence(told, (cite(one, quote),), facts)


def _titled(sentence: Sentence, sheet: Sheet, lang: Lang) -> Sentence:
    titles = title_citation(sheet)
    if not titles:
        return sentence
    text = f"{quoted(titles[0].quote, lang)}: {sentence.text}"
    return replace(sentence, text=text, citations=tuple(dict.fromkeys((*titles, *sentence.citations))))


def _verdict(stances: Sequence[Stance]) -> Verdict:
    said = set(stances) - {""}
    if said == {"yes", "no"}:
        return "mixed"
    return "yes" if said == {"yes"} else "no" if said == {"no"} else ""


def _leading(stances: Sequence[Stance], verdict: Verdict) -> list[int]:
    """The places told first: those that the verdict stands on."""
    if verdict == "mixed":
        return [stances.index("yes"), stances.index("no")]
    return [stances.index(verdict)] if verdict else []


def _after(verdict: Verdict, text: str, lang: Lang) -> str:
    return f"{say(verdict, lang)}{say('between', lang)}{text}"


def _row(name: str, row: Sequence[Fact | None], sheets: Sequence[Sheet], lang: Lang) -> Sentence:
    """One fact of every product; what sellers wrote is set apart like a quote, and verified as one."""
    ours = name in {say(key, lang) for key in ("label_price", "label_stock", "label_brand")}
    facts = tuple(fact for fact in row if fact is not None)
    cells = [_cell(fact, ours=ours) for fact in row]
    head = name if ours else f"\u2068{name}\u2069"
    cited = tuple(
        Citation(piece.passage, piece.quote, 1.0)
        for sheet in sheets
        for piece in sheet.pieces
        if piece.fact is not None and piece.fact in facts
    )
    offers = tuple(sheet.offer for sheet in sheets if sheet.offer is not None)
    titles = tuple(cited for sheet in sheets for cited in title_citation(sheet))
    return Sentence(f"{head}: {' | '.join(cells)}", cited or titles, facts, offers)


def _cell(fact: Fact | None, *, ours: bool) -> str:
    if fact is None:
        return "–"
    return fact.value if ours else f"\u2068{fact.value} {fact.unit}".strip() + "\u2069"


def passages_cited(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """Return every citation of some sentences once, in order."""
    seen: dict[tuple[Passage, str], Citation] = {}
    for one in sentences:
        for cited in one.citations:
            seen.setdefault((cited.passage, cited.quote), cited)
    return tuple(seen.values())
