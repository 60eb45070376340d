"""Texts in the shopper's language, with where they come from and what must not break in them.

A verb: sees ports only, knows no engine. ``request.py`` tells its story.
"""

from dragoman.translate.desk import Abilities, Desk, abilities
from dragoman.translate.glossary import Glossary, glossary, read_glossary
from dragoman.translate.memory import FILE, Forgetful, Memory
from dragoman.translate.quality import PairQuality, Quality, quality_of, shipped_quality
from dragoman.translate.queries import query_versions
from dragoman.translate.request import is_translated, translate
from dragoman.translate.shelf import ShelfReport, translate_shelf
from dragoman.translate.terms import STEP, term_for

__all__ = [
    "FILE",
    "STEP",
    "Abilities",
    "Desk",
    "Forgetful",
    "Glossary",
    "Memory",
    "PairQuality",
    "Quality",
    "ShelfReport",
    "abilities",
    "glossary",
    "is_translated",
    "quality_of",
    "query_versions",
    "read_glossary",
    "shipped_quality",
    "term_for",
    "translate",
    "translate_shelf",
]
