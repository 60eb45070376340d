"""Sellers' words as plain text: markup, control characters and direction overrides removed, words kept."""

import html
import re
from functools import cache

from lxml import etree

LONGEST_MARKUP = 200_000
"""Characters of HTML that are parsed; what follows is cut."""

# A tag or an entity; "a < b", "<3" and "AT&T" are neither.
_MARKUP = re.compile(
    r"</?[A-Za-z][^<>]*>|<!--|<!\[CDATA\[|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--|<!\[CDATA\[")
# C0 and C1 controls but tab and newline, bidi embeddings and overrides, lone surrogates, BOM, noncharacters.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufeff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_SILENT = (
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "head", "title", "form",
)  # fmt: skip
_SILENT_BLOCKS = re.compile(rf"<({'|'.join(_SILENT)})\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
# The empty place before a tag that breaks the line: a literal can be put there, which is fast.
_BREAK = re.compile(
    r"(?=</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote|pre|hr|dt|dd|dl|td|th|header|footer"
    r"|figure|figcaption)\b)",
    re.IGNORECASE,
)
_SILENT_TAG = re.compile(rf"<(?:{'|'.join(_SILENT)})\b", re.IGNORECASE)
_PLAIN_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*\s*/?>")
_LONE = re.compile(r"<(?![A-Za-z/!])")


def clean(text: str) -> str:
    """Return one line of plain text: no markup, no control characters, single spaces.

    >>> clean(" Caf&eacute;\\n<b>Crème</b>\\u202e ")
    'Café Crème'
    """
    plain = paragraphs(text)
    return " ".join(plain.split()) if "\n" in plain else plain


def paragraphs(text: str) -> str:
    """Return plain text whose line breaks are the paragraphs and list entries of the markup.

    >>> paragraphs("<p>One<script>alert(1)</script></p><ul><li>Two</li></ul>3 < 4")
    'One\\nTwo\\n3 < 4'
    """
    if "<" in text or "&" in text:
        text = _unmarked(text)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _UNWANTED.sub("", text)
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def has_controls(text: str) -> bool:
    """Return whether a text holds what no visible text holds: NUL, escapes, line breaks, overrides.

    >>> has_controls("A-1"), has_controls("A\\x001")
    (False, True)
    """
    return not (text.isascii() and text.isprintable()) and _CONTROLS.search(text) is not None


def _unmarked(text: str) -> str:
    # Twice at most: feeds often hold markup that was escaped once more than needed.
    for _ in range(2):
        if not _MARKUP.search(text):
            break
        text = _rendered(text[:LONGEST_MARKUP]) if _TAG.search(text) else html.unescape(text)
    return text


def _rendered(markup: str) -> str:
    # NUL ends libxml2's input; a lone "<" would start a tag that swallows the text after it.
    source = _LONE.sub("&lt;", _UNWANTED.sub("", markup))
    if _BREAK.search(source):
        # Only now are line breaks those of the markup; without any, the seller's own count.
        source = _BREAK.sub("\n", " ".join(source.split()))
    if not _SILENT_TAG.search(source):
        plain = _PLAIN_TAG.sub("", source)
        if "<" not in plain:
            # Tags without attributes, the rule in feeds, need no parser.
            return html.unescape(plain)
    root = etree.fromstring(f"<html><body>{source}</body></html>", _parser())
    if root is not None:
        etree.strip_elements(root, *_SILENT, with_tail=False)
        text = str(etree.tostring(root, method="text", encoding="unicode", with_tail=False))
        if text.strip():
            return text
    # Nested deeper than the parser goes: the tags are cut out instead.
    return _TAG.sub(" ", _SILENT_BLOCKS.sub(" ", source))


@cache
def _parser() -> etree.HTMLParser:
    return etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
