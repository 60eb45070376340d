"""Fine-tuning styles on the same short task: what learns, what it costs, what each language gains.

    python bench/styles.py                       all of them, about ten minutes on one core
    python bench/styles.py --steps 4 lora head   a look at whether it runs

Each style has the learning rate its paper's order of magnitude suggests, not a searched one: the table says
what a style costs and whether it learns in so many steps, not which is best at its best. `head` learns
nothing in this task: its row is the encoder as it came.
"""

import argparse

from short_run import LANGS, Asked, Cost, apart

RATES = {
    "full": 5e-5, "top": 1e-4, "lora": 5e-4, "adalora": 1e-3, "bottleneck": 1e-3,
    "ia3": 5e-3, "prefix": 5e-3, "prompt": 1e-2, "head": 1e-3,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("styles", nargs="*", help=", ".join(RATES))
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--body", default="", help="Hugging Face folder; the packaged body if not given")
    parser.add_argument("--home", default="~/.cache/dragoman")
    given = parser.parse_args()
    if strange := set(given.styles) - set(RATES):
        parser.error(f"no style {', '.join(strange)}; there are {', '.join(RATES)}")
    shared = {"steps": given.steps, "batch": given.batch, "body": given.body, "home": given.home}
    print("| style | rate | trainable | s / step | peak MB | mean | " + " | ".join(LANGS) + " |")
    print("|---|" + "---:|" * (5 + len(LANGS)))
    for kind in given.styles or RATES:
        print(row(kind, apart(Asked(kind=kind, rate=RATES[kind], **shared))), flush=True)


def row(kind: str, cost: Cost) -> str:
    """One line of the table; quality is the share of texts nearest to their own English, in per cent."""
    langs = [f"{100 * cost.found_first[lang]:.0f}" if lang in cost.found_first else "–" for lang in LANGS]
    told = [kind, f"{RATES[kind]:g}", f"{cost.trainable:,}", f"{cost.seconds:.2f}", f"{cost.peak_mb:.0f}"]
    return "| " + " | ".join([*told, f"{100 * cost.mean:.1f}", *langs]) + " |"


if __name__ == "__main__":
    main()
