"""Laws of SentencePiece files read without the library."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.backends.translators.sentencepiece import open_sentencepiece
from dragoman.errors import Corrupt, NotFound
from dragoman.testing.tiny_translators import write_tiny_sentencepiece

PIECES = [("<unk>", 0.0), ("▁", -3.0), ("t", -4.0), ("e", -4.1), ("n", -4.2), ("▁te", -1.0), ("nt", -1.5)]


def test_unigram_takes_the_likeliest_cut(tmp_path: Path) -> None:
    write_tiny_sentencepiece(tmp_path / "a.spm", PIECES)
    assert open_sentencepiece(tmp_path / "a.spm").encode("tent").tokens == ["▁te", "nt"]


def test_byte_pairs_are_merged_best_first(tmp_path: Path) -> None:
    pieces = [
        ("<unk>", 0.0),
        ("nt", -0.0),
        ("en", -1.0),
        ("▁t", -2.0),
        ("▁", -3.0),
        ("t", -4.0),
        ("e", -5.0),
        ("n", -6.0),
    ]
    write_tiny_sentencepiece(tmp_path / "a.model", pieces, kind=2)
    assert open_sentencepiece(tmp_path / "a.model").encode("tent").tokens == ["▁t", "e", "nt"]


@given(data=st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_what_is_no_such_file_is_corrupt(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.spm"
    path.write_bytes(b"\x0f" + data)
    with pytest.raises(Corrupt):
        open_sentencepiece(path)


def test_a_file_that_is_missing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_sentencepiece(tmp_path / "none.spm")
