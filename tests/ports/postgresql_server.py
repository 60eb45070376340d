"""A PostgreSQL server for the tests: a private cluster in a temporary folder, run by a user who may."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

AS = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # root may not run a server


def _program(name: str) -> str:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(places[0]) if places else shutil.which(name) or ""


def running() -> Iterator[str]:
    """Yield the address of a fresh server's database; skips where there is none to start."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    if not initdb or not control:
        pytest.skip("no PostgreSQL server: `make postgresql` installs it")
    folder = Path(tempfile.mkdtemp(prefix="dragoman-postgresql-"))
    if AS:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"

    def run(*command: str) -> None:
        subprocess.run([*AS, *command], check=True, capture_output=True, timeout=120, cwd=folder)

    data = str(folder / "data")
    run(initdb, "-D", data, "-U", "shop", "-A", "trust", "--no-sync", "--locale=C.UTF-8")
    run(control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://shop@127.0.0.1:{port}/postgres"
    finally:
        run(control, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
