"""Before a command looks at the history: have what is on disk read in, by the running engine or by this process."""

import os
import sys
import time
from typing import Final

from cctray.cli import home
from cctray.cli.home import Home
from cctray.cli.live import reading_text
from cctray.core.errors import AlreadyRunningError
from cctray.core.snapshot import Reading
from cctray.door.client import DoorClient, connect
from cctray.system import instance

WAIT_S: Final = 600.0
"""As long as another process may read in a first history of tens of gigabytes."""
TRY_S: Final = 0.25
"""Between two looks whether the one who reads has become an engine, or has finished."""


def bring_up_to_date(place: Home, *, wait_s: float = WAIT_S) -> None:
    """Return when everything on disk is in the history; raise CctrayError where that fails or takes too long."""
    until = time.monotonic() + wait_s
    while True:
        if engine := connect(place.paths.door_file):
            engine.catch_up(max(until - time.monotonic(), TRY_S))
            return
        if _read_in_here(place):
            return
        if time.monotonic() >= until:
            holder = instance.holder(place.paths.lock_file) or "Another process"
            raise AlreadyRunningError(
                f"The history is being read in by somebody else ({holder}).", "Wait for it to finish, or end it."
            )


def engine_of(place: Home) -> DoorClient | None:
    """Find the running engine; None where there is none."""
    return connect(place.paths.door_file)


def _read_in_here(place: Home) -> bool:
    """Read in what is new, as the one writer of the history; False where somebody else is it."""
    with_lock = instance.wait_acquire(place.paths.lock_file, TRY_S)
    if with_lock is None:
        return False
    # WHY late: a command that finds the engine running needs neither feed nor store's writer.
    from cctray import catchup

    progress = _Progress()
    with with_lock:
        try:
            done = catchup.run(place.paths, place.config, progress.show)
        finally:
            progress.close()
    for complaint in done.complaints():
        print(f"cctray: {complaint}", file=sys.stderr)
    return True


class _Progress:
    """The line a person sees while a first read takes longer than a moment."""

    QUIET_S: Final = 0.5
    """What is faster than that is not worth a flicker."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._is_shown = False
        self._is_wanted = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def show(self, reading: Reading) -> None:
        """Write it over the one before."""
        if self._is_wanted and time.monotonic() - self._begin > self.QUIET_S:
            self._is_shown = True
            text = reading_text(reading)[: home.columns(sys.stderr) - 1]
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the line away."""
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
