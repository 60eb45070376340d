"""Puts a machine's translation beside quotes that the shopper does not read. Quotes stay as written."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from dragoman.answer.parts import Translate
from dragoman.errors import DragomanError
from dragoman.text.tags import best
from dragoman.types import Answer, Citation, Opinion, Query, Text

log = logging.getLogger(__name__)


def with_translations(answer: Answer, query: Query, translate: Translate | None) -> Answer:
    """Return the answer with translations of its foreign quotes into the first language read.

    A translator that is down costs the translations, never the answer: one warning is logged.
    """
    if translate is None or answer.declined:
        return answer
    read = query.langs or (answer.lang,)
    every = [*answer.citations, *answer.against]
    every += [cited for one in answer.opinions for cited in (*one.praise, *one.blame)]
    texts = [replace(cited.passage.text, value=cited.quote) for cited in every]
    foreign = list(dict.fromkeys(text for text in texts if not best(read, [text.lang])))
    if not foreign:
        return answer
    try:
        made = translate(foreign, read[0])
    except DragomanError as error:
        log.warning("answer_untranslated target=%s quotes=%d error=%s", read[0], len(foreign), error.message)
        return answer
    known = {one.original.value: one.text for one in made if one.text != one.original}
    return replace(
        answer,
        citations=_beside(answer.citations, known),
        against=_beside(answer.against, known),
        opinions=tuple(_opinion(one, known) for one in answer.opinions),
    )


def _beside(citations: Sequence[Citation], known: dict[str, Text]) -> tuple[Citation, ...]:
    return tuple(replace(cited, translation=known.get(cited.quote)) for cited in citations)


def _opinion(one: Opinion, known: dict[str, Text]) -> Opinion:
    return replace(one, praise=_beside(one.praise, known), blame=_beside(one.blame, known))
