"""A reading process: gets a list of transcripts on stdin, writes FileReads to stdout.

Its own process, because parsing a gigabyte would hold the interpreter of the engine. Knows no store and no engine.
"""

import contextlib
import os
import sys
from typing import BinaryIO, Final

from msgspec import Struct, msgpack

from cctray.core.records import FileRead, Position
from cctray.feed.reading import read_new

LENGTH_BYTES: Final = 4
FLUSH_BYTES: Final = 128 << 10
"""Frames are handed over in lots: fewer wake-ups of the engine, yet the first ones come within milliseconds."""


class Work(Struct, frozen=True, array_like=True):
    """One transcript to read."""

    path: str
    known: Position | None


class Unreadable(Struct, frozen=True, array_like=True, tag=1):
    """A transcript that could not be read."""

    path: str
    reason: str
    """Empty where it was deleted meanwhile."""


class Readings(Struct, frozen=True, array_like=True, tag=0):
    """What one transcript held, or a part of it."""

    read: FileRead
    is_last: bool


Frame = Readings | Unreadable


def frames_of(work: Work) -> list[Frame]:
    """Everything that is new in one transcript."""
    try:
        reads = list(read_new(work.path, work.known))
    except FileNotFoundError:
        return [Unreadable(work.path, "")]
    except OSError as error:
        return [Unreadable(work.path, error.strerror or str(error))]
    return [Readings(read, read is reads[-1]) for read in reads]


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read the list, then every transcript of it in order."""
    encoder = msgpack.Encoder()
    lot = bytearray()
    for index, work in enumerate(msgpack.decode(source.read(), type=list[Work])):
        for frame in frames_of(work):
            data = encoder.encode(frame)
            lot += len(data).to_bytes(LENGTH_BYTES, "little") + data
        if len(lot) >= FLUSH_BYTES or index == 0:
            sink.write(lot)
            sink.flush()
            lot.clear()
    sink.write(lot)
    sink.flush()


def main() -> None:
    """Run as a process; ends quietly when the engine has gone."""
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
        return
    os._exit(0)


if __name__ == "__main__":
    main()
