"""Tables and models learned from events: which products go together, which come next. Knows no torch."""
