"""Laws of the figures of translation, in every language."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU

from dragoman.errors import BadInput, NotFound
from dragoman.measure.overlap import kept_share, meteor, rouge_l, words_of
from dragoman.measure.pairs import read_hypotheses, read_pairs
from dragoman.measure.translation import preservation, score_translations, tokenizer_for

TEXTS = {
    "zh": ["户外吊床支架", "这个水壶很好用。"],
    "ja": ["これは良い靴です。", "防水ハイキングシューズ"],
    "ko": ["아기 안전문 계단용", "정말 좋아요."],
    "ar": ["غسالة ملابس أوتوماتيكية", "جيد جدا"],
    "hi": ["बच्चों के लिए ऊनी टोपी", "अच्छा है।"],
    "ru": ["походный котелок с крышкой", "чайник"],
    "de": ["Kopfhörer mit Kabel und Mikrofon", "Kessel"],
    "es": ["zapatillas de correr para mujer", "bueno"],
    "fr": ["théière en fonte émaillée", "l'eau"],
    "pt": ["cadeira de praia dobrável", "bom"],
    "en": ["garden hose reel with wheels", "kettle"],
    "th": ["กระทะเหล็กหล่อ", "ดีมาก"],
    "vi": ["ấm trà", "rất tốt"],
    "zh-Hant": ["戶外吊床"],
    "pt-BR": ["geladeira"],
}


@pytest.mark.parametrize("lang", TEXTS)
def test_equal_texts_get_100_in_every_language(lang: str) -> None:
    texts = TEXTS[lang]
    found = score_translations(texts, texts, texts, target=lang)
    scores = {name: score.score for name, score in found.scores.items()}
    assert scores == {"bleu": 100, "chrf": 100, "chrf++": 100, "ter": 0, "meteor": 100, "rouge_l": 100}
    assert found.shares["exact"] == 1.0


@pytest.mark.parametrize("lang", TEXTS)
def test_texts_that_share_nothing_get_nearly_nothing(lang: str) -> None:
    found = score_translations(["x"], ["qqq www"], TEXTS[lang][:1], target=lang)
    assert found.scores["rouge_l"].score == 0
    assert found.scores["meteor"].score == 0
    assert found.scores["chrf"].score < 10


@pytest.mark.parametrize(
    ("target", "name"), [("zh", "zh"), ("zh-Hant", "zh"), ("de", "13a"), ("ru", "13a"), ("th", "char")]
)
def test_the_tokenizer_fits_the_target_and_the_signature_says_which(target: str, name: str) -> None:
    assert tokenizer_for(target) == name
    assert f"tok:{name}|" in score_translations(["a"], ["b"], ["c"], target=target).scores["bleu"].signature


@pytest.mark.parametrize("target", ["ja", "ko"])
def test_a_tokenizer_that_is_not_installed_is_replaced_and_the_signature_says_so(target: str) -> None:
    found = score_translations(["a"], ["b"], ["c"], target=target)
    assert f"tok:{tokenizer_for(target)}|" in found.scores["bleu"].signature or "mecab" in tokenizer_for(
        target
    )


def test_bleu_is_sacrebleu_s() -> None:
    said = ["the cat sat on the mat today", "a red shoe for her and for him"]
    right = ["the cat sat on a mat today", "a red shoe for him and for her"]
    found = score_translations(said, said, right, target="en").scores["bleu"]
    usual = BLEU()
    assert found.score == pytest.approx(usual.corpus_score(said, [right]).score, abs=1e-5)
    assert found.signature == str(usual.get_signature())


def test_words_of_scripts_without_spaces_are_words() -> None:
    assert len(words_of("これは良い靴です", "ja")) > 2
    assert len(words_of("กระทะเหล็กหล่อ", "th")) > 1
    assert words_of("👍🏽 gut", "de")[-1] == "gut"


def slow_lcs(one: list[str], other: list[str]) -> int:
    """The longest common subsequence, the obvious way."""
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + slow_lcs(one[1:], other[1:])
    return max(slow_lcs(one[1:], other), slow_lcs(one, other[1:]))


WORDS = st.lists(st.sampled_from("abcd"), max_size=7)


@given(WORDS, WORDS)
def test_rouge_l_is_that_of_its_definition(one: list[str], other: list[str]) -> None:
    total = len(one) + len(other)
    wanted = 2 * slow_lcs(one, other) / total if one and other else float(one == other)
    assert rouge_l(one, other) == pytest.approx(wanted)


@given(WORDS, WORDS)
def test_meteor_is_a_share_and_1_only_for_the_same(one: list[str], other: list[str]) -> None:
    rate = meteor(one, other)
    assert 0 <= rate <= 1
    assert (rate == 1) == (one == other)


def test_meteor_is_that_of_the_paper() -> None:
    # Two matches in two chunks: P = R = 1, penalty .5; one match of two words: P = .5, R = 1.
    assert meteor(["b", "a"], ["a", "b"]) == pytest.approx(0.5)
    mean = 10 * 0.5 * 1.0 / (1.0 + 9 * 0.5)
    assert meteor(["a", "x"], ["a"]) == pytest.approx(mean * (1 - 0.5))


def test_word_order_costs_meteor_what_it_does_not_cost_a_bag_of_words() -> None:
    right = ["the", "red", "shoe", "is", "on", "the", "table"]
    assert meteor(right, right) > meteor(right[::-1], right)


def test_what_must_not_break_is_counted() -> None:
    found = preservation(["Nike AB-12 5 l, 3 pieces", "no name"], ["найк AB-12 5 л", "x"])
    assert found["brands"] == 1.0
    assert found["codes"] == 1.0
    assert found["numbers"] == pytest.approx(2 / 3)
    assert preservation(["red"], ["rot"])["numbers"] is None
    assert kept_share([Counter()], [Counter("a")]) is None


def test_terms_count_where_the_reference_uses_them() -> None:
    found = score_translations(
        ["red shoe"] * 2,
        ["roter Schuh", "roter Stiefel"],
        ["roter Schuh"] * 2,
        target="de",
        terms=[["Schuh", "Latsche"]] * 2,
    )
    assert found.shares["terminology"] == 0.5


def test_unequal_lists_are_refused() -> None:
    with pytest.raises(BadInput):
        score_translations(["a"], [], ["a"], target="de")
    with pytest.raises(BadInput):
        score_translations([], [], [], target="de")


@pytest.mark.parametrize(
    "text",
    [
        "en\tde\nred\trot\n",
        "de\ten\nrot\tred\n",
        "\ufeffen\tde\r\nred\trot\r\n",
        "fr\ten-US\tx\tde-DE\nrouge\tred\t\trot\n\n",
        'en\tde\n"red"\t"rot"\n',
        "en,de\nred,rot\n",
        "en\tde\nred\trot\n\tleer\nempty\t\n",
    ],
)
def test_pairs_are_read_however_the_file_was_saved(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(text.encode("utf-8"))
    [pair] = read_pairs(path, "en", "de")
    assert (pair.source, pair.target) == ("red", "rot")


def test_regions_and_scripts_of_a_heading_serve_who_asks_for_the_language(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("zh-CN\tpt-BR\tzh-TW\n红\tvermelho\t紅\n", encoding="utf-8")
    assert read_pairs(path, "zh", "pt")[0].source == "红"
    assert read_pairs(path, "zh-Hant", "pt-PT")[0].source == "紅"


def test_quotes_that_belong_to_the_text_stay(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text('en\tde\n5" pipe, "best"\t"A ""gutes"" Rohr"\n"Hi," she said\tx\n', encoding="utf-8")
    first, second = read_pairs(path, "en", "de")
    assert (first.source, first.target) == ('5" pipe, "best"', 'A "gutes" Rohr')
    assert second.source == '"Hi," she said'


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"en\tfr\na\tb\n", "no column for 'de'"),
        (b"en\tde\na\n", "line 2"),
        (b"", "no column for 'en'"),
        (b"en\tde\n", "holds no pair"),
        (b"english\tgerman\na\tb\n", "heading"),
        (b"en\tde\n\xff\xfe\tb\n", "utf-8"),
        (b"\x1f\x8bbroken", ""),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, raw: bytes, told: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(raw)
    with pytest.raises(BadInput) as caught:
        read_pairs(path, "en", "de")
    assert told in caught.value.message
    assert caught.value.hint


def test_missing_files_and_other_numbers_of_lines_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_pairs(tmp_path / "none.tsv", "en", "de")
    with pytest.raises(NotFound):
        read_pairs(tmp_path, "en", "de")
    path = tmp_path / "said.txt"
    path.write_text("a\n\nb\n", encoding="utf-8")
    assert read_hypotheses(path, 3) == ["a", "", "b"]
    with pytest.raises(BadInput):
        read_hypotheses(path, 2)
