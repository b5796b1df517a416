"""Rights, for tests of what may not be read or written: root may everything, so it steps down for a while."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder of its own, and this process without root's rights in it."""
    with tempfile.TemporaryDirectory(prefix="cct", ignore_cleanup_errors=True) as text:
        folder = Path(text)
        if sys.platform == "win32" or os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, NOBODY, NOBODY)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
            os.setegid(0)
