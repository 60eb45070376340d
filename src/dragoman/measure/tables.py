"""Figures as tables for people: one row a file or language, means with their intervals. Knows no metric."""

from collections.abc import Iterable, Mapping, Sequence

from dragoman.measure.compare import Comparison
from dragoman.measure.intervals import Interval
from dragoman.measure.langid import LangidReport, Part
from dragoman.measure.retrieval import Figures


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, markdown: bool = False) -> str:
    """Lay cells out in columns, the first to the left and the others to the right.

    >>> print(table(["lang", "n"], [["de", "40"], ["zh-Hans", "7"]]))
    lang      n
    de       40
    zh-Hans   7
    >>> print(table(["lang", "n"], [["de", "40"]], markdown=True))
    | lang | n |
    |---|---:|
    | de | 40 |
    """
    lines = [list(header), *map(list, rows)]
    if markdown:
        rule = "|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|"
        written = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
        return "\n".join([written[0], rule, *written[1:]])
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *(map(str.rjust, line[1:], widths[1:]))]).rstrip()
        for line in lines
    )


def with_interval(figure: Interval) -> str:
    """Write a figure to three digits with its interval.

    >>> with_interval(Interval(0.663, 0.5184, 0.7961))
    '.663 [.518, .796]'
    """
    return f"{_short(figure.mean)} [{_short(figure.low)}, {_short(figure.high)}]"


def retrieval_table(results: Mapping[str, Figures], *, markdown: bool = False) -> str:
    """Return one row per query file, and below several of them the plain mean of their means."""
    names = list(next(iter(results.values())).means) if results else []
    rows = [
        [file, str(found.n), *(with_interval(found.means[name]) for name in names)]
        for file, found in results.items()
    ]
    if len(results) > 1:
        rows.append(
            [
                f"mean of {len(results)}",
                str(sum(found.n for found in results.values())),
                *(
                    _short(sum(found.means[name].mean for found in results.values()) / len(results))
                    for name in names
                ),
            ]
        )
    return table(["queries", "n", *names], rows, markdown=markdown)


def comparison_table(results: Mapping[str, Comparison], *, markdown: bool = False) -> str:
    """Return one row per query file: both means, the difference, p, and p by Holm over the files."""
    rows = [
        [
            file,
            str(pair.n),
            _short(pair.mean_a),
            _short(pair.mean_b),
            with_interval(pair.difference),
            _short(pair.p),
            _short(pair.p_adjusted),
            "worse" if pair.is_worse else "better" if pair.is_better else "",
        ]
        for file, pair in results.items()
    ]
    return table(["queries", "n", "a", "b", "b - a", "p", "p (Holm)", "b is"], rows, markdown=markdown)


def langid_table(report: LangidReport, *, markdown: bool = False) -> str:
    """Return one row for all texts, then one per length and per language."""
    overall = Part(report.n, report.accuracy, report.macro_f1.mean)
    parts = {
        "all": overall,
        **{f"{length} words": part for length, part in report.by_words.items()},
        **report.by_lang,
    }
    rows = [
        [name, str(part.n), with_interval(part.accuracy), "" if part.f1 is None else _short(part.f1)]
        for name, part in parts.items()
    ]
    return table(["texts", "n", "accuracy", "F1"], rows, markdown=markdown)


def _short(value: float) -> str:
    """Three digits without the idle zero: .663, -.012, 1.000."""
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
