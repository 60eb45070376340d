"""The Related contract on every backend, each learned from a journal as a shop's would be."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dragoman.backends.related.folder import RelatedFolder
from dragoman.learn.plan import Plan
from dragoman.learn.related import refresh
from dragoman.ports import Related
from dragoman.testing.related import MemoryRelated
from dragoman.testing.related_contract import HISTORIES, RelatedContract
from dragoman.testing.walks import walked


class TestMemoryRelated(RelatedContract):
    def make(self, histories: Sequence[Sequence[str]], folder: Path) -> Related:
        return MemoryRelated(histories)


@cache
def learned(histories: tuple[tuple[str, ...], ...]) -> tuple[Related, ...]:
    """Learn every model once: laws only ask them."""
    with TemporaryDirectory() as folder:
        refresh(walked(histories), Path(folder), Plan(dim=4, steps=60, least=1))
        return RelatedFolder(Path(folder)).all_models()


class Learned(RelatedContract):
    model = ""

    def make(self, histories: Sequence[Sequence[str]], folder: Path) -> Related:
        return next(one for one in learned(HISTORIES) if one.name == self.model)


class TestPopular(Learned):
    model, relates, is_personal, greets = "popular", False, False, True


class TestTogether(Learned):
    model = "together"


class TestSimilar(Learned):
    model = "similar"


class TestAls(Learned):
    model = "als"


class TestSequence(Learned):
    model = "sequence"


class TestBlend(Learned):
    model, greets = "blend", True


del Learned
