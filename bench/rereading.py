"""Questions of `xepqa` with their candidates, and what the reranker and dense retrieval say of them."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.rerankers.folder import FolderReranker
from dragoman.learn.concepts import read_concepts
from dragoman.learn.evidence import queries_of
from dragoman.learn.groups import plain
from dragoman.learn.judged import Judged, read_judged, titles_of, told
from dragoman.learn.pairs import Pairs, judged_aside
from dragoman.measure.beir import read_qrels, read_queries
from dragoman.measure.vectors import CachedVectors

HERE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class List:
    """A question, its candidates in some order, their grades, and what dense retrieval says of them."""

    query: str
    texts: tuple[str, ...]
    grades: tuple[float, ...]
    dense: tuple[float, ...]
    best: tuple[float, ...] = ()  # grades of all that answers, found or not


class Bench:
    def __init__(self, data: Path, home: str, reranker: FolderReranker, kept: Path) -> None:
        self.data, self.reranker = data, reranker
        adapted = FolderEncoder(adapter=str(shipped_adapter()), home=home)
        self.encoder = CachedVectors(adapted, Path(home).expanduser() / "vectors")
        with gzip.open(data / "xepqa" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.ids = [row["_id"] for row in rows]
        self.texts = [" ".join(row["text"].split()) for row in rows]
        self.titles = [row["title"] for row in rows]
        self.wholes = [f"{row['title']} {row['text']}" for row in rows]
        self.place = {id: i for i, id in enumerate(self.ids)}
        self.qrels = read_qrels(data / "xepqa" / "qrels.tsv")
        self._kept = kept
        self._scores: dict[str, float] = json.loads(kept.read_text()) if kept.is_file() else {}

    def langs(self) -> dict[str, Mapping[str, str]]:
        files = sorted((self.data / "xepqa").glob("queries.*.jsonl"))
        return {path.stem.split(".")[1]: read_queries(path) for path in files}

    def held(self) -> list[Judged]:
        """Questions of `amazon_pqa` that only measured in training, of products with titles."""
        without = queries_of(sorted((self.data / "xepqa").glob("queries.*.jsonl")))
        concepts = read_concepts(HERE / "data/parallel/sentences.jsonl.gz", without=without)
        judged = told(
            read_judged(self.data / "amazon_pqa", without=without, titles=titles_of(self.data / "xepqa")),
            concepts,
        )
        return [one for one in judged_aside(judged, Pairs(())) if one.title]

    def logits(self, one: List) -> list[float]:
        """Scores of the reranker as logits; kept on disk, for they take minutes."""
        missing = [text for text in dict.fromkeys(one.texts) if f"{one.query}\t{text}" not in self._scores]
        if missing:
            for text, chance in zip(missing, self.reranker.score(one.query, missing).tolist(), strict=True):
                kept = min(max(chance, 1e-6), 1 - 1e-6)
                self._scores[f"{one.query}\t{text}"] = float(np.log(kept / (1 - kept)))
        return [self._scores[f"{one.query}\t{text}"] for text in one.texts]

    def save(self) -> None:
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._kept.write_text(json.dumps(self._scores, ensure_ascii=False))

    def own(self, queries: Mapping[str, str]) -> dict[str, List]:
        """The ten candidates of each question's own product, by question."""
        found: dict[str, List] = {}
        vectors = self.encoder.encode(list(queries.values()), "query")
        for (id, query), vector in zip(queries.items(), vectors, strict=True):
            first = int(next(iter(self.qrels[id]))) // 10 * 10
            places = [self.place[str(first + i)] for i in range(10)]
            found[id] = self._list(query, places, vector, self.qrels[id])
        return found

    def near(
        self, queries: Mapping[str, str], k: int, qrels: Mapping[str, Mapping[str, int]]
    ) -> dict[str, List]:
        """The k passages that dense retrieval finds, by question."""
        vectors = self.encoder.encode(list(queries.values()), "query")
        passages = self.encoder.encode(self.wholes, "passage")
        order = np.argsort(-(vectors @ passages.T), axis=1, kind="stable")[:, :k]
        return {
            id: self._list(query, places.tolist(), vector, qrels[id])
            for (id, query), places, vector in zip(queries.items(), order, vectors, strict=True)
        }

    def _list(self, query: str, places: Sequence[int], vector: np.ndarray, judged: Mapping[str, int]) -> List:
        return List(
            query,
            tuple(plain(self.texts[i]) for i in places),
            tuple(float(judged.get(self.ids[i], 0)) for i in places),
            tuple((self.encoder.encode([self.wholes[i] for i in places], "passage") @ vector).tolist()),
            tuple(float(grade) for grade in judged.values()),
        )

    def held_lists(self, k: int) -> list[List]:
        """Those of questions that only measured, in each language known, over the same corpus."""
        found: list[List] = []
        by_text = {text: i for i, text in enumerate(self.texts)}
        for one in self.held():
            judged = {
                self.ids[by_text[text]]: 2 if label == 1 else int(label > 0)
                for text, label in zip(one.texts, one.labels, strict=True)
                if text in by_text
            }
            queries = {f"{lang}": said[0] for lang, said in one.said.items()}
            if any(judged.values()):
                found += self.near(queries, k, dict.fromkeys(queries, judged)).values()
        return found
