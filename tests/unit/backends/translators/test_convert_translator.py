"""Laws of the converted model: the engine says what torch says, weight by weight."""

from dataclasses import replace
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.weights import Weights
from dragoman.backends.translators.assemble import Card
from dragoman.backends.translators.write_folder import decoder_of, read_arrays, write_data, write_folder
from dragoman.models.blocks import Shape
from dragoman.models.seq2seq import TransformerDecoder
from dragoman.models.tower import body_of
from dragoman.testing.tiny_bert import write_tiny_bert
from dragoman.testing.tiny_translators import LANGS, tiny_tokenizer

TEXTS = ["red shoe", "a tent", "wireless sound for two", "x"]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    folder = tmp_path_factory.mktemp("bert")
    write_tiny_bert(folder)
    return read_hugging_face(folder)


@pytest.fixture(scope="module")
def model(weights: Weights) -> TransformerDecoder:
    torch.manual_seed(3)
    pieces = Tokenizer.from_str(tiny_tokenizer()).get_vocab_size()
    shape = Shape(dim=32, hidden=48, layers=2, heads=2, memory=weights.shape.hidden, dropout=0.0)
    found = TransformerDecoder(shape, tiny_tokenizer(), pieces)
    found.level, found.spread = torch.randn(64), torch.rand(64) + 0.5
    with torch.no_grad():
        for name, weight in found.named_parameters():
            # A small table: a large one would write the piece before again and again.
            weight.mul_(0.2) if name == "table" else weight.add_(torch.randn_like(weight) * 0.6)
    found.eval()
    return found


def piece(pieces: Tokenizer, name: str) -> int:
    found = pieces.token_to_id(name)
    assert found is not None
    return found


def states_of(weights: Weights, texts: list[str]) -> list[torch.Tensor]:
    body, tokenizer = body_of(weights).eval(), Tokenizer.from_str(weights.tokenizer)
    with torch.no_grad():
        return [
            body(input_ids=torch.tensor([tokenizer.encode(text).ids])).last_hidden_state[0] for text in texts
        ]


def test_the_engine_writes_what_torch_writes(
    weights: Weights, model: TransformerDecoder, tmp_path: Path
) -> None:
    card = Card("tiny", LANGS, layers=2, heads=2, encoder_layers=weights.shape.layers)
    decoder = decoder_of(card, model.arrays(), model.tokenizer)
    write_folder(card, weights, decoder, model.tokenizer, tmp_path, rounding="float32")
    engine = ctranslate2.Translator(str(tmp_path), compute_type="float32", intra_threads=1)
    source, pieces = Tokenizer.from_str(weights.tokenizer), Tokenizer.from_str(model.tokenizer)
    for lang in LANGS:
        first = f"<2{lang}>"
        expected = model.write(states_of(weights, TEXTS), piece(pieces, first), most=20)
        found = engine.translate_batch(
            [source.encode(text).tokens for text in TEXTS],
            target_prefix=[[first]] * len(TEXTS),
            beam_size=1,
            max_decoding_length=20,
        )
        written = [[piece(pieces, one) for one in row.hypotheses[0]] for row in found]
        assert [row[:18] for row in written] == [row[:18] for row in expected]
        assert any(len(set(row[:18])) > 1 for row in written)  # else a shift by one would not show


def test_the_engine_s_odds_are_torch_s(weights: Weights, model: TransformerDecoder, tmp_path: Path) -> None:
    card = Card("tiny", LANGS, layers=2, heads=2, encoder_layers=weights.shape.layers)
    decoder = decoder_of(card, model.arrays(), model.tokenizer)
    write_folder(card, weights, decoder, model.tokenizer, tmp_path, rounding="float32")
    engine = ctranslate2.Translator(str(tmp_path), compute_type="float32", intra_threads=1)
    source, pieces = Tokenizer.from_str(weights.tokenizer), Tokenizer.from_str(model.tokenizer)
    row = [piece(pieces, "<2de>"), *pieces.encode("zelt").ids, 0]
    [scored] = engine.score_batch(
        [source.encode(TEXTS[0]).tokens], [[str(pieces.id_to_token(i)) for i in row[:-1]]]
    )
    lost = float(model.loss(states_of(weights, TEXTS[:1]), [row], parts=1).detach())
    assert -np.mean(scored.log_probs) == pytest.approx(lost, abs=1e-3)


def test_what_is_shipped_is_what_was_learned_rounded_to_eight_bits(
    model: TransformerDecoder, tmp_path: Path
) -> None:
    card = Card("tiny", LANGS, layers=2, heads=2, encoder_layers=2)
    write_data(card, model.arrays(), model.tokenizer, [0, 5, 9], tmp_path)
    found, learned = read_arrays(tmp_path / "decoder.safetensors"), model.arrays()
    assert found.keys() == learned.keys()
    for name, values in learned.items():
        step = np.abs(values).max() / 127
        np.testing.assert_allclose(found[name], values, atol=step)


def test_a_model_that_is_saved_and_opened_says_the_same(model: TransformerDecoder, tmp_path: Path) -> None:
    from dragoman.learn.translate import opened

    model.save(tmp_path)
    states = [torch.randn(5, 64), torch.randn(3, 64)]
    again = opened(tmp_path).eval()
    assert again.write(states, 2, most=12) == model.write(states, 2, most=12)
    assert replace(again.shape, dropout=0.0) == model.shape
