"""What a run of the task ``reading`` learned, opened without torch: its body as a model folder, and its head.

The folder holds heads.json and heads.safetensors beside either a LoRA adapter for the packaged body, which is
a few megabytes, or a whole body as Hugging Face writes one. Knows folders and arrays, never texts.
"""

import hashlib
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.model_folder import FORMAT, Precision, write_model_folder
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.backends.encoders.weights import Floats, Weights, first
from dragoman.errors import Corrupt, NotFound

log = logging.getLogger(__name__)

_CONFIG, _TENSORS = "heads.json", "heads.safetensors"
_ADAPTER = "adapter_model.safetensors"
_AGAIN = "train it again, or fetch it again"
_SMALL = 2**25  # bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The arrays of `dragoman.models.spans.SpanHead`: K is start, end, inside."""

    tokens: Floats  # (K * width, dim)
    asks: Floats  # (K * width, dim)
    alone: Floats  # (K, dim): what a token says whatever is asked
    bias: Floats  # (K,)
    token_centre: Floats  # (dim,)
    ask_centre: Floats  # (dim,)

    @property
    def width(self) -> int:
        """Length of what tokens and asks meet in."""
        return len(self.tokens) // len(self.bias)

    def asked(self, vectors: Floats) -> Floats:
        """Return (n, K, width): what (n, dim) ask vectors bring to the product."""
        found = (_level(vectors) - self.ask_centre) @ self.asks.T
        return np.asarray(found, dtype=np.float32).reshape(len(vectors), len(self.bias), self.width)

    def chances(self, states: Floats, asked: Floats) -> Floats:
        """Return (tokens, asks, K) probabilities of (tokens, dim) states for what `asked` gave."""
        seen = _level(states) - self.token_centre
        left = (seen @ self.tokens.T).reshape(len(states), len(self.bias), self.width)
        both = np.einsum("nkw,akw->nak", left, asked, optimize=True) / np.sqrt(np.float32(self.width))
        logits = both + (seen @ self.alone.T + self.bias)[:, None, :]
        found: Floats = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
        return found


def shipped_reader() -> Path:
    """Return the folder of the reader that comes with the package; its README.md is the model card."""
    return Path(__file__).parent / "weights" / "shopping"


def read_head(folder: Path) -> Head:
    """Return the head of a run's folder.

    Raises:
        NotFound: the folder holds no head that marks spans.
        Corrupt: its files cannot be read.
    """
    if not (folder / _CONFIG).is_file():
        raise NotFound(
            f"no {folder / _CONFIG}",
            hint='name the folder "learned" of a run with [[tasks]] kind = "reading"',
        )
    try:
        kinds = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
        names = [name for name, about in kinds.items() if about["kind"] == "span"]
        arrays = load_file(folder / _TENSORS)
        if not names:
            raise NotFound(
                f"{folder} has no head that marks spans", hint='train with [[tasks]] kind = "reading"'
            )
        parts = {part: arrays[f"{names[0]}.{part}"].astype(np.float32) for part in Head.__slots__}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise Corrupt(f"cannot read the head in {folder}: {error!r}", hint=_AGAIN) from error
    return Head(**parts)


def body_folder(folder: Path, *, body: str, home: Path, precision: Precision) -> Path:
    """Return the model folder of a run's body, whose output is token states; written once under ``home``.

    Raises:
        NotFound, Unsupported, Corrupt: see `read_hugging_face` and `merge_adapter`.
    """
    name = folder.parent.name if folder.name == "learned" else folder.name
    made = home / "models" / f"reader-{name}-{precision}-{_key(folder, body)}"
    if not made.is_dir():
        log.info("writing the model folder %s (once)", made)
        write_model_folder(replace(_weights(folder, body), pooling="none"), made, precision=precision)
    return made


def _weights(folder: Path, body: str) -> Weights:
    if not (folder / _ADAPTER).is_file():
        return read_hugging_face(folder)
    whole = read_hugging_face(Path(body).expanduser()) if body else read_packaged()
    return merge_adapter(first(whole, _layers(folder)), folder)


def _layers(folder: Path) -> int:
    """LoRA was added to the last layers of the body that was trained: what lies behind is not used."""
    try:
        with safe_open(folder / _ADAPTER, framework="numpy") as file:
            names = list(file.keys())
        return 1 + max(int(name.split("encoder.layer.")[1].split(".")[0]) for name in names)
    except (OSError, ValueError, IndexError, SafetensorError) as error:
        raise Corrupt(f"cannot read {folder / _ADAPTER}: {error!r}", hint=_AGAIN) from error


def _key(folder: Path, body: str) -> str:
    """Changes when the body does: adapters are small and read; of whole bodies size and time must do."""
    whole = hashlib.sha256(f"{FORMAT}/{body}".encode())
    for path in sorted(folder.iterdir()):
        if path.suffix in {".safetensors", ".json"} and path.name not in {_TENSORS, _CONFIG}:
            state = path.stat()
            is_small = state.st_size < _SMALL
            content = path.read_bytes() if is_small else f"{state.st_size}/{state.st_mtime_ns}".encode()
            whole.update(path.name.encode() + content)
    return whole.hexdigest()[:12]


def _level(rows: Floats) -> Floats:
    """Rows of length sqrt(dim), as the head was trained on."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    found: Floats = rows / np.maximum(lengths, 1e-12) * np.sqrt(np.float32(rows.shape[-1]))
    return found
