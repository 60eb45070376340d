"""Laws of smaller encoders: kept words keep their vectors, and what is dropped can be learned again."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as some
from tokenizers import Tokenizer
from tokenizers.models import WordPiece

from dragoman.backends.encoders.folder import FolderEncoder
from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.model_folder import Precision, write_model_folder
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.static import StaticEncoder
from dragoman.backends.encoders.weights import Weights, table_of
from dragoman.backends.encoders.write_hugging_face import write_hugging_face
from dragoman.errors import BadConfig, BadInput, NotFound, Unsupported
from dragoman.learn import Recipe, open_task, train
from dragoman.learn.compress import dropped, pieces_of, spaced, trimmed
from dragoman.learn.flat import flattened
from dragoman.learn.recipe import TaskRecipe
from dragoman.learn.texts import read_texts
from dragoman.models import Style, Tower
from dragoman.serve.cli import dragoman
from dragoman.testing.tiny_bert import LAYERS, write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

GERMAN = ["Wasserdichtes Zelt für 4 Personen", "rote Laufschuhe", "Gartenschlauch 30 m", "größe"]
CHINESE = ["户外折叠椅", "登山 椅"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder)
    return folder


@pytest.fixture(scope="module")
def packaged() -> Weights:
    """The real encoder with two of its layers: the whole of its words, at a sixth of the time."""
    return dropped(read_packaged(), (0, 11))


@pytest.fixture(scope="module")
def small(packaged: Weights) -> Weights:
    return trimmed(packaged, GERMAN + CHINESE)


@cache  # by the text: it takes a second to read
def _tokenizer(text: str) -> Tokenizer:
    found = Tokenizer.from_str(text)
    found.encode_special_tokens = True
    return found


def tokenizer_of(weights: Weights) -> Tokenizer:
    return _tokenizer(weights.tokenizer)


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_texts_of_kept_pieces_have_the_very_vectors_they_had(
    packaged: Weights, small: Weights, tmp_path: Path, precision: Precision
) -> None:
    write_model_folder(packaged, tmp_path / "whole", precision=precision)
    write_hugging_face(small, tmp_path / "small")
    whole = FolderEncoder(str(tmp_path / "whole"))
    less = FolderEncoder(str(tmp_path / "small"), home=str(tmp_path / "home"), precision=precision)
    texts = [*GERMAN, *CHINESE, "rote zelt personen", "GRÖSSE", "x", "", "ꙮ unknown ꙮꙮ"]
    kept = [text for text in texts if is_kept(packaged, small, text)]
    assert len(kept) >= 8
    assert np.array_equal(whole.encode(kept, "query"), less.encode(kept, "query"))
    assert np.array_equal(whole.encode(kept, "passage"), less.encode(kept, "passage"))
    assert len(small.table.codes) < len(packaged.table.codes) / 5


def is_kept(whole: Weights, small: Weights, text: str) -> bool:
    words = set(tokenizer_of(small).get_vocab())
    return set(tokenizer_of(whole).encode("query: " + text).tokens) <= words


@pytest.fixture(scope="module")
def cut(packaged: Weights, small: Weights) -> Callable[[str], list[list[str]]]:
    """How the whole and the small encoder cut a text; a function, as Hypothesis prints what it is given."""
    return lambda text: [tokenizer_of(weights).encode(text).tokens for weights in (packaged, small)]


@settings(max_examples=80, deadline=None)
@given(parts=some.lists(some.sampled_from([*GERMAN, *CHINESE, "ꙮ", "</s>"]), max_size=5))
def test_whatever_is_put_together_of_kept_texts_is_cut_as_before(
    cut: Callable[[str], list[list[str]]], parts: list[str]
) -> None:
    whole, small = cut(" ".join(parts))
    assert small == whole


@settings(max_examples=80, deadline=None)
@given(text=some.text(some.characters(exclude_categories=["Cs"])))
def test_no_text_becomes_unknown(cut: Callable[[str], list[list[str]]], text: str) -> None:
    whole, small = cut(text)
    assert small.count("<unk>") <= whole.count("<unk>")


def test_a_piece_keeps_its_row(packaged: Weights, small: Weights) -> None:
    before, after = tokenizer_of(packaged).get_vocab(), tokenizer_of(small).get_vocab()
    assert len(after) == len(small.table.codes) < len(before)
    new, old = (np.array([vocab[piece] for piece in sorted(after)]) for vocab in (after, before))
    assert np.array_equal(small.table.rows(new), packaged.table.rows(old))


def test_trimming_twice_changes_nothing(small: Weights) -> None:
    again = trimmed(small, GERMAN + CHINESE)
    assert again.tokenizer == small.tokenizer


def test_only_unigram_words_are_trimmed(tiny: Path) -> None:
    weights = read_hugging_face(tiny)
    other = Tokenizer(WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]")).to_str()
    with pytest.raises(Unsupported, match="WordPiece"):
        trimmed(replace(weights, tokenizer=other), ["a"])


def test_a_folder_written_and_read_is_the_same_encoder(tiny: Path, small: Weights, tmp_path: Path) -> None:
    for name, weights in {"tiny": read_hugging_face(tiny), "small": small}.items():
        write_hugging_face(weights, tmp_path / name)
        found = read_hugging_face(tmp_path / name)
        assert np.array_equal(
            found.table.codes * found.table.scales.repeat(32, 1),
            weights.table.codes * weights.table.scales.repeat(32, 1),
        )
        assert all(np.array_equal(found.arrays[key], values) for key, values in weights.arrays.items())
        assert (found.shape, found.pooling, dict(found.prefixes)) == (
            weights.shape,
            weights.pooling,
            dict(weights.prefixes),
        )


@settings(deadline=None, max_examples=50)
@given(some.integers(0, 2**32 - 1), some.sampled_from([8, 127]))
def test_rounding_a_rounded_table_changes_nothing(seed: int, top: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(-top, top + 1, (3, 64)).astype(np.int8)
    codes[:, ::32] = -top  # each block has its largest, as rounding leaves it
    scales = rng.uniform(1e-3, 1, (3, 2)).astype(np.float16)
    rows = (codes.reshape(3, 2, 32) * scales.astype(np.float32)[..., None]).reshape(3, 64)
    assert np.array_equal(table_of(rows).rows(np.arange(3)), rows)


def test_layers_are_dropped_evenly_and_all_kept_is_none_dropped(tiny: Path) -> None:
    weights = read_hugging_face(tiny)
    same = dropped(weights, spaced(LAYERS, LAYERS))
    assert same.arrays.keys() == weights.arrays.keys()
    one = dropped(weights, (1,))
    assert one.shape.layers == 1
    name = "output.dense.weight"
    assert one.arrays[f"encoder.layer.0.{name}"] is weights.arrays[f"encoder.layer.1.{name}"]


@pytest.mark.parametrize("wrong", [(), (1, 0), (0, 0), (0, 2), (-1,)])
def test_layers_that_are_not_there_are_refused(tiny: Path, wrong: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="cannot keep layers"):
        dropped(read_hugging_face(tiny), wrong)


@settings(deadline=None, max_examples=50)
@given(some.integers(1, 40).flatmap(lambda n: some.tuples(some.just(n), some.integers(1, n))))
def test_spaced_layers_rise_and_hold_the_last(sizes: tuple[int, int]) -> None:
    layers, keep = sizes
    found = spaced(layers, keep)
    assert len(found) == keep
    assert list(found) == sorted(set(found))
    assert found[-1] == layers - 1


def test_distilling_brings_a_smaller_body_nearer_to_its_teacher(tiny: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(f"{a} zelt {b}" for a in "abcdefgh" for b in "ijklmnop"), "utf-8")
    teacher = FolderEncoder(str(tiny), home=str(tmp_path / "home"), precision="float32")
    student = dropped(read_hugging_face(tiny), (1,))
    tower = Tower(student, Style("full"), max_tokens=24, teacher=teacher)
    task = TaskRecipe("distil", options={"texts": [str(texts)], "batch": 16})
    recipe = Recipe("small", (task,), Style("full"), steps=30, warm_up=3, rate=2e-3, max_tokens=24)
    asked = ["x zelt x", "q zelt", "neu"]
    taught = teacher.encode(asked, "query")
    before = (tower.encode(asked, "query").detach().numpy() * taught).sum(1).mean()
    learned = train(recipe, [open_task(task, recipe, Path)], tower, tmp_path / "run")
    found = FolderEncoder(str(learned), home=str(tmp_path / "home"), precision="float32")
    after = (found.encode(asked, "query") * taught).sum(1).mean()
    assert after > before + 0.05
    assert np.allclose(found.encode(asked, "query"), tower.encode(asked, "query").detach().numpy(), atol=1e-3)


def test_distil_without_texts_is_refused() -> None:
    task = TaskRecipe("distil")
    with pytest.raises(BadConfig, match="no texts"):
        open_task(task, Recipe("r", (task,)), Path)


def test_texts_are_read_of_whatever_a_shop_has(tmp_path: Path) -> None:
    written = {
        "lines.txt": "ein Zelt\n\nzwei\n",
        "concepts.jsonl": '{"texts": {"en": ["tent"], "ko": ["텐트"], "de": ["Zelt"]}}\n',
        "queries.jsonl": '{"_id": "q", "text": "rotes zelt"}\n',
        "feed.csv": "id,title,description,link,price,availability,image_link\n"
        "1,Rotes Zelt,Für vier,https://x.example/1,9.99 EUR,in_stock,https://x.example/1.jpg\n",
    }
    for name, text in written.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(read_texts(tmp_path / "lines.txt")) == ["ein Zelt", "zwei"]
    assert set(read_texts(tmp_path / "concepts.jsonl", langs=("de", "ko"))) == {"Zelt", "텐트"}
    assert list(read_texts(tmp_path / "queries.jsonl")) == ["rotes zelt"]
    assert {"Rotes Zelt", "Für vier"} <= set(read_texts(tmp_path / "feed.csv"))
    with pytest.raises(NotFound):
        read_texts(tmp_path / "nothing.txt")


def test_a_static_encoder_is_the_mean_of_its_pieces(tiny: Path, tmp_path: Path) -> None:
    flattened(read_hugging_face(tiny), tmp_path / "flat", dim=32)
    encoder = StaticEncoder(str(tmp_path / "flat"))
    rows = encoder.encode(["rot zelt", "zelt rot", "zelt", ""], "query")
    assert rows.shape == (4, 32)
    assert np.allclose(rows[0], rows[1], atol=1e-6)  # it knows no order
    assert np.allclose(np.linalg.norm(rows[:3], axis=1), 1, atol=1e-5)
    assert np.isfinite(rows).all()
    assert encoder.name == StaticEncoder(str(tmp_path / "flat")).name


def test_the_command_writes_what_the_settings_open(tiny: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("zelt rot\nschuhe\n", encoding="utf-8")
    encoder = json.dumps({"use": "folder", "path": str(tiny)})
    words = ["--home", str(tmp_path / "home"), "--encoder", encoder, "compress", str(tmp_path / "small")]
    words += ["--keep", str(texts), "--layers", "1", "--steps", "3"]
    done = CliRunner().invoke(dragoman, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = FolderEncoder(str(tmp_path / "small"), home=str(tmp_path / "home"))
    assert found.encode(["zelt rot"], "query").shape == (1, 64)
    weights = read_hugging_face(tmp_path / "small")
    assert weights.shape.layers == 1
    assert pieces_of(weights, ["zelt"])
    assert dict(weights.prefixes) == {"query": "query: ", "passage": "passage: "}
