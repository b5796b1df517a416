"""Processes: running them and reading from /proc what they cost. Linux only, like the figures of the issue."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

SAMPLE_S: Final = 0.01
END_S: Final = 20.0
KIB: Final = 1024
PROC: Final = Path("/proc")


def timed(command: list[str], environment: dict[str, str], timeout_s: float = 900.0) -> float:
    """Seconds of wall time of a command that must succeed; its output is thrown away."""
    begin = time.perf_counter()
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=timeout_s, check=False
    )
    took = time.perf_counter() - begin
    if done.returncode:
        raise AssertionError(f"{command} failed with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return took


@contextmanager
def running(
    command: list[str], environment: dict[str, str], stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is told to end at the end, and has to do so."""
    process = subprocess.Popen(command, env=environment, stdout=stdout)
    try:
        yield process
        process.terminate()
        process.wait(END_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def tree(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    found = [pid]
    for parent in found:
        for task in _listed(PROC / str(parent) / "task"):
            found += map(int, _read(PROC / str(parent) / "task" / task / "children").split())
    return found


def pss_bytes(pid: int) -> int:
    """Memory of a process, what it shares with others divided among them; 0 for one that has gone."""
    return _field(PROC / str(pid) / "smaps_rollup", "Pss:")


def rss_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return _field(PROC / str(pid) / "status", "VmRSS:")


def peak_rss_bytes(pid: int) -> int:
    """The most resident memory a process ever had."""
    return _field(PROC / str(pid) / "status", "VmHWM:")


def cpu_by_thread(pid: int) -> dict[str, float]:
    """Seconds of processor time by a thread's name and number, to the nanosecond (`stat` counts hundredths)."""
    tasks = PROC / str(pid) / "task"
    times = {task: (_read(tasks / task / "schedstat") or "0").split()[0] for task in _listed(tasks)}
    return {f"{_read(tasks / task / 'comm').strip()}-{task}": int(time_ns) / 1e9 for task, time_ns in times.items()}


def switches(pid: int) -> int:
    """How often the threads of a process went to sleep or were put to sleep: its wake-ups."""
    tasks = PROC / str(pid) / "task"
    return sum(
        int(line.split()[1])
        for task in _listed(tasks)
        for line in _read(tasks / task / "status").splitlines()
        if "ctxt_switches" in line
    )


class MemoryWatch:
    """Samples the memory of a process and its children in a thread until left."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch")
        self.peak_bytes = 0
        """The largest sum over the processes that lived at one moment (PSS)."""
        self.peaks: dict[int, int] = {}
        """The largest resident memory of each process."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(SAMPLE_S):
            processes = tree(self._pid)
            self.peak_bytes = max(self.peak_bytes, sum(map(pss_bytes, processes)))
            for pid in processes:
                self.peaks[pid] = max(self.peaks.get(pid, 0), peak_rss_bytes(pid))

    def each(self) -> str:
        """`88 + 41 + 40 MB`, the process itself first."""
        own = self.peaks.get(self._pid, 0)
        others = [peak for pid, peak in self.peaks.items() if pid != self._pid]
        return " + ".join(f"{peak / 1e6:.0f}" for peak in [own, *others]) + " MB"


def _field(path: Path, name: str) -> int:
    for line in _read(path).splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * KIB
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        # It ended while it was looked at.
        return ""


def _listed(path: Path) -> list[str]:
    try:
        return os.listdir(path)  # noqa: PTH208 - called hundreds of times a second
    except OSError:
        return []
