"""Converts a Hugging Face folder with CTranslate2's own converter. A script: torch ends with its process."""

import sys
from pathlib import Path
from typing import Any

from dragoman.backends.translators.dialects import END, read_pieces


class Words:
    """What CTranslate2's converter asks of a tokenizer, read without the library that each family wants."""

    bos_token, eos_token, unk_token, pad_token = "<s>", END, "<unk>", "<pad>"

    def __init__(self, pieces: tuple[str, ...]) -> None:
        self._pieces = pieces
        self.unk_token_id = pieces.index(self.unk_token) if self.unk_token in pieces else 0
        self.special_tokens_map: dict[str, list[str]] = {}

    def get_vocab(self) -> dict[str, int]:
        """Return ids by piece."""
        return {piece: i for i, piece in enumerate(self._pieces)}

    def convert_ids_to_tokens(self, i: int) -> str:
        """Return the piece of an id."""
        return self._pieces[i]


def convert(source: str, out: str, rounding: str) -> None:
    """Write the engine's form of a folder to ``out``."""
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]  # it is not typed
        def load_tokenizer(self, _class: Any, folder: str, **_: Any) -> Words:  # Any: the converter's own
            return Words(read_pieces(Path(folder)))

    Converter(source).convert(out, quantization=rounding, force=True)


if __name__ == "__main__":
    convert(*sys.argv[1:4])
