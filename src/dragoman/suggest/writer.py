"""Opens a language model of queries and asks it for the next piece, in numpy. Knows arrays, no shop."""

import gzip
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from dragoman.errors import Corrupt, NotFound
from dragoman.suggest.typed import typed
from dragoman.types import Lang

Floats: TypeAlias = NDArray[np.float32]
State: TypeAlias = tuple[Floats, ...]
"""What a model remembers of n beginnings: arrays whose first axis is n."""

END = 0
_SHIPPED = Path(str(files("dragoman.suggest").joinpath("data")))
_TRADITIONAL = frozenset({"Hant", "TW", "HK", "MO"})
_ALONE = 262_144  # multiplications
_EPS = 1e-5  # of layer norms: torch's default


@dataclass(frozen=True, slots=True)
class Size:
    """What a file says of the model in it; see `dragoman.models.language.Shape`."""

    kind: str
    dim: int
    hidden: int
    layers: int
    heads: int
    most: int
    dropout: float


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a language writes with: ids, and sorted, the names of their pieces with the places of these."""

    pieces: NDArray[np.intp]
    names: list[str]
    places: NDArray[np.intp]


class Writer:
    """Continues queries, piece by piece. Reads its file once; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open what `dragoman train` wrote.

        Raises:
            NotFound: the folder holds no model.
            Corrupt: it cannot be read.
        """
        self._arrays, about = _read(folder / "writer.safetensors")
        try:
            self._size = Size(**json.loads(about["shape"]))
            self.langs: tuple[Lang, ...] = tuple(about["langs"].split())
            tree = json.loads(gzip.decompress((folder / "tokenizer.json.gz").read_bytes()))
            self._tokenizer = Tokenizer.from_str(json.dumps(tree))
        except Exception as error:  # the tokenizers library raises plain Exception
            raise Corrupt(f"cannot read the model in {folder}: {error}", hint="train it again") from error
        vocabulary = tree["model"]["vocab"]
        self.pieces: tuple[str, ...] = tuple(sorted(vocabulary, key=vocabulary.__getitem__))
        self._of_lang = lru_cache(maxsize=64)(self._choice_of)

    def ids(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, without language and end."""
        return [int(i) for i in self._tokenizer.encode(typed(text), add_special_tokens=False).ids]

    def lang_id(self, lang: Lang) -> int:
        """Return the id that a query in ``lang`` begins with; that of no language in particular if unknown.

        A language stands for its variants, and traditional Chinese is a language of its own.
        """
        first, *rest = lang.split("-")
        for tag in (lang, "zh-Hant" if first == "zh" and _TRADITIONAL & set(rest) else first):
            if tag in self.langs:
                return 1 + self.langs.index(tag)
        return 1 + self.langs.index("und")

    def pieces_of(self, lang: Lang) -> NDArray[np.intp]:
        """Return the ids that a query in ``lang`` may go on with, ascending: first the end, no bytes."""
        return self._of_lang(self.lang_id(lang)).pieces

    def fitting(self, left: str, lang: Lang) -> NDArray[np.intp]:
        """Return the places among `pieces_of` of pieces that begin with ``left``, or that it begins with."""
        choice = self._of_lang(self.lang_id(lang))
        low = bisect_left(choice.names, left)
        longer = choice.places[low : bisect_left(choice.names, left + "\U0010ffff", low)]
        shorter = [at for size in range(1, len(left)) if (at := _place(choice.names, left[:size])) >= 0]
        return np.concatenate([longer, choice.places[shorter]])

    def begin(self, ids: Sequence[int]) -> State:
        """Return the state after one row of ids, of which there is at least one."""
        state = self._nothing()
        for i in ids:
            state = self._next(state, np.array([i]))
        return state

    def go_on(self, state: State, rows: NDArray[np.intp], ids: NDArray[np.intp]) -> State:
        """Return the state of n beginnings: those at ``rows`` (n,), each with one of ``ids`` (n,) added."""
        return self._next(tuple(part[rows] for part in state), ids)

    def odds(self, state: State, pieces: NDArray[np.intp]) -> Floats:
        """Return (n, len(pieces)) logs of the odds of what comes next; each row's odds sum to 1."""
        logits = _times(self._shown(state), self._some(pieces)) + self._arrays["bias"][pieces]
        logits -= logits.max(axis=1, keepdims=True)
        found: Floats = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return found

    def is_full(self, length: int) -> bool:
        """Say whether a row of so many ids can take no more."""
        return length >= self._size.most

    def _choice_of(self, lang: int) -> "_Choice":
        used = self._arrays["used"].astype(np.uint32)
        bits = used >> np.uint32(lang - 1) & np.uint32(1) > 0  # "und", bit 0, is set for every piece in use
        bits &= ~np.array([is_byte(piece) for piece in self.pieces])
        bits[END] = True
        pieces = np.flatnonzero(bits)
        named = sorted((self.pieces[i], place) for place, i in enumerate(pieces.tolist()) if i != END)
        places = np.array([place for _, place in named], np.intp)
        return _Choice(pieces, [name for name, _ in named], places)

    def _some(self, pieces: NDArray[np.intp]) -> Floats:
        return self._table_of(pieces.tobytes())

    @lru_cache(maxsize=16)  # noqa: B019  # as long as the process: a shop opens one writer
    def _table_of(self, pieces: bytes) -> Floats:
        return np.ascontiguousarray(self._arrays["table"][np.frombuffer(pieces, np.intp)])

    def _nothing(self) -> State:
        size = self._size
        if size.kind == "gru":
            return (np.zeros((1, size.layers, size.hidden), np.float32),)
        return tuple(np.zeros((1, 0, size.dim), np.float32) for _ in range(2 * size.layers + 1))

    def _next(self, state: State, ids: NDArray[np.intp]) -> State:
        rows: Floats = self._arrays["table"][ids]
        if self._size.kind == "gru":
            return _recurrent(self._arrays, self._size, state, rows)
        return _attentive(self._arrays, self._size, state, rows)

    def _shown(self, state: State) -> Floats:
        """Rows in the space of the table."""
        if self._size.kind == "gru":
            return _dense(self._arrays, "out", state[0][:, -1])
        return _normed(self._arrays, "norm", state[-1][:, -1])


