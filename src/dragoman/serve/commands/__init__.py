"""One file per group of commands; each parses, makes one call, prints."""
