"""A multilingual shopping guide: any language in, the right products out.

>>> from dragoman import Money
>>> Money(1999, "EUR")
Money(minor=1999, currency='EUR')
"""

from dragoman.guide import Guide, open_guide
from dragoman.settings import Settings
from dragoman.types import (
    Filter,
    Found,
    Hit,
    IngestReport,
    Listing,
    Money,
    Offer,
    Passage,
    Product,
    Query,
    Text,
)

__all__ = [
    "Filter",
    "Found",
    "Guide",
    "Hit",
    "IngestReport",
    "Listing",
    "Money",
    "Offer",
    "Passage",
    "Product",
    "Query",
    "Settings",
    "Text",
    "open_guide",
]
