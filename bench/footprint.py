"""What a process and a folder take: memory and disk."""

import resource
from pathlib import Path


def resident_mb() -> float:
    """Return this process's resident memory in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def folder_bytes(folder: Path) -> int:
    """Return the disk that a folder takes (allocated blocks, since engines preallocate sparsely)."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
