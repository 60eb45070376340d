"""Laws of the language-bias figures: 0 without bias, a sign that says which way, exact small cases."""

import pytest

from dragoman.errors import BadInput
from dragoman.measure.bias import crowding, language_bias
from dragoman.measure.metrics import metric
from dragoman.types import Scored

LANGS = {f"{lang}{i}": lang for lang in ("zh", "en", "ar") for i in range(5)}


def ranking(*ids: str) -> list[Scored]:
    return [Scored(name, -float(i)) for i, name in enumerate(ids)]


@pytest.mark.parametrize("lang", ["zh", "en", "ar"])
def test_a_perfect_ranking_has_no_excess_whatever_its_languages(lang: str) -> None:
    run = {"q": ranking("en0", "zh0", "zh1", "ar0", "ar1", "ar2", "ar3")}
    found = language_bias(
        run, {"q": {"zh0": 1, "en0": 1, "zh1": 1}}, query_langs={"q": lang}, document_langs=LANGS
    )
    assert found.excess.mean == 0.0
    assert found.own_share == found.fair_share


def test_own_documents_above_relevant_foreign_ones_are_an_excess_and_the_reverse_a_lack() -> None:
    qrels = {"q": {"en0": 1, "ar0": 1}}
    biased = language_bias(
        {"q": ranking("ar1", "ar0", "en0")}, qrels, query_langs={"q": "ar"}, document_langs=LANGS
    )
    averse = language_bias(
        {"q": ranking("en0", "en1", "ar0")}, qrels, query_langs={"q": "ar"}, document_langs=LANGS
    )
    assert (biased.excess.mean, averse.excess.mean) == (0.5, -0.5)


def test_each_query_language_has_its_own_figure() -> None:
    run = {"a": ranking("ar0"), "z": ranking("en0")}
    found = language_bias(
        run,
        {"a": {"en0": 1}, "z": {"en0": 1}, "barren": {"en0": 0}, "lost": {"en0": 1}},
        query_langs={"a": "ar", "z": "zh"},
        document_langs=LANGS,
    )
    assert found.n == 2
    assert {lang: excess.mean for lang, excess in found.by_lang.items()} == {"ar": 1.0, "zh": 0.0}


def test_k_bounds_how_many_hits_are_looked_at() -> None:
    qrels = {"q": {"en0": 1, "en1": 1}}
    run = {"q": ranking("en0", "zh0")}
    shares = [
        language_bias(run, qrels, query_langs={"q": "zh"}, document_langs=LANGS, k=k).own_share.mean
        for k in (1, 2, 10)
    ]
    assert shares == [0.0, 0.5, 0.5]


def test_an_unknown_language_and_an_empty_run_are_refused() -> None:
    with pytest.raises(BadInput, match="language of 'fr0'"):
        language_bias({"q": ranking("fr0")}, {"q": {"en0": 1}}, query_langs={"q": "zh"}, document_langs=LANGS)
    with pytest.raises(BadInput, match="no query"):
        language_bias({}, {"q": {"en0": 1}}, query_langs={"q": "zh"}, document_langs=LANGS)


def test_crowding_is_what_the_newcomers_cost() -> None:
    qrels = {f"q{i}": {"en0": 1} for i in range(8)}
    before = {query: ranking("en0") for query in qrels}
    after = {query: ranking("zh0", "zh1", "en0") for query in qrels}
    found = crowding(before, after, qrels, metric("mrr@10"))
    assert found.difference.mean == pytest.approx(1 / 3 - 1)
    assert found.is_worse
    assert not crowding(before, before, qrels, metric("mrr@10")).is_worse
