"""Laws of ingest: idempotent, resumable, and nothing is lost or half done."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from small_feeds import write

from dragoman.catalog import Reading, ingest
from dragoman.errors import BadInput, Unavailable
from dragoman.ports import Role
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.types import IngestReport, Listing, Terms, Text, Vectors


class Counting(HashEncoder):
    """Remembers how many texts each call brought."""

    def __init__(self, *, dim: int = 64) -> None:
        super().__init__(dim=dim)
        self.calls: list[int] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.calls.append(len(texts))
        return super().encode(texts, role)


class Failing(MemoryIndex):
    """Acknowledges some batches, then is gone."""

    def __init__(self, batches: int) -> None:
        super().__init__(dim=64)
        self.left = batches

    def put(self, listings: Sequence[Listing], vectors: Vectors, terms: Sequence[Terms]) -> None:
        if self.left == 0:
            raise Unavailable("the index is gone", hint="try again")
        self.left -= 1
        super().put(listings, vectors, terms)


def _feed(folder: Path, ids: Sequence[object], name: str = "f.jsonl", **more: object) -> Path:
    lines = (json.dumps({"id": str(n), "title": f"Cup {n}", "lang": "en"} | more) for n in ids)
    return write(folder, name, "\n".join(lines))


def _counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed


def test_reading_a_feed_twice_changes_nothing(tmp_path: Path) -> None:
    index, encoder = MemoryIndex(dim=64), Counting()
    path = _feed(tmp_path, range(5))
    assert _counts(ingest([path], encoder=encoder, index=index)) == (5, 0, 0, 0)
    assert _counts(ingest([path], encoder=encoder, index=index)) == (0, 0, 5, 0)
    assert encoder.calls == [5]


def test_only_what_changed_is_encoded_again(tmp_path: Path) -> None:
    index, encoder = MemoryIndex(dim=64), Counting()
    ingest([_feed(tmp_path, range(5))], encoder=encoder, index=index)
    text = '{"id": "2", "title": "Mug", "lang": "en"}\n{"id": "3", "title": "Cup 3", "lang": "en"}'
    path = write(tmp_path, "g.jsonl", text)
    assert _counts(ingest([path], encoder=encoder, index=index)) == (0, 1, 1, 0)
    assert encoder.calls == [5, 1]
    assert index.get(["2"])[0].titles == (Text("Mug", "en"),)


def test_reviews_belong_to_the_content(tmp_path: Path) -> None:
    index = MemoryIndex(dim=64)
    ingest([_feed(tmp_path, [1])], encoder=HashEncoder(dim=64), index=index)
    path = _feed(tmp_path, [1], passages=[{"kind": "review", "text": "Fine"}])
    assert _counts(ingest([path], encoder=HashEncoder(dim=64), index=index)) == (0, 1, 0, 0)
    assert index.passages(["1"])[0][0].text == Text("Fine", "en")


def test_another_encoder_encodes_everything_again(tmp_path: Path) -> None:
    class Renamed(HashEncoder):
        name = "another"

    index = MemoryIndex(dim=64)
    path = _feed(tmp_path, range(3))
    ingest([path], encoder=HashEncoder(dim=64), index=index)
    assert _counts(ingest([path], encoder=Renamed(dim=64), index=index)) == (0, 3, 0, 0)


def test_what_was_acknowledged_stays_and_the_next_run_does_the_rest(tmp_path: Path) -> None:
    index = Failing(batches=3)
    path = _feed(tmp_path, range(2000))
    with pytest.raises(Unavailable):
        ingest([path], encoder=HashEncoder(dim=64), index=index, batch=64)
    assert len(index) == 192
    index.left = -1
    assert _counts(ingest([path], encoder=HashEncoder(dim=64), index=index)) == (1808, 0, 192, 0)


def test_a_feed_that_is_whole_replaces_the_catalogue(tmp_path: Path) -> None:
    index = MemoryIndex(dim=64)
    ingest([_feed(tmp_path, range(5))], encoder=HashEncoder(dim=64), index=index)
    part = _feed(tmp_path, range(3), "part.jsonl")
    assert _counts(ingest([part], encoder=HashEncoder(dim=64), index=index)) == (0, 0, 3, 0)
    assert _counts(ingest([part], encoder=HashEncoder(dim=64), index=index, reading=Reading(whole=True))) == (
        0,
        0,
        3,
        2,
    )
    assert index.ids("", 9) == ["0", "1", "2"]


def test_a_rejected_row_never_removes_its_product(tmp_path: Path) -> None:
    index = MemoryIndex(dim=64)
    ingest([_feed(tmp_path, range(3))], encoder=HashEncoder(dim=64), index=index)
    text = '{"id": "0", "title": "Cup 0", "lang": "en"}\n{"id": "1", "title": "", "lang": "en"}'
    report = ingest(
        [write(tmp_path, "g.jsonl", text)],
        encoder=HashEncoder(dim=64),
        index=index,
        reading=Reading(whole=True),
    )
    assert index.ids("", 9) == ["0", "1"]
    assert [about.product for about in report.rejections] == ["1"]


@pytest.mark.parametrize("content", ["[", '{"id": "", "title": "x"}', '[{"id": "0", "title": "x"},'])
def test_a_feed_that_breaks_off_or_is_empty_removes_nothing(tmp_path: Path, content: str) -> None:
    index = MemoryIndex(dim=64)
    ingest([_feed(tmp_path, range(3))], encoder=HashEncoder(dim=64), index=index)
    reading = Reading(format="dragoman", lang="en")
    path = write(tmp_path, "g.jsonl", content)
    report = ingest([path], encoder=HashEncoder(dim=64), index=index, reading=replace(reading, whole=True))
    assert len(index) == 3
    assert any("nothing was removed" in about.problem for about in report.warnings)


def test_removals_are_done_and_counted_once(tmp_path: Path) -> None:
    index = MemoryIndex(dim=64)
    ingest([_feed(tmp_path, range(3))], encoder=HashEncoder(dim=64), index=index)
    text = '{"id": "1", "deleted": true}\n{"id": "9", "deleted": true}\n{"id": "1", "deleted": true}'
    report = ingest([write(tmp_path, "g.jsonl", text)], encoder=HashEncoder(dim=64), index=index)
    assert _counts(report) == (0, 0, 0, 1)
    assert index.ids("", 9) == ["0", "2"]


def test_the_last_of_several_rows_counts(tmp_path: Path) -> None:
    text = (
        '{"id": "1", "title": "Old", "lang": "en"}\n{"id": "1", "title": "New", "lang": "en"}\n'
        '{"id": "2", "title": "Cup", "lang": "en"}\n{"id": "2", "deleted": true}\n'
        '{"id": "3", "deleted": true}\n{"id": "3", "title": "Back", "lang": "en"}'
    )
    index = MemoryIndex(dim=64)
    report = ingest([write(tmp_path, "f.jsonl", text)], encoder=HashEncoder(dim=64), index=index)
    assert [product.titles[0].value for product in index.get(index.ids("", 9))] == ["New", "Back"]
    assert [about.line for about in report.warnings] == [2, 4, 6]


def test_a_feed_a_language_makes_one_product_of_many_languages(tmp_path: Path) -> None:
    header = "id,title,link,price,target_country,content_language\n"
    german = write(tmp_path, "de.csv", header + "1,Tasse,https://s.example/de,9.90 EUR,DE,de\n")
    french = write(tmp_path, "fr.csv", header + "1,Tasse à café,,10 EUR,FR,fr\n2,Bol,,5 EUR,FR,fr\n")
    index = MemoryIndex(dim=64)
    for _ in range(2):
        report = ingest([german, french], encoder=HashEncoder(dim=64), index=index)
    (cup,) = index.get(["1"])
    assert [text.value for text in cup.titles] == ["Tasse", "Tasse à café"]
    assert [(offer.market, offer.price.minor) for offer in cup.offers] == [("DE", 990), ("FR", 1000)]
    assert _counts(report) == (0, 0, 2, 0)


def test_progress_ends_at_what_is_known(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = _feed(tmp_path, range(700))
    ingest(
        [path],
        encoder=HashEncoder(dim=64),
        index=MemoryIndex(dim=64),
        progress=lambda done, known: told.append((done, known)),
    )
    assert told[-1] == (700, 700)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert any(0 < done < 700 for done, _ in told)


def test_large_feeds_are_encoded_many_at_once(tmp_path: Path) -> None:
    encoder = Counting()
    ingest([_feed(tmp_path, range(4000))], encoder=encoder, index=MemoryIndex(dim=64))
    assert encoder.calls == [256, 512, 1024, 1024, 1024, 160]


def test_a_hopeless_feed_keeps_its_report_short(tmp_path: Path) -> None:
    path = write(tmp_path, "f.jsonl", '{"id": ""}\n' * 10_100)
    reading = Reading(format="dragoman")
    report = ingest([path], encoder=HashEncoder(dim=64), index=MemoryIndex(dim=64), reading=reading)
    assert len(report.rejections) <= 10_001
    assert "more after this line" in report.rejections[-1].problem


def test_a_batch_holds_at_least_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        ingest([_feed(tmp_path, [1])], encoder=HashEncoder(dim=64), index=MemoryIndex(dim=64), batch=0)
