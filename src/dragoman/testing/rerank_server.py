"""A small server of `/rerank` on the loopback, before any reranker: for tests of clients."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from dragoman.ports import Reranker
from dragoman.testing.loopback import Loopback, Reply


class RerankServer(Loopback):
    """Serves ``/v1/rerank`` (Cohere's and Jina's JSON) and ``/rerank`` (TEI's), best first as servers do."""

    def __init__(self, reranker: Reranker, replies: Iterable[Reply] = ()) -> None:
        answers = {
            "/v1/rerank": partial(_scores, reranker, is_bare=False),
            "/rerank": partial(_scores, reranker, is_bare=True),
        }
        super().__init__(answers, replies)

    @property
    def url(self) -> str:
        """The address a client is given, without /v1."""
        return self.address


def _scores(reranker: Reranker, asked: dict[str, Any], *, is_bare: bool) -> str:
    scores = reranker.score(asked["query"], asked["texts" if is_bare else "documents"]).tolist()
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    if is_bare:
        return json.dumps([{"index": i, "score": scores[i]} for i in order])
    return json.dumps({"results": [{"index": i, "relevance_score": scores[i]} for i in order]})
