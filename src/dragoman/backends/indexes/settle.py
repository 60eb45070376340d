"""Upkeep of an embedded shard in a process of its own, on a copy.

The engine holds Python's lock while it optimises, for minutes at 100,000 products, so the owner of a folder
must never do it itself.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from dragoman.errors import Unavailable

# Run by its path and not as a module of the package, all of which would be imported first.
_WORKER = Path(__file__).with_name("optimise.py")


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
