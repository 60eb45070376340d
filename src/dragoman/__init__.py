"""A multilingual shopping guide."""
