"""Search: words in any language in, products of any language out."""

from dragoman.search.crossing import Crossing
from dragoman.search.levelling import levelling_of, measure_encoder
from dragoman.search.request import conditions, search
from dragoman.search.show import shown
from dragoman.search.tuning import Tuning

__all__ = ["Crossing", "Tuning", "conditions", "levelling_of", "measure_encoder", "search", "shown"]
