"""Writes data/reader/*.jsonl.gz: what the shipped reader is trained on, from sets that may be shipped.

    python recipes/reader_data.py --data ../shared/data --out data/reader

| file | texts | asks | from |
|---|---|---|---|
| statements | sentences about a fact, some translated | fact names | semiPQA data-to-text |
| questions | passages of pages | real questions, some translated | ePQA and hetPQA, with written answers |
| pages | titles, bullets, descriptions | fact names, some translated | ePQA catalogue |
| titles | made-up titles in 21 languages | fact names, in English or not | Shopify's taxonomy |

Products that a question of `xepqa` is about take no part, nor do its questions. The same call writes the same
bytes.
"""

import argparse
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dragoman.catalog.attributes import attribute_facts
from dragoman.learn.asks import found_places
from dragoman.learn.evidence import queries_of
from dragoman.text.normalise import normalise

Row = dict[str, Any]
LANGS = {"pt-BR": "pt", "zh-CN": "zh", "zh-TW": "zh-Hant", "pt-PT": "pt"}
EASY = ("color", "material", "pattern", "target_gender")
WORDS = json.loads(Path("data/reader/words.json").read_text(encoding="utf-8"))
UNITS, MEASURES, SAID = WORDS["units"], WORDS["measures"], WORDS["asks"]
"""Units of each language, what each measures, and our words for asks that the taxonomy does not have."""


