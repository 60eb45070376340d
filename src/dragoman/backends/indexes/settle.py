"""Upkeep of an embedded shard in a process of its own, on a copy.

The engine holds Python's lock while it optimises, for minutes at 100,000 products, so the owner of a folder
must never do it itself.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dragoman.errors import Unavailable

# Run by its path and not as a module of the package, all of which would be imported first.
_WORKER = Path(__file__).with_name("optimise.py")


_BLOCK = 1 << 20


def copy_shard(source: Path, target: Path) -> None:
    """Copy a shard that nobody writes to just now. Its log goes with it: what was not flushed is in there."""
    shutil.copytree(source, target, copy_function=_copy_file)


def _copy_file(source: str, target: str) -> None:
    """Copy a file, holes as holes: the engine preallocates, and a shop of ten products would take 300 MB."""
    with Path(source).open("rb") as old, Path(target).open("wb") as new:
        size, end = os.fstat(old.fileno()).st_size, 0
        while end < size:
            try:
                start = os.lseek(old.fileno(), end, os.SEEK_DATA)
            except OSError:
                break  # nothing but a hole is left
            end = os.lseek(old.fileno(), start, os.SEEK_HOLE)
            for at in range(start, end, _BLOCK):
                os.pwrite(new.fileno(), os.pread(old.fileno(), min(_BLOCK, end - at), at), at)
        new.truncate(size)


class Settling:
    """A running upkeep of the shard copied to ``copy``."""

    def __init__(self, copy: Path) -> None:
        self.copy = copy
        command = [sys.executable, str(_WORKER), str(copy)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def wait(self) -> None:
        """Return when the copy is settled.

        Raises:
            Unavailable: it failed, or was stopped; the copy is removed.
        """
        _, said = self._process.communicate()
        if self._process.returncode:
            shutil.rmtree(self.copy, ignore_errors=True)
            last = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise Unavailable(
                f"upkeep ended with {self._process.returncode}: {last}",
                hint="the index still answers, only slower; see that disk and memory suffice",
            )

    def stop(self) -> None:
        """End it now."""
        self._process.terminate()
