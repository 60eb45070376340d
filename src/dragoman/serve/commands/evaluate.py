"""`dragoman eval`: quality, per language, with intervals."""
