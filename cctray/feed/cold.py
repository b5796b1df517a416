"""The first read: many transcripts at once, in reading processes, newest first."""

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import IO, Final

from msgspec import DecodeError, msgpack

from cctray.core.errors import FeedError
from cctray.core.records import path_text
from cctray.feed.worker import LENGTH_BYTES, Frame, Work, frames_of

PROCESSES: Final = 2
"""More do not help: one writer commits what two readers parse (about 700 MB/s each)."""
ALONE_BYTES: Final = 8 << 20
"""Less than this is read faster in place (10 ms) than by starting a process (60 ms)."""
WAITING_LOTS: Final = 256
"""Frames that may wait for the writer; the pipes then fill and the readers pause, so memory stays flat."""


class ReaderDiedError(FeedError):
    """A reading process ended before its list was done."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"A reading process ended too early ({reason}).", "Try again: what was read is kept, the rest is read then."
        )


def read_all(work: Sequence[tuple[Work, int]]) -> Iterator[Frame]:
    """Frames of every transcript of the list (with its bytes to read), in about the order of the list."""
    if sum(size for _, size in work) < ALONE_BYTES:
        for item, _ in work:
            yield from frames_of(item)
        return
    named = [(item, size) for item, size in work if path_text(item.path) == item.path]
    yield from _Readers(named).frames()
    for item, _ in work:
        if path_text(item.path) != item.path:  # its bytes are no Unicode: the pipe's coding has no such text
            yield from frames_of(item)


def worker_command() -> list[str]:
    """How to start a reading process, also from a packaged program."""
    return (
        [sys.executable, "read-worker"]
        if getattr(sys, "frozen", False)
        else [sys.executable, "-m", "cctray.feed.worker"]
    )


def _shares(work: Sequence[tuple[Work, int]]) -> list[list[Work]]:
    """One list per process: each item goes where the fewest bytes wait, so both keep newest first and end together."""
    shares: list[list[Work]] = [[] for _ in range(PROCESSES)]
    loads = [0] * PROCESSES
    for item, size in work:
        least = loads.index(min(loads))
        shares[least].append(item)
        loads[least] += size
    return shares


class _Readers:
    def __init__(self, work: Sequence[tuple[Work, int]]) -> None:
        self._queue: queue.Queue[Frame | ReaderDiedError | None] = queue.Queue(WAITING_LOTS)
        self._stopping = False
        self._processes = [self._start(share) for share in _shares(work) if share]

    def _start(self, share: list[Work]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(worker_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._feed, args=(process, share), name="reader-feed", daemon=True).start()
        return process

    def _feed(self, process: subprocess.Popen[bytes], share: list[Work]) -> None:
        try:
            if process.stdin is None or process.stdout is None:
                raise AssertionError
            process.stdin.write(msgpack.encode(share))
            process.stdin.close()
            self._drain(process.stdout)
            if process.wait() != 0 and not self._stopping:
                self._put(ReaderDiedError(f"exit code {process.returncode}"))
        except (OSError, EOFError, DecodeError) as error:
            self._put(ReaderDiedError(str(error)))
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._put(None)

    def _drain(self, pipe: IO[bytes]) -> None:
        decoder = msgpack.Decoder(Frame)
        while length := pipe.read(LENGTH_BYTES):
            self._put(decoder.decode(pipe.read(int.from_bytes(length, "little"))))

    def _put(self, item: Frame | ReaderDiedError | None) -> None:
        while not self._stopping:
            try:
                self._queue.put(item, timeout=0.5)
            except queue.Full:
                continue
            return

    def frames(self) -> Iterator[Frame]:
        waiting = len(self._processes)
        try:
            while waiting:
                item = self._queue.get()
                if item is None:
                    waiting -= 1
                elif isinstance(item, ReaderDiedError):
                    raise item
                else:
                    yield item
        finally:
            self._stopping = True
            for process in self._processes:
                process.kill()
                process.wait()
