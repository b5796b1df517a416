"""The table as tests, one per row, run on request: `pytest -m bench tests/benchmarks`."""

import os
import sys
from pathlib import Path

import pytest

from tests.benchmarks import run
from tests.benchmarks.figures import table
from tests.benchmarks.setting import Setting

CACHE = run.folder(run.CACHE) or Path.home() / ".cache" / "cctray-benchmarks"
"""Found out before the tests get a home of their own."""

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3_600)]


@pytest.mark.skipif(sys.platform != "linux", reason="figures of processes are read from /proc")
@pytest.mark.parametrize("name", run.ROWS)
def test_the_figures_are_reached(name: str) -> None:
    """Every figure of the row is as good as the issue asks for."""
    CACHE.mkdir(parents=True, exist_ok=True)
    setting = Setting(cache=CACHE, corpus=run.folder(run.CORPUS), ccusage=run.folder(run.CCUSAGE))
    rows = run.ROWS[name](setting)
    print(table(rows), f"on {os.cpu_count()} cores")
    assert [row.what for row in rows if row.ok is False] == []
