"""A shop's own feeds and events as files to train on: concepts, titles, questions; and some to measure by.

What is written stays in the run folder: ``feed:concepts`` in a recipe is ``feed/concepts.jsonl`` there. No
shopper's id is written, and no query with an address or a long number in it. Knows files, never torch.
"""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TypeAlias

from dragoman.catalog.report import line_of
from dragoman.catalog.rows import Reading
from dragoman.catalog.survey import final, survey
from dragoman.catalog.tally import Tally
from dragoman.errors import BadInput, Conflict
from dragoman.learn.asked import Asked, Told, gathered
from dragoman.rank.represent import estimated_tokens, passage_text
from dragoman.text.normalise import normalise
from dragoman.types import Listing, Product, Rejection, Text

Rows: TypeAlias = Sequence[Mapping[str, object]]

_MADE: Final = "made.json"
_VERSION: Final = "1"  # of what is made of the same files: another one makes them again
_LEAST_TOKENS: Final = 4.0  # of a text that a title can be told by; less is "100 % cotton"
_KEPT_ASIDE: Final = "kept_aside"
_SHOWN: Final = 10  # problems on the terminal


@dataclass(frozen=True, slots=True)
class Sources:
    """What a shop gives to train on; ``lang`` is the language of feeds that name none."""

    feeds: tuple[Path, ...]
    events: tuple[Path, ...] = ()
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of feeds and events, and what could not be taken."""

    products: int
    concepts: int
    titles: int
    questions: Mapping[str, int]  # by language, to learn from
    kept_aside: Mapping[str, int]  # by language, to measure by
    dropped: Mapping[str, int]  # events by reason
    problems: tuple[Rejection, ...] = ()


def make(sources: Sources, folder: Path) -> Made:
    """Write what a recipe calls ``feed:…`` into ``folder``/feed, and return what was made.

    | file | a line | made of |
    |---|---|---|
    | concepts.jsonl | the same in several languages, English among them | titles, bullets, descriptions |
    | titles.jsonl | a title, and what only this product's page says | titles, bullets, descriptions |
    | questions.jsonl | a query, and the products that were clicked, put in the cart or bought | events |
    | kept_aside/ | a fifth of the queries as BEIR has them, for ``dragoman eval retrieval`` | events |
    | problems.jsonl | each line that could not be taken, and what to do about it | all of them |

    Made again from the same files, they are the same to the byte.

    Raises:
        NotFound, BadInput, Unsupported: a feed or the events cannot be read at all.
        Conflict: a run began in this folder on other data.
    """
    inside = folder / "feed"
    digest = _digest(sources)
    known = _known(inside)
    if known and known != digest and (folder / "checkpoint.pt").is_file():
        hint = "name another folder with --out: a run learns from one state of the data"
        raise Conflict(f"{folder} holds a run on other feeds or events", hint=hint)
    tally = Tally()
    products = _products(sources, tally)
    if not products:
        raise BadInput("the feeds hold no product", hint="look at them with: dragoman ingest FEED")
    asked = gathered(sources.events, _ids(products))
    (inside / _KEPT_ASIDE).mkdir(parents=True, exist_ok=True)
    concepts = [{"texts": texts} for product in products.values() for texts in _concepts(product)]
    titles = list(_titles(products.values()))
    report = tally.report()
    problems = (*report.rejections, *report.warnings, *asked.problems)
    _write(inside / "concepts.jsonl", concepts)
    _write(inside / "titles.jsonl", titles)
    _write(inside / "questions.jsonl", _questions(asked.learnt, products))
    _write(inside / "problems.jsonl", [asdict(problem) for problem in problems])
    _keep_aside(inside / _KEPT_ASIDE, asked, products)
    _whole(inside / _MADE, json.dumps({"digest": digest}) + "\n")
    return Made(
        len(products),
        len(concepts),
        len(titles),
        _by_lang(asked.learnt),
        _by_lang(asked.kept),
        asked.dropped,
        problems,
    )


def told(made: Made, folder: Path) -> list[str]:
    """Return for a terminal what was made, what was left out and the first lines with something wrong.

    >>> print(*told(Made(2, 1, 2, {"ko": 3}, {"ko": 1}, {"repeated": 4}), Path("runs/own")), sep="\\n")
    2 products: 1 concepts, 2 titles
    3 queries to learn from (ko 3), 1 kept aside (ko 1)
    events left out: 4 repeated
    """
    found = [
        f"{made.products:,} products: {made.concepts:,} concepts, {made.titles:,} titles",
        f"{sum(made.questions.values()):,} queries to learn from{_in_langs(made.questions)}, "
        f"{sum(made.kept_aside.values()):,} kept aside{_in_langs(made.kept_aside)}",
    ]
    if made.dropped:
        found.append("events left out: " + ", ".join(f"{n:,} {why}" for why, n in made.dropped.items()))
    if made.problems:
        found.append(f"{len(made.problems):,} lines with something wrong:")
        found += [f"  {line_of(problem)}" for problem in made.problems[:_SHOWN]]
    if len(made.problems) > _SHOWN:
        found.append(f"  all of them: {folder / 'feed' / 'problems.jsonl'}")
    return found


def _in_langs(counts: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{lang} {n:,}' for lang, n in counts.items())})" if counts else ""


def _products(sources: Sources, tally: Tally) -> dict[str, Product]:
    """Each product once, as all feeds together have it. Prices are not read, so any currency will do."""
    reading = Reading(currency="EUR", lang=sources.lang)
    found = survey(sources.feeds, reading, tally, lambda _done, _known: None)
    rows = final(sources.feeds, reading, found, Tally())
    return {row.product.id: row.product for row in rows if isinstance(row, Listing)}


def _ids(products: Mapping[str, Product]) -> dict[str, str]:
    """Ids that events may name to the product they mean: its own, and those of its variants."""
    forms = {form.id: product.id for product in products.values() for form in product.variants}
    return {**forms, **{id_: id_ for id_ in products}}


def _concepts(product: Product) -> Iterable[dict[str, list[str]]]:
    """What is said alike in several languages: titles, descriptions, bullets by their place."""
    bullets = _said(product.bullets)
    rows = {lang: texts for lang, texts in bullets.items() if len(texts) == len(bullets.get("en", ()))}
    each = [{lang: [texts[i]] for lang, texts in rows.items()} for i in range(len(bullets.get("en", ())))]
    for texts in (_said(product.titles), _said(product.descriptions), *each):
        if "en" in texts and len(texts) > 1:
            yield texts


def _titles(products: Iterable[Product]) -> Iterable[dict[str, object]]:
    """Titles as questions that the rest of the page answers; what several pages say answers none of them."""
    listed = list(products)
    said = Counter(
        key for one in listed for key in {normalise(t.value) for t in (*one.descriptions, *one.bullets)}
    )
    for one in listed:
        right = [
            text.value
            for text in (*one.descriptions, *one.bullets)
            if said[normalise(text.value)] == 1 and estimated_tokens(text.value) >= _LEAST_TOKENS
        ]
        if right:
            yield {"texts": _said(one.titles), "right": right}


def _questions(asked: Iterable[Asked], products: Mapping[str, Product]) -> Rows:
    """Queries and the words that stand for their products in the index."""
    return [
        {"texts": {one.lang: [one.text]}, "right": [passage_text(products[id_]) for id_ in one.products]}
        for one in asked
    ]


def _said(texts: Iterable[Text]) -> dict[str, list[str]]:
    """Texts by language without region or script, as recipes name languages."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        found[text.lang.split("-")[0]].append(text.value)
    return dict(found)


