"""A smaller encoder learns from the whole one: `distil` as a run of its own. Knows weights and texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.backends.encoders.weights import Weights
from dragoman.learn.distil import distil
from dragoman.learn.loop import Progress, train
from dragoman.learn.recipe import Recipe, TaskRecipe
from dragoman.models.styles import Style
from dragoman.models.tower import Tower
from dragoman.ports import Encoder


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is taught on, and for how long; all weights but the word embeddings learn."""

    texts: Sequence[Path]
    langs: Sequence[str] = ()
    steps: int = 400
    rate: float = 2e-4
    batch: int = 32
    threads: int = 1
    max_tokens: int = 40


def teach(
    weights: Weights, teacher: Encoder, lesson: Lesson, folder: Path, *, progress: Progress | None = None
) -> Weights:
    """Return the weights after their lesson; stopped, the same call goes on in the same folder.

    Raises:
        NotFound: no such texts.
        Unsupported: the teacher's vectors are of another length.
        Conflict: the folder holds another lesson, or that of other weights.
    """
    places = [str(path.resolve()) for path in lesson.texts]
    options = {"texts": places, "langs": list(lesson.langs), "batch": lesson.batch}
    recipe = Recipe(
        name=f"{weights.origin} from {teacher.name}",  # in the digest: another body has other checkpoints
        tasks=(TaskRecipe("distil", options=options),),
        style=Style("full"),
        steps=lesson.steps,
        rate=lesson.rate,
        warm_up=min(30, lesson.steps // 10),
        threads=lesson.threads,
        max_tokens=lesson.max_tokens,
    )
    torch.manual_seed(recipe.seed)
    tower = Tower(weights, recipe.style, steps=recipe.steps, max_tokens=recipe.max_tokens, teacher=teacher)
    learned = train(recipe, [distil(recipe.tasks[0], recipe, Path)], tower, folder, progress=progress)
    found: Weights = read_hugging_face(learned)
    return found
