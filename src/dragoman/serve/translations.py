"""The HTTP routes of translation: texts in, texts out, and which pairs are good enough to be shown."""

import logging
import time
from typing import Annotated

from fastapi import FastAPI
from pydantic import Field

from dragoman.errors import BadInput
from dragoman.guide import Guide
from dragoman.serve.asked import Asked
from dragoman.serve.shown import Json
from dragoman.serve.translated import abilities_view, translations_view
from dragoman.text.tags import canonical
from dragoman.types import Text

log = logging.getLogger(__name__)


class AskedTranslation(Asked):
    """Body of ``POST /v1/translate``."""

    texts: Annotated[list[str], Field(min_length=1, max_length=200)]
    target: str = Field(max_length=100, description="language the reader wants, BCP 47")
    source: str = Field("", max_length=100, description="language of the texts; empty: told from each")
    keep: list[str] = Field([], max_length=50, description="names that stay as they are, such as a brand")
    check: bool = Field(False, description="check each new translation by the encoder: surer, and slower")


def texts_of(asked: AskedTranslation) -> list[Text]:
    """Return the texts that a request asks for.

    Raises:
        BadInput: the source is no language, or a text holds half a character.
    """
    lang = canonical(asked.source) if asked.source else "und"
    for text in asked.texts:
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise BadInput("a text holds half a character (a lone surrogate)", hint="send whole characters")
    return [Text(text, lang) for text in asked.texts]


def add_translations(app: FastAPI, guide: Guide) -> None:
    """Add the routes of translation to the application."""

    @app.post("/v1/translate", tags=["translate"])
    def translate(asked: AskedTranslation) -> Json:
        """Put texts into a reader's language, each with who did it and how sure that is."""
        started = time.perf_counter()
        texts = texts_of(asked)
        keep = [tuple(asked.keep)] * len(texts) if asked.keep else ()
        made = guide.translate(texts, asked.target, keep=keep, is_checked=asked.check)
        spent = (time.perf_counter() - started) * 1000
        log.info("translate target=%s texts=%d ms=%.1f", asked.target, len(texts), spent)
        return translations_view(made, guide.abilities().engine)

    @app.get("/v1/translate/pairs", tags=["translate"])
    def pairs() -> Json:
        """Tell who translates, which pairs shoppers get to see, and what was measured of them."""
        return abilities_view(guide.abilities())