def _recurrent(arrays: Mapping[str, Floats], size: Size, state: State, rows: Floats) -> State:
    """One step of gated recurrent units, as torch.nn.GRU has them."""
    rows = rows * np.float32(size.dim**0.5)
    fresh = np.empty_like(state[0])
    for layer in range(size.layers):
        before = state[0][:, layer]
        given = _times(rows, arrays[f"gru.weight_ih_l{layer}"]) + arrays[f"gru.bias_ih_l{layer}"]
        kept = _times(before, arrays[f"gru.weight_hh_l{layer}"]) + arrays[f"gru.bias_hh_l{layer}"]
        wide = size.hidden
        gates = 1 / (1 + np.exp(-(given[:, : 2 * wide] + kept[:, : 2 * wide])))
        new = np.tanh(given[:, 2 * wide :] + gates[:, :wide] * kept[:, 2 * wide :])
        rows = fresh[:, layer] = new + gates[:, wide:] * (before - new)
    return (fresh,)


def _attentive(arrays: Mapping[str, Floats], size: Size, state: State, rows: Floats) -> State:
    """One token through the decoder; the state holds keys and values of each layer, then the last rows."""
    place = state[0].shape[1]
    rows = (rows + arrays["places"][place]) * np.float32(size.dim**0.5)
    fresh: list[Floats] = []
    for layer in range(size.layers):
        name = f"blocks.{layer}."
        three = _dense(arrays, name + "three", _normed(arrays, name + "before", rows))
        asked, key, value = np.split(three, 3, axis=1)
        keys = np.concatenate([state[2 * layer], key[:, None]], axis=1)
        values = np.concatenate([state[2 * layer + 1], value[:, None]], axis=1)
        fresh += [keys, values]
        rows = rows + _dense(arrays, name + "joined", _attended(asked, keys, values, size.heads))
        inner = _dense(arrays, name + "wide", _normed(arrays, name + "between", rows))
        rows = rows + _dense(arrays, name + "back", _gelu(inner))
    return (*fresh, rows[:, None])


