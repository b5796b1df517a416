"""A catch-up in a process of its own, to be killed, starved of disk and watched from outside."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.unprivileged import ROOT

CATCH_UP = """
import os, sys
from cctray import catchup
from cctray.core.config import Config
from cctray.core.errors import CctrayError
from cctray.system import paths
catchup.LOT_RECORDS = 100  # many commits, so that a kill falls between two of them
{before}
try:
    done = catchup.run(paths.find(os.environ), Config(), lambda reading: None)
except CctrayError as error:
    sys.exit(f"{{error.title}} | {{error.remedy}}")
print("\\n".join(done.complaints()))
"""


def environment(base: Path, data: Path) -> Mapping[str, str]:
    """A user whose transcripts lie in `base` and whose history in `data`."""
    return {
        **os.environ,
        "HOME": str(base),
        "CLAUDE_CONFIG_DIR": str(base),
        "CCTRAY_DATA_DIR": str(data),
        "CCTRAY_CONFIG_DIR": str(data / "config"),
    }


def start(base: Path, data: Path, before: str = "") -> "subprocess.Popen[str]":
    """Begin a catch-up; `before` runs in its process first."""
    return subprocess.Popen(
        [sys.executable, "-c", CATCH_UP.format(before=before)],
        cwd=ROOT, env=environment(base, data), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def catch_up(base: Path, data: Path, before: str = "") -> tuple[int, str]:
    """Exit code and what it said, of a catch-up that is left alone."""
    process = start(base, data, before)
    out, err = process.communicate(timeout=50)
    return process.returncode, (out + err).strip()
