"""Writes an encoder, and a decoder that reads it, as a CTranslate2 folder. Knows arrays, never texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec

from dragoman.backends.encoders.weights import Floats, Weights
from dragoman.backends.translators.engine import Rounding

END, UNKNOWN = "</s>", "<unk>"


@dataclass(frozen=True, slots=True)
class Decoder:
    """A Transformer decoder, norms first, that reads the states of an encoder of another width."""

    layers: int
    heads: int
    arrays: Mapping[str, Floats]  # by the names `dragoman.models.seq2seq.TransformerDecoder` gives them
    vocabulary: tuple[str, ...]  # its pieces by id


def write_encoder(weights: Weights, pieces: Sequence[str], out: Path, *, rounding: Rounding) -> None:
    """Write the encoder alone: CTranslate2's ``Encoder`` opens it."""
    spec = transformer_spec.TransformerEncoderModelSpec(_encoder(weights))
    spec.register_vocabulary(list(pieces))
    _save(spec, weights, out, rounding)


def write_translator(
    weights: Weights, pieces: Sequence[str], decoder: Decoder, out: Path, *, rounding: Rounding
) -> None:
    """Write encoder and decoder together: CTranslate2's ``Translator`` opens them.

    The decoder begins with the token of the language it shall write: give it as the target's prefix.
    """
    spec = transformer_spec.TransformerSpec(_encoder(weights), _decoder(decoder))
    spec.register_source_vocabulary(list(pieces))
    spec.register_target_vocabulary(list(decoder.vocabulary))
    spec.config.decoder_start_token = None
    spec.config.eos_token, spec.config.bos_token = END, END
    _save(spec, weights, out, rounding)


def _save(spec: Any, weights: Weights, out: Path, rounding: Rounding) -> None:  # Any: one of two specs
    spec.config.unk_token = UNKNOWN
    spec.config.layer_norm_epsilon = weights.shape.eps
    spec.validate()
    spec.optimize(quantization=rounding)
    out.mkdir(parents=True, exist_ok=True)
    spec.save(str(out))


def _encoder(weights: Weights) -> transformer_spec.TransformerEncoderSpec:
    shape, arrays = weights.shape, weights.arrays
    spec = transformer_spec.TransformerEncoderSpec(
        shape.layers,
        shape.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    spec.scale_embeddings = False
    spec.embeddings[0].weight = _plain(weights.table.rows(np.arange(len(weights.table.codes))))
    spec.position_encodings.encodings = _plain(weights.places())
    _norm(spec.layernorm_embedding, "embeddings.LayerNorm", arrays)
    for i, layer in enumerate(spec.layer):
        name = f"encoder.layer.{i}"
        three = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        _dense(layer.self_attention.linear[0], three, arrays)
        _dense(layer.self_attention.linear[1], [f"{name}.attention.output.dense"], arrays)
        _norm(layer.self_attention.layer_norm, f"{name}.attention.output.LayerNorm", arrays)
        _dense(layer.ffn.linear_0, [f"{name}.intermediate.dense"], arrays)
        _dense(layer.ffn.linear_1, [f"{name}.output.dense"], arrays)
        _norm(layer.ffn.layer_norm, f"{name}.output.LayerNorm", arrays)
    return spec


def _decoder(decoder: Decoder) -> transformer_spec.TransformerDecoderSpec:
    arrays = decoder.arrays
    spec = transformer_spec.TransformerDecoderSpec(
        decoder.layers, decoder.heads, pre_norm=True, activation=common_spec.Activation.RELU
    )
    spec.scale_embeddings = True
    spec.embeddings.weight = _plain(arrays["table"])
    spec.position_encodings.encodings = _plain(arrays["places"])
    spec.projection.weight = _plain(arrays["table"])
    spec.projection.bias = _plain(arrays["bias"])
    _norm(spec.layer_norm, "norm", arrays)
    for i, layer in enumerate(spec.layer):
        name = f"blocks.{i}"
        _dense(layer.self_attention.linear[0], [f"{name}.three"], arrays)
        _dense(layer.self_attention.linear[1], [f"{name}.joined"], arrays)
        _norm(layer.self_attention.layer_norm, f"{name}.before", arrays)
        _dense(layer.attention.linear[0], [f"{name}.asked"], arrays)
        _dense(layer.attention.linear[1], [f"{name}.read"], arrays)
        _dense(layer.attention.linear[2], [f"{name}.told"], arrays)
        _norm(layer.attention.layer_norm, f"{name}.between", arrays)
        _dense(layer.ffn.linear_0, [f"{name}.wide"], arrays)
        _dense(layer.ffn.linear_1, [f"{name}.back"], arrays)
        _norm(layer.ffn.layer_norm, f"{name}.after", arrays)
    return spec


def _dense(spec: common_spec.LinearSpec, names: Sequence[str], arrays: Mapping[str, Floats]) -> None:
    spec.weight = _plain(np.concatenate([arrays[f"{name}.weight"] for name in names]))
    spec.bias = _plain(np.concatenate([arrays[f"{name}.bias"] for name in names]))


def _norm(spec: common_spec.LayerNormSpec, name: str, arrays: Mapping[str, Floats]) -> None:
    spec.gamma, spec.beta = _plain(arrays[f"{name}.weight"]), _plain(arrays[f"{name}.bias"])


def _plain(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)
