"""Facts about the code that we want to stay true."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import dragoman
from dragoman import errors
from dragoman.serve.problems import EXIT, STATUS

SRC = Path(dragoman.__file__).parent
ROOT = SRC.parent.parent
DRAWERS = [
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "core",
    "base",
    "manager",
    "service",
    "handler",
    "processor",
    "pipeline",
]


def _errors() -> list[type[errors.DragomanError]]:
    found = [getattr(errors, name) for name in dir(errors)]
    return [one for one in found if isinstance(one, type) and issubclass(one, errors.DragomanError)]


def test_public_names_are_listed_and_sorted() -> None:
    assert dragoman.__all__ == sorted(dragoman.__all__)
    assert all(hasattr(dragoman, name) for name in dragoman.__all__)


def test_guide_methods_only_hand_over() -> None:
    parsed = ast.parse((SRC / "guide.py").read_text())
    [guide] = [node for node in parsed.body if isinstance(node, ast.ClassDef) and node.name == "Guide"]
    for method in (node for node in guide.body if isinstance(node, ast.FunctionDef)):
        is_doc = [isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) for s in method.body]
        body = [s for s, doc in zip(method.body, is_doc, strict=True) if not doc]
        assert [type(statement) for statement in body] == [ast.Return], method.name


def test_no_drawer_for_odds_and_ends() -> None:
    assert not [path for path in SRC.rglob("*.py") if path.stem in DRAWERS]
    classes = [
        node.name
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    drawer = re.compile(rf"({'|'.join(word.capitalize() for word in DRAWERS)})$")
    assert not [name for name in classes if drawer.search(name)]


def test_a_file_tells_one_story_in_under_300_lines() -> None:
    long = {str(path): n for path in SRC.rglob("*.py") if (n := len(path.read_text().splitlines())) > 300}
    assert not long


def test_importing_the_guide_loads_no_model_library() -> None:
    heavy = "{'torch', 'transformers', 'sqlalchemy', 'onnx', 'pyarrow', 'qdrant_client'}"
    probe = f"import sys, dragoman; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_error_has_a_status_and_an_exit_code() -> None:
    leaves = [kind for kind in _errors() if kind is not errors.DragomanError]
    assert all(any(parent in STATUS for parent in kind.__mro__) for kind in leaves)
    assert all(any(parent in EXIT for parent in kind.__mro__) for kind in leaves)


def test_every_error_is_drawn_at_the_top_of_the_file() -> None:
    drawing = errors.__doc__ or ""
    assert all(kind.__name__ in drawing for kind in _errors())


def test_the_generated_parts_of_the_docs_are_fresh() -> None:
    script = ROOT / "docs" / "generate.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
