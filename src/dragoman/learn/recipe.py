"""A training run as a value, read from one TOML file. Knows files, never torch."""

import dataclasses
import hashlib
import json
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dragoman.errors import BadConfig, NotFound
from dragoman.learn.concepts import Source
from dragoman.learn.ranges import marked
from dragoman.models.styles import Style

Mixing: TypeAlias = Literal["sum", "sampled", "uncertainty"]
Schedule: TypeAlias = Literal["cosine", "linear", "constant", "inverse_sqrt"]


@dataclass(frozen=True, slots=True)
class TaskRecipe:
    """One task: its kind, how much of its loss counts, how often it is drawn, and its own options."""

    kind: str
    weight: float = 1.0
    share: float = 1.0
    options: Mapping[str, Any] = field(default_factory=dict)  # Any: each task reads its own


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a run; the same recipe on the same data gives the same weights."""

    name: str
    tasks: tuple[TaskRecipe, ...]
    style: Style = Style()
    body: str = ""  # Hugging Face folder of the pre-trained body; "" is the packaged one
    layers: int = 0  # first layers of the body that are used; 0 is all
    start: str = ""  # LoRA adapter the body has at first ("shipped" is ours); what is learned comes on top
    teacher: str = ""  # folder of an encoder whose vectors are learned from; "" is the body as the run begins
    seed: int = 0
    steps: int = 1000
    rate: float = 5e-4
    decay: float = 0.01
    warm_up: int = 30
    schedule: Schedule = "cosine"
    gather: int = 1  # batches whose gradients make one step
    clip: float = 1.0
    threads: int = 1
    max_tokens: int = 40
    mixing: Mixing = "sampled"
    temperature: float = 1.0  # of sampled mixing: tasks are drawn by share ** (1 / temperature)
    head_rate: float = 5e-3  # of heads that give labels: one dense step each, which begins at nothing
    doubt_rate: float = 0.02  # of the tasks' uncertainties: at the weights' own rate they would hardly move
    save_every: int = 50
    measure_every: int = 100
    patience: int = 0  # measurements without a gain before stopping; 0 never stops early
    bf16: bool = False
    langs: Mapping[str, float] = field(default_factory=dict)  # weight of a language when one is drawn
    held_out: tuple[str, ...] = ()  # languages left out of all training, to see what carries over

    def weights(self) -> dict[str, float]:
        """Return the weight of each language that differs from 1."""
        return {**self.langs, **dict.fromkeys(self.held_out, 0.0)}

    def digest(self) -> str:
        """Return a short fingerprint: a checkpoint belongs to one recipe."""
        return hashlib.sha256(json.dumps(dataclasses.asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a TOML file.

    Raises:
        NotFound: no such file.
        BadConfig: no TOML, an unknown key, a value of the wrong type or range, or one still to be found.
    """
    tree = read_tree(path)
    if ranges := marked(tree):
        hint = f"let it be found: dragoman train {path} --search 20; or write a value"
        raise BadConfig(f"{path}: {ranges[0].place} is a range", hint=hint)
    return recipe_of(tree, path)


def read_tree(path: Path) -> dict[str, Any]:  # Any: TOML
    """Return what a recipe's file says, ranges among it; raises NotFound and BadConfig."""
    if not path.is_file():
        raise NotFound(f"no recipe {path}", hint="the recipes that come with the project are in recipes/")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}", hint="a recipe is a TOML file") from error


def recipe_of(tree: Mapping[str, Any], path: Path) -> Recipe:  # Any: TOML
    """Return the recipe that a tree without ranges says; raises BadConfig as `read_recipe` does."""
    tasks = tuple(_task(one, path) for one in tree.get("tasks", []))
    style = build(Style, tree.get("style", {}), f"{path} [style]")
    fields = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in tree.items()
        if key not in {"tasks", "style"}
    }
    recipe: Recipe = build(Recipe, {"name": path.stem, "tasks": tasks, "style": style, **fields}, str(path))
    _check(recipe, path)
    return recipe


def build(kind: type[Any], values: Mapping[str, Any], where: str) -> Any:  # Any: any of our dataclasses
    """Return ``kind(**values)``; raises BadConfig with the place, the key and what was expected."""
    known = {one.name for one in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    for key, value in values.items():
        if key not in known:
            raise BadConfig(f"{where}: unknown key {key!r}", hint=f"known: {', '.join(sorted(known))}")
        if problem := _problem(value, hints[key]):
            raise BadConfig(f"{where}: {key} = {value!r}", hint=problem)
    try:
        return kind(**values)
    except TypeError as error:
        raise BadConfig(f"{where}: {error}", hint="give the missing keys") from error


def sources_of(options: Mapping[str, Any], key: str = "sources") -> tuple[Source, ...]:  # Any: TOML
    """Return the files a task reads: ``sources = ["path", { path = "…", share = 2.0 }]``, or one path."""
    given = options.get(key, [])
    listed = [given] if isinstance(given, str) else given
    return tuple(build(Source, one if isinstance(one, dict) else {"path": one}, key) for one in listed)


def _problem(value: object, hint: Any) -> str:  # Any: a type hint
    origin = typing.get_origin(hint)
    if origin is Literal:
        return "" if value in typing.get_args(hint) else f"one of {', '.join(typing.get_args(hint))}"
    if hint is float:
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else "a number"
    if hint in {int, str, bool}:
        return "" if type(value) is hint else f"a value of type {hint.__name__}"
    return ""


def _task(values: Mapping[str, Any], path: Path) -> TaskRecipe:  # Any: TOML
    own = {key: value for key, value in values.items() if key in {"kind", "weight", "share"}}
    options = {key: value for key, value in values.items() if key not in own}
    task: TaskRecipe = build(TaskRecipe, {**own, "options": options}, f"{path} [[tasks]]")
    return task


def _check(recipe: Recipe, path: Path) -> None:
    if not recipe.tasks:
        raise BadConfig(f"{path} has no task", hint='add [[tasks]] with kind = "align"')
    least = {"steps": 1, "gather": 1, "threads": 1, "save_every": 1, "measure_every": 1, "max_tokens": 4}
    for key, low in least.items():
        if getattr(recipe, key) < low:
            raise BadConfig(f"{path}: {key} = {getattr(recipe, key)}", hint=f"{key} is at least {low}")
    if recipe.start and recipe.style.kind not in {"lora", "full", "top", "head"}:
        hint = 'style kind "lora", "full" or "top", or no start'
        raise BadConfig(f'{path}: start with [style] kind = "{recipe.style.kind}" cannot be saved', hint=hint)
    if not (recipe.rate > 0 and recipe.temperature > 0 and all(one.share > 0 for one in recipe.tasks)):
        raise BadConfig(f"{path}: rate, temperature and every share are above 0", hint="give a larger number")
