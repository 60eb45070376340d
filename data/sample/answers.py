"""Asks the questions of ``answers.tsv`` again and prints every answer with what it stands on.

python data/sample/answers.py --shop runs/shop [--marks]     # --marks prints the counts alone

Marks, set by reading: ``right`` (answers, and all it says is on the page), ``beside`` (what it quotes is
on the page and does not answer), ``declined`` (rightly: the page does not say), ``missed`` (declined, and
the page says it), ``false`` (states what the page does not).
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dragoman import open_guide
from dragoman.settings import configure
from dragoman.types import Query

HERE = Path(__file__).parent
MARKS = ("right", "beside", "declined", "missed", "false")


class Row(NamedTuple):
    """One question of the file."""

    lang: str
    market: str
    about: tuple[str, ...]
    question: str
    mark: str
    note: str


def rows() -> Iterator[Row]:
    """Yield the questions in the order of the file."""
    for line in (HERE / "answers.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            lang, market, about, question, *rest = [*line.split("\t"), "", ""]
            yield Row(lang, market, tuple(about.split()), question, *rest[:2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", default="runs/shop")
    parser.add_argument("--marks", action="store_true")
    options = parser.parse_args()
    asked = list(rows())
    counted = Counter((row.lang, row.mark) for row in asked)
    if not options.marks:
        guide = open_guide(configure(str(HERE / "dragoman.toml"), {"shop": options.shop}).settings)
        for row in asked:
            made = guide.answer(Query(row.question, langs=(row.lang,), market=row.market, about=row.about))
            print(f"\n{row.lang} {' '.join(row.about) or 'the shop'}: {row.question}\n   {made.text}")
            for cited in (*made.citations, *made.against):
                print(f"   [{cited.passage.kind} {cited.score:.2f}] {cited.quote[:140]}")
            state = made.declined or made.verdict or "quoted"
            print(
                f"   -> {state}{f', cut {made.removed}' if made.removed else ''}; marked {row.mark or 'not yet'} {row.note}"
            )
        guide.close()
    langs = list(dict.fromkeys(row.lang for row in asked))
    print(f"\n| | {' | '.join(MARKS)} |\n|---|{'---|' * len(MARKS)}")
    for lang in [*langs, ""]:
        figures = [
            sum(n for (of, mark), n in counted.items() if mark == one and lang in ("", of)) for one in MARKS
        ]
        print(f"| {lang or 'all'} | {' | '.join(map(str, figures))} |")


if __name__ == "__main__":
    main()
