"""Live: from an appended line to the number in the Snapshot, and how long the loop is held while all is read first."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from cctray.cli.demo_history import Draft
from tests.benchmarks.corpora import corpus, watched
from tests.benchmarks.engine_process import MARK_TOKENS, Found
from tests.benchmarks.figures import Row, quantile
from tests.benchmarks.processes import running
from tests.benchmarks.setting import Setting, bench_program, environment, scratch

P50_MS, P99_MS, BUSY_P99_MS = 90, 250, 1000
HOLD_P99_MS, HOLD_MS = 15, 50
START_S: Final = 60.0
ARRIVE_S: Final = 20.0
SETTLE_S: Final = 2.0
QUIET_LINES, QUIET_GAP_S = 150, 0.2
FAST_LINES, FAST_GAP_S = 3000, 0.005
FIRST_GAP_S: Final = 0.05
FIRST_READS: Final = 3


class Listener:
    """Hears what the engine's process tells of its Snapshots."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._changed = threading.Condition()
        self.arrived: list[int] = []
        """Monotonic ns at which so many marked responses had been seen, by their number."""
        self.is_reading = self.was_reading = self.is_watching = False
        self.last = b""
        self._thread = threading.Thread(target=self._listen, name="listener")
        self._thread.start()

    def _listen(self) -> None:
        if self._process.stdout is None:
            raise AssertionError
        for line in self._process.stdout:
            with self._changed:
                if line.startswith(b"{"):
                    self.last = line
                else:
                    self._take(*map(int, line.split()))
                self._changed.notify_all()

    def _take(self, at_ns: int, seen: int, reading: int, watching: int) -> None:
        self.arrived += [at_ns] * (seen - len(self.arrived))
        self.is_reading, self.is_watching = bool(reading), self.is_watching or bool(watching)
        self.was_reading = self.was_reading or self.is_reading

    def wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something is so; whether it came to be."""
        with self._changed:
            return self._changed.wait_for(condition, timeout_s)

    def close(self) -> None:
        """Hear the rest; the process has to be ending."""
        self._thread.join()


@contextmanager
def engine(setting: Setting, place: Path, folders: list[Path]) -> Iterator[Listener]:
    """The engine's process with its ear."""
    options = ["--beat", *(["--trace"] if setting.trace else [])]
    listener = None
    try:
        with running(
            bench_program("engine_process", *options), environment(place, folders), stdout=subprocess.PIPE
        ) as process:
            listener = Listener(process)
            yield listener
    finally:
        if listener is not None:
            listener.close()


class Pen:
    """Appends marked responses to a live transcript."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self._chance = Random(seed)
        self.path = folder / "projects" / "-home-ada-live" / "00000000-0000-4000-a000-000000000000.jsonl"
        self.path.parent.mkdir(parents=True)
        self.path.touch()
        self.written: list[int] = []
        """Monotonic ns of each write."""

    def write(self) -> None:
        """Append one response, as of now."""
        number = len(self.written)
        line = Draft(
            session=self.path.stem, folder="-home-ada-live", uuid=f"{number:032x}", is_sidechain=False, text="x" * 400,
            message=f"msg_live_{number}", request=f"req_live_{number}", model="claude-opus-4-8",
            usage=(3, MARK_TOKENS, 500, 20_000), is_last=True,
        ).line(time.time_ns() // 1_000_000)  # fmt: skip
        with self.path.open("ab", buffering=0) as file:
            file.write(line + b"\n")
            self.written.append(time.monotonic_ns())

    def pace(self, gap_s: float, go_on: Callable[[], bool]) -> None:
        """Write at a random pace with this mean gap while told to go on."""
        due = time.monotonic()
        while go_on():
            due += self._chance.uniform(0, 2 * gap_s)
            threading.Event().wait(max(0.0, due - time.monotonic()))
            self.write()


def delays_ms(pen: Pen, listener: Listener) -> list[float]:
    """How long each line took, once all have arrived; raises AssertionError where some never do."""
    if not listener.wait(lambda: len(listener.arrived) >= len(pen.written), ARRIVE_S):
        raise AssertionError(f"{len(pen.written)} lines were written, {len(listener.arrived)} arrived")
    return [(there - then) / 1e6 for then, there in zip(pen.written, listener.arrived, strict=False)]


def latency(setting: Setting) -> list[Row]:
    """Lines that come now and then, 200 a second, and while everything is read first."""
    rows = []
    for what, lines, gap_s in (("5 a second", QUIET_LINES, QUIET_GAP_S), ("200 a second", FAST_LINES, FAST_GAP_S)):
        rows.append(_row(f"line → Snapshot, {what}", _settled(setting, lines, gap_s), P50_MS, P99_MS))
    busy = [delay for _ in range(FIRST_READS) for delay in _while_reading(setting)]
    return [*rows, _row("line → Snapshot, in the first read", busy, None, BUSY_P99_MS)]


def _settled(setting: Setting, lines: int, gap_s: float) -> list[float]:
    with scratch() as place:
        pen = Pen(place / "live", setting.seed)
        with engine(setting, place, [watched(setting), pen.folder]) as listener:
            _read_first(listener)
            threading.Event().wait(SETTLE_S)
            pen.pace(gap_s, lambda: len(pen.written) < lines)
            return delays_ms(pen, listener)


def _while_reading(setting: Setting) -> list[float]:
    with scratch() as place:
        pen = Pen(place / "live", setting.seed)
        with engine(setting, place, [watched(setting), corpus(setting), pen.folder]) as listener:
            if not listener.wait(lambda: listener.is_reading, START_S):
                raise AssertionError("no first read was seen")
            pen.pace(FIRST_GAP_S, lambda: listener.is_reading)
            return delays_ms(pen, listener)


def _read_first(listener: Listener) -> None:
    if not listener.wait(lambda: listener.was_reading and not listener.is_reading, START_S):
        raise AssertionError("the first read did not end")


def _row(what: str, delays: list[float], p50: float | None, p99: float) -> Row:
    seen50, seen99 = quantile(delays, 0.5), quantile(delays, 0.99)
    return Row(
        what=what,
        reach=f"p50 ≤ {p50} ms, p99 ≤ {p99} ms" if p50 else f"p99 ≤ {p99} ms",
        seen=f"p50 {seen50:.0f}, p99 {seen99:.0f}, max {max(delays):.0f} ms ({len(delays)} lines)",
        ok=(p50 is None or seen50 <= p50) and seen99 <= p99,
    )


def loop(setting: Setting) -> list[Row]:
    """How late a beat of the engine's loop comes while everything is read first."""
    with scratch() as place:
        with engine(setting, place, [corpus(setting)]) as listener:
            _read_first(listener)
        found = msgspec.json.decode(listener.last, type=Found)
    late, other = found.reading_ms, found.other_ms
    seen99, most = quantile(late, 0.99), max(late)
    notes = [f"before and after: p99 {quantile(other, 0.99):.1f}, max {max(other):.0f} ms"]
    notes += [f"{took * 1e3:.0f} ms{' (reading)' if reading else ''} {who}" for took, reading, who in found.slow]
    return [
        Row(
            what="loop held, first read", reach=f"p99 ≤ {HOLD_P99_MS} ms, max ≤ {HOLD_MS} ms",
            seen=f"p99 {seen99:.1f}, max {most:.0f} ms ({len(late)} beats)",
            ok=seen99 <= HOLD_P99_MS and most <= HOLD_MS, notes=tuple(notes),
        )
    ]  # fmt: skip