def rows_of(path: Path) -> Iterator[Row]:
    """Rows of packed JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def main() -> None:
    """Write the four files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("data/reader"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    barred = queries_of(sorted((args.data / "xepqa").glob("queries.*.jsonl")))
    hidden = {
        r["ASIN"]
        for r in rows_of(args.data / "amazon_pqa/epqa.jsonl.gz")
        if normalise(r["question"]) in barred
    }
    known = translations(Path("data/parallel/sentences.jsonl.gz"))
    terms = Taxonomy(args.data / "shopify_taxonomy")
    made = {
        "statements": statements(args.data, known, random.Random(args.seed)),
        "questions": questions(args.data, known, barred, hidden, random.Random(args.seed)),
        "pages": pages(args.data, terms, hidden, random.Random(args.seed)),
        "titles": titles(args.data, terms, random.Random(args.seed)),
    }
    args.out.mkdir(parents=True, exist_ok=True)
    for name, rows in made.items():
        write(args.out / f"{name}.jsonl.gz", rows)


def write(path: Path, rows: Iterable[Row]) -> None:
    """Each text once, in order; empty asks only beside others or by intent."""
    seen: set[str] = set()
    count = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        for row in rows:
            if row["asks"] and row["text"] not in seen:
                seen.add(row["text"])
                count += 1
                file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
    print(f"{path}: {count} rows, {path.stat().st_size:,} bytes")


def translations(path: Path) -> dict[str, dict[str, str]]:
    """English text in lower case to what other languages say."""
    return {
        row["texts"]["en"][0].lower(): {lang: some[0] for lang, some in row["texts"].items() if lang != "en"}
        for row in rows_of(path)
    }


def statements(data: Path, known: dict[str, dict[str, str]], rng: random.Random) -> Iterator[Row]:
    """Sentences that say a fact: its name is the ask, its value the span; other names are not answered."""
    rows = list(rows_of(data / "amazon_pqa/semipqa_data2text_train.jsonl.gz"))
    names = sorted({row["data"].split(":")[0] for row in rows})
    for row in rows:
        head = row["data"].split(":")[0]
        for lang, text in [("en", row["text"]), *known.get(row["text"].lower(), {}).items()]:
            if spans := statement_spans(text, row["data"]):
                others = rng.sample([name for name in names if not akin(name, head)], 3)
                asks = {spoken(head): spans, **{spoken(name): [] for name in others}}
                yield {"lang": lang, "text": text, "asks": asks}


def statement_spans(text: str, data: str) -> list[list[int]]:
    """Where quoted values stand, else where numbers stand with the word behind them."""
    spans: list[tuple[int, int]] = []
    for value in re.findall(r'value:"([^"]+)"', data):
        for place in found_places(text, value)[:1] or ignoring_case(text, value):
            if all(place[1] <= a or b <= place[0] for a, b in spans):
                spans.append(place)
    if not spans and not re.search(r'value:"', data):
        for number in re.findall(r"value:(\d+(?:\.\d+)?)", data):
            plain = re.escape(number.removesuffix(".0"))
            match = re.search(
                rf"(?<![\d.]){plain}(?:[.,]0+)?(?![\d.,]*\d)(?:[ -]?[^\W\d_]+\.?|\s?[\"'%])?", text
            )
            if match and all(match.end() <= a or b <= match.start() for a, b in spans):
                spans.append(match.span())
    return [list(one) for one in sorted(spans)]


def ignoring_case(text: str, value: str) -> list[tuple[int, int]]:
    """Where a value stands, its case ignored."""
    at = text.lower().find(value.lower())
    return [(at, at + len(value))] if at >= 0 and len(text.lower()) == len(text) else []


def akin(one: str, other: str) -> bool:
    """Whether two names share a word: one may then answer the other."""
    return bool(set(one.split("_")) & set(other.split("_")))


def spoken(name: str) -> str:
    """A name as one says it."""
    return name.replace("_", " ")


def questions(
    data: Path, known: dict[str, dict[str, str]], barred: frozenset[str], hidden: set[str], rng: random.Random
) -> Iterator[Row]:
    """Passages with questions asked of them: the span is what the written answer repeats of the passage."""
    asks: dict[str, dict[str, list[list[int]]]] = defaultdict(dict)
    folder = data / "amazon_pqa"
    files = ("epqa", "hetpqa_answers_train", "hetpqa_answers_dev")
    for row in (row for name in files for row in rows_of(folder / f"{name}.jsonl.gz")):
        if row["ASIN"] in hidden or normalise(row["question"]) in barred:
            continue
        text = row["candidate"].split(" Question: ")[0].strip()
        label = int(row.get("label", 2))
        if label == 1 or not 15 <= len(text) <= 400 or re.match(r"[a-z_]+:\s*\{", text):
            continue
        span = repeated(text, row["answer"]) if label == 2 else []
        if span or label == 0:
            said = [row["question"], *known.get(row["question"].lower(), {}).values()]
            if label == 0 and rng.random() > 0.5:
                continue
            asks[text][rng.choice(said) if rng.random() < 0.7 else said[0]] = span
    for text, some in sorted(asks.items()):
        yield {"lang": "en", "text": text, "asks": some}


_STOP = frozenset(WORDS["stop"])


def repeated(text: str, answer: str) -> list[list[int]]:
    """The shortest stretch with the content words that the answer repeats, if those are enough."""
    told = {word for word in re.findall(r"\w+", answer.lower()) if word not in _STOP}
    words = [(m.start(), m.end(), m.group().lower()) for m in re.finditer(r"\w+", text)]
    hits = [i for i, (_, _, word) in enumerate(words) if word in told]
    if len(told) < 1 or len({words[i][2] for i in hits}) < max(1, 0.5 * len(told)):
        return []
    best = min(stretches(words, hits), key=lambda pair: (pair[1] - pair[0], pair[0]))
    return [[words[best[0]][0], words[best[1]][1]]]


def stretches(words: Sequence[tuple[int, int, str]], hits: Sequence[int]) -> Iterator[tuple[int, int]]:
    """All stretches from a hit to the first hit by which every repeated word has been met."""
    wanted = {words[i][2] for i in hits}
    for k, start in enumerate(hits):
        met: set[str] = set()
        for end in hits[k:]:
            met.add(words[end][2])
            if met == wanted:
                yield start, end
                break


class Taxonomy:
    """Names and values of attributes, names of categories, in 21 languages."""

    def __init__(self, folder: Path) -> None:
        self.words: dict[str, dict[str, str]] = {}
        self.categories: dict[str, dict[str, str]] = {}
        with gzip.open(folder / "wide.tsv.gz", "rt", encoding="utf-8") as file:
            columns = file.readline().rstrip("\n").split("\t")
            for line in file:
                row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=False))
                said = {LANGS.get(lang, lang): row[lang] for lang in columns[3:] if row.get(lang)}
                if row["kind"] != "attribute_description":
                    (self.categories if row["kind"] == "category" else self.words)[row["id"]] = said
        tree = json.loads(gzip.decompress((folder / "attribute_values.json.gz").read_bytes()))
        self.values = {one["friendly_id"]: one["values"] for one in tree["base_attributes"]}
        self.attributes = {
            row["id"]: [name for name in row["attributes"] if name in self.values]
            for row in rows_of(folder / "category_attributes.jsonl.gz")
        }

    def name(self, attribute: str, lang: str) -> str:
        said = self.words.get(attribute, {})
        return said.get(lang) or said.get("en") or spoken(attribute)


def pages(data: Path, terms: Taxonomy, hidden: set[str], rng: random.Random) -> Iterator[Row]:
    """Real texts with their product's own attributes; titles also with the taxonomy's colours, materials."""
    brands = {r["id"]: r.get("brand", "") for r in rows_of(Path("data/sample/products.jsonl.gz"))}
    langs = ("de", "es", "fr", "ja", "zh", "ko", "th", "pt", "it")
    for product in rows_of(data / "epqa_catalogue/products.jsonl.gz"):
        if product["id"] in hidden:
            continue
        said = [one for one in product["passages"] if one["kind"] in ("bullet", "description")]
        for i, text in enumerate([product["title"], *(one["text"] for one in said)]):
            asks = own_facts(text, product)
            if i == 0:
                asks |= gazetted(text, terms)
                if brands.get(product["id"]) and (places := found_places(text, brands[product["id"]])):
                    asks["brand"] = [list(one) for one in places]
            if any(asks.values()):
                yield {"lang": "en", "text": text, "asks": foreign(asks, terms, rng.choice(langs), rng)}


