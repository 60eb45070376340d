"""Search for a recipe's marked values: trials one after the other, poor ones broken off, the best written.

Trials are kept in the run's folder, so a search that was stopped goes on, its unfinished trial too. Values
are proposed by the tree-structured Parzen estimator (Bergstra et al. 2011), and a trial is broken off whose
score is below the median of the earlier ones at the same step; both as Optuna has them.
"""

import csv
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, Trial, TrialState

from dragoman.errors import BadConfig, BadInput, Conflict
from dragoman.learn.ranges import Range, Tree, filled, marked
from dragoman.learn.recipe import recipe_of
from dragoman.learn.run import Run, perform
from dragoman.learn.written import as_toml

log = logging.getLogger(__name__)

_FIRST = 5  # trials before any is broken off, or proposed by what the others found
_STATES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "broken off"}


@dataclass(frozen=True, slots=True)
class Search:
    """A recipe with ranges, how often to try, and where: each trial is ``run`` with another recipe."""

    tree: Tree
    path: Path  # of the recipe
    trials: int
    run: Run  # in whose folder the search is kept; its seed begins it


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial: its score (the best of its measurements, higher is better) and its values by place."""

    number: int
    state: str
    score: float | None
    values: Mapping[str, Any]  # Any: TOML


def search(
    asked: Search, *, change: Mapping[str, Any], told: Callable[[Tried], None] | None = None
) -> list[Tried]:  # Any: fields of a recipe
    """Try until so many trials are over; write trials.tsv and best.toml into the run's folder.

    Args:
        asked: What to search.
        change: Keys of the recipe that are other than it says, such as ``{"steps": 10}``.
        told: Called with every trial that is over.

    Returns:
        All trials that are over, in their order.

    Raises:
        BadConfig: the recipe marks no value, or a trial's recipe cannot be.
        BadInput: no trial was finished.
        Conflict: the folder holds the search of other ranges.
    """
    ranges, folder = marked(asked.tree), asked.run.folder
    if not ranges:
        hint = "mark one: rate = { from = 1e-4, to = 1e-3, log = true }"
        raise BadConfig(f"{asked.path} has no range to search", hint=hint)
    with _opened(folder, ranges, seed=asked.run.recipe.seed) as study:
        while len(_over(study, ranges)) < asked.trials:
            trial = study.ask()
            values = {one.place: _suggested(trial, one) for one in ranges}
            recipe = replace(recipe_of(filled(asked.tree, values), asked.path), **change)
            # By its values, not its number: a trial that was cut is asked for again, and goes on there.
            place = folder / "trials" / recipe.digest()
            _try(replace(asked.run, recipe=recipe, folder=place), study, trial)
            if told:
                told(_tried(study.trials[trial.number], ranges))
        found = _over(study, ranges)
    _write(asked, found, change)
    return found


def best_of(trials: Sequence[Tried]) -> Tried:
    """Return the finished trial with the highest score, the earliest of equals.

    Raises:
        BadInput: none was finished.
    """
    finished = [one for one in trials if one.state == "complete" and one.score is not None]
    if not finished:
        raise BadInput("no trial was finished", hint="see trials.tsv; a narrower range, or a lower rate")
    return max(finished, key=lambda one: (one.score, -one.number))


def _try(run: Run, study: optuna.Study, trial: Trial) -> None:
    scores: list[float] = []

    def measured(step: int, score: float) -> None:
        scores.append(score)
        trial.report(score, step)
        if trial.should_prune():
            raise optuna.TrialPruned

    try:
        perform(run, measured=measured)
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    except BadConfig:
        raise
    except BadInput as error:  # a loss that is no number says something about the values
        log.warning("trial %d: %s", trial.number, error.message)
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, max(scores))


@contextmanager
def _opened(folder: Path, ranges: Sequence[Range], *, seed: int) -> Iterator[optuna.Study]:
    """The folder's study; a trial whose process died is asked for again, with its values."""
    folder.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = optuna.storages.RDBStorage(f"sqlite:///{(folder / 'trials.db').resolve()}")
    try:
        study = optuna.create_study(
            storage=storage, study_name="search", load_if_exists=True, direction="maximize"
        )
        # Another seed for every start: else a search that goes on would propose its first values again.
        started = seed + len(study.trials)
        study.sampler = optuna.samplers.TPESampler(seed=started, n_startup_trials=_FIRST)
        study.pruner = optuna.pruners.MedianPruner(n_startup_trials=_FIRST)
        if study.user_attrs.get("ranges", repr(ranges)) != repr(ranges):
            hint = "name another folder with --out, or delete this one"
            raise Conflict(f"{folder} holds the search of other ranges", hint=hint)
        study.set_user_attr("ranges", repr(ranges))
        for trial in study.get_trials(states=(TrialState.RUNNING,)):
            study.enqueue_trial(trial.params)
            study.tell(trial.number, state=TrialState.FAIL)
        yield study
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _suggested(trial: Trial, asked: Range) -> Any:  # Any: TOML
    if asked.choices:  # by number, as Optuna keeps plain values only
        return asked.choices[trial.suggest_categorical(asked.place, list(range(len(asked.choices))))]
    if asked.is_whole:
        return trial.suggest_int(asked.place, int(asked.low), int(asked.high), log=asked.log)
    return trial.suggest_float(asked.place, asked.low, asked.high, log=asked.log)


def _over(study: optuna.Study, ranges: Sequence[Range]) -> list[Tried]:
    return [_tried(trial, ranges) for trial in study.get_trials(states=tuple(_STATES))]


def _tried(trial: FrozenTrial, ranges: Sequence[Range]) -> Tried:
    known = {one.place: one for one in ranges}
    values = {
        place: known[place].choices[value] if known[place].choices else value
        for place, value in trial.params.items()
    }
    last = max(trial.intermediate_values.values(), default=None)
    return Tried(trial.number, _STATES[trial.state], last if trial.value is None else trial.value, values)


def _write(asked: Search, found: Sequence[Tried], change: Mapping[str, Any]) -> None:  # Any: as above
    """Write the table of trials, and the best one as a recipe whose paths lead where they led."""
    folder = asked.run.folder
    places = [one.place for one in marked(asked.tree)]
    with (folder / "trials.tsv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, delimiter="\t", lineterminator="\n")
        table.writerow(["trial", "state", "score", *places])
        for one in found:
            table.writerow([one.number, one.state, one.score, *(one.values.get(p, "") for p in places)])
    best = {"name": asked.path.stem, **filled(asked.tree, best_of(found).values), **change}
    moved = _moved(best, asked.path.parent.resolve(), folder.resolve())
    (folder / "best.toml").write_text(as_toml(moved), encoding="utf-8")


def _moved(value: Any, old: Path, new: Path) -> Any:  # Any: TOML
    """A recipe's paths start from its folder: those that lead somewhere from ``old`` do so from ``new``."""
    if isinstance(value, Mapping):
        return {
            key: part if key in {"body", "teacher"} else _moved(part, old, new) for key, part in value.items()
        }
    if isinstance(value, list):
        return [_moved(part, old, new) for part in value]
    if isinstance(value, str) and _leads(value, old):
        return os.path.relpath(old / value, new)
    return value


def _leads(value: str, old: Path) -> bool:
    """Whether a text is a path or a pattern of something that is there; a bare word never is."""
    is_path = bool(Path(value).suffix or "/" in value) and not value.startswith(("data:", "/"))
    return is_path and bool(glob(str(old / value)))
