"""Reading in what is new without an engine: for a command that finds none running. One pass, then done.

The caller holds the instance lock: it is the one writer while this runs.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from cctray.core.config import Config
from cctray.core.errors import DamagedStoreError
from cctray.core.prices import PriceBook
from cctray.core.records import FileRead, Position, path_text
from cctray.core.snapshot import Reading
from cctray.feed.cold import read_all
from cctray.feed.places import Found, Places, find_places, find_transcripts, require_roots
from cctray.feed.progress import Tally
from cctray.feed.reading import read_new
from cctray.feed.survey import Survey, compare, concerning
from cctray.feed.worker import Readings, Work
from cctray.store.store import Store
from cctray.system.paths import Paths
from cctray.system.price_files import price_book

LOT_RECORDS: Final = 6_000
"""Records of one commit: nobody waits for a live line here, and fewer commits are faster."""
NEVER_MS: Final = 1 << 62


def open_store(place: Paths, book: PriceBook) -> tuple[Store, Path | None]:
    """The history, begun anew where it is damaged (then also where the damaged one lies); raises StoreError."""
    try:
        return Store.open(place.store_file, book), None
    except DamagedStoreError:
        return Store.rebuild(place.store_file, book, time.time_ns() // 1_000_000)


class CaughtUp(Struct, frozen=True):
    """What a person has to be told of a pass."""

    aside: Path | None
    """Where a damaged history lies, if the history was begun anew."""
    unreadable: dict[str, str]
    """Files and folders that can't be read, with the reason."""

    def complaints(self) -> list[str]:
        """It in sentences."""
        told = [] if self.aside is None else [f"The history was damaged; it is kept at {self.aside} and was read anew."]
        if self.unreadable:
            path, reason = next(iter(self.unreadable.items()))
            others = f" and {len(self.unreadable) - 1} more" if len(self.unreadable) > 1 else ""
            told.append(f"{path}{others} can't be read ({reason}). Check its permissions.")
        return told


def run(place: Paths, config: Config, on_progress: Callable[[Reading], None]) -> CaughtUp:
    """Commit everything that is on disk; raises CctrayError."""
    places = find_places(os.environ, config.extra_folders)
    require_roots(places, os.environ)
    place.make()
    try:
        return _pass(place, config, places, on_progress)
    except DamagedStoreError:
        # Damage that only writing met; it left its mark, so that opening begins anew.
        return _pass(place, config, places, on_progress)


def _pass(place: Paths, config: Config, places: Places, on_progress: Callable[[Reading], None]) -> CaughtUp:
    unreadable: dict[str, str] = {}
    book = price_book(config)
    store, aside = open_store(place, book)
    try:
        for _ in store.reprice(book):  # first: an empty history is priced at no cost
            pass
        survey, known = _survey(store, places, unreadable)
        for old, new in survey.moved:
            store.move(old, new, NEVER_MS)
            known[path_text(new)] = known[old]
        if survey.lost:
            store.lose(survey.lost, NEVER_MS)
        _read(store, _Work(survey.new, known, unreadable), on_progress)
    finally:
        store.close()
    return CaughtUp(aside, unreadable)


class _Work(Struct, frozen=True):
    new: list[Found]
    known: dict[str, Position]
    unreadable: dict[str, str]


def _survey(store: Store, places: Places, unreadable: dict[str, str]) -> tuple[Survey, dict[str, Position]]:
    def deny(path: str, error: OSError) -> None:
        unreadable[path_text(path)] = error.strerror or str(error)

    found = [file for root in places.roots for file in find_transcripts(root.projects, deny)]
    away = [*places.away, *unreadable]
    present = concerning(store.present(), [root.projects for root in places.roots], os.path.lexists)
    known = store.positions(list({path_text(file.path) for file in found}.union(present)))
    return compare(found, known, present, away), known


def _read(store: Store, todo: _Work, on_progress: Callable[[Reading], None]) -> None:
    work = [(Work(file.path, todo.known.get(path_text(file.path))), file) for file in todo.new]
    sizes = [max(1, file.size - (item.known.read_to if item.known else 0)) for item, file in work]
    tally = Tally(todo.new, sizes, time.time_ns(), 0)
    lot: list[FileRead] = []
    stale: set[str] = set()
    records = 0
    for frame in read_all([(item, size) for (item, _), size in zip(work, sizes, strict=True)]):
        if isinstance(frame, Readings):
            lot.append(frame.read)
            records += len(frame.read.records) + 1
            tally.add(frame.read.path, frame.read.read_to - frame.read.start, is_last=frame.is_last)
        elif frame.reason:
            todo.unreadable[path_text(frame.path)] = frame.reason
        if records >= LOT_RECORDS:
            stale.update(store.record(lot, NEVER_MS).stale)
            lot, records = [], 0
            on_progress(tally.reading())
    if lot:
        stale.update(store.record(lot, NEVER_MS).stale)
    for path in stale:
        store.record(list(read_new(path, store.positions([path_text(path)]).get(path_text(path)))), NEVER_MS)
