"""`dragoman eval translation`: how good the translator in force is, or translations in a file."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from dragoman.errors import BadInput
from dragoman.guide import Guide, open_guide
from dragoman.measure.pairs import Pair, read_hypotheses, read_pairs
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.settings import Configured
from dragoman.text.tags import canonical
from dragoman.translate import Forgetful, is_translated
from dragoman.translate.terms import terms_within
from dragoman.types import Lang, Text

_AT_ONCE = 64  # texts of one call: what a page and its reviews are
_ALONE = 20  # texts that are timed one by one


@dataclass(frozen=True, slots=True)
class _Said:
    """Translations, and what they cost."""

    texts: list[str]
    more: dict[str, Any]  # Any: JSON


@click.command("translation")
@click.option(
    "--pairs", required=True, type=click.Path(path_type=Path), help="TSV whose heading names the languages."
)
@click.option("--source", required=True, help="Language to translate from (BCP 47).")
@click.option("--target", required=True, help="Language to translate into.")
@click.option("--hypotheses", type=click.Path(path_type=Path), help="Score these, one a line, instead.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the translations here, one a line.")
@click.option("--raw", is_flag=True, help="The translator alone, without placeholders and term tables.")
@click.option("-n", "--limit", type=click.IntRange(1), help="Only the first so many pairs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def evaluate_translation(configured: Configured, /, pairs: Path, **options: Any) -> None:
    """Translate every source text of a file and compare with what people wrote.

    What came out is measured, however unsure: ``refused`` is the share (0..100) that shoppers would
    not have been shown. BLEU, chrF and TER are sacreBLEU's, with their signatures.
    """
    source, target = canonical(options["source"]), canonical(options["target"])
    rows = read_pairs(pairs, source, target)[: options["limit"]]
    if options["hypotheses"]:
        said = _Said(
            read_hypotheses(options["hypotheses"], len(rows)), {"engine": str(options["hypotheses"])}
        )
    else:
        said = _said(configured, rows, (source, target), is_raw=bool(options["raw"]))
    if options["out"]:
        options["out"].write_text("".join(f"{' '.join(text.split())}\n" for text in said.texts), "utf-8")
    figures = _figures(rows, said.texts, source, target) | said.more
    if options["as_json"]:
        say_json(figures)
    else:
        _say(figures)


def _figures(
    rows: Sequence[Pair], texts: Sequence[str], source: Lang, target: Lang
) -> dict[str, Any]:  # Any: JSON
    # sacreBLEU takes a third of a second to import, and no other command needs it.
    from dragoman.measure.translation import score_translations

    terms = [[name for _, name in terms_within(row.source, source, target)] for row in rows]
    found = score_translations(
        [row.source for row in rows], texts, [row.target for row in rows], target=target, terms=terms
    )
    return found.as_json() | {"source": source, "target": target}


def _said(configured: Configured, rows: Sequence[Pair], pair: tuple[Lang, Lang], *, is_raw: bool) -> _Said:
    guide = open_guide(replace(configured.settings, index="memory"))  # no shop is needed
    # What was remembered would be measured as if it were made: and the timing would be that of a look-up.
    guide = replace(guide, desk=replace(guide.desk, memory=Forgetful()))
    try:
        translator = guide.desk.translator
        if translator is None:
            raise BadInput("there is no translator to measure", hint="set `translator`, or give --hypotheses")
        texts = [row.source for row in rows]
        speak = _raw if is_raw else _whole
        speak(guide, texts[:2], pair)  # the first call opens the weights
        alone = _timed_alone(guide, texts[:_ALONE], pair, speak)
        started = time.perf_counter()
        said = [
            one
            for at in range(0, len(texts), _AT_ONCE)
            for one in speak(guide, texts[at : at + _AT_ONCE], pair)
        ]
        spent = time.perf_counter() - started
    finally:
        guide.close()
    refused = sum(not one.is_shown for one in said) / len(said)
    return _Said(
        [one.text for one in said],
        {
            "engine": translator.name,
            "refused": round(100.0 * refused, 4),
            "latency_ms": {
                "p50": round(alone[len(alone) // 2], 2),
                "p95": round(alone[int(0.95 * (len(alone) - 1))], 2),
            },
            "sentences_per_s": round(len(texts) / max(spent, 1e-9), 2),
        },
    )


@dataclass(frozen=True, slots=True)
class _One:
    text: str
    is_shown: bool


def _whole(guide: Guide, texts: Sequence[str], pair: tuple[Lang, Lang]) -> list[_One]:
    """As a shopper gets them, but whatever came out; nothing is remembered from another run."""
    source, target = pair
    floors = guide.desk.of(source, target)
    made = guide.translate([Text(text, source) for text in texts], target, is_checked=True, is_floored=False)
    return [
        _One(
            one.text.value,
            is_shown=is_translated(one) and floors.is_shown and one.confidence >= floors.floor,
        )
        for one in made
    ]


def _raw(guide: Guide, texts: Sequence[str], pair: tuple[Lang, Lang]) -> list[_One]:
    assert guide.desk.translator is not None
    source, target = (lang.split("-")[0] for lang in pair)
    return [
        _One(one.text.value, is_shown=True) for one in guide.desk.translator.translate(texts, source, target)
    ]


_Speak = Callable[[Guide, Sequence[str], tuple[Lang, Lang]], list[_One]]


def _timed_alone(guide: Guide, texts: Sequence[str], pair: tuple[Lang, Lang], speak: _Speak) -> list[float]:
    spent = []
    for text in texts:
        started = time.perf_counter()
        speak(guide, [text], pair)
        spent.append((time.perf_counter() - started) * 1000)
    return sorted(spent)


def _say(figures: dict[str, Any]) -> None:
    rows = []
    for name, value in figures.items():
        if isinstance(value, dict) and "score" in value:
            rows.append((name, f"{value['score']:.2f}", str(value["signature"])))
        elif isinstance(value, dict):
            rows.append((name, ", ".join(f"{key} {one}" for key, one in value.items()), ""))
        else:
            rows.append((name, "" if value is None else str(value), ""))
    say_table(("figure", "value", "signature"), rows)
