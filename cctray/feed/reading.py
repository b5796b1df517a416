"""Reading one transcript: whole new lines from where the last reading ended, in bites, however long a line is."""

import os
from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO, Final

from cctray.core.records import FileRead, Position, records_of, span_of
from cctray.core.transcript import parse, whole_lines
from cctray.core.usage import UsageEvent

BITE: Final = 1 << 20
"""Bytes a read takes. 64 KiB costs thread changes, 8 MiB stalls the loop for 30 ms (measured on a prototype)."""
FILE_READ_BYTES: Final = 4 << 20
"""Bytes a FileRead covers at most, so that memory does not follow the size of a file."""
MAX_LINE: Final = 16 << 20
"""Longer lines are passed over in bites: Claude Code writes snapshots of hundreds of MB (734 seen) that hold no usage,
the longest line with usage seen is 1.2 MB."""
ANCHOR_BYTES: Final = 1_024
"""Bytes hashed at the head and before the reading position."""

_MARK: Final = b'"usage":{'
TOO_LONG: Final = "line-too-long"


def anchor_at(file: BinaryIO, read_to: int) -> bytes:
    """Hash of the file's head and of the bytes before `read_to`."""
    head = min(ANCHOR_BYTES, read_to)
    file.seek(0)
    digest = blake2b(file.read(head), digest_size=12)
    file.seek(max(head, read_to - ANCHOR_BYTES))
    digest.update(file.read(read_to - max(head, read_to - ANCHOR_BYTES)))
    return digest.digest()


def read_new(path: str, known: Position | None) -> Iterator[FileRead]:
    """Readings of what is new in a transcript since `known`; from its start where it is not the same file any more.

    Raises OSError where it can't be read.
    """
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - thousands of files: Path costs more than the call
        status = os.fstat(file.fileno())
        expects = 0 if known is None else known.read_to
        yield from _Reading(path, file, status, expects, _start_of(file, status, known)).run()


def _start_of(file: BinaryIO, status: os.stat_result, known: Position | None) -> int:
    if known is None or known.read_to == 0 or status.st_size < known.read_to:
        return 0
    if status.st_size == known.size == known.read_to and status.st_mtime_ns != known.mtime_ns:
        return 0
    return known.read_to if anchor_at(file, known.read_to) == known.anchor else 0


class _Reading:
    def __init__(self, path: str, file: BinaryIO, status: os.stat_result, expects: int, start: int) -> None:
        self._path = path
        self._expects = expects
        self._file = file
        self._status = status
        self._start = self._at = start
        self._events: list[UsageEvent] = []
        self._skipped: dict[str, int] = {}

    def run(self) -> Iterator[FileRead]:
        self._file.seek(self._at)
        rest = b""
        while bite := self._file.read(BITE):
            rest = rest + bite if rest else bite
            if len(rest) > MAX_LINE and not whole_lines(rest):
                rest = self._pass_over(rest)
            whole = whole_lines(rest)
            if whole:
                self._parse(rest[:whole] if whole < len(rest) else rest)
                self._at += whole
                rest = rest[whole:]
            if self._at - self._start >= FILE_READ_BYTES:
                yield self._file_read()
                self._file.seek(self._at + len(rest))
        if rest.rstrip().endswith(b"}"):
            # A line whose end is not written yet; it is read again, so it is no damaged line if it does not fit now.
            self._events += parse(rest, self._at).events
        yield self._file_read()

    def _parse(self, data: bytes) -> None:
        parsed = parse(data, self._at)
        self._events += parsed.events
        for reason, lines in parsed.skipped.items():
            self._skipped[reason] = self._skipped.get(reason, 0) + lines

    def _pass_over(self, rest: bytes) -> bytes:
        """Skip a line that is too long; returns what follows it (nothing where it has not ended yet)."""
        has_usage = _MARK in rest
        length = len(rest)
        while bite := self._file.read(BITE):
            end = bite.find(b"\n")
            has_usage = has_usage or _MARK in rest[-len(_MARK) :] + (bite if end < 0 else bite[:end])
            if end >= 0:
                self._at += length + end + 1
                if has_usage:
                    self._skipped[TOO_LONG] = self._skipped.get(TOO_LONG, 0) + 1
                return bite[end + 1 :]
            length += len(bite)
            rest = bite
        return b""

    def _file_read(self) -> FileRead:
        status = self._status
        read = FileRead(
            path=self._path,
            device=status.st_dev & (1 << 63) - 1,
            inode=status.st_ino & (1 << 63) - 1,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            expects=self._expects,
            start=self._start,
            read_to=self._at,
            anchor=anchor_at(self._file, self._at),
            records=records_of(self._events),
            span=span_of(self._events),
            skipped=self._skipped,
        )
        self._expects = self._start = self._at
        self._events, self._skipped = [], {}
        return read
