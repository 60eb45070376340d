"""The Reader contract on every backend."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.readers.folder import FolderReader
from dragoman.backends.readers.windows import whole_words
from dragoman.errors import BadConfig, Corrupt, NotFound, Unsupported
from dragoman.ports import Reader
from dragoman.testing.reader_contract import ReaderContract
from dragoman.testing.readers import DictionaryReader
from dragoman.testing.tiny_bert import HIDDEN, write_tiny_bert

WORDS = {"color": ["red", "rouge", "schwarz", "红色", "سود"], "size": ["42", "40"], "尺寸": ["120", "42"]}


def write_tiny_reader(folder: Path, *, seed: int = 0, width: int = 8) -> None:
    """A body of random weights, and a head that finds something in most texts."""
    write_tiny_bert(folder, seed=seed)
    rng = np.random.default_rng(seed)
    arrays = {
        "spans.tokens": rng.normal(0, 0.6, (3 * width, HIDDEN)),
        "spans.asks": rng.normal(0, 0.6, (3 * width, HIDDEN)),
        "spans.alone": rng.normal(0, 0.1, (3, HIDDEN)),
        "spans.bias": np.zeros(3),
        "spans.token_centre": np.zeros(HIDDEN),
        "spans.ask_centre": np.zeros(HIDDEN),
    }
    save_file(
        {name: array.astype(np.float32) for name, array in arrays.items()}, folder / "heads.safetensors"
    )
    about = {"spans": {"kind": "span", "width": width, "dropout": 0.1}}
    (folder / "heads.json").write_text(json.dumps(about), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readers")
    write_tiny_reader(place / "tiny")
    return place


class TestDictionaryReader(ReaderContract):
    def make(self) -> Reader:
        return DictionaryReader(words=WORDS)


class TestFolderReader(ReaderContract):
    @pytest.fixture(autouse=True)
    def _folder(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> Reader:
        return FolderReader(str(self.folder / "tiny"), home=str(self.folder))


class TestFolderReaderInFloat(TestFolderReader):
    def make(self) -> Reader:
        return FolderReader(str(self.folder / "tiny"), home=str(self.folder), precision="float32")


def test_a_surer_reader_says_less(folder: Path) -> None:
    some = FolderReader(str(folder / "tiny"), home=str(folder), least=0.3).read(["red shoes 42"], ["color"])[
        0
    ]
    few = FolderReader(str(folder / "tiny"), home=str(folder), least=0.8).read(["red shoes 42"], ["color"])[0]
    assert all(one.score >= 0.8 for one in few)
    assert len(few) <= len(some)


def test_what_lies_behind_the_limit_is_not_read(folder: Path) -> None:
    text = "red " * 2000
    found = FolderReader(str(folder / "tiny"), home=str(folder), most_tokens=50).read([text], ["color"])[0]
    assert all(one.end <= 200 for one in found)


def test_numbers_out_of_range_are_refused(folder: Path) -> None:
    with pytest.raises(BadConfig, match="least=0"):
        FolderReader(str(folder / "tiny"), home=str(folder), least=0)


def test_a_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"heads\.json"):
        FolderReader(str(tmp_path), home=str(tmp_path))


def test_a_damaged_head_is_corrupt(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path / "tiny")
    (tmp_path / "tiny" / "heads.safetensors").write_bytes(b"no tensors")
    with pytest.raises(Corrupt, match="head"):
        FolderReader(str(tmp_path / "tiny"), home=str(tmp_path))


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("зимние чёрные ботинки", "чёр", "чёрные"),
        ("حقيبة أسود", "سود", "أسود"),
        ("a re\u0301d hat", "e", "re\u0301d"),
        ("红色帽子", "色", "色"),
        ("รองเท้าสีแดง", "สี", "สี"),
        ("30ml", "30", "30"),
        ("red, blue", " blue", "blue"),
    ],
)
def test_no_word_is_cut_where_words_are_parted_by_spaces(text: str, part: str, whole: str) -> None:
    start, end = whole_words(text, text.index(part), text.index(part) + len(part))
    assert text[start:end] == whole


def test_a_readers_model_folder_is_no_encoder(folder: Path) -> None:
    FolderReader(str(folder / "tiny"), home=str(folder))
    [made, *_] = sorted((folder / "models").glob("reader-*"))
    with pytest.raises(Unsupported, match="tokens"):
        FolderEncoder(str(made))


def test_another_head_in_the_same_folder_is_another_reader(tmp_path: Path) -> None:
    write_tiny_reader(tmp_path / "tiny", seed=0)
    one = FolderReader(str(tmp_path / "tiny"), home=str(tmp_path)).read(["red shoes 42"], ["color"])
    write_tiny_reader(tmp_path / "tiny", seed=1)
    other = FolderReader(str(tmp_path / "tiny"), home=str(tmp_path)).read(["red shoes 42"], ["color"])
    assert one != other


@cache
def _shipped() -> FolderReader:
    return FolderReader()


@pytest.mark.quality
class TestShippedReader(ReaderContract):
    def make(self) -> Reader:
        return _shipped()


@pytest.mark.quality
@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("Red running shoes, size 42, genuine leather, by Nike", "Red"),
        ("Kaffeemühle Graef CM 702 mit Kegelmahlwerk, Edelstahl, schwarz, 350 g", "schwarz"),
        ("حقيبة ظهر للسفر، لون أسود، 40 لتر، نايلون", "أسود"),
        ("зимние ботинки Ralf, чёрные, натуральная кожа, размер 42", "чёрные"),
        ("लाल सूती साड़ी, 5.5 मीटर", "लाल"),
        ("登山リュック 40L 黒 ナイロン", "黒"),
        ("รองเท้าวิ่งสีแดง หนังแท้ เบอร์ 42", "สีแดง"),
    ],
)
def test_the_shipped_reader_knows_colours(text: str, color: str) -> None:
    best = _shipped().read([text], ["Color"])[0][0]
    assert text[best.start : best.end] == color
