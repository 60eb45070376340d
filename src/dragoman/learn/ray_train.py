"""Training on a Ray cluster: the same run, its processes wherever Ray finds cores. Knows Ray, never a task.

Every machine needs this package, the data, and the run's folder at the same place: a shared disk.
"""

from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import Unavailable, Unsupported
from dragoman.learn.run import Run, perform

_FAILURES = 3  # after which Ray gives up; each time all begin again from the checkpoint


@dataclass(frozen=True, slots=True)
class Cluster:
    """How a run spreads over a cluster."""

    processes: int
    cores: int = 1  # of each process; the recipe's threads use them


def perform_on_ray(run: Run, cluster: Cluster) -> Path:
    """Train in Ray's processes; return the folder with what was learned.

    Ray is joined as its own rules say: RAY_ADDRESS, else a cluster on this machine for as long as it takes.

    Raises:
        Unsupported: Ray is not installed.
        Unavailable: the run failed; the message holds its error.
    """
    try:
        import ray
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer
    except ImportError as error:
        raise Unsupported("this needs Ray Train", hint="pip install 'dragoman[cluster]'") from error
    was_joined = ray.is_initialized()
    trainer = TorchTrainer(
        _work,
        train_loop_config={"run": run},
        torch_config=TorchConfig(backend="gloo"),
        scaling_config=ScalingConfig(
            num_workers=cluster.processes, resources_per_worker={"CPU": cluster.cores}
        ),
        run_config=RunConfig(
            name=run.recipe.name,
            storage_path=str(run.folder.resolve() / "ray"),
            failure_config=FailureConfig(max_failures=_FAILURES),
        ),
    )
    try:
        trainer.fit()
    except RuntimeError as error:  # Ray's own errors are of this kind
        raise Unavailable(f"the run on Ray failed: {error}", hint="the same command goes on") from error
    finally:
        if not was_joined:
            ray.shutdown()
    return run.folder / "learned"


def _work(given: dict[str, Run]) -> None:
    """What every process does; Ray has joined them to one team before."""
    perform(given["run"])
