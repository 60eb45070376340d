"""Writes the generated parts of the docs, or with ``--check`` says which are stale.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``. What the code knows
(settings, command help, the tree) is written from the code, so that it cannot be wrong.
"""

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import click

from dragoman.serve.cli import dragoman
from dragoman.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "ARCHITECTURE.md", "docs/guides/engineer.md")
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def settings_table() -> str:
    """Return every setting as a Markdown table."""
    rows = ["| key | default | meaning |", "|---|---|---|"]
    for field in fields(Settings):
        default = field.default if field.default not in ("", ()) else " "
        rows.append(f"| `{field.name}` | `{default}` | {field.metadata['about']} |")
    return "\n".join(rows)


def command_help() -> str:
    """Return the help text of every command."""
    parts: list[str] = []

    def describe(command: click.Command, name: str) -> None:
        context = click.Context(command, info_name=name, max_content_width=100)
        parts.append(f"```text\n$ {name} --help\n{command.get_help(context)}\n```")
        if isinstance(command, click.Group):
            for child in sorted(command.commands):
                describe(command.commands[child], f"{name} {child}")

    describe(dragoman, "dragoman")
    return "\n\n".join(parts)


def tree() -> str:
    """Return the package's folders and files, each with the first clause of its docstring."""
    source = ROOT / "src" / "dragoman"
    lines = ["```text", "src/dragoman/"]
    for path in sorted(source.rglob("*.py"), key=lambda one: (one.parent.parts, one.name)):
        place = path.relative_to(source)
        if place.name == "__init__.py" and place.parent == Path("."):
            continue
        shown = f"{place.parent}/" if place.name == "__init__.py" else str(place)
        text = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines() or [""]
        lines.append(f"  {shown:<38} {text[0].rstrip('.')}")
    return "\n".join([*lines, "```"])


PARTS: dict[str, Callable[[], str]] = {"settings": settings_table, "help": command_help, "tree": tree}


def refreshed(page: str) -> str:
    """Return the page with its generated parts as the code has them now."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", page)


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    stale = []
    for name in PAGES:
        path = ROOT / name
        if not path.exists():
            continue
        before = path.read_text(encoding="utf-8")
        after = refreshed(before)
        if before != after:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(after, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"stale: {', '.join(stale)}; run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
