"""`dragoman eval`: quality per language, with intervals, against a baseline if one is given."""

from pathlib import Path

import click

from dragoman.measure.beir import Qrels, read_corpus, read_qrels
from dragoman.measure.compare import Comparison, compare_files
from dragoman.measure.labelled import label, languages, locale_priors, read_labelled
from dragoman.measure.langid import evaluate_langid
from dragoman.measure.metrics import Metric, metric, per_query
from dragoman.measure.retrieval import Figures, evaluate_retrieval, warn_of_strangers
from dragoman.measure.tables import comparison_table, langid_table, retrieval_table
from dragoman.measure.trec import read_candidates, read_run, run_path, write_run
from dragoman.serve.commands.printing import say_json
from dragoman.serve.commands.rankers import Method, ranker_of
from dragoman.settings import Configured
from dragoman.text.detect import detect


@click.group("eval")
def evaluate() -> None:
    """Measure quality per language, with 95 % intervals."""


@evaluate.command("retrieval")
@click.argument("queries", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--corpus", required=True, type=click.Path(path_type=Path), help="BEIR corpus.jsonl[.gz].")
@click.option("--qrels", required=True, type=click.Path(path_type=Path), help="BEIR or TREC judgements.")
@click.option("--lang", default="und", help="Language of the corpus, for --method full.")
@click.option("--candidates", type=click.Path(path_type=Path), help="Only these documents per query.")
@click.option(
    "--method",
    type=click.Choice(["bm25", "dense", "words", "hybrid", "full"]),
    default="hybrid",
    show_default=True,
    help="Plain BM25, exact cosine, our word weights, both fused, or the whole search through the index.",
)
@click.option(
    "--metric", "metrics", multiple=True, default=("ndcg@10", "recall@10", "mrr@10"), show_default=True
)
@click.option("--run", "out", type=click.Path(path_type=Path), help="Write TREC runs here.")
@click.option("--against", type=click.Path(path_type=Path), help="Compare with these runs, paired by query.")
@click.option("--seed", default=0, show_default=True, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def retrieval(
    configured: Configured, /, queries: tuple[Path, ...], corpus: Path, qrels: Path, **options: object
) -> None:
    """Rank the QUERIES (one file a language) over a corpus and score them."""
    method: Method = options["method"]  # type: ignore[assignment]  # click has checked the choice
    wanted = [metric(name) for name in _texts(options["metrics"])]
    documents, judged = read_corpus(corpus), read_qrels(qrels)
    warn_of_strangers(judged, [document.id for document in documents])
    chosen = options["candidates"]
    results = evaluate_retrieval(
        queries,
        judged,
        ranker=ranker_of(method, documents, configured.settings, lang=str(options["lang"])),
        metrics=wanted,
        candidates=read_candidates(chosen) if isinstance(chosen, Path) else None,
        seed=int(str(options["seed"])),
    )
    out, against = options["out"], options["against"]
    alone = len(queries) == 1
    if isinstance(out, Path):
        for name, found in results.items():
            write_run(run_path(out, name, alone=alone), found.run, tag=method)
    compared: dict[str, Comparison] = {}
    if isinstance(against, Path):
        compared = _compared(results, against, judged, wanted[0], seed=int(str(options["seed"])))
    _say(results, compared, as_json=bool(options["as_json"]))


def _compared(
    results: dict[str, Figures], folder: Path, judged: Qrels, chosen: Metric, *, seed: int
) -> dict[str, Comparison]:
    """Compare with the runs in ``folder``, file by file, over the same judged queries."""
    new = {name: found.scores[chosen.name] for name, found in results.items()}
    old = {}
    for name, scores in new.items():
        run = read_run(run_path(folder, name, alone=len(results) == 1))
        old[name] = per_query(run, {query: judged[query] for query in scores}, [chosen])[chosen.name]
    return compare_files(old, new, seed=seed)


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, tuple) else []


def _say(results: dict[str, Figures], compared: dict[str, Comparison], *, as_json: bool) -> None:
    if as_json:
        view: dict[str, dict[str, object]] = {name: dict(found.as_json()) for name, found in results.items()}
        for name, pair in compared.items():
            view[name]["against"] = pair.as_json()
        say_json(view)
        return
    click.echo(retrieval_table(results))
    if compared:
        click.echo("\n" + comparison_table(compared))


@evaluate.command("langid")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="TSV of language and text.")
@click.option(
    "--among", default="", help="Comma-separated languages to choose from; default: the file's own."
)
@click.option(
    "--prior",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0.0, 1.0),
    help="A locale prior that is right this often, like 0.85.",
)
@click.option("--seed", default=0, show_default=True, help="Of the bootstrap and the simulated locale.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def langid(data: Path, among: str, prior: float, seed: int, as_json: bool) -> None:
    """Identify the language of every text and score it."""
    rows = read_labelled(data)
    choices = tuple(label(tag.strip()) for tag in among.split(",") if tag.strip()) or languages(rows)
    priors = locale_priors(rows, choices, right=prior, seed=seed) if prior else None
    report = evaluate_langid(rows, detect, among=choices, priors=priors, seed=seed)
    if as_json:
        say_json(report.as_json())
    else:
        click.echo(langid_table(report))
