"""Products for a shopper, from what shoppers did; each with its reason.

A verb: sees ports only. Works for nobody in particular, too.
"""
