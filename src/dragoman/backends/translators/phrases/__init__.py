"""A translator of phrases: tables of what was seen said, a language model, a search (Koehn et al. 2003)."""

from dragoman.backends.translators.phrases.translator import PhraseTranslator

__all__ = ["PhraseTranslator"]
