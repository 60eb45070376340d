"""How each family of translation models on the Hugging Face hub spells, and names its languages.

| family | reads | begins to write with |
|---|---|---|
| OPUS-MT (Marian) | pieces, end; where it writes several languages, ``>>fra<<`` first | nothing |
| M2M-100 | ``__en__``, pieces, end | ``__fr__`` |
| NLLB | ``eng_Latn``, pieces, end | ``fra_Latn`` |
| MADLAD (T5) | ``<2fr>``, pieces, end | nothing |

Knows files and pieces, no engine.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from dragoman.backends.encoders.hugging_face import read_text
from dragoman.backends.translators.sentencepiece import open_sentencepiece
from dragoman.errors import BadConfig, BadInput, Corrupt, Unsupported
from dragoman.text.tags import canonical
from dragoman.types import Lang

END = "</s>"
_NAMES = {
    "marian": re.compile(r">>(\w+)<<"),
    "m2m_100": re.compile(r"__([a-z]{2,3})__|([a-z]{3}_[A-Z][a-z]{3})"),
    "t5": re.compile(r"<2([a-zA-Z_]+)>"),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One opened folder's way to spell."""

    family: str  # model_type of its config.json
    names: Mapping[Lang, str]  # what the model calls the languages that are named to it
    pairs: frozenset[tuple[Lang, Lang]]
    source: Tokenizer
    target: Tokenizer
    pieces: tuple[str, ...]  # by id

    def row(self, text: str, source: Lang, target: Lang) -> list[str]:
        """Return a text as the model reads it, at most 254 pieces of it."""
        said = self.source.encode(text, add_special_tokens=False).tokens[:254]
        named = self.names.get(source if self.family == "m2m_100" else target, "")
        return [*([named] if named else []), *said, END]

    def first(self, target: Lang) -> list[str]:
        """Return the pieces that a translation begins with."""
        return [self.names[target]] if self.family == "m2m_100" else []

    def joined(self, pieces: Sequence[str]) -> str:
        """Return the text that pieces spell."""
        ids = (self.target.token_to_id(piece) for piece in pieces)
        said: str = self.target.decode([i for i in ids if i is not None])
        return said.strip()


def open_dialect(folder: Path, source: Lang = "", target: Lang = "") -> Dialect:
    """Return how the model of a folder spells.

    Args:
        source: The language that an OPUS-MT model reads, where the folder does not say.
        target: The one it writes.

    Raises:
        NotFound: a file is missing.
        Corrupt: one cannot be read.
        Unsupported: a family that is not listed above.
        BadConfig: an OPUS-MT model of which nobody knows the languages.
    """
    family = str(_json(folder / "config.json").get("model_type", ""))
    if family not in _NAMES:
        hint = "OPUS-MT, NLLB, M2M-100 and MADLAD folders are known"
        raise Unsupported(f"{folder}: a model of type {family!r}", hint=hint)
    pieces = read_pieces(folder)
    names = _languages(family, pieces)
    if family == "marian":
        pairs = _marian_pairs(folder, names, source, target)
    elif names:
        pairs = frozenset((a, b) for a in names for b in names if a != b)
    else:
        raise Unsupported(
            f"{folder} names no languages", hint="it is no model that translates many languages"
        )
    read = _tokenizer(folder, ("source.spm", "sentencepiece.bpe.model", "spiece.model"))
    written = _tokenizer(folder, ("target.spm",)) if (folder / "target.spm").is_file() else read
    return Dialect(family, names, pairs, read, written, pieces)


def read_pieces(folder: Path) -> tuple[str, ...]:
    """Return the model's pieces by id; raises NotFound and Corrupt."""
    if (folder / "vocab.json").is_file():
        known = {str(piece): int(i) for piece, i in _json(folder / "vocab.json").items()}
        listed = sorted(known, key=known.__getitem__)
        return (*listed, *(one for one in _added(folder) if one not in known))
    tokenizer = _tokenizer(folder, ("spiece.model",))
    return tuple(str(tokenizer.id_to_token(i)) for i in range(tokenizer.get_vocab_size()))


def _added(folder: Path) -> list[str]:
    """Special tokens that are listed beside the vocabulary: the languages of M2M-100 are."""
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        if (folder / name).is_file():
            found = _json(folder / name)
            some = found.get("additional_special_tokens") or found.get("extra_special_tokens") or []
            if isinstance(some, list) and some:
                return [one if isinstance(one, str) else str(one.get("content", "")) for one in some]
    return []


def _languages(family: str, pieces: Sequence[str]) -> dict[Lang, str]:
    found: dict[Lang, str] = {}
    for piece in pieces:
        if match := _NAMES[family].fullmatch(piece):
            code = next(part for part in match.groups() if part)
            try:
                found.setdefault(canonical(code), piece)
            except BadInput:  # a language that CLDR has no code for cannot be asked for
                continue
    return found


def _marian_pairs(
    folder: Path, names: Mapping[Lang, str], source: Lang, target: Lang
) -> frozenset[tuple[Lang, Lang]]:
    path = folder / "tokenizer_config.json"
    said = _json(path) if path.is_file() else {}
    here = _tag(source or str(said.get("source_lang") or ""))
    there = list(names) or [_tag(target or str(said.get("target_lang") or ""))]
    if not here or not all(there):
        hint = 'say so: translator = { use = "hub", path = "…", source = "en", target = "de" }'
        raise BadConfig(f"{folder} does not say which languages it translates", hint=hint)
    return frozenset((here, one) for one in there if one != here)


def _tag(code: str) -> Lang:
    try:
        return canonical(code) if code else ""
    except BadInput:
        return ""


def _tokenizer(folder: Path, names: Sequence[str]) -> Tokenizer:
    whole = folder / "tokenizer.json"
    if whole.is_file():
        try:
            return Tokenizer.from_str(read_text(whole))
        except Exception as error:  # tokenizers raises bare Exception
            raise Corrupt(f"{whole} cannot be read: {error}", hint="fetch the folder again") from error
    return open_sentencepiece(next((folder / n for n in names if (folder / n).is_file()), folder / names[0]))


def _json(path: Path) -> dict[str, Any]:  # Any: JSON
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise Corrupt(f"{path} is no JSON: {error}", hint="fetch the folder again") from error
    return found if isinstance(found, dict) else {}
