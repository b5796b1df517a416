"""The ratchet of size and manners: what ruff cannot count, over every file of the project."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60  # of body: the docstring does not count
DIRTY_NAMES = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}

# Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "a package registry's host": r"(pypi\.(org|python)|python" + r"hosted|registry\.(npmjs|yarnpkg)|crates" + r"\.io)",
    "a path of one machine": r"(?<![\w.~{}$%\\)-])/(work/|tmp/lab|root/\.pyenv|opt/(pypi|wheels))",
    "a temporary address of an index": r"--(extra-)?index-url (http|file)",
}


def _tracked() -> list[Path]:
    """Files of the project: what git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive, or a machine without git
        tops = [path for path in ROOT.iterdir() if path.name == ".ci" or not path.name.startswith(".")]
        every = [path for top in tops for path in (top.rglob("*") if top.is_dir() else [top])]
        return [path for path in every if path.is_file() and path.suffix != ".pyc"]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


FILES = _tracked()
MODULES = [path for path in FILES if path.suffix == ".py"]


def _names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=_names(MODULES))
def test_a_module_is_small_and_says_what_it_holds(path: Path) -> None:
    """At most 400 lines, bodies of at most 60, a docstring, and a name that means something."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    docstring = ast.get_docstring(tree)
    assert docstring, "no docstring says what lives here"
    assert len(text.splitlines()) <= MAX_FILE_LINES
    assert {one.name: _body_lines(one) for one in _functions(tree) if _body_lines(one) > MAX_FUNCTION_LINES} == {}
    assert path.stem not in DIRTY_NAMES


TEST_MODULES = [path for path in MODULES if path.name.startswith("test_")]


@pytest.mark.parametrize("path", TEST_MODULES, ids=_names(TEST_MODULES))
def test_every_test_says_what_it_pins(path: Path) -> None:
    """Each test carries a sentence, and none sleeps: it waits for a condition."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    assert [one.name for one in _functions(tree) if one.name.startswith("test_") and not ast.get_docstring(one)] == []
    assert re.findall(r"\btime\.sleep\(|\bqtbot\.wait\(|\basyncio\.sleep\((?!0\))", text) == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_tells_where_it_was_made(what: str) -> None:
    """No tracked text names a package registry's host or a path of the machine it was written on."""
    pattern = re.compile(FORBIDDEN[what])

    found = []
    for path in FILES:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # pictures
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]

    assert found == []
