"""Smaller encoders: fewer word pieces, fewer layers. Knows weights and texts, never a runtime."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from tokenizers import Tokenizer

from dragoman.backends.encoders.calibrate import calibration_texts
from dragoman.backends.encoders.trim import with_pieces
from dragoman.backends.encoders.weights import Weights
from dragoman.errors import BadInput

_TOGETHER = 2000  # texts tokenised in one call
_LAYER = "encoder.layer."


def trimmed(weights: Weights, texts: Iterable[str]) -> Weights:
    """Return the encoder with only the word pieces of the texts, as they are and in lower case.

    Kept besides: special tokens, single characters (so that no text becomes unknown), and what our
    calibration texts need (so that eight bits round alike). A text whose pieces are all kept has the vector
    it had, bit by bit: the likeliest way to cut it is still there, and all others were less likely before.

    Raises:
        Unsupported: the tokenizer is not of SentencePiece's Unigram kind.
    """
    tree = json.loads(weights.tokenizer)
    if tree["model"].get("type") != "Unigram":
        return with_pieces(weights, ())
    return with_pieces(weights, always(tree) | pieces_of(weights, chain(calibration_texts(), texts)))


def pieces_of(weights: Weights, texts: Iterable[str]) -> set[int]:
    """Return the ids of the pieces in the texts, as they are and in lower case, with each role's prefix."""
    tokenizer = Tokenizer.from_str(weights.tokenizer)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = True
    prefixes = list(dict.fromkeys(weights.prefixes.values()))
    seen: set[int] = set()
    for some in _batches(texts):
        forms = {prefix + form for text in some for form in (text, text.lower()) for prefix in prefixes}
        for row in tokenizer.encode_batch_fast(sorted(forms)):
            seen.update(row.ids)
    return seen


def spaced(layers: int, keep: int) -> tuple[int, ...]:
    """Return ``keep`` of so many layers, evenly spaced, the first and the last among them.

    Six of twelve are those that DistilBERT began with (Sanh et al. 2019, arXiv 1910.01108).

    Raises:
        BadInput: fewer than one, or more than there are.

    >>> spaced(12, 6), spaced(12, 1)
    ((0, 2, 4, 7, 9, 11), (11,))
    """
    if not 1 <= keep <= layers:
        raise BadInput(f"cannot keep {keep} of {layers} layers", hint=f"keep 1 to {layers}")
    if keep == 1:
        return (layers - 1,)
    return tuple(round(i * (layers - 1) / (keep - 1)) for i in range(keep))


def dropped(weights: Weights, layers: Sequence[int]) -> Weights:
    """Return the encoder with only these layers, in their order; teach it again afterwards.

    Raises:
        BadInput: none, one twice, out of order, or one that is not there.
    """
    if not layers or list(layers) != sorted({*layers} & {*range(weights.shape.layers)}):
        hint = f"rising numbers among 0 to {weights.shape.layers - 1}"
        raise BadInput(f"cannot keep layers {', '.join(map(str, layers)) or 'none'}", hint=hint)
    arrays = {name: values for name, values in weights.arrays.items() if not name.startswith(_LAYER)}
    for new, old in enumerate(layers):
        start = f"{_LAYER}{old}."
        arrays |= {
            f"{_LAYER}{new}.{name.removeprefix(start)}": values
            for name, values in weights.arrays.items()
            if name.startswith(start)
        }
    said = f"{weights.origin}, {len(layers)} of {weights.shape.layers} layers"
    return replace(weights, shape=replace(weights.shape, layers=len(layers)), arrays=arrays, origin=said)


def always(tree: dict[str, Any]) -> set[int]:  # Any: tokenizer.json
    """Ids that every trimmed tokenizer keeps."""
    vocabulary = tree["model"]["vocab"]
    kept = {one["id"] for one in tree["added_tokens"]} | {tree["model"]["unk_id"] or 0}
    kept |= {i for i, (piece, _) in enumerate(vocabulary) if len(piece) == 1 or _is_byte(piece)}
    # An unknown character costs ten more than the least likely piece, whichever that is in the vocabulary.
    kept.add(min(range(len(vocabulary)), key=lambda i: vocabulary[i][1]))
    return kept


def _is_byte(piece: str) -> bool:
    return len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">")


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    given = iter(texts)
    while some := list(islice(given, _TOGETHER)):
        yield some
