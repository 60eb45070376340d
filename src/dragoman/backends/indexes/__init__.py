"""backends/indexes."""
