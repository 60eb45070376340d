"""Laws of measuring language identification, with detectors whose answers are known."""

import math
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest

from dragoman.errors import BadInput
from dragoman.measure.labelled import Labelled, label, locale_priors, read_labelled
from dragoman.measure.langid import Detect, evaluate_langid
from dragoman.measure.macro import f1_by_label, macro_f1
from dragoman.measure.tables import langid_table
from dragoman.types import Lang

ROWS = [
    Labelled("zh-Hans", "蓝牙耳机"),
    Labelled("ja", "掃除機"),
    Labelled("ko", "아기 안전문"),
    Labelled("ar", "غسالة"),
    Labelled("hi", "लाल जूते"),
    Labelled("ru", "красные туфли"),
    Labelled("de", "kopfhörer mit kabel und tasche"),
    Labelled("es", "zapatos rojos"),
    Labelled("fr", "sac"),
    Labelled("pt", "sapato"),
    Labelled("en", "iphone"),
    Labelled("th", "รองเท้าสีแดง"),
]
TRUTH = {row.text: row.lang for row in ROWS}


class Told:
    """A detector that looks its answers up."""

    def __init__(self, answers: Mapping[str, Mapping[Lang, float]]) -> None:
        self.answers = answers

    def __call__(
        self, text: str, /, *, among: Sequence[Lang], prior: Mapping[Lang, float]
    ) -> Mapping[Lang, float]:
        return self.answers[text]


def sure(text: str, /, *, among: Sequence[Lang], prior: Mapping[Lang, float]) -> Mapping[Lang, float]:
    return {TRUTH[text]: 1.0}


def silent(text: str, /, *, among: Sequence[Lang], prior: Mapping[Lang, float]) -> Mapping[Lang, float]:
    return {}


def believer(text: str, /, *, among: Sequence[Lang], prior: Mapping[Lang, float]) -> Mapping[Lang, float]:
    return prior


def test_a_detector_that_is_always_right_scores_one_everywhere() -> None:
    found = evaluate_langid(ROWS, sure)
    assert (found.accuracy.mean, found.macro_f1.mean, found.abstained.mean) == (1.0, 1.0, 0.0)
    assert (found.log_loss.mean, found.brier.mean) == (0.0, 0.0)
    assert found.confusions == ()
    assert set(found.by_lang) == set(TRUTH.values())


def test_abstaining_is_not_right_but_costs_no_more_than_guessing_evenly() -> None:
    found = evaluate_langid(ROWS, silent)
    assert (found.accuracy.mean, found.abstained.mean, found.accuracy_answered.mean) == (0.0, 1.0, 0.0)
    assert found.log_loss.mean == pytest.approx(math.log(len(ROWS)))
    assert found.brier.mean == pytest.approx(1 - 1 / len(ROWS))
    assert {confusion.found for confusion in found.confusions} == {""}


def test_losses_follow_their_definitions() -> None:
    rows = [Labelled("de", "sack"), Labelled("en", "sack!")]
    told = Told({"sack": {"de": 0.25, "en": 0.75}, "sack!": {"en": 1.0}})
    found = evaluate_langid(rows, told)
    assert found.accuracy.mean == 0.5
    assert found.log_loss.mean == pytest.approx(-math.log(0.25) / 2)
    assert found.brier.mean == pytest.approx((0.75**2 + 0.75**2) / 2)


def test_a_sure_miss_costs_much_but_not_infinity() -> None:
    found = evaluate_langid(
        [Labelled("de", "x"), Labelled("en", "y")], Told({"x": {"en": 1.0}, "y": {"en": 1.0}})
    )
    assert math.isfinite(found.log_loss.mean)
    assert found.log_loss.mean > 6


def test_equal_odds_go_to_the_first_language_by_name() -> None:
    found = evaluate_langid(
        [Labelled("pt", "x"), Labelled("es", "y")],
        Told({text: {"pt": 0.5, "es": 0.5} for text in "xy"}),
    )
    assert (found.by_lang["es"].accuracy.mean, found.by_lang["pt"].accuracy.mean) == (1.0, 0.0)


def test_regional_and_bare_tags_stand_for_the_language_asked_about() -> None:
    rows = [Labelled("pt", "a"), Labelled("zh-Hans", "b"), Labelled("zh-Hant", "c")]
    told = Told({"a": {"pt-BR": 0.6, "pt-PT": 0.4}, "b": {"zh": 1.0}, "c": {"zh-Hant-HK": 1.0}})
    found = evaluate_langid(rows, told)
    assert found.accuracy.mean == 1.0
    assert found.log_loss.mean == pytest.approx(0.0)


