"""One short training run in a process of its own, with what it cost: what styles.py and zeroshot.py compare.

    python bench/short_run.py '{"kind": "lora", "rate": 5e-4, "steps": 40}'

Concepts are those of CLDR (data/parallel): the same short text in thirty languages. Prints one JSON object.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PARALLEL = Path(__file__).parent.parent / "data" / "parallel"
MAX_TOKENS = 24  # CLDR is terse; with sixteen virtual tokens it is forty places
LANGS = ("zh", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "th")


@dataclass(frozen=True, slots=True)
class Asked:
    """A run: its style, its task, how long, and which languages it may learn from (none: all)."""

    kind: str = "lora"
    rate: float = 5e-4
    steps: int = 40
    batch: int = 24
    task: str = "follow"
    langs: tuple[str, ...] = ()
    body: str = ""
    home: str = "~/.cache/dragoman"
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)  # of the style


@dataclass(frozen=True, slots=True)
class Cost:
    """What came of it: weights that learn, seconds a step, peak memory, quality by language (0..1)."""

    trainable: int
    seconds: float
    peak_mb: float
    found_first: dict[str, float]

    @property
    def mean(self) -> float:
        """The mean of the languages."""
        return sum(self.found_first.values()) / len(self.found_first)


def apart(asked: Asked) -> Cost:
    """Perform the run in a fresh process, so that its peak memory is its own."""
    command = [sys.executable, "-W", "ignore", __file__, json.dumps(asdict(asked))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def performed(asked: Asked) -> Cost:
    """Train and measure in this process."""
    import torch

    from dragoman.backends.encoders.folder import FolderEncoder
    from dragoman.learn import Recipe, open_task, train
    from dragoman.learn.measured import found_first
    from dragoman.learn.recipe import TaskRecipe
    from dragoman.measure.vectors import CachedVectors
    from dragoman.models import Style, Tower, read_body

    torch.set_num_threads(1)
    torch.manual_seed(asked.seed)
    options = {"batch": asked.batch, "sources": [str(PARALLEL / "cldr.jsonl.gz")]}
    left_out = _every_lang() - {"en", *asked.langs} if asked.langs else set()
    recipe = Recipe(
        "short", (TaskRecipe(asked.task, options=options),), seed=asked.seed, steps=asked.steps,
        rate=asked.rate, warm_up=max(1, asked.steps // 10), save_every=asked.steps,
        measure_every=asked.steps, max_tokens=MAX_TOKENS, langs=dict.fromkeys(sorted(left_out), 0.0),
    )  # fmt: skip
    home = Path(asked.home).expanduser()
    encoder = FolderEncoder(asked.body, home=str(home), threads=1, precision="float32")
    style = Style(asked.kind, **asked.options)  # type: ignore[arg-type]
    tower = Tower(
        read_body(asked.body), style, steps=asked.steps, max_tokens=MAX_TOKENS,
        teacher=CachedVectors(encoder, home / "vectors"),
    )  # fmt: skip
    tasks = [open_task(task, recipe, Path) for task in recipe.tasks]
    times = [time.perf_counter()]
    if tower.learning():
        with TemporaryDirectory() as folder:
            train(recipe, tasks, tower, Path(folder), progress=lambda *_: times.append(time.perf_counter()))
            found = json.loads((Path(folder) / "metrics.jsonl").read_text().splitlines()[-1])["found_first"]
    else:  # "head" has nothing to learn here: it is the row to stand beside
        held = [one for task in tasks for one in task.held]
        found = found_first(tower.train(False), held, seed=asked.seed)
    seconds = sorted(after - before for before, after in pairwise(times))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    trainable = sum(weight.numel() for weight in tower.learning().values())
    return Cost(trainable, seconds[len(seconds) // 2] if seconds else 0.0, peak, found)


def _every_lang() -> set[str]:
    from dragoman.learn.concepts import read_concepts

    return {lang for concept in read_concepts(PARALLEL / "cldr.jsonl.gz") for lang in concept}


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(asdict(performed(Asked(**given | {"langs": tuple(given.get("langs", ()))})))))
