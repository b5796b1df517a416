"""A program: the headless engine as `cctray serve` runs it, telling each Snapshot and how late its loop's beats come.

A line for each Snapshot: monotonic ns, marked responses seen, 1 while the first read goes on, 1 once it watches.
The last line is JSON: what the beats found.
"""

import asyncio
import os
import sys
import time
from asyncio import events
from typing import Any, Final

import msgspec

from cctray.cli.options import Face, Options
from cctray.core.snapshot import Snapshot
from cctray.engine.engine import Engine
from cctray.engine.ports import FeedPort

MARK_TOKENS: Final = 1_000_000_000
"""Output tokens of a marked response: more than a day of real ones, so that sums tell how many were seen."""
BEAT_S: Final = 0.002
SLOW_S: Final = 0.008
NAMED: Final = 12


class Beats:
    """A callback that wants to run every 2 ms, and notes by how much it was late."""

    def __init__(self) -> None:
        self.late_s: list[tuple[bool, float]] = []
        """Whether the first read went on, and how late."""
        self.is_reading = False
        self.slow: list[tuple[float, bool, str]] = []

    def start(self) -> None:
        """Beat until the loop ends."""
        loop = asyncio.get_running_loop()
        due = loop.time() + BEAT_S

        def beat() -> None:
            nonlocal due
            now = loop.time()
            self.late_s.append((self.is_reading, now - due))
            due = now + BEAT_S
            loop.call_at(due, beat)

        loop.call_at(due, beat)

    def trace(self) -> None:
        """Time every callback of the loop, and name the long ones."""
        run: Any = events.Handle._run

        def timed(handle: events.Handle) -> None:
            begin = time.perf_counter()
            run(handle)
            took = time.perf_counter() - begin
            if took > SLOW_S:
                self.slow.append((took, self.is_reading, repr(handle)[:300]))

        setattr(events.Handle, "_run", timed)  # noqa: B010 - a method is no variable for mypy


class Found(msgspec.Struct):
    """The last line."""

    reading_ms: list[float]
    other_ms: list[float]
    slow: list[tuple[float, bool, str]]


def _listen_in(beats: Beats, *, is_beating: bool) -> None:
    """Have every engine that begins told of, and its loop beaten."""
    begin = Engine.begin

    def tell(snapshot: Snapshot) -> None:
        beats.is_reading = snapshot.reading is not None
        seen = snapshot.today.tokens.output // MARK_TOKENS
        line = f"{time.monotonic_ns()} {seen} {int(beats.is_reading)} {int(snapshot.watch.files > 0)}\n"
        os.write(1, line.encode())

    async def begin_and_tell(engine: Engine, feed: FeedPort) -> None:
        engine.listen(tell)
        if is_beating:
            beats.start()
        await begin(engine, feed)

    setattr(Engine, "begin", begin_and_tell)  # noqa: B010 - as above


def main(arguments: list[str]) -> None:
    """Run until SIGTERM."""
    beats = Beats()
    if "--trace" in arguments:
        beats.trace()
    _listen_in(beats, is_beating="--beat" in arguments)
    # Late: who only wants to know what this program tells does not need the program it runs.
    from cctray.app import run_headless

    run_headless(Options(face=Face.SILENT))
    found = Found(
        [late * 1e3 for reading, late in beats.late_s if reading],
        [late * 1e3 for reading, late in beats.late_s if not reading],
        sorted(beats.slow, reverse=True)[:NAMED],
    )
    os.write(1, msgspec.json.encode(found) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
