"""The remote encoder: any OpenAI-compatible embeddings URL. Knows texts and one address, no weights."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypedDict

import numpy as np

from dragoman.backends.remote import Asked, Remote
from dragoman.errors import BadConfig
from dragoman.ports import Role
from dragoman.types import Vectors


class _Row(TypedDict):
    index: int
    embedding: list[float]


class HttpEncoder:
    """Turns text into vectors by POST to ``url``, in batches; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `HttpEncoder(url="http://host/v1", model="m")` | POST http://host/v1/embeddings |
    | `HttpEncoder(url=…, model=…, key="…")` | a bearer token; in settings key_env names its variable |
    | `HttpEncoder(url=…, model=…, prefixes={"query": "query: ", "passage": ""})` | words before the texts |
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        key: str = "",
        prefixes: Mapping[str, str] | None = None,
        batch: int = 64,
        timeout_s: float = 30.0,
    ) -> None:
        """Prepare a connection; nothing is sent before the first text or `dim`.

        Raises:
            BadConfig: an address that is no http(s) URL, a batch or time-out that is not positive,
                a prefix without its role.
        """
        if batch < 1:
            raise BadConfig(f"batch={batch}", hint="it must be positive")
        if prefixes is not None and set(prefixes) != {"query", "passage"}:
            raise BadConfig(f"prefixes for {sorted(prefixes)}", hint="one for query and one for passage")
        self._remote = Remote(url, "/embeddings", Asked("encoder", model), key=key, timeout_s=timeout_s)
        self._model = model
        self._prefixes = dict(prefixes or {"query": "", "passage": ""})
        self._batch = batch

    @cached_property
    def dim(self) -> int:
        """Length of every vector; asks the server once."""
        return int(self._vectors(["dim"]).shape[1])

    @property
    def name(self) -> str:
        """Identity of the weights, as far as a name and prefixes can tell; the address is left out."""
        return f"http-{self._model}-{self._prefixes['query']}-{self._prefixes['passage']}".rstrip("-")

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return (len(texts), dim) float32, rows of unit length, same order.

        Raises:
            Unavailable: no answer, or one that cannot be understood, after three tries.
            BadConfig: the server does not know the key or the model.
            BadInput: the server refuses the texts.
        """
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        prefix = self._prefixes[role]
        # Servers refuse the empty string; a space has no words either.
        whole = [(prefix + text).encode("utf-8", "replace").decode() or " " for text in texts]
        parts = [self._vectors(whole[at : at + self._batch]) for at in range(0, len(whole), self._batch)]
        if len({part.shape[1] for part in parts}) > 1:
            raise self._remote.not_understood("vectors of several lengths")
        return np.concatenate(parts)

    def _vectors(self, texts: list[str]) -> Vectors:
        said = self._remote.post({"model": self._model, "input": texts, "encoding_format": "float"})
        try:
            rows: list[_Row] = sorted(said["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise self._remote.not_understood(said) from error
        norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.all(np.isfinite(norms) & (norms > 0)):
            raise self._remote.not_understood(
                f"{vectors.shape} for {len(texts)} texts, or rows without a direction"
            )
        unit: Vectors = vectors / norms
        return unit
