"""Texts with HTML as blocks of plain words, and back; what could run is left out. Knows no language."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import nh3

_BLOCK: Final = (
    "p|br|ul|ol|li|div|h[1-6]|table|tr|td|th|tbody|thead|tfoot|caption|hr|img|blockquote|pre|dl|dt|dd|figure"
)
_INLINE: Final = "b|i|em|strong|span|a|u|s|sup|sub|small|code|abbr|q|cite|mark|del|ins|kbd|var|wbr"
_TAG: Final = re.compile(rf"</?(?:{_BLOCK}|{_INLINE})(?:\s[^<>]*|/)?>", re.IGNORECASE)
_ANY: Final = re.compile(r"<[^<>]+>")
_IS_BLOCK: Final = re.compile(rf"</?(?:{_BLOCK})\b", re.IGNORECASE)
# Inline tags become characters of a private use area while words are at work.
_FIRST: Final = 0xE000
_SIGNS: Final = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Block:
    """Words between tags that part them, or such tags; a sign of private use stands for each inline tag."""

    words: str
    is_words: bool
    tags: tuple[str, ...] = ()


def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text; one without tags that shops use is a single block of plain words.

    >>> [block.words for block in blocks_of("<p>A &amp; B</p>") if block.is_words]
    ['A & B']
    """
    plain = _SIGNS.sub("", text)
    if not _TAG.search(plain):
        return (Block(plain, True),)
    found: list[Block] = []
    words = ""
    tags: list[str] = []
    for piece in _pieces(nh3.clean(plain)):
        if not _ANY.fullmatch(piece):
            words += html.unescape(piece)
        elif _IS_BLOCK.match(piece):
            found += [Block(words, True, tuple(tags)), Block(piece, False)]
            words, tags = "", []
        else:
            words += chr(_FIRST + len(tags))
            tags.append(piece)
    found.append(Block(words, True, tuple(tags)))
    return tuple(block for block in found if block.words)


def together(blocks: Sequence[Block], words: Sequence[str]) -> str:
    """Return the text whose blocks have these words.

    >>> blocks = blocks_of("<p>A &amp; <b>B</b></p>")
    >>> together(blocks, [block.words.lower() if block.is_words else block.words for block in blocks])
    '<p>a &amp; <b>b</b></p>'
    """
    if len(blocks) == 1 and not blocks[0].tags:
        return words[0]
    return "".join(
        _marked(written, block.tags) if block.is_words else written
        for block, written in zip(blocks, words, strict=True)
    )


def signs(text: str) -> list[str]:
    """Return the signs that stand for inline tags, in order."""
    return _SIGNS.findall(text)


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"(<[^<>]+>)", text) if piece]


def _marked(words: str, tags: Sequence[str]) -> str:
    escaped = html.escape(words, quote=False)
    for place, tag in enumerate(tags):
        escaped = escaped.replace(chr(_FIRST + place), tag)
    return escaped
