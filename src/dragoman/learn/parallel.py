"""Starts several training processes on this machine and watches over them, with torch's elastic launcher.

Several machines: `torchrun … -m dragoman.serve.cli train RECIPE` on each, or Ray (`ray_train`).
"""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import torch.distributed as dist
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, record
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from dragoman.errors import Unavailable
from dragoman.learn import checkpoint
from dragoman.learn.run import Run, bar, perform
from dragoman.learn.team import team

log = logging.getLogger(__name__)

_PATIENCE = timedelta(hours=1)  # the others wait while the first measures
_RESTARTS = 3  # of all processes, when one of them died; they go on from the checkpoint


def shared(run: Run, processes: int) -> Run:
    """Return the run with the batches of all processes in a step: the recipe they carry out together.

    Its checkpoint fits any other number of processes whose product with `gather` is the same.
    """
    return replace(run, recipe=replace(run.recipe, gather=run.recipe.gather * processes))


def perform_together(run: Run, processes: int, *, restarts: int = _RESTARTS) -> Path:
    """Train on so many processes of this machine; return the folder with what was learned.

    Args:
        run: As one process would perform it: its `gather` is shared out.
        processes: How many; more than cores, or than `gather`, only wait.
        restarts: How often all are started again after one of them died.

    Raises:
        Conflict: the folder is another recipe's.
        Unavailable: one of them failed; the message holds its error.
    """
    checkpoint.load(run.folder, recipe=run.recipe.digest())  # refused here, rather than by a far process
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=processes,
        run_id=uuid.uuid4().hex,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        start_method="spawn",
        max_restarts=restarts,
        monitor_interval=0.1,
    )
    try:
        elastic_launch(config, _work)(run)
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        said = f"training process {rank} failed: {failure.message}"
        raise Unavailable(said, hint="put right what it says; the same command goes on") from error
    except SignalException as error:  # what the launcher makes of Ctrl-C
        raise KeyboardInterrupt from error
    return run.folder / "learned"


@contextmanager
def joined() -> Iterator[None]:
    """Be one of a team for a while, where torch's launcher started this process; else alone."""
    if not dist.is_torchelastic_launched() or dist.is_initialized():
        yield
        return
    dist.init_process_group("gloo", timeout=_PATIENCE)
    try:
        yield
    finally:
        dist.destroy_process_group()


@record  # type: ignore[untyped-decorator]  # so that the launcher knows what went wrong
def _work(run: Run) -> None:
    """What every process does; the first shows how far they are."""
    with joined(), bar(run.recipe.steps) if team().is_first else nullcontext() as progress:
        perform(run, progress=progress)
