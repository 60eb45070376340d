"""Texts whose language is known: reading them, naming their languages alike, pretending to know a locale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragoman.errors import BadInput
from dragoman.measure.lines import bad_line, numbered_lines
from dragoman.text.tags import canonical
from dragoman.types import Lang

_HEADERS = frozenset({"lang", "language", "locale"})
_TEXTS = frozenset({"text", "query", "sentence", "words", "title"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the language somebody says it is in."""

    lang: Lang
    text: str


def read_labelled(path: Path) -> list[Labelled]:
    """Return the rows of an unquoted TSV of language and text, packed or not, with a header or without.

    A header that names the language and the text may have them in any order, and more columns beside them.

    Raises:
        BadInput: a line without exactly one tab, an empty text, or a tag that is no language.
    """
    rows: list[Labelled] = []
    width, tag, text = 2, 0, 1
    for number, line in numbered_lines(path):
        columns = [cell.strip() for cell in line.split("\t")]
        if not rows and (found := _header(columns)):
            width, tag, text = found
            continue
        if len(columns) != width or not columns[text]:
            raise bad_line(path, number, f"{len(columns)} columns or no text", "language, tab, text")
        try:
            rows.append(Labelled(label(columns[tag]), columns[text]))
        except BadInput as error:
            raise bad_line(path, number, error.message, error.hint) from error
    if not rows:
        raise BadInput(f"{path} holds no rows", hint="is this the right file?")
    return rows


def _header(columns: Sequence[str]) -> tuple[int, int, int] | None:
    """How many columns a header has, and where language and text stand; None for a row of texts."""
    names = [name.casefold() for name in columns]
    tags = [place for place, name in enumerate(names) if name in _HEADERS]
    texts = [place for place, name in enumerate(names) if name in _TEXTS]
    if len(names) < 2 or not tags or not (texts or tags[0] == 0):
        return None
    return len(names), tags[0], texts[0] if texts else 1


def label(tag: str) -> Lang:
    """Return language and, where it is news, script: what can be told from a text, unlike a region.

    Raises:
        BadInput: not a language tag.

    >>> label("pt-BR"), label("zh-TW"), label("zh-CN"), label("EN_us")
    ('pt', 'zh-Hant', 'zh-Hans', 'en')
    """
    language, *rest = canonical(tag).split("-")
    script = [part for part in rest[:1] if len(part) == 4 and part.isalpha()]
    return "-".join([language, *script])


def languages(rows: Sequence[Labelled]) -> tuple[Lang, ...]:
    """Return the languages that occur, ascending.

    >>> languages([Labelled("fr", "sac"), Labelled("de", "Tasche"), Labelled("fr", "robe")])
    ('de', 'fr')
    """
    return tuple(sorted({row.lang for row in rows}))


def locale_priors(
    rows: Sequence[Labelled], among: Sequence[Lang], *, right: float, seed: int
) -> list[Mapping[Lang, float]]:
    """Pretend that a browser names the text's language, rightly so in a share ``right`` of the rows.

    Where it errs it names any other language, all alike. The prior is as honest as can be: the
    named language has probability ``right``, the others share the rest.

    Args:
        right: In 0..1.
        seed: Of the choice of rows and of wrong languages.

    >>> locale_priors([Labelled("fr", "sac")], ["de", "fr"], right=1.0, seed=0)
    [{'de': 0.0, 'fr': 1.0}]
    """
    rng = np.random.default_rng(seed)
    rest = (1.0 - right) / max(1, len(among) - 1)
    priors: list[Mapping[Lang, float]] = []
    for row in rows:
        others = [lang for lang in among if lang != row.lang]
        wrong = bool(others) and rng.random() >= right
        named = others[int(rng.integers(len(others)))] if wrong else row.lang
        priors.append({lang: right if lang == named else rest for lang in among})
    return priors
