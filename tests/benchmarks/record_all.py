"""A program: parses everything into memory first, then times the store alone; prints rows and seconds."""

import os
import time

from cctray import catchup
from cctray.core.config import Config
from cctray.core.records import FileRead
from cctray.feed.places import find_places, find_transcripts
from cctray.feed.reading import read_new
from cctray.system import paths
from cctray.system.price_files import price_book


def readings() -> list[FileRead]:
    """Every transcript, newest first as the feed reads them."""
    roots = find_places(os.environ, ()).roots
    files = [file for root in roots for file in find_transcripts(root.projects, lambda _path, _error: None)]
    files.sort(key=lambda file: -file.mtime_ns)
    return [read for file in files for read in read_new(file.path, None)]


def main() -> None:
    """Record all in lots as a catch-up does."""
    place = paths.find(os.environ)
    place.make()
    reads = readings()
    store, _ = catchup.open_store(place, price_book(Config()))
    rows, seconds, lot, size = 0, 0.0, list[FileRead](), 0
    for number, read in enumerate(reads, 1):
        lot.append(read)
        size += len(read.records) + 1
        if size >= catchup.LOT_RECORDS or number == len(reads):
            begin = time.perf_counter()
            rows += store.record(lot, catchup.NEVER_MS).rows
            seconds += time.perf_counter() - begin
            lot, size = [], 0
    begin = time.perf_counter()
    store.close()
    print(rows, seconds + time.perf_counter() - begin)


if __name__ == "__main__":
    main()
