"""A small OpenAI-compatible chat server on the loopback, before any function: for tests of clients."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any

from dragoman.testing.embeddings_server import Reply


@dataclass(slots=True)
class ChatServer:
    """Serves ``/v1/chat/completions`` while its context is open.

    ``replies`` are given first, in order; after them ``say`` turns a request's body into the assistant's
    words. ``asked`` holds the requests' bodies, ``keys`` their Authorization headers.
    """

    say: Callable[[dict[str, Any]], str]  # Any: a JSON body
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The address a client is given."""
        assert self._server is not None, "the server runs inside its context only"
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "ChatServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None, "a context is left once"
        self._server.shutdown()
        self._server.server_close()


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked.append(asked)
            server.keys.append(self.headers.get("authorization", ""))
            if self.path != "/v1/chat/completions":
                self.reply(Reply(404, "no such path"))
            elif server.replies:
                self.reply(server.replies.pop(0))
            else:
                turn = {"role": "assistant", "content": server.say(asked)}
                choice = {"index": 0, "message": turn, "finish_reason": "stop"}
                self.reply(Reply(200, json.dumps({"object": "chat.completion", "choices": [choice]})))

        def reply(self, reply: Reply) -> None:
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in (*reply.headers, ("content-length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a test's output is its own."""

    return Answering
