"""What is trained: one tower, a pre-trained body with adapters and heads. Knows torch, never a data set."""

from dragoman.models.styles import Style, StyleKind
from dragoman.models.tower import Tower

__all__ = ["Style", "StyleKind", "Tower"]
