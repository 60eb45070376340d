"""Answers questions about products from what the page says, with quotes, or declines.

A verb: sees ports only. What cannot be traced to a passage or a fact is cut by `dragoman.answer.verify`.
"""
