"""A small server of `/rerank` on the loopback, before any reranker: for tests of clients."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any

from dragoman.ports import Reranker
from dragoman.testing.embeddings_server import Reply


@dataclass(slots=True)
class RerankServer:
    """Serves ``/v1/rerank`` (Cohere's and Jina's JSON) and ``/rerank`` (TEI's) while its context is open.

    ``replies`` are given first, in order; after them every request is answered with scores, best first as
    servers do. ``asked`` holds the requests' bodies, ``keys`` their Authorization headers.
    """

    reranker: Reranker
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The address a client is given, without /v1."""
        assert self._server is not None, "the server runs inside its context only"
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "RerankServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None, "a context is left once"
        self._server.shutdown()
        self._server.server_close()


def _handler(server: RerankServer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked.append(asked)
            server.keys.append(self.headers.get("authorization", ""))
            if self.path not in ("/rerank", "/v1/rerank"):
                self.reply(Reply(404, "no such path"))
            elif server.replies:
                self.reply(server.replies.pop(0))
            else:
                self.reply(Reply(200, _scores(server.reranker, asked, is_bare=self.path == "/rerank")))

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


def _scores(reranker: Reranker, asked: dict[str, Any], *, is_bare: bool) -> str:
    scores = reranker.score(asked["query"], asked["texts" if is_bare else "documents"]).tolist()
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    if is_bare:
        return json.dumps([{"index": i, "score": scores[i]} for i in order])
    return json.dumps({"results": [{"index": i, "relevance_score": scores[i]} for i in order]})