def _by_lang(asked: Iterable[Asked]) -> dict[str, int]:
    return dict(sorted(Counter(one.lang for one in asked).items()))


def _keep_aside(folder: Path, asked: Told, products: Mapping[str, Product]) -> None:
    """Write queries, products and judgements as BEIR has them; without any events there is nothing."""
    for stale in folder.iterdir():
        stale.unlink()
    if not asked.kept:
        return
    numbered = [(f"q{number}", one) for number, one in enumerate(asked.kept)]
    for lang in {one.lang for one in asked.kept}:
        rows = [{"_id": id_, "text": one.text} for id_, one in numbered if one.lang == lang]
        _write(folder / f"queries.{lang}.jsonl", rows)
    judged = [f"{id_}\t{product}\t1\n" for id_, one in numbered for product in one.products]
    _whole(folder / "qrels.tsv", "query-id\tcorpus-id\tscore\n" + "".join(judged))
    _write(folder / "corpus.jsonl", [_document(product) for product in products.values()])


def _document(product: Product) -> dict[str, object]:
    title = product.titles[0]
    rest = [text.value for text in (*product.bullets, *product.descriptions) if text.lang == title.lang]
    return {"_id": product.id, "title": title.value, "text": " ".join(rest)}


def _write(path: Path, rows: Rows) -> None:
    _whole(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _whole(path: Path, text: str) -> None:
    """Write all or nothing: several processes of one run may make the same file."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _known(folder: Path) -> str:
    """The digest of what the folder was made of, "" where nothing was."""
    try:
        return str(json.loads((folder / _MADE).read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _digest(sources: Sources) -> str:
    found = hashlib.sha256(f"{_VERSION}/{sources.lang}".encode())
    for path in (*sources.feeds, *sources.events):
        if path.is_file():  # what is missing is told by whoever reads it
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()[:16]