def own_facts(text: str, product: Row) -> dict[str, list[list[int]]]:
    """Where a product's attributes stand in one of its texts; those that do not have no answer."""
    lines = [one["text"] for one in product["passages"] if one["kind"] == "attribute"]
    found: dict[str, list[list[int]]] = {}
    for fact in (fact for line in lines for fact in attribute_facts(line)):
        if fact.value.lower() not in {"true", "false", "yes", "no"} and len(fact.value) > 1:
            value = f"{fact.value} {fact.unit}".strip()
            found[fact.name.lower()] = [list(one) for one in found_places(text, value)]
    return found


def gazetted(text: str, terms: Taxonomy) -> dict[str, list[list[int]]]:
    """Where values of the easy attributes stand, written as the taxonomy writes them."""
    found: dict[str, list[list[int]]] = {}
    for attribute in EASY:
        for value in terms.values[attribute]:
            word = terms.words.get(value, {}).get("en", "")
            for place in found_places(text, word) if len(word) > 2 and word in text else ():
                found.setdefault(spoken(attribute), []).append(list(place))
    return {name: sorted(spans) for name, spans in found.items()}


def foreign(asks: dict[str, Any], terms: Taxonomy, lang: str, rng: random.Random) -> dict[str, Any]:
    """Some asks in another language, where its word is known."""
    found = {}
    for ask, spans in asks.items():
        said = SAID.get(ask, {}).get(lang) or terms.words.get(ask.replace(" ", "_"), {}).get(lang)
        found[said if said and rng.random() < 0.4 else ask] = spans
    return found


def titles(data: Path, terms: Taxonomy, rng: random.Random, *, count: int = 6000) -> Iterator[Row]:
    """Titles made of a category, values of its attributes, a brand, a model and a measure, in any order."""
    brands = sorted({r["brand"] for r in rows_of(Path("data/sample/products.jsonl.gz")) if r.get("brand")})
    usable = [
        one for one in sorted(terms.attributes) if len(terms.attributes[one]) > 1 and one in terms.categories
    ]
    langs = sorted({lang for said in terms.categories.values() for lang in said})
    for _ in range(count):
        category, lang = rng.choice(usable), rng.choice(langs)
        if lang in terms.categories[category]:
            yield title(category, lang, rng.choice(brands), terms, rng)


def title(category: str, lang: str, brand: str, terms: Taxonomy, rng: random.Random) -> Row:
    """One title and what it answers, with four asks at most that it does not."""
    names = terms.attributes[category]
    parts = [("product", terms.categories[category][lang]), *values(names, lang, terms, rng)]
    if rng.random() < 0.5:
        parts.append(("brand", brand))
    if rng.random() < 0.4:
        parts.append(("model", model(rng)))
    if rng.random() < 0.5:
        unit = rng.choice(UNITS.get(lang.split("-")[0], UNITS["de"]))
        parts.append((MEASURES[unit], f"{rng.choice(['', ' '])}".join([amount(rng), unit])))
    rng.shuffle(parts)
    is_spaced = lang not in {"zh", "zh-Hant", "ja", "th"}
    gaps = [" ", " ", " ", ", ", " - "] if is_spaced else [" ", "", "，"]
    text = ""
    asks: dict[str, list[list[int]]] = {}
    for name, value in parts:
        text += rng.choice(gaps) if text else ""
        asks.setdefault(asked(name, lang, terms, rng), []).append([len(text), len(text) + len(value)])
        text += value
    for name in rng.sample([*names, "weight", "capacity", "model", "brand"], 4):
        if name not in {one for one, _ in parts}:
            asks.setdefault(asked(name, lang, terms, rng), [])
    return {"lang": lang, "text": text, "asks": asks}


def values(names: Sequence[str], lang: str, terms: Taxonomy, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Up to three attributes, each with one of its values."""
    for name in rng.sample(names, min(len(names), rng.randint(1, 3))):
        value = terms.words.get(rng.choice(terms.values[name]), {}).get(lang)
        if value and len(value) < 40:
            yield name, value


def asked(name: str, lang: str, terms: Taxonomy, rng: random.Random) -> str:
    """A name in English or in the text's language."""
    in_english = rng.random() < 0.35
    if name in SAID:
        return SAID[name]["en"] if in_english else SAID[name].get(lang.split("-")[0], SAID[name]["en"])
    return (spoken(name) if in_english else terms.name(name, lang)).lower()


def model(rng: random.Random) -> str:
    """A model number."""
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTVWXZ", k=rng.randint(1, 4)))
    return (
        f"{letters}{rng.choice(['', '-', ' '])}{rng.randint(10, 9999)}{rng.choice(['', '', 'A', 'X', 'W'])}"
    )


def amount(rng: random.Random) -> str:
    """A number as measures have it."""
    return rng.choice(
        [str(rng.randint(1, 20)), str(rng.randint(2, 50) * 10), f"{rng.randint(1, 9)}.{rng.choice('25')}"]
    )


if __name__ == "__main__":
    main()
