"""The text generator: any OpenAI-compatible chat URL. Knows messages and one address, no products."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.backends.remote import Asked, Remote
from dragoman.errors import BadConfig, Unavailable
from dragoman.types import Message


class HttpGenerator:
    """Goes on with a conversation by POST to ``url``; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `HttpGenerator(url="http://host/v1", model="m")` | POST http://host/v1/chat/completions |
    | `HttpGenerator(url=…, model=…, key="…")` | a bearer token; in settings key_env names its variable |
    | `HttpGenerator(url=…, model=…, temperature=0.7)` | freer; 0, the default, says the same each time |
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        key: str = "",
        temperature: float = 0.0,
        timeout_s: float = 60.0,
    ) -> None:
        """Prepare a connection; nothing is sent yet.

        Raises:
            BadConfig: an address that is no http(s) URL, a temperature below 0, no time to wait.
        """
        if temperature < 0:
            raise BadConfig(f"generator: temperature={temperature}", hint="0 or more")
        self._remote = Remote(
            url, "/chat/completions", Asked("generator", model), key=key, timeout_s=timeout_s
        )
        self._model = model
        self._temperature = temperature

    @property
    def name(self) -> str:
        """Which model it is; the address is left out."""
        return f"http-{self._model}"

    def generate(self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, Any] | None) -> str:
        """Return the assistant's next turn; with ``schema``, a JSON text whose required keys are there.

        Raises:
            Unavailable: no answer after three tries, or one that is cut off or not the JSON asked for.
            BadConfig: the server does not know the key or the model.
            BadInput: the server refuses the conversation, as too long for instance.
        """
        body: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": message.speaker, "content": message.text} for message in messages],
            "max_tokens": max_tokens,
            "temperature": self._temperature,
        }
        if schema is not None:
            named = {"name": "reply", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        said = self._remote.post(body)
        try:
            text = said["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as error:
            raise self._remote.not_understood(said) from error
        if not isinstance(text, str):
            raise self._remote.not_understood(said)
        return _obedient(text, schema, self._model) if schema is not None else text


def _obedient(text: str, schema: Mapping[str, Any], model: str) -> str:
    """The JSON text, if it is an object with the keys required: servers differ in how far they obey."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Unavailable(f"{model} said no JSON: {text[:200]!r}", hint="allow it more tokens") from error
    missing = [key for key in schema.get("required", ()) if key not in found]
    if not isinstance(found, dict) or missing:
        raise Unavailable(
            f"{model} left out {missing or 'everything'}", hint="try a model that obeys schemas"
        )
    return text
