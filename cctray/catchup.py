"""Reading in what is new without an engine: for a command that finds none running. One pass, then done.

The caller holds the instance lock: it is the one writer while this runs.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cctray.core.config import Config
from cctray.core.errors import DamagedStoreError
from cctray.core.prices import PriceBook
from cctray.core.records import FileRead, Position, path_text
from cctray.core.snapshot import Reading
from cctray.feed.cold import read_all
from cctray.feed.places import Found, Places, find_places, find_transcripts, require_roots
from cctray.feed.progress import Tally
from cctray.feed.reading import read_new
from cctray.feed.survey import Survey, compare
from cctray.feed.worker import Readings, Work
from cctray.store.store import Store
from cctray.system import files, paths
from cctray.system.paths import Paths

LOT_RECORDS: Final = 6_000
"""Records of one commit: nobody waits for a live line here, and fewer commits are faster."""
PARITY_PRICES: Final = "prices/ccusage-20.0.24.json"
NEWER_PRICES: Final = "prices/newer.json"
NEVER_MS: Final = 1 << 62


def price_book(config: Config) -> PriceBook:
    """The bundled prices and the user's own."""
    parity = files.read(paths.resource(PARITY_PRICES)) or b""
    newer = files.read(paths.resource(NEWER_PRICES)) or b""
    return PriceBook.from_json(parity, newer, config.price_overrides)


def open_store(place: Paths, config: Config) -> tuple[Store, Path | None]:
    """The history, begun anew where it is damaged (then also where the damaged one lies); raises StoreError."""
    book = price_book(config)
    try:
        return Store.open(place.store_file, book), None
    except DamagedStoreError:
        return Store.rebuild(place.store_file, book, time.time_ns() // 1_000_000)


def run(place: Paths, config: Config, on_progress: Callable[[Reading], None]) -> None:
    """Commit everything that is on disk; raises CctrayError."""
    places = find_places(os.environ, config.extra_folders)
    require_roots(places, os.environ)
    place.make()
    store, _ = open_store(place, config)
    try:
        survey, known = _survey(store, places)
        for old, new in survey.moved:
            store.move(old, new, NEVER_MS)
            known[path_text(new)] = known[old]
        if survey.lost:
            store.lose(survey.lost, NEVER_MS)
        _read(store, survey.new, known, on_progress)
        for _ in store.reprice(price_book(config)):
            pass
    finally:
        store.close()


def _survey(store: Store, places: Places) -> tuple[Survey, dict[str, Position]]:
    folders = [root.projects for root in places.roots]
    away = [folder for folder in folders if not Path(folder).is_dir()]
    found = [file for folder in folders for file in find_transcripts(folder, lambda path, _: away.append(path))]
    present = store.present()
    known = store.positions(list({path_text(file.path) for file in found}.union(present)))
    return compare(found, known, present, away), known


def _read(
    store: Store, new: list[Found], known: dict[str, Position], on_progress: Callable[[Reading], None]
) -> None:
    work = [(Work(file.path, known.get(path_text(file.path))), file) for file in new]
    sizes = [max(1, file.size - (item.known.read_to if item.known else 0)) for item, file in work]
    tally = Tally(new, sizes, time.time_ns(), 0)
    lot: list[FileRead] = []
    stale: set[str] = set()
    records = 0
    for frame in read_all([(item, size) for (item, _), size in zip(work, sizes, strict=True)]):
        if isinstance(frame, Readings):
            lot.append(frame.read)
            records += len(frame.read.records) + 1
            tally.add(frame.read.path, frame.read.read_to - frame.read.start, is_last=frame.is_last)
        if records >= LOT_RECORDS:
            stale.update(store.record(lot, NEVER_MS).stale)
            lot, records = [], 0
            on_progress(tally.reading())
    if lot:
        stale.update(store.record(lot, NEVER_MS).stale)
    for path in stale:
        store.record(list(read_new(path, store.positions([path_text(path)]).get(path_text(path)))), NEVER_MS)
