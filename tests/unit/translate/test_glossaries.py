"""Laws of a shop's own words."""

from pathlib import Path

import pytest

from dragoman.errors import BadConfig, NotFound
from dragoman.translate import read_glossary


@pytest.mark.parametrize(
    "text",
    [
        "slow cooker\ten\tSchongarer\tde\n",
        "slow cooker,en,Schongarer,de\r\n",
        "\ufeffterm\tlang\ttranslation\tlang\n# ours\n\nslow cooker\ten\tSchongarer\tde\n",
        '"slow cooker",en,"Schongarer",de\n',
    ],
)
def test_a_glossary_is_read_as_spreadsheets_write_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text(text, encoding="utf-8")
    assert read_glossary(str(path)).whole("Slow Cooker", "en-GB", "de-AT") == "Schongarer"


@pytest.mark.parametrize("text", ["a\ten\n", "a\ten\tb\tklingonisch!\n", "\ten\tb\tde\n", "a\ten\t\tde\n"])
def test_a_row_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("x\ten\ty\tde\n" + text, encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        read_glossary(str(path))
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_missing_file_and_another_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_glossary(str(tmp_path / "none.tsv"))
    path = tmp_path / "latin.tsv"
    path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(BadConfig):
        read_glossary(str(path))


def test_terms_of_scripts_without_spaces_are_found_inside_words(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("吊床\tzh\tHängematte\tde\nred\ten\trot\tde\n", encoding="utf-8")
    own = read_glossary(str(path))
    assert [one.shown for one in own.found_in("户外吊床支架", "zh", "de")] == ["Hängematte"]
    assert own.found_in("tired redder", "en", "de") == ()
