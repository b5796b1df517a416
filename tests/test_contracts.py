"""The import contracts of pyproject.toml: the tree keeps them, and each is seen to fail when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LATE = "def load() -> None:\n    import {module}\n"
TYPES_ONLY = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {module}\n"

BREACHES = [
    ("layers", {"core/probe.py": "import cctray.store"}),
    ("layers", {"system/probe.py": "import cctray.cli"}),
    ("layers", {"cli/probe.py": "import cctray.ui"}),
    ("layers", {"ui/probe.py": "import cctray.cli"}),
    ("layers", {"feed/probe.py": "import cctray.store"}),
    ("layers", {"net/probe.py": "import cctray.door"}),
    ("layers", {"store/probe.py": LATE.format(module="cctray.feed")}),
    ("layers", {"engine/probe.py": "from cctray.store import names", "store/names.py": ""}),
    ("layers", {"feed/probe.py": "import cctray.catchup", "catchup.py": ""}),
    ("layers", {"ui/probe.py": "import cctray.app", "app.py": ""}),
    ("layers", {"utils.py": ""}),
    ("core", {"core/probe.py": "import os"}),
    ("core", {"core/probe.py": "from pathlib import Path"}),
    ("core", {"core/probe.py": LATE.format(module="time")}),
    ("core", {"core/probe.py": TYPES_ONLY.format(module="sqlite3")}),
    ("core", {"core/probe.py": "from PySide6.QtCore import QObject"}),
    ("qt", {"feed/probe.py": "from PySide6 import QtCore"}),
    ("qt", {"net/probe.py": "import PySide6.QtNetwork"}),
    ("qt", {"cli/probe.py": LATE.format(module="PySide6.QtWidgets")}),
    ("charts", {"ui/tray/probe.py": "import numpy"}),
    ("charts", {"ui/dashboard/window.py": "import pyqtgraph"}),
    ("libraries", {"cli/probe.py": LATE.format(module="aiohttp")}),
    ("libraries", {"cli/probe.py": "import zeroconf"}),
    ("libraries", {"door/probe.py": "import aiohttp"}),
    ("libraries", {"feed/probe.py": "import sqlite3"}),
    ("libraries", {"ui/tray/probe.py": "from qasync import QEventLoop"}),
    ("bridge", {"ui/tray/probe.py": "from cctray import store"}),
    ("bridge", {"ui/tray/probe.py": "from cctray.door import client", "door/client.py": ""}),
    ("bridge", {"ui/dashboard/page.py": "import cctray.net.hub", "net/hub.py": ""}),
    ("strangers", {"ui/tray/probe.py": "import cctray.ui.dashboard.page", "ui/dashboard/page.py": ""}),
    ("strangers", {"ui/dashboard/page.py": TYPES_ONLY.format(module="cctray.ui.tray")}),
    (
        "cycles",
        {"core/one.py": "import cctray.core.two", "core/two.py": TYPES_ONLY.format(module="cctray.core.one")},
    ),
]

ALLOWED = {
    "core/probe.py": "import msgspec\nfrom zoneinfo import ZoneInfo",
    "net/probe.py": "import aiohttp\nimport zeroconf\nimport cctray.core.usage",
    "system/probe.py": "import os\nimport keyring",
    "cli/probe.py": "import cctray.store\nimport cctray.door\nimport cctray.core.usage",
    "ui/bridge_probe.py": "import cctray.core.snapshot",
    "ui/tray/probe.py": "from PySide6 import QtGui\nimport cctray.ui.bridge_probe",
    "ui/dashboard/charts.py": "import numpy\nimport pyqtgraph",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package and its contracts."""
    shutil.copytree(ROOT / "cctray", tmp_path / "cctray", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def write(tree: Path, files: dict[str, str]) -> None:
    """Add modules below cctray/, making the rooms that do not exist yet."""
    for name, text in files.items():
        path = tree / "cctray" / name
        for room in reversed(path.relative_to(tree).parents[:-1]):
            (tree / room).mkdir(exist_ok=True)
            (tree / room / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")


def lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the contracts as the check command does."""
    program = "from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    """The package as it is breaks no contract."""
    result = lint(tree)

    assert result.returncode == 0, result.stdout + result.stderr


def test_the_contracts_allow_what_the_rooms_are_for(tree: Path) -> None:
    """Each library is welcome in its own room, and the layers may be used downwards."""
    write(tree, ALLOWED)

    result = lint(tree)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("contract", "files"), BREACHES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_breach_is_seen(tree: Path, contract: str, files: dict[str, str]) -> None:
    """A forbidden import, plain, late or for types only, breaks the contract that forbids it."""
    write(tree, files)

    result = lint(tree, "--contract", contract)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "0 kept, 1 broken." in result.stdout
