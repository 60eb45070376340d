"""Laws of cutting texts into sentences and of markup, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.testing.word_translators import WordTranslator
from dragoman.translate import Desk, translate
from dragoman.translate.anatomy import assembled, body_of
from dragoman.translate.markup import blocks_of, together
from dragoman.translate.protect import Guarding, Kept
from dragoman.translate.sentences import LONGEST, cuts
from dragoman.types import Text

TWO_SENTENCES = {
    "en": "Mr. Smith bought it, approx. two days ago. It works well.",
    "de": "Passt z. B. für Dr. Hoff und ca. zwei Leute. Sehr gut!",
    "fr": "Très bien fait, p. ex. pour la cuisine. Je recommande !",
    "es": "El Sr. López lo compró. Funciona bien.",
    "ru": "Подходит для чая, кофе и т.д. и стоит недорого. Рекомендую!",
    "zh": "很好用。下次还买！",
    "ja": "とても良いです。また買います！",
    "ko": "정말 좋아요. 또 살게요!",
    "ar": "هل هذا جيد؟ نعم، جيد جدا.",
    "hi": "यह बहुत अच्छा है। फिर से खरीदूँगा।",
}


@pytest.mark.parametrize("lang", TWO_SENTENCES)
def test_two_sentences_are_two_in_any_script(lang: str) -> None:
    text = TWO_SENTENCES[lang]
    assert len(cuts(text, lang)) == 2


@pytest.mark.parametrize("lang", [*TWO_SENTENCES, "th"])
def test_no_piece_is_longer_than_a_translator_takes(lang: str) -> None:
    text = "ก็ดีครับ " * 300 if lang == "th" else TWO_SENTENCES[lang].replace(".", "").replace("。", "") * 40
    ends = cuts(text, lang)
    assert max(end - start for start, end in zip([0, *ends], ends, strict=False)) <= LONGEST
    assert ends[-1] == len(text)


@given(st.text(alphabet="ab .!?\n。👍🏽é12", max_size=80), st.sampled_from(["en", "ja", "th"]))
def test_cuts_lose_nothing(text: str, lang: str) -> None:
    ends = cuts(text, lang)
    assert "".join(text[a:b] for a, b in zip([0, *ends], ends, strict=False)) == text


def test_nothing_is_cut_inside_what_is_kept() -> None:
    text = "See www.a.example/x. Then y"
    kept = [Kept(4, 22, "", "address")]
    assert all(not 4 < end < 22 for end in cuts(text, "en", kept))


@given(st.text(alphabet="ab &<>;/pbi12\n\"'", max_size=60))
def test_taking_a_text_apart_and_together_again_changes_no_word(text: str) -> None:
    blocks = blocks_of(text)
    whole = together(blocks, [block.words for block in blocks])
    again = blocks_of(whole)
    assert together(again, [block.words for block in again]) == whole


@pytest.mark.parametrize("text", TWO_SENTENCES.values())
def test_a_text_that_nobody_translates_stays_as_it_is(text: str) -> None:
    body = body_of(text, "en", "de", Guarding())
    assert assembled(body, {}, "de").replace(" ", "") == text.replace(" ", "")


DESK = Desk(WordTranslator({("en", "de"): {"red": "rot", "cup": "Tasse", "very": "sehr", "good": "gut"}}))


def said(text: str) -> str:
    [made] = translate([Text(text, "en")], "de", desk=DESK, is_floored=False)
    return made.text.value


def test_tags_stay_where_their_words_go() -> None:
    assert said("<p>Red <b>cup</b></p><ul><li>Very good</li></ul>") == (
        "<p>rot <b>Tasse</b></p><ul><li>sehr gut</li></ul>"
    )


def test_markup_that_could_run_is_left_out() -> None:
    shown = said('<p onclick="x()">Red cup</p><script>alert(1)</script><a href="javascript:x">good</a>')
    assert "script" not in shown
    assert "onclick" not in shown
    assert "rot Tasse" in shown


def test_signs_of_plain_text_are_no_markup() -> None:
    assert said("Red & very good, 5 < 6") == "rot & sehr gut, 5 < 6"


def test_entities_in_markup_are_words_and_come_back_as_entities() -> None:
    assert said("<p>Red &amp; good &lt;3</p>") == "<p>rot &amp; gut &lt;3</p>"
