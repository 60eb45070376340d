"""A sequence model by its recipe, tried on a file of sequences. Knows torch through the model only."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dragoman.learn import next_item
from dragoman.learn.files import Find
from dragoman.learn.offline import Tried, scorer_of, tried
from dragoman.learn.recipe import read_recipe
from dragoman.learn.sequence_export import exported
from dragoman.learn.trial import Trial, served


def try_recipe(trial: Trial, place: Path, find: Find, folder: Path, *, seed: int) -> Tried:
    """Train a sequence model by a recipe on a trial's sequences, or go on with it, and try it on the test.

    Args:
        trial: What is learned from and tried on, instead of the recipe's own sequences.
        place: The recipe's file.
        find: Where the recipe's paths lead.
        folder: Of the run.
        seed: Of the run.
    """
    recipe = replace(read_recipe(place), seed=seed)
    options = next_item.options_of(recipe)
    known = next_item.known_of(options, trial.products, find)
    held = next_item.Held(trial.split.train, trial.split.valid)
    learned = next_item.learn_next_item(
        recipe, options, trial.split.train, held, known, trial.split.items, folder
    )
    model = served(exported(learned, known, np.unique(np.concatenate(trial.split.train))))
    return tried(scorer_of(model, trial.before), trial.before, trial.test)
