"""Zero-shot transfer: learn in one language, measure in all.

    python bench/zeroshot.py                            follow, in de, zh, ar, then all: ten minutes, one core
    python bench/zeroshot.py --task align --steps 4 de  a look at whether it runs

A row is a language learned from, a column one measured in; the diagonal is not zero-shot and stands in bold.
The first row is the encoder as it came, the last learns in all languages for as many steps.
"""

import argparse

from short_run import LANGS, Asked, Cost, apart


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("langs", nargs="*", default=["de", "zh", "ar"])
    parser.add_argument("--task", choices=["follow", "align"], default="follow")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--body", default="", help="Hugging Face folder; the packaged body if not given")
    parser.add_argument("--home", default="~/.cache/dragoman")
    given = parser.parse_args()
    shared = {"steps": given.steps, "batch": given.batch, "body": given.body, "home": given.home}
    print("| learned in | mean | mean of the others | " + " | ".join(LANGS) + " |")
    print("|---|" + "---:|" * (2 + len(LANGS)))
    print(row("nothing", (), apart(Asked(kind="head", **shared))), flush=True)
    for langs in (*((lang,) for lang in given.langs), ()):
        cost = apart(Asked(task=given.task, langs=langs, **shared))
        print(row(", ".join(langs) or "all", langs, cost), flush=True)


def row(name: str, learned: tuple[str, ...], cost: Cost) -> str:
    """One line of the table, in per cent; bold where the language was learned."""
    shown = {
        lang: f"{100 * cost.found_first[lang]:.0f}" if lang in cost.found_first else "–" for lang in LANGS
    }
    langs = [f"**{shown[lang]}**" if lang in learned else shown[lang] for lang in LANGS]
    others = [share for lang, share in cost.found_first.items() if lang not in learned]
    means = [f"{100 * cost.mean:.1f}", f"{100 * sum(others) / len(others):.1f}"]
    return "| " + " | ".join([name, *means, *langs]) + " |"


if __name__ == "__main__":
    main()
