"""Feeds of every format as one stream of rows: which format, which encoding, which reader."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from dragoman.catalog import acp, google, google_xml, jsonld, openai, own, parquet, shopify, woocommerce
from dragoman.catalog.draft import Feed
from dragoman.catalog.formats import FORMATS, format_of
from dragoman.catalog.linked import Node, nodes, nodes_of
from dragoman.catalog.objects import Parsed, objects
from dragoman.catalog.opening import Encoding, Line, encoding_of, head, lines, open_feed
from dragoman.catalog.rows import BrokenOff, Caution, Outcome, Problem, Reading, Row, Taken
from dragoman.catalog.tables import Record, records
from dragoman.catalog.telling import Detect, Teller, hinted
from dragoman.errors import BadInput, Corrupt, TooLarge
from dragoman.text.countries import country
from dragoman.text.currencies import known
from dragoman.text.detect import detect
from dragoman.text.tags import canonical
from dragoman.types import Listing, Rejection


def _detect(text: str, prior: Mapping[str, float]) -> Mapping[str, float]:
    found = detect(text, prior=prior)
    if "zh" not in found:
        return found
    # Which Chinese it is must be known for good: titles are filtered and shown by it.
    which = detect(text, among=("zh-Hans", "zh-Hant")) or {"zh-Hans": 1.0}
    rest = {lang: share for lang, share in found.items() if lang != "zh"}
    return rest | {lang: share * found["zh"] for lang, share in which.items()}


def read(path: Path, *, reading: Reading = Reading(), detect: Detect = _detect) -> Iterator[Row]:
    """Yield what a feed says, row by row: listings, removals, and what was wrong with the others.

    Args:
        reading: What is known of the feed beforehand.
        detect: Tells the language of texts that name none.

    Raises:
        NotFound: no such file.
        BadInput: an unknown format, or a wrong field of ``reading``; nothing was read.
    """
    for outcome in outcomes(path, reading, detect):
        yield outcome.listing if isinstance(outcome, Taken) else outcome


def read_page(markup: str, *, reading: Reading = Reading(), detect: Detect = _detect) -> tuple[Listing, ...]:
    """Return the products that the markup of one saved page is about; () for a page about none.

    Raises:
        BadInput: a wrong field of ``reading``.
    """
    feed = _feed("page", reading, Teller(canonical(reading.lang) if reading.lang else "", "", detect))
    found = jsonld.products(nodes_of(markup, "page"), feed)
    return tuple(outcome.listing for outcome in found if isinstance(outcome, Taken))


def _feed(source: str, reading: Reading, teller: Teller) -> Feed:
    return Feed(
        source=source,
        market=country(reading.market) if reading.market else "",
        currency=known(reading.currency) if reading.currency else "",
        now=reading.now or datetime.now(UTC),
        teller=teller,
    )


def outcomes(path: Path, reading: Reading, detect: Detect = _detect) -> Iterator[Outcome]:
    """Yield what became of each row, with the place it stands at."""
    sample = head(path)
    format = reading.format or format_of(sample, path)
    if format not in FORMATS:
        raise BadInput(f"no feed format {format!r}", hint=f"the formats are {', '.join(FORMATS)}")
    if format in ("shopify", "woocommerce") and not reading.currency:
        raise BadInput(f"{FORMATS[format]} names no currency", hint="give it: --currency EUR")
    fixed = canonical(reading.lang) if reading.lang else ""
    feed = _feed(str(path), reading, Teller(fixed, hinted(path), detect))
    encoding = Encoding("") if sample.startswith(b"PAR1") else encoding_of(sample)
    if encoding.doubt:
        yield Caution(
            Rejection(1, "encoding", encoding.name, encoding.doubt, "save the file as UTF-8", str(path))
        )
    try:
        yield from _READERS[format](_File(path, sample, encoding), feed)
    except (Corrupt, TooLarge) as error:
        yield BrokenOff(Rejection(0, "file", path.name, error.message, error.hint, str(path)))


class _File:
    """One feed file that readers may go through more than once."""

    def __init__(self, path: Path, sample: bytes, encoding: Encoding) -> None:
        self.path, self.sample, self.encoding = path, sample, encoding

    @property
    def is_markup(self) -> bool:
        return self.sample.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0").startswith(b"<")

    @property
    def is_parquet(self) -> bool:
        return self.sample.startswith(b"PAR1")

    @property
    def is_json(self) -> bool:
        return self.sample.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0")[:1] in (b"{", b"[")

    def lines(self) -> Iterator[Line]:
        with open_feed(self.path) as stream:
            yield from lines(stream, self.encoding.name)

    def table(self) -> Iterator[Record | Problem]:
        return records(self.lines(), str(self.path))

    def objects(self) -> Iterator[Parsed | Problem]:
        if self.is_parquet:
            return parquet.records(self.path)
        return objects(self.lines(), str(self.path))

    def nodes(self) -> Iterator[Node | Problem]:
        with open_feed(self.path) as stream:
            yield from nodes(stream, self.encoding, str(self.path))


def _google(file: _File, feed: Feed) -> Iterator[Outcome]:
    if not file.is_markup:
        yield from google.products(file.table, feed)
        return
    about = google_xml.head_of(file.sample)
    try:
        feed.teller.fix(canonical(about.lang) if about.lang else "")
    except BadInput as error:
        problem = f"{error.message}; the words themselves will tell"
        yield Caution(Rejection(1, "language", about.lang, problem, error.hint, str(file.path)))

    def items(holding: bytes = b"") -> Iterator[Record | Problem]:
        with open_feed(file.path) as stream:
            yield from google_xml.records(stream, about, str(file.path), holding=holding)

    yield from google.products(items, feed, keyed=lambda: items(b"item_group_id"))


def _openai(file: _File, feed: Feed) -> Iterator[Outcome]:
    if file.is_json or file.is_parquet:
        return openai.products(file.objects, feed)
    return openai.products(file.table, feed)


_READERS: Mapping[str, Callable[[_File, Feed], Iterator[Outcome]]] = {
    "dragoman": lambda file, feed: own.products(file.objects(), feed),
    "google": _google,
    "shopify": lambda file, feed: shopify.products(file.table, feed),
    "woocommerce": lambda file, feed: woocommerce.products(file.table, feed),
    "openai": _openai,
    "acp": lambda file, feed: acp.products(file.objects(), feed),
    "jsonld": lambda file, feed: jsonld.products(file.nodes(), feed),
}
