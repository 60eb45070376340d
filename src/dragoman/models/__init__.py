"""What is trained: one tower, a pre-trained body with adapters and heads. Knows torch, never a data set."""

from dragoman.models.styles import Style, StyleKind
from dragoman.models.tower import Tower, read_body

__all__ = ["Style", "StyleKind", "Tower", "read_body"]
