"""Sellers' words as plain text: markup, control characters and direction overrides removed, words kept."""

import html
import re
import unicodedata

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
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_SILENT = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "head", "title", "form"}
)
_SILENT_BLOCKS = re.compile(rf"<({'|'.join(sorted(_SILENT))})\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_BLOCK = frozenset(
    {
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
    }
    | {"blockquote", "pre", "hr", "dt", "dd", "dl", "td", "th", "header", "footer", "figure", "figcaption"}
)


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
    return any(
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or "\u202a" <= char <= "\u202e"
        for char in text
    )


def _unmarked(text: str) -> str:
    # Twice at most: feeds often hold markup that was escaped once more than needed.
    for _ in range(2):
        if not _MARKUP.search(text):
            break
        text = _rendered(text[:LONGEST_MARKUP]) if _TAG.search(text) else html.unescape(text)
    return text


def _rendered(markup: str) -> str:
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    # NUL ends libxml2's input; a lone "<" would start a tag that swallows the text after it.
    source = re.sub(r"<(?![A-Za-z/!])", "&lt;", _UNWANTED.sub("", markup))
    root = etree.fromstring(f"<html><body>{source}</body></html>", parser)
    if root is None or not (parsed := _words(root)).strip():
        # Nested deeper than the parser goes: the tags are cut out instead.
        return _TAG.sub(" ", _SILENT_BLOCKS.sub(" ", source))
    return parsed


def _words(root: etree._Element) -> str:
    parts: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag
        if event == "start":
            silent += name in _SILENT
            parts += _opening(name, element.text, silent)
        else:
            silent -= name in _SILENT
            parts += _opening(name, element.tail, silent)
    return "".join(parts)


def _opening(name: str, text: str | None, silent: int) -> list[str]:
    if silent:
        return []
    return (["\n"] if name in _BLOCK else []) + ([text] if text else [])
