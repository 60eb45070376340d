"""Generators: any OpenAI-compatible URL."""
