"""A sequence model by its recipe, tried on a file of sequences. Knows torch through the model only."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dragoman.backends.related.shelved import Scores
from dragoman.learn import next_item
from dragoman.learn.files import Find
from dragoman.learn.offline import MODELS, Tried, scorer_of, tried
from dragoman.learn.plan import Plan
from dragoman.learn.recipe import read_recipe
from dragoman.learn.sequence_export import exported
from dragoman.learn.trial import Trial, served, try_blend


def try_recipe(trial: Trial, place: Path, find: Find, folder: Path, *, seed: int) -> Tried:
    """Train a sequence model by a recipe on a trial's sequences, or go on with it, and try it on the test.

    Args:
        trial: What is learned from and tried on, instead of the recipe's own sequences.
        place: The recipe's file.
        find: Where the recipe's paths lead.
        folder: Of the run.
        seed: Of the run.
    """
    model = _learned(trial, place, find, folder, seed)
    return tried(scorer_of(model, trial.before), trial.before, trial.test)


def try_all_blended(trial: Trial, place: Path, find: Find, folder: Path, *, seed: int) -> Tried:
    """Learn every model, the sequence model as `try_recipe` does, and try the blender over all of them."""
    models = {name: fit(trial.past, Plan(dim=128, seed=seed)) for name, fit in MODELS.items()}
    return try_blend(trial, models | {"sequence": _learned(trial, place, find, folder, seed)}, seed=seed)


def _learned(trial: Trial, place: Path, find: Find, folder: Path, seed: int) -> Scores:
    recipe = replace(read_recipe(place), seed=seed)
    options = next_item.options_of(recipe)
    known = next_item.known_of(options, trial.products, find)
    held = next_item.Held(trial.split.train, trial.split.valid)
    learned = next_item.learn_next_item(
        recipe, options, trial.split.train, held, known, trial.split.items, folder
    )
    return served(exported(learned, known, np.unique(np.concatenate(trial.split.train))))
