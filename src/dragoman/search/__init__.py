"""Find products for words in any language."""

from dragoman.search.request import search
from dragoman.search.tuning import Tuning

__all__ = ["Tuning", "search"]
