"""backends/encoders."""
