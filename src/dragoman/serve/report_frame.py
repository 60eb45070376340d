"""The frame of the owner's page: its document, style and policy, its sections, tables and cells."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from dragoman.measure.shop_groups import Rate
from dragoman.serve.report_words import NOTHING, Words
from dragoman.text.tags import direction

_UNKNOWN_LANGS = ("", "und", "unknown", "other")


def page_policy() -> str:
    """Return the content security policy of a report: its own style, and nothing else whatever."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    return files("dragoman.serve").joinpath("web", "report.css").read_text(encoding="utf-8")


def document(title: str, words: Words, body: str) -> str:
    """Return the whole page of a shop's name and the markup of its report."""
    heading = escape(f"{title}: {words.t('title')}")
    return (
        f'<!doctype html>\n<html lang="{words.lang}" dir="{words.dir}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(page_policy())}">'
        f'<meta name="robots" content="noindex"><title>{heading}</title><style>{_style()}</style></head>\n'
        f"<body><main><h1><bdi>{escape(title)}</bdi> <span>{escape(words.t('title'))}</span></h1>"
        f"{body}</main></body>\n</html>\n"
    )


def section(key: str, words: Words, body: str) -> str:
    """Return a part of the page under its heading."""
    return f'<section aria-labelledby="{key}"><h2 id="{key}">{escape(words.t(key))}</h2>{body}</section>'


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], words: Words) -> str:
    """Return a table; cells are markup already, and the first of each row is its heading."""
    title = escape(words.t(caption))
    top = "".join(f'<th scope="col">{escape(words.t(key)) if key else ""}</th>' for key in head)
    told = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>'
        f'<caption class="unseen">{title}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{told}</tbody></table></div>"
    )


def rated(rate: Rate, words: Words) -> str:
    """Return a share with its interval, and below it the counts."""
    if not rate.n:
        return NOTHING
    of = f"{words.number(rate.successes)} / {words.number(rate.n)}"
    return f"{plain(words.rate(rate))}<small>{plain(of)}</small>"


def plain(figures: str) -> str:
    """Return figures, which run to the right in every language."""
    return f'<bdi dir="ltr">{escape(figures)}</bdi>'


def foreign(text: str, lang: str) -> str:
    """Return words that may be in another language than the page, marked as such."""
    tag = "" if lang in _UNKNOWN_LANGS else f' lang="{lang}"'
    way = "auto" if lang in _UNKNOWN_LANGS else direction(lang)
    return f'<bdi dir="{way}"{tag}>{escape(text)}</bdi>'
