"""What shoppers met, in order of time: read from lines, split, packed into rows. Knows numbers, never torch.

A product is a row from 1 on; row 0 is nobody. A sequence is an array of rows, the oldest first.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import BadInput, NotFound

Rows: TypeAlias = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Shoppers and the products each met, oldest first; ``products[row]`` is a product's id, [0] is ""."""

    shoppers: tuple[str, ...]
    rows: tuple[Rows, ...]
    products: tuple[str, ...]

    @property
    def items(self) -> int:
        """How many products there are."""
        return len(self.products) - 1


@dataclass(frozen=True, slots=True)
class Split:
    """Leave-one-out: what is learned from, and for each shopper the last but one and the last product."""

    train: tuple[Rows, ...]
    valid: NDArray[np.int32]
    test: NDArray[np.int32]
    items: int

    def before_test(self) -> tuple[Rows, ...]:
        """Return what is known when the last product is guessed: the training rows and the valid one."""
        return tuple(np.append(one, target) for one, target in zip(self.train, self.valid, strict=True))


def read_sequences(path: Path) -> Sequences:
    """Return the sequences of a file: a line a shopper, ``shopper product product …`` in order of time.

    Raises:
        NotFound: no such file.
        BadInput: a line without a product.
    """
    rows: dict[str, int] = {}
    shoppers, found = [], []
    for number, line in enumerate(_lines(path), start=1):
        shopper, *products = line.split()
        if not products:
            raise BadInput(f"{path}:{number}: {shopper} met no product", hint="shopper product product …")
        shoppers.append(shopper)
        found.append(np.array([rows.setdefault(one, len(rows) + 1) for one in products], np.int32))
    return Sequences(tuple(shoppers), tuple(found), ("", *rows))


def read_tags(path: Path, products: Sequence[str]) -> NDArray[np.int64]:
    """Return (len(products), most) tags of products, numbered from 1, padded by 0.

    Args:
        path: A JSON object, product id → list of tags; packed by gzip if its name ends in .gz.
        products: Ids by row, as `Sequences` has them.

    Raises:
        NotFound: no such file.
        BadInput: it is no such object.
    """
    try:
        tree = json.loads("\n".join(_lines(path)))
        given = [[str(tag) for tag in tree.get(one, [])] for one in products]
    except (ValueError, AttributeError, TypeError) as error:
        raise BadInput(f"{path}: {error}", hint='like {"p1": ["red", "cotton"]}') from error
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(tag, len(numbers) + 1) for tag in tags] for tags in given]
    most = max(1, max(map(len, rows), default=1))
    return np.array([[*tags, *[0] * (most - len(tags))] for tags in rows], np.int64)


def leave_one_out(sequences: Sequence[Rows], items: int) -> Split:
    """Return the split of shoppers with three products or more; the others are learned from only.

    >>> split = leave_one_out([np.array([1, 2, 3, 4]), np.array([2])], 4)
    >>> [one.tolist() for one in split.train], split.valid.tolist(), split.test.tolist()
    ([[1, 2]], [3], [4])
    """
    long = [one for one in sequences if len(one) >= 3]
    return Split(
        tuple(one[:-2] for one in long),
        np.array([one[-2] for one in long], np.int32),
        np.array([one[-1] for one in long], np.int32),
        items,
    )


@dataclass(frozen=True, slots=True)
class Packed:
    """Several histories laid end to end in rows, so that hardly a place is wasted. All are (B, T)."""

    rows: NDArray[np.int64]  # 0 is nobody
    places: NDArray[np.int64]  # from the newest of its own history, which is 0
    owners: NDArray[np.int64]  # whose history it is, from 1; 0 is nobody's
    targets: NDArray[np.int64]  # what came next; 0 where nothing did


def packed(histories: Sequence[Rows], width: int) -> Packed:
    """Lay histories into rows of ``width``, each whole in one row, the longest first; first fit.

    The last product of a history is a target only.

    >>> found = packed([np.array([5, 6, 7]), np.array([1, 2])], 3)
    >>> found.rows.tolist(), found.targets.tolist(), found.places.tolist()
    ([[5, 6, 1]], [[6, 7, 2]], [[1, 0, 0]])
    """
    sizes = [min(len(one) - 1, width) for one in histories]
    order = sorted((i for i, size in enumerate(sizes) if size > 0), key=lambda i: (-sizes[i], i))
    room: list[int] = []  # left in each row
    starts = []
    for i in order:
        spot = next((spot for spot, free in enumerate(room) if free >= sizes[i]), len(room))
        if spot == len(room):
            room.append(width)
        starts.append((spot + 1) * width - room[spot])
        room[spot] -= sizes[i]
    rows, places, owners, targets = (np.zeros((len(room), width), np.int64) for _ in range(4))
    if order:
        long = np.array([sizes[i] for i in order])
        within = np.arange(long.sum()) - np.repeat(np.cumsum(long) - long, long)
        at = np.repeat(starts, long) + within
        kept = [histories[i][-(width + 1) :] for i in order]
        rows.flat[at] = np.concatenate([one[:-1] for one in kept])
        targets.flat[at] = np.concatenate([one[1:] for one in kept])
        places.flat[at] = np.repeat(long, long) - 1 - within
        owners.flat[at] = np.repeat(order, long) + 1
    return Packed(rows, places, owners, targets)


Scorer: TypeAlias = Callable[[Sequence[Rows]], NDArray[np.float32]]
"""Histories in, (n, items + 1) scores out; higher is likelier next."""


def ranks(
    score: Scorer, histories: Sequence[Rows], targets: NDArray[np.integer], *, batch: int = 512
) -> NDArray[np.int64]:
    """Return the rank, from 1, of each target among all products that its history does not hold.

    Products already met are taken out, as in the full ranking of S3-Rec (Zhou et al. 2020); ties count
    against the target, so that a model without an opinion gains nothing.
    """
    found = [
        _ranks(score(histories[at : at + batch]), histories[at : at + batch], targets[at : at + batch])
        for at in range(0, len(histories), batch)
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _ranks(
    scores: NDArray[np.float32], histories: Sequence[Rows], targets: NDArray[np.integer]
) -> NDArray[np.int64]:
    n = len(histories)
    wanted = scores[np.arange(n), targets].copy()
    met = np.repeat(np.arange(n), [len(one) for one in histories])
    if len(met):
        scores[met, np.concatenate(histories)] = -np.inf
    scores[:, 0] = -np.inf
    scores[np.arange(n), targets] = -np.inf
    counted: NDArray[np.int64] = 1 + (scores >= wanted[:, None]).sum(axis=1)
    return counted


def _lines(path: Path) -> Iterable[str]:
    if not path.is_file():
        raise NotFound(f"no file {path}", hint="a line a shopper: shopper product product …")
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return [line for line in text.splitlines() if line.strip()]
