"""`dragoman settings` and `dragoman doctor`."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from dragoman.errors import DragomanError
from dragoman.opening import open_encoder, open_index
from dragoman.serve.commands.printing import say_json, say_table
from dragoman.serve.commands.translate import translator_seen
from dragoman.settings import Configured, Settings

_SECRETS = ("owner_key",)


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_obj
def print_settings(configured: Configured, as_json: bool) -> None:
    """Print every setting, its value, and where the value came from."""
    rows = [
        {
            "key": field.name,
            "value": _shown(field.name, getattr(configured.settings, field.name)),
            "origin": configured.origins[field.name],
            "about": str(field.metadata["about"]),
        }
        for field in fields(Settings)
    ]
    if as_json:
        say_json(rows)
    else:
        say_table(("key", "value", "origin", "about"), [[str(cell) for cell in row.values()] for row in rows])


def _shown(name: str, value: object) -> object:
    """A value as it is printed: a secret is not."""
    return "(set, not shown)" if name in _SECRETS and value else value


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the doctor looked at: whether it is well, what was seen, and the remedy if not."""

    name: str
    is_well: bool
    seen: str
    remedy: str = ""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.pass_obj
def doctor(configured: Configured, as_json: bool) -> None:
    """Check weights, engine, disk and versions, each with its remedy."""
    checks = examine(configured.settings)
    if as_json:
        say_json([{"name": c.name, "well": c.is_well, "seen": c.seen, "remedy": c.remedy} for c in checks])
    else:
        rows = [("ok" if check.is_well else "ILL", check.name, check.seen, check.remedy) for check in checks]
        say_table(("", "part", "seen", "remedy"), rows)
    if not all(check.is_well for check in checks):
        raise SystemExit(1)


def examine(settings: Settings) -> list[Check]:
    """Return one check per part, each tried for real: a text is encoded, the index opened."""
    return [
        _python(),
        *[_package(name) for name in ("onnxruntime", "tokenizers", "qdrant-edge-py", "icukit-pyicu")],
        _disk(settings),
        _tried("encoder", lambda: _encoder_seen(settings)),
        _tried("index", lambda: _index_seen(settings)),
        _tried("translator", lambda: translator_seen(settings)),
    ]


def _python() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Check("python", sys.version_info >= (3, 11), found, "install Python 3.11 or newer")


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "missing", f"pip install {name}")


def _disk(settings: Settings) -> Check:
    home = Path(settings.home).expanduser()
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free / 2**30
    seen = f"{free:.1f} GiB free at {nearest}"
    return Check("disk", free > 1.0, seen, "free 1 GiB, or set `home` elsewhere")


def _encoder_seen(settings: Settings) -> str:
    encoder = open_encoder(settings)
    [vector] = encoder.encode(["ready?"], "query")
    return f"{encoder.name}, {len(vector)} dims"


def _index_seen(settings: Settings) -> str:
    index = open_index(settings, open_encoder(settings))
    try:
        return f"{len(index)} products in {settings.shop}"
    finally:
        index.close()


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except DragomanError as error:
        return Check(name, False, error.message, error.hint)
