"""Where the reranker lies that comes with the package. Knows a path, opens nothing."""

from pathlib import Path

ADAPTER = "adapter_model.safetensors"


def shipped_reranker() -> Path:
    """Return the folder of the reranker that comes with the package; its README.md is the model card."""
    return Path(__file__).parent / "trained" / "shopping"


def is_shipped() -> bool:
    """Say whether the package has its own reranker in it."""
    return (shipped_reranker() / ADAPTER).is_file()
