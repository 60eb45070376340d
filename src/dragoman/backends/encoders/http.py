"""The remote encoder: any OpenAI-compatible embeddings URL. Knows texts and one address, no weights."""

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypedDict
from urllib.parse import urlsplit
from weakref import finalize

import httpx
import numpy as np

from dragoman.errors import BadConfig, BadInput, DragomanError, Unavailable
from dragoman.ports import Role
from dragoman.types import Vectors

_TRIES = 3
_PAUSE_S = 0.5  # before the second try, doubled before the third; a server's Retry-After goes before it
_LONGEST_PAUSE_S = 10.0
_NOT_OURS = "is it the address of an OpenAI-compatible embeddings endpoint?"


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
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadConfig(f"url={url!r}", hint="like http://localhost:8000/v1")
        if batch < 1 or timeout_s <= 0:
            raise BadConfig(f"batch={batch}, timeout_s={timeout_s}", hint="both must be positive")
        if prefixes is not None and set(prefixes) != {"query", "passage"}:
            raise BadConfig(f"prefixes for {sorted(prefixes)}", hint="one for query and one for passage")
        self._url = url.rstrip("/").removesuffix("/embeddings") + "/embeddings"
        self._model = model
        self._prefixes = dict(prefixes or {"query": "", "passage": ""})
        self._batch = batch
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=timeout_s, headers=headers)
        # The port has no close: connections end with the encoder.
        finalize(self, self._client.close)

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
            raise Unavailable(f"{self._url} answered with vectors of several lengths", hint=_NOT_OURS)
        return np.concatenate(parts)

    def _vectors(self, texts: list[str]) -> Vectors:
        response = self._post({"model": self._model, "input": texts, "encoding_format": "float"})
        try:
            rows: list[_Row] = sorted(response.json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"{self._url} answered {response.text[:200]!r}", hint=_NOT_OURS) from error
        norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.all(np.isfinite(norms) & (norms > 0)):
            said = f"{self._url} answered {vectors.shape} for {len(texts)} texts, or rows without a direction"
            raise Unavailable(said, hint=_NOT_OURS)
        unit: Vectors = vectors / norms
        return unit

    def _post(self, body: Mapping[str, object]) -> httpx.Response:
        pause = _PAUSE_S
        for left in reversed(range(_TRIES)):
            try:
                response = self._client.post(self._url, json=body)
            except httpx.HTTPError as error:
                if not left:
                    said = f"{self._url} does not answer: {type(error).__name__} {error}"
                    raise Unavailable(said, hint="is the server up, and the address right?") from error
            else:
                if response.is_success:
                    return response
                if not left or response.status_code not in (429, 500, 502, 503, 504):
                    raise _refusal(response, self._model)
                pause = _asked_pause(response) or pause
            time.sleep(min(pause, _LONGEST_PAUSE_S))
            pause *= 2
        raise AssertionError("the last try returns or raises")


def _asked_pause(response: httpx.Response) -> float:
    """Seconds of a Retry-After header; 0 without one, or with a date."""
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdecimal() else 0.0


def _refusal(response: httpx.Response, model: str) -> DragomanError:
    said = f"{response.request.url} answered {response.status_code}: {response.text[:200]}"
    if response.status_code in (401, 403):
        return BadConfig(said, hint="set the key: encoder.key_env names the variable that holds it")
    if response.status_code == 404:
        return BadConfig(said, hint=f"check the address, and whether the server has the model {model!r}")
    if 400 <= response.status_code < 500 and response.status_code != 429:
        return BadInput(said, hint="the server refuses these texts; shorter ones may pass")
    return Unavailable(said, hint="try again later")
