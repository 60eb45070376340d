"""Judged collections in BEIR's files: corpus, queries, judgements. Reads only; knows no metric.

Source of the format: Thakur et al. 2021, "BEIR", and its repository's wiki, "Load your custom dataset".
"""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import orjson

from dragoman.errors import BadInput
from dragoman.measure.lines import bad_line, numbered_lines

Queries: TypeAlias = Mapping[str, str]
"""Text by query id, in the order of the file."""

Qrels: TypeAlias = Mapping[str, Mapping[str, int]]
"""Grade by document id by query id. 1 and more is relevant; 0 and less was judged and is not."""


@dataclass(frozen=True, slots=True)
class Document:
    """One row of a corpus."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text on one line, as BEIR's own encoders read it; either may be missing."""
        return " ".join(part for part in (self.title, self.text) if part)


def read_corpus(path: Path) -> list[Document]:
    """Return the documents of a corpus.jsonl, packed or not, in file order.

    Raises:
        BadInput: a line is no object with ``_id`` and ``text`` or ``title``, or an id comes twice.
    """
    documents: dict[str, Document] = {}
    for number, line in numbered_lines(path):
        row = _row(line, path, number)
        document = Document(_id(row, path, number), _text(row, "title"), _text(row, "text"))
        if not document.whole.strip():
            raise bad_line(path, number, "neither title nor text", "every document needs one of them")
        if document.id in documents:
            raise bad_line(path, number, f"document {document.id!r} comes twice", "ids must be unique")
        documents[document.id] = document
    _refuse_empty(documents, path)
    return list(documents.values())


def read_queries(path: Path) -> Queries:
    """Return text by id of a queries.jsonl, packed or not, in file order.

    Raises:
        BadInput: a line is no object with ``_id`` and ``text``, or an id comes twice.
    """
    queries: dict[str, str] = {}
    for number, line in numbered_lines(path):
        row = _row(line, path, number)
        query, text = _id(row, path, number), _text(row, "text")
        if not text.strip():
            raise bad_line(path, number, f"query {query!r} has no text", 'give it a "text"')
        if query in queries:
            raise bad_line(path, number, f"query {query!r} comes twice", "ids must be unique")
        queries[query] = text
    _refuse_empty(queries, path)
    return queries


_QUERIES = frozenset({"query-id", "query_id", "query", "qid", "queryid"})
_DOCUMENTS = frozenset({"corpus-id", "corpus_id", "doc-id", "doc_id", "document", "docid", "docno", "pid"})
_GRADES = frozenset({"score", "rel", "relevance", "label", "grade"})


def read_qrels(path: Path) -> Qrels:
    """Return the judgements of a file in BEIR's three columns (header or not) or TREC's four.

    Three columns are ``query document grade``, split at tabs where the line has tabs; a header that names
    them (``query-id``, ``corpus-id``, ``score``) may have another order. Four are ``query 0 document grade``.

    Raises:
        BadInput: another number of columns, a grade that is no whole number, or a pair judged twice.
    """
    qrels: dict[str, dict[str, int]] = {}
    first, order = True, (0, 1, 2)
    for number, line in numbered_lines(path):
        columns = [part.strip() for part in (line.split("\t") if "\t" in line else line.split())]
        is_header, first = first and _is_header(columns), False
        if is_header:
            order = _order_of(columns)
            continue
        if len(columns) == 3:
            columns = [columns[place] for place in order]
        query, document, grade = _judgement(columns, path, number)
        judged = qrels.setdefault(query, {})
        if document in judged:
            raise bad_line(path, number, f"{query!r} and {document!r} are judged twice", "keep one line")
        judged[document] = grade
    _refuse_empty(qrels, path)
    return qrels


def stem(path: Path) -> str:
    """Return a file's name without folder, ``.gz`` and ``.jsonl``: what figures are filed under.

    >>> stem(Path("psearch/queries.ar.jsonl.gz"))
    'queries.ar'
    """
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def _row(line: str, path: Path, number: int) -> Mapping[str, object]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise bad_line(path, number, f"not JSON: {error.msg}", "one JSON object a line") from error
    if not isinstance(row, dict):
        raise bad_line(path, number, f"a JSON {type(row).__name__}, no object", 'like {"_id": …, "text": …}')
    return row


def _id(row: Mapping[str, object], path: Path, number: int) -> str:
    value = row.get("_id", row.get("id"))
    # Some published sets number their ids; a boolean is an int to Python and an id to nobody.
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise bad_line(path, number, f"_id is {value!r}", 'give each row a string as "_id"')
    return str(value)


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _is_header(columns: list[str]) -> bool:
    return columns[-1].casefold() in _GRADES or _order_of(columns) != (0, 1, 2)


def _order_of(header: Sequence[str]) -> tuple[int, int, int]:
    """Where query, document and grade stand, by the names of a header; as usual where it has others."""
    names = [name.casefold() for name in header]
    places = [
        next((place for place, name in enumerate(names) if name in kind), -1)
        for kind in (_QUERIES, _DOCUMENTS, _GRADES)
    ]
    found = (places[0], places[1], places[2])
    return found if len(header) == 3 and sorted(found) == [0, 1, 2] else (0, 1, 2)


def _judgement(columns: list[str], path: Path, number: int) -> tuple[str, str, int]:
    if len(columns) not in (3, 4):
        raise bad_line(path, number, f"{len(columns)} columns", "query, document, grade; or TREC's four")
    query, document, grade = columns[0], columns[-2], columns[-1]
    if not query or not document:
        raise bad_line(path, number, "an empty id", "query, document, grade; or TREC's four")
    try:
        exact = float(grade)
        whole = int(exact)
    except (ValueError, OverflowError) as error:
        raise bad_line(path, number, f"grade {grade!r}", "grades are whole numbers, 0 for no") from error
    if whole != exact:
        raise bad_line(path, number, f"grade {grade!r}", "grades are whole numbers, 0 for no")
    return query, document, whole


def _refuse_empty(rows: Sized, path: Path) -> None:
    if not rows:
        raise BadInput(f"{path} holds no rows", hint="is this the right file?")
