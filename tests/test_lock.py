"""The lock holds everything pyproject.toml asks for, by hash, for every platform, and names no host."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _pins() -> list[tuple[str, str]]:
    """Name and version of each pin."""
    return re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCK, re.MULTILINE)


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    """Nothing asked for is missing, and no pin lies outside what is asked for."""
    asked = [Requirement(line) for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]

    for one in asked:
        versions = [version for name, version in _pins() if name == one.name.lower()]
        assert any(one.specifier.contains(version) for version in versions), one


def test_every_pin_has_hashes_and_nothing_else_is_in_the_lock() -> None:
    """Each line is a pin or a hash, each pin is followed by one: no index, no host, no comment."""
    lines = LOCK.splitlines()

    strange = [
        line for line in lines if not re.match(r"([a-z0-9-]+==\S+ .*\\|    --hash=sha256:[0-9a-f]{64}( \\)?)$", line)
    ]
    bare = [line for line, after in zip(lines, [*lines[1:], ""], strict=True) if "==" in line and "--hash" not in after]
    assert (strange, bare) == ([], [])


def test_the_lock_serves_every_platform() -> None:
    """What only Windows or only Linux needs is there under its marker."""
    for package, marker in {"pywin32-ctypes": "win32", "secretstorage": "linux", "tzdata": "win32"}.items():
        assert re.search(rf"^{package}==\S+ ; sys_platform == '{marker}'", LOCK, re.MULTILINE), package
