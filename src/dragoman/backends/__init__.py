"""Everything that implements a port, found by name; knows engines, never verbs."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from dragoman.errors import BadConfig, UnknownName


def load(
    port: str, name: str, options: Mapping[str, Any]
) -> Any:  # Any: the port decides, the caller annotates
    """Build the backend ``name`` of ``port`` (``"encoders"``, ``"indexes"`` ...).

    Built-in and third-party backends come through the same door: entry points of the group
    ``dragoman.<port>``, each a callable that takes its options as keywords.

    Raises:
        UnknownName: nothing of that name is installed; the hint lists what is.
        BadConfig: the backend does not take one of the options.
    """
    found = entry_points(group=f"dragoman.{port}")
    if name not in found.names:
        raise UnknownName(
            f"no {port} backend named {name!r}",
            hint=f"installed: {', '.join(sorted(found.names)) or 'none'}",
        )
    build = found[name].load()
    try:
        return build(**options)
    except TypeError as error:
        if "unexpected keyword" not in str(error) and "missing" not in str(error):
            raise
        raise BadConfig(
            f"{port} backend {name!r}: {error}", hint="its options are its constructor's keywords"
        ) from error
