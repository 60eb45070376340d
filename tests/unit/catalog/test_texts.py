"""Laws of the smallest parts: clean words, safe values, lines and their numbers."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_feeds import rejected, rows, taken, write

from dragoman.catalog import read
from dragoman.catalog.clean import clean, has_controls, paragraphs
from dragoman.catalog.opening import encoding_of, lines, open_feed
from dragoman.catalog.telling import Teller, hinted
from dragoman.catalog.values import gtin, link, quantity
from dragoman.errors import BadInput
from dragoman.text.countries import country
from dragoman.text.detect import detect
from dragoman.types import Listing

SAMPLES = {
    "zh": ("无线蓝牙耳机，主动降噪，续航30小时，适合运动", ["gb18030"]),
    "ja": ("ワイヤレスイヤホン ノイズキャンセリング搭載", ["shift_jis", "euc_jp"]),
    "ko": ("무선 블루투스 이어폰 노이즈 캔슬링", ["euc_kr"]),
    "de": ("Kopfhörer für Küche und Büro, größer und schöner", ["cp1252"]),
    "fr": ("Écouteurs sans fil à réduction de bruit, été", ["cp1252"]),
    "ru": ("Беспроводные наушники с шумоподавлением", ["cp1251", "koi8_r"]),
    "ar": ("سماعات لاسلكية مع إلغاء الضوضاء", ["cp1256"]),
    "pl": ("Słuchawki bezprzewodowe z redukcją szumów, łóżko", []),
    "hi": ("वायरलेस इयरफ़ोन शोर रद्द", []),
    "th": ("หูฟังไร้สาย ตัดเสียงรบกวน", []),
}
LEGACY = [(lang, encoding) for lang, (_, known) in SAMPLES.items() for encoding in known]


@pytest.mark.parametrize(("lang", "encoding"), LEGACY)
def test_a_legacy_encoding_is_told_from_its_words(lang: str, encoding: str) -> None:
    text = "id,title,price\n" + "".join(f"{n},{SAMPLES[lang][0]} {n},19.99 EUR\n" for n in range(30))
    found = encoding_of(text.encode(encoding))
    assert text.encode(encoding).decode(found.name) == text
    assert found.doubt


@pytest.mark.parametrize("lang", SAMPLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_without_doubt(lang: str, encoding: str) -> None:
    text = f"id\ttitle\tdescription\n1\t{SAMPLES[lang][0]}\tplain words in Latin letters, as every feed has\n"
    found = encoding_of(text.encode(encoding))
    assert text.encode(encoding).decode(found.name) == text
    assert not found.doubt


def test_lines_are_numbered_as_an_editor_does(tmp_path: Path) -> None:
    with open_feed(write(tmp_path, "f", "a\r\nb\u2028c\x0cd\n\ne")) as stream:
        found = [(line.number, line.text) for line in lines(stream, "utf-8")]
    assert found == [(1, "a\r\n"), (2, "b\u2028c\x0cd\n"), (3, "\n"), (4, "e")]


def test_a_record_over_several_lines_is_named_by_its_first(tmp_path: Path) -> None:
    text = 'id,title,link,price\n1,"Cup\nof\ntea",,1 EUR\n2,Mug,,-1 EUR\n3,"Pot\n",,-1 EUR\n'
    found = rows(write(tmp_path, "f.csv", text))
    assert taken(found) == ["1"]
    assert [row.line for row in rejected(found)] == [5, 6]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_delimiter_is_told_from_the_header(tmp_path: Path, delimiter: str) -> None:
    text = "id,title,link\n1,Cup,\n".replace(",", delimiter)
    assert taken(rows(write(tmp_path, "f", gzip.compress(text.encode())))) == ["1"]


def test_rows_after_a_quote_that_is_never_closed_are_found_again(tmp_path: Path) -> None:
    body = "".join(f"{n},Cup {n},,1 EUR\n" for n in range(50))
    text = "id,title,link,price\n" + body.replace("7,Cup 7", '7,"Cup 7', 1) + '99,"Last, one",,1 EUR\n'
    found = rows(write(tmp_path, "f.csv", text))
    assert len(taken(found)) == 50
    assert [row.line for row in rejected(found)] == [9]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<ul><li>Rot<li>Blau</ul>", "Rot\nBlau"),
        ("a < b & c > d", "a < b & c > d"),
        ("I <3 tea; AT&T", "I <3 tea; AT&T"),
        ("&lt;b&gt;fett&lt;/b&gt;", "fett"),
        ("<style>p{}</style>x<script>y</script>z<!-- no -->", "xz"),
        ("<a href='javascript:x'>Link</a>", "Link"),
        ("<p>Not closed <b>bold", "Not closed bold"),
        ("Zero\u200cwidth stays: می\u200cخواهم", "Zero\u200cwidth stays: می\u200cخواهم"),
        ("over\u202eridden\u0000", "overridden"),
        ("  many \t spaces \n\n\n lines ", "many spaces\nlines"),
        ("<div>" * 5000 + "deep", "deep"),
        ("<p>日本語</p>", "日本語"),
        ("", ""),
    ],
)
def test_markup_becomes_words(raw: str, plain: str) -> None:
    assert paragraphs(raw) == plain


@given(st.text(max_size=200))
def test_any_text_becomes_one_clean_line_and_stays_so(text: str) -> None:
    once = clean(text)
    assert not has_controls(once)
    assert "<script" not in once.lower()
    assert once == " ".join(once.split())


@pytest.mark.parametrize(
    "bad",
    ["javascript:alert(1)", "JAVASCRIPT:x", " javascript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
     "https://", "http:/x\n", "ht\ntps://x", "\\\\host\\x", "https://[bad", "x" * 3000, "mailto:a@b.example"],
)  # fmt: skip
def test_links_that_a_page_must_not_follow_are_refused(bad: str) -> None:
    with pytest.raises(BadInput):
        link(bad)


def test_a_gtin_must_check() -> None:
    assert gtin("0 36000-29145 2") == "036000291452"
    for bad in ("4006381333932", "123", "4.00638E+12", "0000000000000", "४००६३८१३३३९३१"):
        with pytest.raises(BadInput):
            gtin(bad)


def test_countries_are_known_by_code_and_name() -> None:
    assert [country(name) for name in ("de", "UK", "Germany", "United States", "south korea")] == [
        "DE", "GB", "DE", "US", "KR"
    ]  # fmt: skip
    for bad in ("", "EU", "Europe", "XX", "D"):
        with pytest.raises(BadInput):
            country(bad)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("500 g", "500", "g"), ("1,5 l", "1.5", "l"), ("2200W", "2200", "W"), ("5XL", "5XL", ""), ("500毫升", "500", "毫升"),  # noqa: E501
     ("42", "42", ""), ("10 x 20 cm", "10 x 20 cm", ""), ("1,500 g", "1,500 g", ""), ("red", "red", "")],
)  # fmt: skip
def test_a_unit_is_split_off_only_where_it_is_one(text: str, value: str, unit: str) -> None:
    assert quantity(text) == (value, unit)


def test_the_files_name_hints_at_a_language() -> None:
    names = [
        "feed_de.tsv.gz",
        "shop-pt-BR.xml",
        "GMC_zh-Hant.tsv",
        "shop.csv",
        "feed_in.csv",
        "my-shop.csv",
        "de.csv",
    ]
    assert [hinted(Path(name)) for name in names] == ["de", "pt-BR", "zh-Hant", "", "", "", ""]


def test_a_feed_that_begins_with_a_word_of_many_languages_is_english() -> None:
    teller = Teller("", "", lambda text, prior: detect(text, prior=prior))
    assert [teller.tell(word, "") for word in ("Lamp", "Bed", "Teapot")] == ["en", "en", "en"]


def test_few_words_are_in_the_language_of_the_other_rows() -> None:
    teller = Teller("", "", lambda text, prior: {"de": 1.0} if "ö" in text else {})
    assert [teller.tell(text, "") for text in ("X-200", "Löffel", "X-200")] == ["und", "de", "de"]


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("zh-Hans", "无线蓝牙耳机，主动降噪，续航30小时"),
        ("zh-Hant", "無線藍牙耳機，主動降噪，續航30小時"),
        ("ja", "ワイヤレスイヤホン ノイズキャンセリング搭載"),
        ("ko", "무선 블루투스 이어폰 노이즈 캔슬링"),
        ("ar", "سماعات لاسلكية مع إلغاء الضوضاء"),
        ("hi", "वायरलेस इयरफ़ोन शोर रद्द करने वाला"),
        ("ru", "Беспроводные наушники с шумоподавлением"),
        ("de", "Kabellose Kopfhörer mit Geräuschunterdrückung"),
        ("es", "Auriculares inalámbricos con cancelación de ruido"),
        ("fr", "Écouteurs sans fil à réduction de bruit"),
        ("pt", "Fones de ouvido sem fio com cancelamento de ruído"),
        ("en", "Wireless headphones with noise cancelling"),
        ("th", "หูฟังไร้สายตัดเสียงรบกวน"),
    ],
)
def test_a_title_that_names_no_language_is_told_by_its_words(tmp_path: Path, lang: str, title: str) -> None:
    path = write(tmp_path, "f.jsonl", json.dumps({"id": "1", "title": title}))
    (listing,) = read(path)
    assert isinstance(listing, Listing)
    assert listing.product.titles[0].lang == lang
