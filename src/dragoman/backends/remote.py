"""A server asked by POST that answers JSON: tries, pauses, and what its refusals mean. Knows no port."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import finalize

import httpx

from dragoman.errors import BadConfig, BadInput, DragomanError, Unavailable

_TRIES = 3
_PAUSE_S = 0.5  # before the second try, doubled before the third; a server's Retry-After goes before it
_LONGEST_PAUSE_S = 10.0
_AGAIN = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks: the setting's name and the model's, for messages that say what to mend."""

    setting: str  # encoder, generator ...
    model: str


class Remote:
    """One address; safe to use from many threads.

    | call | meaning |
    |---|---|
    | `Remote("http://host/v1", "/embeddings", …)` | POST http://host/v1/embeddings |
    | `Remote("http://host/v1/embeddings", "/embeddings", …)` | the same |
    | `Remote(…, key="…")` | with a bearer token |
    """

    def __init__(self, url: str, path: str, asked: Asked, *, key: str = "", timeout_s: float = 30.0) -> None:
        """Prepare a connection; nothing is sent yet.

        Raises:
            BadConfig: an address that is no http(s) URL, or a time-out that is not positive.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadConfig(f"{asked.setting}: url={url!r}", hint="like http://localhost:8000/v1")
        if timeout_s <= 0:
            raise BadConfig(f"{asked.setting}: timeout_s={timeout_s}", hint="it must be positive")
        self.url = url.rstrip("/").removesuffix(path) + path
        self._asked = asked
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=timeout_s, headers=headers)
        # Ports have no close: connections end with the backend.
        finalize(self, self._client.close)

    def post(self, body: Mapping[str, object]) -> Any:  # Any: JSON, which the backend checks
        """Return what the server answers.

        Raises:
            Unavailable: no answer, or no JSON, after three tries.
            BadConfig: the server does not know the key or the model.
            BadInput: the server refuses what was sent.
        """
        response = self._answered(body)
        try:
            return response.json()
        except ValueError as error:
            raise self.not_understood(response.text) from error

    def not_understood(self, said: object) -> Unavailable:
        """Return the error for an answer that is not of the form that was asked for."""
        hint = f"is it the address that the {self._asked.setting} setting means, and of the API it speaks?"
        return Unavailable(f"{self.url} answered {str(said)[:200]!r}", hint=hint)

    def _answered(self, body: Mapping[str, object]) -> httpx.Response:
        pause = _PAUSE_S
        for left in reversed(range(_TRIES)):
            try:
                response = self._client.post(self.url, json=body)
            except httpx.HTTPError as error:
                if not left:
                    said = f"{self.url} does not answer: {type(error).__name__} {error}"
                    raise Unavailable(said, hint="is the server up, and the address right?") from error
            else:
                if response.is_success:
                    return response
                if not left or response.status_code not in _AGAIN:
                    raise _refusal(response, self._asked)
                pause = _asked_pause(response) or pause
            time.sleep(min(pause, _LONGEST_PAUSE_S))
            pause *= 2
        raise AssertionError("the last try returns or raises")


def _asked_pause(response: httpx.Response) -> float:
    """Seconds of a Retry-After header; 0 without one, or with a date."""
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdecimal() else 0.0


def _refusal(response: httpx.Response, asked: Asked) -> DragomanError:
    said = f"{response.request.url} answered {response.status_code}: {response.text[:200]}"
    if response.status_code in (401, 403):
        return BadConfig(said, hint=f"set the key: {asked.setting}.key_env names the variable that holds it")
    if response.status_code == 404:
        return BadConfig(
            said, hint=f"check the address, and whether the server has the model {asked.model!r}"
        )
    if 400 <= response.status_code < 500 and response.status_code != 429:
        return BadInput(said, hint="the server refuses these texts; shorter ones may pass")
    return Unavailable(said, hint="try again later")
