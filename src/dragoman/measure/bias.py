"""Does a search prefer documents in the query's own language? Knows rankings and languages only.

Two figures, both 0 for a search that looks at meaning alone:

* ``language_bias``: how much more of the best hits is in the query's language than of the
  relevant documents. Above 0, own-language documents take places that are due to others.
* ``crowding``: what happens to a metric when documents in the query's language, none of them
  relevant, join the pool. Below 0, they push better foreign ones down.

The weakness is described by Roy et al. 2020, "LAReQA: Language-agnostic answer retrieval from a
multilingual pool" (arXiv 2004.05484), and by shops (infiniflow/ragflow issue 11499). The first
figure is ours: cutting each ranking at its own number of relevant documents, as R-precision does,
makes a perfect ranking score exactly 0 whatever the languages' shares of the pool.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragoman.errors import BadInput
from dragoman.measure.beir import Qrels
from dragoman.measure.compare import Comparison, compare
from dragoman.measure.intervals import Interval, bootstrap
from dragoman.measure.metrics import Metric
from dragoman.measure.trec import Run
from dragoman.types import Lang, Scored


@dataclass(frozen=True, slots=True)
class LanguageBias:
    """Shares of the query's own language among hits and among relevant documents, means over queries."""

    n: int  # queries with a relevant document and a hit
    own_share: Interval  # among the best hits
    fair_share: Interval  # among the relevant documents
    excess: Interval  # the first minus the second, per query: -1..1
    by_lang: Mapping[Lang, Interval]  # excess of the queries in each language


def language_bias(
    run: Run,
    qrels: Qrels,
    *,
    query_langs: Mapping[str, Lang],
    document_langs: Mapping[str, Lang],
    k: int = 10,
    seed: int = 0,
) -> LanguageBias:
    """Compare, per query, the languages of the best hits with those of the relevant documents.

    A query with r relevant documents is judged by its best min(k, r) hits. Queries without a
    relevant document or without a hit say nothing and are left out.

    Args:
        document_langs: Language of every document of the pool, in the tags that ``query_langs`` uses.

    Raises:
        BadInput: a language is missing, or no query has both a relevant document and a hit.

    >>> hits = {"q": [Scored("ja-1", 0.9), Scored("en-1", 0.8)]}
    >>> langs = {"ja-1": "ja", "en-1": "en"}
    >>> language_bias(hits, {"q": {"en-1": 1}}, query_langs={"q": "ja"}, document_langs=langs).excess.mean
    1.0
    """
    own: dict[str, float] = {}
    fair: dict[str, float] = {}
    for query, judged in qrels.items():
        relevant = [document for document, grade in judged.items() if grade > 0]
        hits = _ids(run.get(query, ()))[: min(k, len(relevant))]
        if hits:
            lang = _known(query_langs, query)
            own[query] = _share(hits, lang, document_langs)
            fair[query] = _share(relevant, lang, document_langs)
    if not own:
        raise BadInput("no query has a relevant document and a hit", hint="is this the run of these queries?")
    excess = {query: own[query] - fair[query] for query in own}
    by_lang = {
        lang: bootstrap([excess[query] for query in own if query_langs[query] == lang], seed=seed)
        for lang in sorted({query_langs[query] for query in own})
    }
    return LanguageBias(
        n=len(own),
        own_share=bootstrap(list(own.values()), seed=seed),
        fair_share=bootstrap(list(fair.values()), seed=seed),
        excess=bootstrap(list(excess.values()), seed=seed),
        by_lang=by_lang,
    )


def crowding(before: Run, after: Run, qrels: Qrels, metric: Metric, *, seed: int = 0) -> Comparison:
    """Compare a run over a pool with one over the same pool plus irrelevant own-language documents.

    Raises:
        BadInput: no query is judged.

    >>> from dragoman.measure.metrics import metric
    >>> first, second = [Scored("en-1", 0.8)], [Scored("ja-1", 0.9), Scored("en-1", 0.8)]
    >>> crowding({"q": first}, {"q": second}, {"q": {"en-1": 1}}, metric("mrr@10")).difference.mean
    -0.5
    """
    return compare(before, after, qrels, metric, seed=seed)


def _ids(hits: Sequence[Scored]) -> list[str]:
    return [hit.id for hit in hits]


def _share(documents: Sequence[str], lang: Lang, langs: Mapping[str, Lang]) -> float:
    return sum(_known(langs, document) == lang for document in documents) / len(documents)


def _known(langs: Mapping[str, Lang], name: str) -> Lang:
    if name not in langs:
        raise BadInput(f"the language of {name!r} is not given", hint="give one for every query and document")
    return langs[name]
