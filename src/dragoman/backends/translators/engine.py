"""CTranslate2 as we use it: rows of pieces in, others with a confidence out. Knows pieces, no languages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import ctranslate2

from dragoman.errors import BadConfig, Corrupt

Rounding: TypeAlias = Literal["int8", "float32"]

_TOGETHER = 2048  # tokens of one batch inside the engine, which sorts by length itself


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one row."""

    pieces: tuple[str, ...]
    confidence: float  # 0..1: the geometric mean of the pieces' odds, not calibrated


@dataclass(frozen=True, slots=True)
class Habits:
    """How a folder is run."""

    beam: int = 2
    threads: int = 1
    most: int = 160  # pieces written at most
    rounding: Rounding = "int8"
    unlike: int = 0  # no run of so many pieces is written twice in a text; 0 allows any


class Engine:
    """One opened folder; safe to call from many threads."""

    def __init__(self, folder: Path, habits: Habits) -> None:
        """Open it.

        Raises:
            BadConfig: a number below 1.
            Corrupt: the engine refuses the folder.
        """
        if min(habits.beam, habits.threads, habits.most) < 1:
            said = f"beam={habits.beam}, threads={habits.threads}, most={habits.most}"
            raise BadConfig(said, hint="all of them must be at least 1")
        self._habits = habits
        try:
            self._opened = ctranslate2.Translator(
                str(folder),
                device="cpu",
                compute_type=habits.rounding,
                inter_threads=1,
                intra_threads=habits.threads,
            )
        except (RuntimeError, ValueError) as error:
            raise Corrupt(
                f"CTranslate2 cannot open {folder}: {error}", hint="delete it; it is made again"
            ) from error

    def write(self, rows: Sequence[Sequence[str]], first: Sequence[str]) -> list[Written]:
        """Return what is written for each row of pieces, in its order.

        Args:
            first: Pieces that each target begins with, such as its language; they are not returned.
        """
        found = self._opened.translate_batch(
            [list(row) for row in rows],
            target_prefix=[list(first)] * len(rows) if first else None,
            beam_size=self._habits.beam,
            max_batch_size=_TOGETHER,
            batch_type="tokens",
            max_decoding_length=self._habits.most,
            max_input_length=0,
            no_repeat_ngram_size=self._habits.unlike,
            return_scores=True,
            disable_unk=True,
        )
        return [Written(_after(one.hypotheses[0], first), min(1.0, math.exp(one.scores[0]))) for one in found]


def _after(pieces: Sequence[str], first: Sequence[str]) -> tuple[str, ...]:
    """What follows the pieces given: the engine returns them, except one that it began with itself."""
    begun = list(pieces[: len(first)]) == list(first)
    return tuple(pieces[len(first) :] if begun else pieces)
