"""Every way a feed goes wrong: a clear complaint or a correct catalogue, never a traceback, never half a product."""  # noqa: E501

import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_feeds import write

from dragoman.catalog import Reading, ingest, report
from dragoman.errors import DragomanError
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex

TSV = "id\ttitle\tlink\tprice\n"
CSV = "id,title,link,price\n"
GOOD = "ok\tCup\thttps://s.example\t1 EUR\n"
RSS = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{}</channel></rss>'
ITEM = "<item><g:id>{}</g:id><title>{}</title><g:price>1 EUR</g:price></item>"


def _own(**changes: object) -> str:
    return json.dumps({"id": "x", "title": "Cup", "lang": "en"} | changes) + "\n"


OK = _own(id="ok")


def _noise() -> str:
    return "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(80))


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _bomb() -> bytes:
    """16 MiB of NUL in 16 KiB, the beginning of a feed before them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress((TSV + GOOD).encode())]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(16)]
    return b"".join([*parts, packer.flush()])


@dataclass(frozen=True)
class Case:
    """A feed, what of it must be in the index, and words of the complaint about the rest."""

    name: str
    feed: str | bytes | Callable[[], bytes]
    kept: tuple[str, ...]
    complaint: str
    known: Reading = Reading(lang="en")


REJECTED = [
    Case("price_negative", TSV + GOOD + "x\tCup\t\t-5 EUR\n", ("ok",), "a price is 0 or more"),
    Case("price_unknown_currency", TSV + GOOD + "x\tCup\t\t5 EUX\n", ("ok",), "did you mean EUR"),
    Case("price_without_currency", TSV + GOOD + "x\tCup\t\t5\n", ("ok",), "write its ISO 4217 code"),
    Case("price_ambiguous_sign", TSV + GOOD + "x\tCup\t\t¥500\n", ("ok",), "JPY, CNY"),
    Case("price_of_words", TSV + GOOD + "x\tCup\t\tcall us\n", ("ok",), "15.00 USD"),
    Case("price_astronomic", TSV + GOOD + f"x\tCup\t\t{'9' * 30} EUR\n", ("ok",), "decimal point"),
    Case("minor_price_fraction", OK + _own(offers=[{"price": {"amount": 1.5, "currency": "EUR"}}]), ("ok",), "minor"),  # noqa: E501
    Case("minor_price_nan", OK + '{"id": "x", "title": "C", "offers": [{"price": NaN}]}\n', ("ok",), "not JSON"),  # noqa: E501
    Case("minor_price_without_currency", OK + _own(offers=[{"price": {"amount": 15}}]), ("ok",), "names no currency"),  # noqa: E501
    Case("id_missing", TSV + GOOD + "\tCup\t\t5 EUR\n", ("ok",), "give every product an id"),
    Case("id_with_nul", TSV + GOOD + "a\0b\tCup\t\t5 EUR\n", ("ok",), "visible characters"),
    Case("id_endless", OK + _own(id="9" * 100_000), ("ok",), "at most 200"),
    Case("title_missing", TSV + GOOD + "x\t\t\t5 EUR\n", ("ok",), "give the product a title"),
    Case("title_invisible", OK + _own(title="\0\u202e\ufeff"), ("ok",), "has no words"),
    Case("title_of_zero_width", OK + _own(title="\u200b\u2060"), ("ok",), "has no words"),
    Case("title_in_no_language", OK + _own(title={"zz-broken!": "x"}), ("ok",), "language that is known"),
    Case("market_unknown", OK + _own(offers=[{"market": "EU", "price": "1 EUR"}]), ("ok",), "ISO 3166-1"),
    Case("cell_of_10_mb", TSV + GOOD + "x\t" + "y" * 10_000_000 + "\t\t5 EUR\n", ("ok",), "shorten it"),
    Case("quoted_cell_of_10_mb", CSV + f'x,"{"y" * 10_000_000}",,1 EUR\nok,Cup,,1 EUR\n', ("ok",), "shorten it"),  # noqa: E501
    Case("json_line_of_10_mb", _own(description="y" * 10_000_000) + OK, ("ok",), "shorten it"),
    Case("xml_item_of_10_mb", RSS.format(ITEM.format("x", "y" * 10_000_000) + ITEM.format("ok", "Cup")), ("ok",), "shorten"),  # noqa: E501
    Case("quote_never_closed", CSV + 'x,"Cup,,1 EUR\nok,Cup,,1 EUR\n', ("ok",), "close the quote"),
    Case("too_few_cells", TSV + "x\tCup\n" + GOOD, ("ok",), "2 cells where the header has 4"),
    Case("too_many_cells", TSV + "x\tCup\t\t1 EUR\tmore\n" + GOOD, ("ok",), "5 cells"),
    Case("line_in_latin_1", TSV.encode() + "ok\tTässchen für Kaffee\t\t1 EUR\n".encode() + b"x\tK\xe4nnchen\t\t1 EUR\n", ("ok",), "save the file as UTF-8"),  # noqa: E501
    Case("cut_mid_character", OK.encode() + '{"id": "x", "title": "カ'.encode()[:-1], ("ok",), "UTF-8"),
    Case("json_cut", OK + '{"id": "x", "title": "C', ("ok",), "is not JSON"),
    Case("json_too_deep", OK + "[" * 100_000 + "\n", ("ok",), "is not JSON"),
    Case("json_of_another_kind", OK + '"words"\n17\nnull\n', ("ok",), "one JSON object a line"),
    Case("json_bracket_midway", _own(id="a") + "[]\n[\n" + OK, ("a", "ok"), "no JSON object"),
    Case("json_first_line_broken", '{"id": "x", "title"\n' + OK, ("ok",), "is not JSON"),
    Case("json_first_line_of_words", "exported today\n" + OK, ("ok",), "is not JSON"),
    Case("json_array_cut", "[" + _own(id="a") + "," + OK, ("a", "ok"), "unexpected end"),
    Case("json_array_member_broken", f"[\n{_own(id='a').strip()},\n{{,\n{OK.strip()}\n]", ("a", "ok"), "mend or remove this member"),  # noqa: E501
    Case("json_lone_surrogate", OK + '{"id": "x", "title": "\\ud800"}\n', ("ok",), "has no words"),
    Case("title_of_objects", OK + _own(title={"en": {"value": 1}}), ("ok",), "is not a string"),
    Case("xml_bare_ampersand", RSS.format(ITEM.format("x", "Salt & Co") + ITEM.format("ok", "C")), ("ok",), "&amp;"),  # noqa: E501
    Case("xml_open_tag", RSS.format("<item><g:id>x</g:id><title>C</item>" + ITEM.format("ok", "C")), ("ok",), "close every tag"),  # noqa: E501
    Case("xml_unknown_entity", RSS.format(ITEM.format("x", "&lol9;") + ITEM.format("ok", "C")), ("ok",), "lol9"),  # noqa: E501
    Case("xml_control_character", RSS.format(ITEM.format("x", "a\0b") + ITEM.format("ok", "C")), ("ok",), "is not XML"),  # noqa: E501
    Case("xml_cut", RSS.format(ITEM.format("ok", "C")).partition("</ch")[0] + "<item><g:id>x", ("ok",), "the feed ends"),  # noqa: E501
    Case("xml_bad_bytes", RSS.format(ITEM.format("ok", "Tässe") + ITEM.format("x", "@@")).encode().replace(b"@@", b"\xff\xfe"), ("ok",), "is not UTF-8"),  # noqa: E501
    Case("gzip_cut", lambda: gzip.compress((OK + _own(title=_noise())).encode())[:-900], ("ok",), "breaks off"),  # noqa: E501
    Case("gzip_bomb", _bomb, ("ok",), "unpacks to more than"),
    Case("parquet_in_name_only", b"PAR1" + bytes(50), (), "export it again"),
    Case("page_without_products", "<!doctype html><html><script type='application/ld+json'>{}</script></html>", (), "holds no product"),  # noqa: E501
    Case("page_with_broken_script", "<html><script type='application/ld+json'>{\"@type\":</script></html>", (), "mend the page"),  # noqa: E501
]  # fmt: skip

TAKEN = [
    Case("tag_broken", OK + _own(title={"zz-broken!": "x", "en": "Cup"}), ("ok", "x"), "is not a language tag"),  # noqa: E501
    Case("lang_broken", _own(id="ok", lang="englisch"), ("ok",), "is not a language tag"),
    Case("link_javascript", TSV + "ok\tCup\tjavascript:alert(1)\t1 EUR\n", ("ok",), "is not a web address"),
    Case("gtin_in_scientific", _own(id="ok", gtin="4.00638E+12"), ("ok",), "format the column as text"),
    Case("availability_unknown", _own(id="ok", offers=[{"price": "1 EUR", "availability": "?"}]), ("ok",), "in_stock"),  # noqa: E501
    Case("title_of_5000", _own(id="ok", title="y" * 5000), ("ok",), "cut to 1,000"),
    Case("id_twice", OK + _own(id="ok", title="Mug"), ("ok",), "twice; the later row counts"),
    Case("key_misspelt", _own(id="ok", tittle="y"), ("ok",), "did you mean 'title'"),
    Case("column_twice", "id\ttitle\ttitle\tlink\nok\tCup\tMug\t\n", ("ok",), "rename all but one"),
    Case("latin_1_undeclared", (TSV + "ok\tGrößere Tässchen für Küche und Büro\t\t1 EUR\n").encode("latin-1"), ("ok",), "save the file as UTF-8"),  # noqa: E501
    Case("xml_document_type", "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + RSS.format(ITEM.format("ok", "C")), ("ok",), "never expanded"),  # noqa: E501
]  # fmt: skip

QUIET = [
    Case("emoji_only", _own(id="ok", title="👟✨"), ("ok",), ""),
    Case("right_to_left_override", _own(id="ok", title="gnp.\u202eexe"), ("ok",), ""),
    Case("nul_in_a_title", "id\ttitle\tlink\nok\tCu\0p\t\n", ("ok",), ""),
    Case("markup_in_a_title", _own(id="ok", title="<img src=x onerror=alert(1)>Cup<script>x</script>"), ("ok",), ""),  # noqa: E501
    Case("utf_16_without_mark", (TSV + GOOD).encode("utf-16-le"), ("ok",), ""),
    Case("carriage_returns_only", (TSV + GOOD).replace("\n", "\r"), ("ok",), ""),
    Case("blank_lines", TSV + "\n\n" + GOOD + "\n \t\t\t\n", ("ok",), ""),
    Case("blank_lines_before_the_heading", "\n\n" + TSV + GOOD, ("ok",), ""),
    Case("separator_of_a_spreadsheet", "sep=;\n" + (CSV + "ok,Cup,,1 EUR\n").replace(",", ";"), ("ok",), ""),
    Case("array_of_one_line_and_rows", "[]\n" + OK, ("ok",), ""),
    Case("quotes_unquoted_in_tsv", 'id\ttitle\tlink\nok\t"Best" 5" pan\t\n', ("ok",), ""),
    Case("html_entities_in_xml", RSS.format(ITEM.format("ok", "Caf&eacute;&nbsp;au lait")), ("ok",), ""),
    Case("one_feed_in_a_zip", _zip(**{"a/feed.tsv": (TSV + GOOD).encode()}), ("ok",), ""),
    Case("header_alone", TSV, (), ""),
]  # fmt: skip

REFUSED = [
    Case("no_bytes", b"", (), "is empty"),
    Case("no_format", "just some words\nand more\n", (), "the formats are"),
    Case("a_picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, (), ""),
    Case("a_spreadsheet", _zip(**{"[Content_Types].xml": b"<x/>", "xl/a.xml": b""}), (), "save the sheet as CSV"),  # noqa: E501
    Case("two_feeds_in_a_zip", _zip(a=b"1", b=b"2"), (), "holds 2 files"),
    Case("a_broken_zip", b"PK\x03\x04" + bytes(100), (), "unpack it"),
    Case("another_packer", b"BZh91AY&SY", (), "pack it with gzip"),
    Case("shopify_without_currency", "Handle,Title,Variant Price\na,A,1\n", (), "--currency"),
    Case("format_unknown", OK, (), "the formats are", Reading(format="excel")),
    Case("language_unknown", OK, (), "did you mean 'en'", Reading(lang="english")),
    Case("currency_unknown", OK, (), "did you mean EUR", Reading(currency="DEM")),
    Case("market_unknown", OK, (), "ISO 3166-1", Reading(market="Yurop")),
]  # fmt: skip


def _written(folder: Path, case: Case) -> Path:
    return write(folder, "feed", case.feed() if callable(case.feed) else case.feed)


def _names(cases: list[Case]) -> list[str]:
    return [case.name for case in cases]


@pytest.mark.parametrize("case", REJECTED + TAKEN + QUIET, ids=_names(REJECTED + TAKEN + QUIET))
def test_what_is_good_is_kept_and_what_is_not_is_said(tmp_path: Path, case: Case) -> None:
    index = MemoryIndex(dim=256)
    done = ingest([_written(tmp_path, case)], encoder=HashEncoder(), index=index, reading=case.known)
    assert tuple(index.ids("", 10)) == case.kept
    complaints = done.rejections if case in REJECTED else done.warnings
    said = "\n".join(report.lines(done))
    assert bool(complaints) == bool(case.complaint), said
    assert case.complaint in said
    assert all(about.remedy and about.line >= 0 and len(about.value) <= 80 for about in complaints)
    assert len(said) < 5000


@pytest.mark.parametrize("case", REFUSED, ids=_names(REFUSED))
def test_what_is_no_feed_is_refused_before_anything_is_written(tmp_path: Path, case: Case) -> None:
    index = MemoryIndex(dim=256)
    good = write(tmp_path, "good.jsonl", OK)
    with pytest.raises(DragomanError) as caught:
        ingest([good, _written(tmp_path, case)], encoder=HashEncoder(), index=index, reading=case.known)
    assert case.complaint in str(caught.value)
    assert caught.value.hint
    assert len(index) == 0


def test_what_a_page_could_run_never_gets_into_a_text(tmp_path: Path) -> None:
    index = MemoryIndex(dim=256)
    title = "Cup<script>alert(1)</script> &lt;img onerror=x&gt; \u202egnp"
    path = write(tmp_path, "f.jsonl", _own(id="ok", title=title, description=title, bullets=[title]))
    ingest([path], encoder=HashEncoder(), index=index)
    (product,) = index.get(["ok"])
    for text in (*product.titles, *product.descriptions, *product.bullets):
        assert text.value == "Cup gnp"
