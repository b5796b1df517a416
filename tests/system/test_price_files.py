"""The price tables that come with the program."""

from pathlib import Path

import pytest

from cctray.core.config import Config
from cctray.core.errors import CctrayError
from cctray.system import paths
from cctray.system.price_files import price_book


def test_the_bundled_tables_are_read_and_their_absence_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them every cost would be nothing: it is an error, not an empty table."""
    assert price_book(Config()).is_priced("claude-sonnet-4-20250514")
    monkeypatch.setattr(paths, "resource", lambda name: tmp_path / name)
    with pytest.raises(CctrayError, match="is missing"):
        price_book(Config())
