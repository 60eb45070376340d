"""An encoder with some of its word pieces only. Knows weights and tokenizers, never texts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dragoman.backends.encoders.weights import Table, Weights
from dragoman.errors import Unsupported


def with_pieces(weights: Weights, kept: Iterable[int]) -> Weights:
    """Return the encoder with only the word pieces of these ids, numbered anew in their order.

    A text whose pieces are all kept is cut as before: the likeliest way is still there, and all others were
    less likely before. Ids of special tokens must be among the kept.

    Raises:
        Unsupported: the tokenizer is not of SentencePiece's Unigram kind.
    """
    tree = json.loads(weights.tokenizer)
    if tree["model"].get("type") != "Unigram":
        kind = tree["model"].get("type", "unknown")
        raise Unsupported(f"a tokenizer of kind {kind} cannot be trimmed", hint="drop layers instead")
    vocabulary = tree["model"]["vocab"]
    order = np.array(sorted(set(kept)))
    places = {int(old): new for new, old in enumerate(order)}
    tree["model"]["vocab"] = [vocabulary[i] for i in order if i < len(vocabulary)]
    _renumber(tree, places)
    table = Table(weights.table.codes[order], weights.table.scales[order])
    said = f"{weights.origin}, {len(order)} of {len(weights.table.codes)} word pieces"
    return replace(weights, table=table, tokenizer=json.dumps(tree, ensure_ascii=False), origin=said)


def _renumber(tree: dict[str, Any], places: Mapping[int, int]) -> None:  # Any: tokenizer.json
    """Put new ids wherever a tokenizer.json holds one."""
    if tree["model"]["unk_id"] is not None:
        tree["model"]["unk_id"] = places[tree["model"]["unk_id"]]
    for one in tree["added_tokens"]:
        one["id"] = places[one["id"]]
    if tree.get("padding"):
        tree["padding"]["pad_id"] = places[tree["padding"]["pad_id"]]
    after = tree.get("post_processor") or {}
    for one in (after, *after.get("processors", [])):
        for special in (one.get("special_tokens") or {}).values():
            special["ids"] = [places[i] for i in special["ids"]]
        for end in ("sep", "cls"):  # of BertProcessing and RobertaProcessing: a word and its id
            if end in one:
                one[end] = [one[end][0], places[one[end][1]]]
