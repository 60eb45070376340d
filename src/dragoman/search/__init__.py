"""Search: words in any language in, products of any language out."""

from dragoman.search.levelling import levelling_of, measure_encoder
from dragoman.search.request import search
from dragoman.search.tuning import Tuning

__all__ = ["Tuning", "levelling_of", "measure_encoder", "search"]
