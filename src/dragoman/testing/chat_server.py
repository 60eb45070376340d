"""A small OpenAI-compatible chat server on the loopback, before any function: for tests of clients."""

import json
from collections.abc import Callable, Iterable

from dragoman.testing.loopback import Body, Loopback, Reply


class ChatServer(Loopback):
    """Serves ``/v1/chat/completions``: ``say`` turns a request's body into the assistant's words."""

    def __init__(self, say: Callable[[Body], str], replies: Iterable[Reply] = ()) -> None:
        super().__init__({"/v1/chat/completions": lambda asked: _turn(say(asked))}, replies)

    @property
    def url(self) -> str:
        """The address a client is given."""
        return f"{self.address}/v1"


def _turn(text: str) -> str:
    turn = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": turn, "finish_reason": "stop"}
    return json.dumps({"object": "chat.completion", "choices": [choice]})
