"""Suggest: a few letters in any language in, whole queries out that the shop has something for."""

from dragoman.suggest.request import Suggestion, suggest
from dragoman.suggest.writer import Writer, is_shipped, shipped_writer

__all__ = ["Suggestion", "Writer", "is_shipped", "shipped_writer", "suggest"]
