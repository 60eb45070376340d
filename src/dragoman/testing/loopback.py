"""A small JSON server on the loopback, before any function: what tests of HTTP clients talk to."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeAlias

Body: TypeAlias = dict[str, Any]  # Any: a JSON body


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server says."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Loopback:
    """Serves while its context is open.

    ``replies`` are given first, in order; after them ``answer`` makes one of a request's body, by the path
    it came to; other paths do not exist. ``asked`` holds the requests' bodies, ``keys`` their
    Authorization headers.
    """

    def __init__(self, answers: Mapping[str, Callable[[Body], str]], replies: Iterable[Reply] = ()) -> None:
        self.replies = list(replies)
        self.asked: list[Body] = []
        self.keys: list[str] = []
        self._answers = answers
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        assert self._server is not None, "the server runs inside its context only"
        return f"http://127.0.0.1:{self._server.server_port}"

    def reply_to(self, path: str, body: Body) -> Reply:
        """Return what is said to a request."""
        if path not in self._answers:
            return Reply(404, "no such path")
        return self.replies.pop(0) if self.replies else Reply(200, self._answers[path](body))

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None, "a context is left once"
        self._server.shutdown()
        self._server.server_close()


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked.append(asked)
            server.keys.append(self.headers.get("authorization", ""))
            reply = server.reply_to(self.path, asked)
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in (*reply.headers, ("content-length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a test's output is its own."""

    return Answering
