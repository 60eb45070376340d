"""Key facts out of product text: what it says of size, material, fit, as typed facts with their quotes.

A verb: sees ports only. Every fact holds the words it was read from, verbatim.
"""

from dragoman.extract.category import Shelves, kept_shelves, shelves_of
from dragoman.extract.naming import ShownFact, shown_fact, shown_name, shown_value
from dragoman.extract.page import Page, page_of
from dragoman.extract.request import FLOOR, Extractor, extract

__all__ = [
    "FLOOR",
    "Extractor",
    "Page",
    "Shelves",
    "ShownFact",
    "extract",
    "kept_shelves",
    "page_of",
    "shelves_of",
    "shown_fact",
    "shown_name",
    "shown_value",
]
