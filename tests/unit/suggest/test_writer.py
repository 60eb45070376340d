"""Laws of the served model: numpy says what torch says, and what is damaged is said to be so."""

from pathlib import Path

import numpy as np
import pytest
import torch

from dragoman.errors import Corrupt, NotFound
from dragoman.learn.letters import learn_letters
from dragoman.models.language import MODELS, Kind, LanguageModel, Letters, Shape, eight_bits
from dragoman.suggest.writer import Writer, is_shipped, shipped_writer

TEXTS = {
    "en": ["red tent", "garden hose", "tea"],
    "th": ["เต็นท์สีแดง", "กาน้ำชา"],
    "zh": ["茶壶"],
    "zh-Hant": ["茶壺"],
}


@pytest.fixture(scope="module")
def letters() -> Letters:
    return learn_letters(TEXTS, TEXTS, size=340, alphabet=60)


def model_of(kind: Kind, letters: Letters, layers: int = 2) -> LanguageModel:
    torch.manual_seed(0)
    model = MODELS[kind](Shape(kind, dim=16, hidden=24, layers=layers, heads=4, most=12), letters)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    model.eval()
    return model


def in_eight_bits(model: LanguageModel) -> LanguageModel:
    """The model with the weights that a file of it has."""
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 2:
                held = eight_bits("w", weight.detach().numpy())
                weight.copy_(torch.tensor(held["w.codes"] * held["w.scales"][:, None]))
    return model


@pytest.mark.parametrize("kind", ["gru", "transformer"])
@pytest.mark.parametrize("layers", [1, 3])
def test_numpy_says_what_torch_says(kind: Kind, layers: int, letters: Letters, tmp_path: Path) -> None:
    model = model_of(kind, letters, layers)
    model.save(tmp_path)
    writer = Writer(tmp_path)
    rows = torch.tensor([[3, 270, 271, 272, 7], [2, 280, 9, 270, 290]])
    with torch.no_grad():
        wanted = torch.log_softmax(in_eight_bits(model)(rows), dim=2).numpy()
    every = np.arange(len(writer.pieces))
    state = writer.go_on(writer.begin([3]), np.array([0]), rows[0, 1:2].numpy())
    np.testing.assert_allclose(writer.odds(state, every)[0], wanted[0, 1], atol=2e-4)
    both = tuple(np.concatenate(pair) for pair in zip(writer.begin([3]), writer.begin([2]), strict=True))
    for place in range(1, 5):
        both = writer.go_on(both, np.array([0, 1]), rows[:, place].numpy())
        np.testing.assert_allclose(writer.odds(both, every), wanted[:, place], atol=2e-4)


def test_odds_of_some_pieces_sum_to_one(letters: Letters, tmp_path: Path) -> None:
    model_of("gru", letters).save(tmp_path)
    writer = Writer(tmp_path)
    pieces = writer.pieces_of("th")
    assert 0 in pieces
    assert len(pieces) < len(writer.pieces_of("xx")) < len(writer.pieces)
    assert np.exp(writer.odds(writer.begin([1]), pieces)).sum() == pytest.approx(1, abs=1e-4)


def test_a_variant_is_written_as_its_language_and_traditional_chinese_as_itself(
    letters: Letters, tmp_path: Path
) -> None:
    model_of("gru", letters).save(tmp_path)
    writer = Writer(tmp_path)
    known = {
        tag: writer.langs[writer.lang_id(tag) - 1] for tag in ("en-GB", "zh-TW", "zh-Hant-HK", "zh-CN", "tlh")
    }
    assert known == {"en-GB": "en", "zh-TW": "zh-Hant", "zh-Hant-HK": "zh-Hant", "zh-CN": "zh", "tlh": "und"}


@pytest.mark.parametrize("name", ["writer.safetensors", "tokenizer.json.gz"])
def test_a_damaged_model_is_corrupt_and_none_is_not_found(
    letters: Letters, tmp_path: Path, name: str
) -> None:
    with pytest.raises(NotFound):
        Writer(tmp_path)
    model_of("gru", letters).save(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Corrupt, match="cannot read"):
        Writer(tmp_path)


def test_the_shipped_model_is_small_and_writes_in_many_languages() -> None:
    assert is_shipped()
    writer = shipped_writer()
    wanted = {"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pl", "pt", "ru", "th", "zh"}
    assert wanted <= {*writer.langs}
    folder = Path(__file__).parents[3] / "src/dragoman/suggest/data"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 4 * 2**20
    assert (folder / "README.md").is_file()
