"""A small OpenAI-compatible embeddings server on the loopback, before any encoder: for tests of clients."""

import json
from collections.abc import Iterable

from dragoman.ports import Encoder
from dragoman.testing.loopback import Loopback, Reply


class EmbeddingsServer(Loopback):
    """Serves ``/v1/embeddings``: the vectors of its encoder."""

    def __init__(self, encoder: Encoder, replies: Iterable[Reply] = ()) -> None:
        super().__init__({"/v1/embeddings": lambda asked: _vectors(encoder, asked["input"])}, replies)

    @property
    def url(self) -> str:
        """The address a client is given."""
        return f"{self.address}/v1"


def _vectors(encoder: Encoder, texts: list[str]) -> str:
    vectors = encoder.encode(texts, "query")
    rows = [{"object": "embedding", "index": i, "embedding": row.tolist()} for i, row in enumerate(vectors)]
    return json.dumps({"object": "list", "data": rows[::-1]})  # the index tells the order, not the place
