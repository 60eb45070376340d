"""Slow machines are no failures: what a property test checks is the law, not the clock."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