def _attended(asked: Floats, keys: Floats, values: Floats, heads: int) -> Floats:
    """Return (n, D) what (n, D) queries see among (n, T, D) keys and values."""
    n, tokens, dim = keys.shape
    split = (n, tokens, heads, dim // heads)
    scores = np.einsum("nhd,nthd->nht", asked.reshape(n, heads, -1), keys.reshape(split))
    scores = scores / np.float32((dim // heads) ** 0.5)
    scores = np.exp(scores - scores.max(axis=2, keepdims=True))
    scores /= scores.sum(axis=2, keepdims=True)
    found: Floats = np.einsum("nht,nthd->nhd", scores, values.reshape(split)).reshape(n, dim)
    return found


def _times(rows: Floats, weight: Floats) -> Floats:
    """Return (n, m) products of (n, k) rows and (m, k) weights, in blocks small enough for one thread.

    The threads of OpenBLAS spin while they wait for each other: on a busy machine a product of half a
    millisecond then takes twenty. Below this size it wakes none (interface/gemm.c: 4 x 65,536).
    """
    if len(rows) == 1:  # or it would be a product with a vector, which has another, lower bound
        return _times(np.repeat(rows, 2, axis=0), weight)[:1]
    found = np.empty((len(rows), len(weight)), np.float32)
    size = max(8, _ALONE // rows.size)
    for at in range(0, len(weight), size):
        np.matmul(rows, weight[at : at + size].T, out=found[:, at : at + size])
    return found


def _dense(arrays: Mapping[str, Floats], name: str, rows: Floats) -> Floats:
    return _times(rows, arrays[f"{name}.weight"]) + arrays[f"{name}.bias"]


def _normed(arrays: Mapping[str, Floats], name: str, rows: Floats) -> Floats:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    rows = rows / np.sqrt((rows * rows).mean(axis=-1, keepdims=True) + _EPS)
    return rows * arrays[f"{name}.weight"] + arrays[f"{name}.bias"]


def _gelu(rows: Floats) -> Floats:
    found: Floats = 0.5 * rows * (1 + np.tanh(0.7978846 * (rows + 0.044715 * rows**3)))
    return found


def _read(path: Path) -> tuple[dict[str, Floats], Mapping[str, str]]:
    """Arrays by name, those in eight bits as float32 again, and what the file says of itself."""
    if not path.is_file():
        raise NotFound(f"no language model at {path}", hint="name a folder that `dragoman train` wrote")
    try:
        with safe_open(path, "numpy") as file:
            about = file.metadata() or {}
            raw = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
    except (OSError, SafetensorError) as error:
        raise Corrupt(f"cannot read {path}: {error}", hint="train it again") from error
    arrays = {name: value for name, value in raw.items() if not name.endswith((".codes", ".scales"))}
    for name in (name.removesuffix(".codes") for name in raw if name.endswith(".codes")):
        arrays[name] = raw[f"{name}.codes"].astype(np.float32) * raw[f"{name}.scales"][:, None]
    return arrays, about


def _place(names: Sequence[str], name: str) -> int:
    at = bisect_left(names, name)
    return at if at < len(names) and names[at] == name else -1


def is_byte(piece: str) -> bool:
    """Say whether a piece is one byte of a character outside the alphabet.

    >>> is_byte("<0xE4>"), is_byte("▁tent")
    (True, False)
    """
    return len(piece) == 6 and piece.startswith("<0x")


def is_shipped() -> bool:
    """Say whether the package comes with a model: a source tree may be about to train its own."""
    return (_SHIPPED / "writer.safetensors").is_file()


@cache
def shipped_writer() -> Writer:
    """Return the model that comes with the package; see suggest/data/README.md."""
    return Writer(_SHIPPED)
