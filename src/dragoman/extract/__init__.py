"""Key facts out of product text: what it says of size, material, fit, as typed facts with their quotes.

A verb: sees ports only. Every fact holds the words it was read from, verbatim.
"""
