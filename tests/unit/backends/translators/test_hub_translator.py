"""Laws of others' folders: converted by CTranslate2's own converter, they say what transformers says."""

import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from dragoman.backends.translators.dialects import open_dialect
from dragoman.backends.translators.hub import HubTranslator
from dragoman.errors import BadConfig, Corrupt, NotFound, Unsupported
from dragoman.testing.tiny_translators import write_tiny_sentencepiece

PIECES = ["</s>", "<unk>", "▁", *"abcdefghijklmnoprstuwz", "<pad>"]
SCORED = [("<unk>", 0.0), *((piece, -1.0) for piece in PIECES[2:-1])]
SIZES = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 24,
    "max_position_embeddings": 300,
}


def write(folder: Path, name: str, value: object) -> None:
    (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like those of OPUS-MT."""
    from transformers import MarianConfig, MarianMTModel

    folder = tmp_path_factory.mktemp("opus-mt-en-de")
    torch.manual_seed(5)
    pad = PIECES.index("<pad>")
    ids = {"pad_token_id": pad, "eos_token_id": 0, "decoder_start_token_id": pad}
    model = MarianMTModel(MarianConfig(vocab_size=len(PIECES), init_std=0.9, **ids, **SIZES))
    model.save_pretrained(folder)
    write(folder, "vocab.json", {piece: i for i, piece in enumerate(PIECES)})
    write(folder, "tokenizer_config.json", {"source_lang": "en", "target_lang": "de"})
    write_tiny_sentencepiece(folder / "source.spm", SCORED)
    write_tiny_sentencepiece(folder / "target.spm", SCORED)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("home"))


def test_an_opus_folder_says_what_transformers_says(marian: Path, home: str) -> None:
    from transformers import MarianMTModel

    translator = HubTranslator(str(marian), home=home, beam=1, rounding="float32")
    assert translator.pairs() == {("en", "de")}
    model = MarianMTModel.from_pretrained(marian).eval()
    for text in ("red shoe", "a tent", "zebra"):
        row = open_dialect(marian).row(text, "en", "de")
        ids = torch.tensor([[PIECES.index(piece) for piece in row]])
        with torch.no_grad():
            # The engine never writes the unknown piece.
            said = model.generate(ids, num_beams=1, do_sample=False, max_new_tokens=256, bad_words_ids=[[1]])
        pieces = [PIECES[i] for i in said[0].tolist()[1:] if PIECES[i] not in ("</s>", "<pad>")]
        [found] = translator.translate([text], "en", "de")
        # One counts the first piece among the longest there may be, the other does not.
        assert found.text.value[:100] == "".join(pieces).replace("▁", " ").strip()[:100]
        assert found.engine == translator.name


def test_what_was_converted_once_is_opened_again(marian: Path, home: str) -> None:
    first = HubTranslator(str(marian), home=home, rounding="float32")
    again = HubTranslator(str(marian), home=home, rounding="float32")
    assert again.name == first.name
    assert len(list((Path(home) / "translators").iterdir())) == 1


def test_the_hint_names_what_a_folder_translates_into(marian: Path, home: str) -> None:
    translator = HubTranslator(str(marian), home=home, rounding="float32")
    with pytest.raises(Unsupported) as told:
        translator.translate(["tent"], "en", "fr")
    assert "de" in told.value.hint


def test_an_opus_folder_of_unknown_languages_is_asked_about(marian: Path, tmp_path: Path) -> None:
    for path in marian.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    write(tmp_path, "tokenizer_config.json", {})
    with pytest.raises(BadConfig) as told:
        open_dialect(tmp_path)
    assert "source" in told.value.hint
    assert open_dialect(tmp_path, "en-GB", "pt").pairs == {("en-GB", "pt")}


def test_m2m_names_the_source_first_and_begins_with_the_target(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"model_type": "m2m_100"})
    write(tmp_path, "vocab.json", {piece: i for i, piece in enumerate(PIECES)})
    write(tmp_path, "special_tokens_map.json", {"additional_special_tokens": ["__en__", "__de__", "__ja__"]})
    write_tiny_sentencepiece(tmp_path / "sentencepiece.bpe.model", SCORED, kind=2)
    dialect = open_dialect(tmp_path)
    assert dialect.row("tent", "en", "ja") == ["__en__", "▁", "t", "e", "n", "t", "</s>"]
    assert dialect.first("ja") == ["__ja__"]
    assert dialect.pairs == {(a, b) for a in ("en", "de", "ja") for b in ("en", "de", "ja") if a != b}
    assert dialect.joined(["▁", "t", "e", "n", "t"]) == "tent"


def whole(folder: Path, names: list[str]) -> None:
    tokenizer = Tokenizer(models.Unigram([*SCORED, *((name, 0.0) for name in names)], 0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(names)
    tokenizer.save(str(folder / "tokenizer.json"))


def test_nllb_s_languages_are_known_by_their_usual_tags(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"model_type": "m2m_100"})
    whole(tmp_path, ["eng_Latn", "zho_Hant", "arb_Arab"])
    dialect = open_dialect(tmp_path)
    assert dialect.names == {"en": "eng_Latn", "zh-Hant": "zho_Hant", "ar": "arb_Arab"}
    assert dialect.row("tent", "en", "ar")[0] == "eng_Latn"
    assert dialect.first("zh-Hant") == ["zho_Hant"]


def test_madlad_is_told_the_target_in_what_it_reads(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"model_type": "t5"})
    whole(tmp_path, ["<2de>", "<2ja>", "<2en>"])
    dialect = open_dialect(tmp_path)
    assert dialect.row("tent", "en", "ja") == ["<2ja>", "▁", "t", "e", "n", "t", "</s>"]
    assert dialect.first("ja") == []


def test_other_families_are_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"model_type": "llama"})
    with pytest.raises(Unsupported, match="llama"):
        open_dialect(tmp_path)


def test_a_folder_that_is_not_there_or_not_whole_is_said_so(tmp_path: Path, home: str) -> None:
    with pytest.raises(NotFound):
        HubTranslator(str(tmp_path / "none"), home=home)
    write(tmp_path, "config.json", {"model_type": "marian"})
    with pytest.raises(NotFound):
        HubTranslator(str(tmp_path), home=home)
    (tmp_path / "vocab.json").write_text("{", encoding="utf-8")
    with pytest.raises(Corrupt):
        HubTranslator(str(tmp_path), home=home)
