"""Texts in the shopper's language, with where they come from and what must not break in them.

A verb: sees ports only. Below the floor of its pair, the original stays.
"""
