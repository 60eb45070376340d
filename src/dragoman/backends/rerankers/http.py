"""The remote reranker: any server of Cohere's, Jina's or TEI's `/rerank`. Knows texts and one address."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.backends.remote import Asked, Remote
from dragoman.errors import BadConfig

Api: TypeAlias = Literal["cohere", "tei"]

_SLACK = 1e-4  # servers that compute in half precision say 1.00006


class HttpReranker:
    """Scores pairs by POST to ``url``, in batches; safe to call from many threads.

    | call | meaning |
    |---|---|
    | `HttpReranker(url="http://host/v1", model="m")` | POST http://host/v1/rerank, as Cohere and Jina do |
    | `HttpReranker(url=…, api="tei")` | text-embeddings-inference: ``texts`` in, a bare list out |
    | `HttpReranker(url=…, model=…, logits=True)` | a server that answers logits, as llama.cpp does |
    | `HttpReranker(url=…, model=…, key="…")` | a bearer token; in settings key_env names its variable |
    """

    def __init__(
        self,
        *,
        url: str,
        model: str = "",
        api: Api = "cohere",
        key: str = "",
        logits: bool = False,
        batch: int = 32,
        timeout_s: float = 10.0,
    ) -> None:
        """Prepare a connection; nothing is sent before the first text.

        Raises:
            BadConfig: an address that is no http(s) URL, an unknown api, a batch or time-out below 1.
        """
        if batch < 1:
            raise BadConfig(f"batch={batch}", hint="it must be positive")
        if api not in ("cohere", "tei"):
            raise BadConfig(f"api={api!r}", hint="cohere (Jina, vLLM, llama.cpp speak it too) or tei")
        self._remote = Remote(url, "/rerank", Asked("reranker", model), key=key, timeout_s=timeout_s)
        self._model, self._api, self._batch = model, api, batch
        self._are_logits = logits

    @property
    def name(self) -> str:
        """Identity of the weights, as far as a name can tell; the address is left out."""
        return f"http-{self._model or self._api}"

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts),) float32 in 0..1, same order; 0 where query or text is blank.

        Raises:
            Unavailable: no answer, or one that cannot be understood, after three tries.
            BadConfig: the server does not know the key or the model, or answers logits.
            BadInput: the server refuses the texts.
        """
        scores = np.zeros(len(texts), dtype=np.float32)
        asked = _sendable(query)
        told = [(i, _sendable(text)) for i, text in enumerate(texts) if text.strip() and asked.strip()]
        for start in range(0, len(told), self._batch):
            some = told[start : start + self._batch]
            scores[[i for i, _ in some]] = self._scores(asked, [text for _, text in some])
        return scores

    def _scores(self, query: str, texts: list[str]) -> NDArray[np.float32]:
        said = self._remote.post(self._body(query, texts))
        try:
            rows = said if self._api == "tei" else said["results"]
            label = "score" if self._api == "tei" else "relevance_score"
            found = {int(row["index"]): float(row[label]) for row in rows}
            scores = np.array([found[i] for i in range(len(texts))], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise self._remote.not_understood(said) from error
        if not np.all(np.isfinite(scores)):
            raise self._remote.not_understood(f"scores that are no numbers: {scores.tolist()}")
        return self._chances(scores)

    def _body(self, query: str, texts: list[str]) -> dict[str, Any]:
        if self._api == "tei":
            return {"query": query, "texts": texts, "raw_scores": self._are_logits, "truncate": True}
        named = {"model": self._model} if self._model else {}
        return {**named, "query": query, "documents": texts, "top_n": len(texts), "return_documents": False}

    def _chances(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._are_logits:
            return np.asarray(1 / (1 + np.exp(-np.clip(scores, -60, 60))), dtype=np.float32)
        if scores.min() < -_SLACK or scores.max() > 1 + _SLACK:
            said = f"{self._remote.url} answers scores from {scores.min():.2f} to {scores.max():.2f}"
            raise BadConfig(said, hint="probabilities are expected; if these are logits, set logits = true")
        return scores.clip(0, 1)


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent
