"""Collects parallel text of permissive licence out of registry packages into data/parallel/*.jsonl.gz.

    python recipes/parallel.py --wheels FOLDER --cldr FOLDER --out data/parallel

FOLDER of wheels (BSD, MIT, Apache-2.0): `pip download --no-deps --ignore-requires-python -d FOLDER django
wagtail django-oscar django-allauth django-cms sphinx wtforms apache-airflow-core homeassistant`
FOLDER of CLDR (Unicode-3.0): the npm packages cldr-annotations-full and -derived-full, unpacked.
One line a concept: {"source": …, "texts": {language: [texts]}}, English always among them.
"""

import argparse
import collections
import contextlib
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from babel.messages.pofile import read_po

Texts: TypeAlias = dict[str, list[str]]
LANGS = [
    "ar",
    "bn",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
]
OTHER_NAMES = {"no": "nb", "iw": "he", "cmn": "zh", "zh-hans": "zh", "pt-br": "pt", "zh-cn": "zh"}
LEFT_OUT = {"zh-hant", "zh-tw", "zh-hk", "pt-pt", "en-gb", "es-419"}
_PLACEHOLDER = re.compile(
    r"%\(\w+\)[sd]|%[sd]|\{\{?[^}]*\}?\}|<[^>]+>|\[%key:[^]]*\]|https?://\S+|\[\]\(\S*\)"
)


def lang_of(name: str) -> str:
    """Return our code of a file's language tag, "" for those not wanted.

    >>> [lang_of(name) for name in ("zh_Hans", "pt-BR", "zh-TW", "ko", "gl", "de_AT")]
    ['zh', 'pt', '', 'ko', '', 'de']
    """
    tag = name.lower().replace("_", "-")
    if tag in LEFT_OUT or "@" in tag:
        return ""
    tag = OTHER_NAMES.get(tag, tag.split("-")[0])
    tag = OTHER_NAMES.get(tag, tag)
    return tag if tag in LANGS else ""


def plain(text: str) -> str:
    """Return a message without placeholders and markup, in one line."""
    return re.sub(r"\s+", " ", _PLACEHOLDER.sub("", text)).strip(" .:*-")


def gettext(wheel: zipfile.ZipFile) -> Iterator[tuple[str, str, str]]:
    """Yield (English, language, translation) of a wheel's .po catalogues."""
    for name in wheel.namelist():
        found = re.search(r"/locales?/([A-Za-z_@]+)/LC_MESSAGES/.*\.po$", name)
        lang = lang_of(found[1]) if found else ""
        if not lang or lang == "en":
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # babel prints what it thinks of a catalogue
                catalogue = read_po(io.BytesIO(wheel.read(name)), ignore_obsolete=True)
        except ValueError as error:
            print(f"left out {name}: {error}")
            continue
        for message in catalogue:
            id, string = message.id, message.string
            if isinstance(id, str) and id and isinstance(string, str) and not message.fuzzy:
                yield plain(id), lang, plain(string)


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every string in a JSON tree."""
    if isinstance(tree, Mapping):
        for key, below in tree.items():
            yield from leaves(below, f"{path}/{key}")
    elif isinstance(tree, str):
        yield path, tree


def _message_file(name: str) -> tuple[str, str]:
    """Return what files of one set of messages share, and the language of this one."""
    if found := re.search(r"^(.*/translations)/([\w-]+)\.json$", name):
        return found[1], lang_of(found[2])
    if found := re.search(r"^(.*/i18n/locales)/([\w-]+)/(\w+)\.json$", name):
        return f"{found[1]}/{found[3]}", lang_of(found[2])
    return "", ""


def messages(wheel: zipfile.ZipFile) -> Iterator[tuple[str, str, str]]:
    """Yield (English, language, translation) of a wheel's JSON message files, one file a language."""
    folders: dict[str, dict[str, dict[str, str]]] = collections.defaultdict(dict)
    for name in wheel.namelist():
        place, lang = _message_file(name)
        if lang:
            folders[place][lang] = dict(leaves(json.loads(wheel.read(name))))
    for by_lang in folders.values():
        english = by_lang.pop("en", {})
        for lang, texts in by_lang.items():
            for path, text in texts.items():
                if path in english:
                    yield plain(english[path]), lang, plain(text)


def gathered(rows: Iterable[tuple[str, str, str]], *, least: int, words: int) -> Iterator[Texts]:
    """Yield concepts that at least ``least`` languages have, of ``words`` English words or more."""
    concepts: dict[str, Texts] = collections.defaultdict(dict)
    for english, lang, text in rows:
        if text and text != english and 3 <= len(english) <= 240 and len(text) <= 240:
            known = concepts[english].setdefault(lang, [])
            if text not in known and len(known) < 2:
                known.append(text)
    for english, texts in sorted(concepts.items()):
        if len(texts) >= least and len(english.split()) >= words:
            yield {"en": [english], **dict(sorted(texts.items()))}


def annotations(folder: Path) -> Iterator[Texts]:
    """Yield the names of CLDR's emoji and symbols, and name with keywords as shoppers put words together."""
    names: dict[str, Texts] = collections.defaultdict(dict)
    bags: dict[str, Texts] = collections.defaultdict(dict)
    for lang in LANGS:
        for path in sorted(folder.rglob(f"{'no' if lang == 'nb' else lang}/annotations.json")):
            tree = json.loads(path.read_text(encoding="utf-8"))
            found = (tree.get("annotations") or tree["annotationsDerived"])["annotations"]
            for sign, about in found.items():
                if not about.get("tts") or any("\U0001f3fb" <= char <= "\U0001f3ff" for char in sign):
                    continue
                [name] = about["tts"]
                names[sign][lang] = [name]
                keywords = [word for word in about.get("default", []) if word not in name][:4]
                if keywords:
                    bags[sign][lang] = [" ".join([name, *keywords])]
    for texts in [*names.values(), *bags.values()]:
        if "en" in texts and len(texts) > 2:
            yield texts


def write(path: Path, source: str, concepts: Iterable[Texts]) -> None:
    """Write one gzip of JSON lines, the same bytes for the same concepts."""
    count = 0
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        for texts in concepts:
            out.write((json.dumps({"source": source, "texts": texts}, ensure_ascii=False) + "\n").encode())
            count += 1
    print(f"{path}: {count} concepts, {path.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Write cldr, gettext and messages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--cldr", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    wheels = [zipfile.ZipFile(path) for path in sorted(asked.wheels.glob("*.whl"))]
    write(asked.out / "cldr.jsonl.gz", "cldr", annotations(asked.cldr))
    rows = (row for wheel in wheels for row in gettext(wheel))
    write(asked.out / "gettext.jsonl.gz", "gettext", gathered(rows, least=3, words=1))
    sentences = list(gathered((row for wheel in wheels for row in messages(wheel)), least=4, words=4))
    rare = [texts for texts in sentences if {"ar", "hi", "th"} & set(texts)]
    chosen = random.Random(0).sample(sentences, min(12_000, len(sentences)))
    kept = {texts["en"][0]: texts for texts in [*rare, *chosen]}
    write(asked.out / "messages.jsonl.gz", "messages", (kept[english] for english in sorted(kept)))


if __name__ == "__main__":
    main()
