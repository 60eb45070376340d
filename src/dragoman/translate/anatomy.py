"""A text taken apart for translation and put together again. Knows no translator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dragoman.text.detect import detect
from dragoman.text.tags import best
from dragoman.translate.markup import Block, blocks_of, signs, together
from dragoman.translate.protect import Guarding, Kept, is_too_much, kept_in
from dragoman.translate.scripts import scripts_of, written_in
from dragoman.translate.sentences import cuts, is_closed
from dragoman.types import Lang

_FOREIGN = 0.5  # share of letters in the text's own script below which a sentence is of another language


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a translator is handed at a time, without spaces around it; places of ``kept`` are its own."""

    text: str
    kept: tuple[Kept, ...]
    source: Lang


@dataclass(frozen=True, slots=True)
class _Part:
    written: str
    sentence: Sentence | None = None  # None: goes through as it is
    after: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A text as blocks, each of parts."""

    blocks: tuple[Block, ...]
    parts: tuple[tuple[_Part, ...], ...]

    def sentences(self) -> Iterator[Sentence]:
        """Yield what has to be translated, in order."""
        return (part.sentence for parts in self.parts for part in parts if part.sentence is not None)


def body_of(text: str, source: Lang, target: Lang, guarding: Guarding) -> Body:
    """Return a text taken apart.

    >>> body = body_of("Red kettle. 5 L", "en", "de", Guarding())
    >>> [sentence.text for sentence in body.sentences()]
    ['Red kettle.']
    """
    blocks = blocks_of(text)
    parts = tuple(
        tuple(_parts(block.words, source, target, guarding)) if block.is_words else (_Part(block.words),)
        for block in blocks
    )
    return Body(blocks, parts)


def assembled(body: Body, done: Mapping[Sentence, str], target: Lang) -> str:
    """Return the text with every sentence replaced by what became of it."""
    words = ["".join(_spaced(parts, done, target)) for parts in body.parts]
    return together(body.blocks, words)


def _parts(words: str, source: Lang, target: Lang, guarding: Guarding) -> Iterator[_Part]:
    tags = tuple(Kept(place, place + 1, char, "tag") for place, char in enumerate(words) if signs(char))
    found = kept_in(words, source, target, guarding)
    kept = tuple(sorted([*_outside(found, tags), *tags], key=lambda one: one.start))
    start = 0
    for end in cuts(words, source, kept):
        yield from _part(words[start:end], start, kept, (source, target))
        start = end


def _outside(found: tuple[Kept, ...], tags: tuple[Kept, ...]) -> list[Kept]:
    return [one for one in found if not any(one.start <= tag.start < one.end for tag in tags)]


def _part(raw: str, start: int, kept: tuple[Kept, ...], pair: tuple[Lang, Lang]) -> Iterator[_Part]:
    text = raw.strip()
    lead = raw[: len(raw) - len(raw.lstrip())] if text else raw
    if lead:
        yield _Part(lead)
    if not text:
        return
    at, after = start + len(lead), raw[len(lead) + len(text) :]
    own = tuple(
        replace(one, start=one.start - at, end=one.end - at)
        for one in kept
        if at <= one.start and one.end <= at + len(text)
    )
    source = _source_of(_rest(text, own), *pair)
    if not source or is_too_much(own):
        yield _Part(text, after=after)
    else:
        yield _Part(text, Sentence(text, own, source), after)


def _rest(text: str, kept: tuple[Kept, ...]) -> str:
    rest, at = "", 0
    for one in kept:
        rest, at = f"{rest}{text[at : one.start]} ", one.end
    return rest + text[at:]


def _source_of(words: str, source: Lang, target: Lang) -> Lang:
    """The language of a sentence in a text of ``source``; "" where there is nothing to translate."""
    if not any(char.isalpha() for char in words):
        return ""
    if written_in(words, source) >= _FOREIGN:
        return source
    found = next(iter(detect(words)), source)
    return "" if best([target], [found]) else found


def _spaced(parts: tuple[_Part, ...], done: Mapping[Sentence, str], target: Lang) -> Iterator[str]:
    """The parts in their order, with the spaces between sentences that the target's script has."""
    is_unspaced = bool(scripts_of(target) & {"Hani", "Thai"}) and "Hang" not in scripts_of(target)
    for place, part in enumerate(parts):
        written = done.get(part.sentence, part.written) if part.sentence else part.written
        yield written
        follows = place + 1 < len(parts) and parts[place + 1].written.strip()
        if not follows or part.sentence is None:
            yield part.after
        elif is_unspaced and part.after == " " and is_closed(written) and not written.endswith("."):
            continue
        else:
            yield part.after or ("" if is_unspaced else " ")