def test_lengths_are_counted_in_words_even_where_nobody_writes_spaces() -> None:
    found = evaluate_langid(ROWS, sure)
    assert {length: part.n for length, part in found.by_words.items()} == {"1": 4, "2-4": 7, "5+": 1}


def test_the_detector_is_told_the_choices_and_each_texts_prior() -> None:
    among = sorted(TRUTH.values())
    priors = locale_priors(ROWS, among, right=1.0, seed=0)
    assert evaluate_langid(ROWS, believer, priors=priors).accuracy.mean == 1.0


def test_a_locale_prior_is_right_as_often_as_it_says() -> None:
    rows = ROWS * 100
    priors = locale_priors(rows, sorted(TRUTH.values()), right=0.85, seed=1)
    found = evaluate_langid(rows, believer, priors=priors)
    assert found.accuracy.low < 0.85 < found.accuracy.high
    assert all(sum(prior.values()) == pytest.approx(1.0) for prior in priors)


def test_the_time_is_taken_per_text_by_the_given_clock() -> None:
    ticks = count(step=5_000)
    found = evaluate_langid(ROWS, sure, clock_ns=lambda: next(ticks))
    assert (found.p50_us, found.p99_us) == (5.0, 5.0)


def test_texts_outside_the_choices_are_refused() -> None:
    with pytest.raises(BadInput, match="texts in th"):
        evaluate_langid(ROWS, sure, among=[lang for lang in TRUTH.values() if lang != "th"])
    with pytest.raises(BadInput, match="no texts"):
        evaluate_langid([], sure)


def test_macro_f1_equals_its_definition_and_lies_within_its_interval() -> None:
    pairs = {("a", "a"): 6, ("a", "b"): 2, ("b", "b"): 1, ("b", ""): 3, ("c", "z"): 1}
    assert f1_by_label(pairs) == pytest.approx({"a": 12 / 14, "b": 2 / 7, "c": 0.0})
    found = macro_f1(pairs, seed=0)
    assert found.mean == pytest.approx((12 / 14 + 2 / 7) / 3)
    assert found.low < found.mean < found.high


@pytest.mark.parametrize("header", ["", "lang\ttext\n"])
def test_labelled_texts_are_read_with_a_header_or_without(tmp_path: Path, header: str) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text(header + "pt-BR\tsapato vermelho\nzh-TW\t藍牙耳機\n", encoding="utf-8")
    assert read_labelled(path) == [Labelled("pt", "sapato vermelho"), Labelled("zh-Hant", "藍牙耳機")]


@pytest.mark.parametrize("row", ["de", "de\t ", "klingonisch\tqapla", "de\ta\tb", "\tx"])
def test_a_bad_row_is_refused_with_file_and_number(tmp_path: Path, row: str) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text(f"en\tgood\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"rows\.tsv, line 2"):
        read_labelled(path)


@pytest.mark.parametrize("text", ["text\tlang\nSchuh\tde\n", "id\tlang\ttext\n1\tde\tSchuh\n"])
def test_a_header_says_where_language_and_text_are(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data.tsv"
    path.write_text(text, "utf-8")
    assert read_labelled(path) == [Labelled("de", "Schuh")]


def test_a_label_is_its_own_label() -> None:
    for tag in ("pt-BR", "zh-CN", "zh-TW", "zh-Hant-HK", "sr-Latn", "en-US", "th", "nb", "iw"):
        assert label(label(tag)) == label(tag)


def test_the_report_is_written_as_json_and_as_a_table() -> None:
    found = evaluate_langid(ROWS, sure)
    body = found.as_json()
    assert body["accuracy"] == {"mean": 1.0, "low": pytest.approx(0.757, abs=0.001), "high": 1.0}
    assert set(body) >= {"n", "among", "by_lang", "by_words", "us_per_query", "macro_f1", "abstained"}
    assert len(langid_table(found).splitlines()) == 1 + 1 + 3 + len(ROWS)


def test_the_detectors_here_are_detectors() -> None:
    detectors: list[Detect] = [sure, silent, believer, Told({})]
    assert all(callable(detector) for detector in detectors)
