"""`cctray demo`: the real program on made-up transcripts that grow, all in a temporary folder."""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from cctray.cli.demo_history import Step, Transcript, history, live
from cctray.cli.options import DemoOptions, Face, Options
from cctray.cli.run import Start, stop_on_terminate
from cctray.core.errors import CctrayError

PREFIX: Final = "cctray-demo-"
JOIN_S: Final = 2.0
"""The appender ends at its next wait; more than this would be a hanging disk."""


def execute(options: DemoOptions, start: Start) -> int:
    """Make the folders, let the history grow, run the program in them, and remove them at the end."""
    stop_on_terminate()
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        claude = root / "claude"
        _write(claude, history(options.seed, time.time_ns() // 1_000_000, options.days))
        os.environ["CLAUDE_CONFIG_DIR"] = str(claude)
        print(f"Demo on made-up data in {root}; your own are not touched. Ctrl-C ends it.", file=sys.stderr)
        face = Face.LINE if options.headless else Face.TRAY
        inside = Options(data_dir=str(root / "data"), config_dir=str(root / "config"), debug=options.debug, face=face)
        return _start_growing(claude, options, lambda: start(inside))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _start_growing(claude: Path, options: DemoOptions, program: Callable[[], int]) -> int:
    """Run the program while a thread appends."""
    stop = threading.Event()
    appender = threading.Thread(target=_append, args=(claude, live(options.seed), options.speed, stop), name="demo")
    appender.start()
    try:
        return program()
    finally:
        stop.set()
        appender.join(JOIN_S)


def _write(claude: Path, transcripts: Iterable[Transcript]) -> None:
    try:
        (claude / "projects").mkdir(parents=True)
        for transcript in transcripts:
            path = claude / transcript.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(line + b"\n" for line in transcript.lines))
            os.utime(path, (transcript.last_ms / 1000, transcript.last_ms / 1000))
    except OSError as error:
        raise CctrayError(
            f"The demo cannot write to {claude}: {error.strerror}.", "Set TMPDIR to a folder with some 50 MB of room."
        ) from error


def _append(claude: Path, steps: Iterable[Step], speed: float, stop: threading.Event) -> None:
    """Append line after line at the pace of a person's day until told to stop."""
    for step in steps:
        if stop.wait(step.wait_ms / 1000 / speed):
            return
        path = claude / step.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(step.line(time.time_ns() // 1_000_000) + b"\n")
