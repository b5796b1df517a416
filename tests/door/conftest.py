"""What every test of the door starts from."""

from pathlib import Path

import pytest


@pytest.fixture
def door_file(tmp_path: Path) -> Path:
    """A door file as `Paths` names it."""
    return tmp_path / "door" / "door.json"
