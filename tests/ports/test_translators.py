"""The Translator contract on every backend."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.translators.assemble import Card
from dragoman.backends.translators.folder import FolderTranslator
from dragoman.backends.translators.http import HttpTranslator
from dragoman.backends.translators.phrases import PhraseTranslator
from dragoman.backends.translators.write_folder import decoder_of, write_folder
from dragoman.ports import Translator
from dragoman.testing.chat_server import ChatServer
from dragoman.testing.tiny_bert import write_tiny_bert
from dragoman.testing.tiny_translators import HEADS, LANGS, LAYERS, tiny_decoder, tiny_tokenizer
from dragoman.testing.translator_contract import PairedTranslatorContract, TranslatorContract
from dragoman.testing.word_translators import WordTranslator


def shouted(asked: dict[str, Any]) -> str:
    """A model that translates everything into capitals."""
    texts = json.loads(asked["messages"][-1]["content"])["texts"]
    return json.dumps({"translations": [text.upper() for text in texts]}, ensure_ascii=False)


class TestWordTranslator(PairedTranslatorContract):
    def make(self) -> Translator:
        return WordTranslator({("en", "de"): {"red": "rot", "shoe": "Schuh"}})


class TestHttpTranslator(TranslatorContract):
    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with ChatServer(shouted) as server:
            self.url = server.url
            yield

    def make(self) -> Translator:
        return HttpTranslator(url=self.url, model="tiny", batch=9)


@cache
def tiny(folder: Path) -> FolderTranslator:
    write_tiny_bert(folder / "encoder")
    weights = read_hugging_face(folder / "encoder")
    card = Card("tiny-1", LANGS, LAYERS, HEADS, weights.shape.layers, reads=weights.shape.positions)
    tokenizer = tiny_tokenizer()
    write_folder(card, weights, decoder_of(card, tiny_decoder(), tokenizer), tokenizer, folder)
    return FolderTranslator(str(folder))


class TestFolderTranslator(PairedTranslatorContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.folder = tmp_path_factory.getbasetemp() / "tiny-translator"

    def make(self) -> Translator:
        return tiny(self.folder)


@cache
def shipped() -> PhraseTranslator:
    return PhraseTranslator()


@pytest.mark.quality
class TestShippedTranslator(PairedTranslatorContract):
    def make(self) -> Translator:
        return shipped()
