"""Questions across the language line: turned towards their translation, and none the worse without one."""

from collections.abc import Sequence

import numpy as np
import pytest
from answer_pages import ENCODER, ask, dials, product, shop

from dragoman.answer import Tools
from dragoman.answer.asking import understand_question
from dragoman.answer.evidence import sheets_of
from dragoman.answer.heard import SHARE, heard, turned
from dragoman.answer.parts import Speak
from dragoman.errors import Unavailable
from dragoman.types import Query, Text, Vectors


def german(text: str, source: str, target: str) -> Sequence[str]:
    assert (source, target) == ("de", "en")
    return {"Pfeift der Kessel?": ("does it whistle",)}.get(text, ())


def down(text: str, source: str, target: str) -> Sequence[str]:
    raise Unavailable("the translator does not answer", hint="")


def vector(text: str, lang: str, speak: Speak | None, **more: object) -> Vectors:
    index = shop((product(**more), ()))  # type: ignore[arg-type]  # fields by name
    query = Query(text, langs=(lang,), about=("kettle",))
    sheets = sheets_of(query, index=index, find=None, tuning=dials())
    return heard(understand_question(query), sheets, ENCODER, speak)


def test_a_question_goes_some_of_the_way_to_its_translation() -> None:
    own, other = ENCODER.encode(["Pfeift der Kessel?", "does it whistle"], "query")
    mixed = (1 - SHARE) * own + SHARE * other
    [found] = vector("Pfeift der Kessel?", "de", german)
    np.testing.assert_allclose(found, mixed / np.linalg.norm(mixed), atol=1e-6)
    assert own @ other < found @ other < found @ own


@pytest.mark.parametrize("speak", [None, german, down])
def test_without_a_translation_it_is_what_it_was(speak: Speak | None) -> None:
    text = "Ist der Deckel fest?"
    np.testing.assert_array_equal(vector(text, "de", speak), ENCODER.encode([text], "query"))


def test_nothing_is_translated_into_its_own_language() -> None:
    german_page = {
        "bullets": (Text("Der Deckel schließt fest.", "de"), Text("Zwei Jahre Garantie.", "de")),
        "descriptions": (Text("Er pfeift nicht. Er kocht in drei Minuten.", "de"), Text("Aus Stahl.", "de")),
        "facts": (),
    }
    text = "Pfeift der Kessel?"
    found = vector(text, "de", down, **german_page, title="Kessel aus Stahl, 1,7 l", variants=(), offers=())
    np.testing.assert_array_equal(found, ENCODER.encode([text], "query"))


def test_a_translator_that_fails_is_told_of_and_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    plain = ask("Wie lang ist die Garantie?", lang="de")
    assert ask("Wie lang ist die Garantie?", lang="de", tools=Tools(speak=down)) == plain
    assert "question_translation=failed" in caplog.text


def test_rows_have_unit_length() -> None:
    for translation in ("", "does it whistle"):
        assert np.linalg.norm(turned(ENCODER, "Pfeift der Kessel?", translation)) == pytest.approx(
            1, abs=1e-5
        )


def test_a_whole_letter_is_not_translated() -> None:
    asked: list[str] = []

    def noted(text: str, source: str, target: str) -> Sequence[str]:
        asked.append(text)
        return ()

    vector("Pfeift der Kessel? " * 50, "de", noted)
    vector("Pfeift der Kessel?", "de", noted)
    assert asked == ["Pfeift der Kessel?"]
