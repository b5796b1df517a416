"""Store: the history as its one owner sees it. Opens, records, answers what the Snapshot needs, prices anew, closes.

Not thread-safe: every call is made on the writer's thread.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from msgspec import json

from cctray.core.calendar import Days
from cctray.core.commits import Recent, Recorded, Totals
from cctray.core.errors import StoreError
from cctray.core.portion import Slice
from cctray.core.prices import PriceBook
from cctray.core.records import FileRead, Position
from cctray.core.usage import DAILY
from cctray.store.database import move_aside, open_writer, refuse_marked, transaction, translated
from cctray.store.queries import History
from cctray.store.recorder import Recorder
from cctray.store.reprice import Repricing

BLOCK_MS: Final = 5 * 3_600_000
PATHS_A_QUERY: Final = 5_000


class Store:
    """The history file, owned."""

    def __init__(self, db: sqlite3.Connection, path: Path, book: PriceBook) -> None:
        """Own an open write connection."""
        self._db = db
        self.path = path
        self._price(book)

    @classmethod
    def open(cls, path: Path, book: PriceBook) -> Self:
        """Open or create the history; raises StoreError and its children."""
        db = open_writer(path)
        try:
            with translated(path):
                Repricing(db, book).adopt()
                return cls(db, path, book)
        except StoreError:
            db.close()
            raise

    @classmethod
    def rebuild(cls, path: Path, book: PriceBook, at_ms: int) -> tuple[Self, Path]:
        """Move a damaged history aside and begin a new one; returns it and where the old one lies."""
        aside = move_aside(path, at_ms)
        return cls.open(path, book), aside

    def _price(self, book: PriceBook) -> None:
        self._book = book
        self._recorder = Recorder(self._db, book)
        self.history = History(self._db, self.path, book)

    def close(self) -> None:
        """Write everything out and let go."""
        try:
            with translated(self.path):
                self._db.execute("PRAGMA optimize")
        finally:
            self._db.close()

    def discard(self) -> None:
        """Let go of a damaged history, which nothing can be written to."""
        self._db.close()

    def record(self, reads: Sequence[FileRead], live_from_ms: int) -> Recorded:
        """Commit readings, all or none; raises StoreError."""
        with translated(self.path):
            return self._recorder.record(reads, live_from_ms)

    def lose(self, paths: Sequence[str], live_from_ms: int) -> Recorded:
        """Transcripts that were deleted."""
        with translated(self.path):
            return self._recorder.mark_gone(paths, live_from_ms)

    def move(self, old: str, new: str, live_from_ms: int) -> Recorded:
        """A transcript that was renamed."""
        with translated(self.path):
            return self._recorder.rename(old, new, live_from_ms)

    def positions(self, paths: Sequence[str]) -> dict[str, Position]:
        """How far these transcripts were read (those that are known and on disk)."""
        found: dict[str, Position] = {}
        with translated(self.path):
            for start in range(0, len(paths), PATHS_A_QUERY):
                for path, *position in self._db.execute(
                    "SELECT path,device,inode,size,mtime_ns,read_to,anchor FROM file"
                    " WHERE is_gone=0 AND path IN (SELECT value FROM json_each(?))",
                    (json.encode(paths[start : start + PATHS_A_QUERY]).decode(),),
                ):
                    found[path] = Position(*position)
        return found

    def present(self) -> list[str]:
        """Paths of the transcripts that are believed to be on disk; raises where another process found damage."""
        refuse_marked(self.path)
        with translated(self.path):
            return [row[0] for row in self._db.execute("SELECT path FROM file WHERE is_gone=0")]

    def totals(self, days: Days, day: str) -> Totals:
        """Usage of one local day."""
        return self.history.totals(*days.bounds_ms(day, day), rule=DAILY)

    def recent(self, from_ms: int) -> list[Recent]:
        """Responses since a time, for the live window."""
        return [
            Recent(entry.at_ms, entry.tokens, entry.costs.logged + entry.costs.calculated)
            for entry in self.history.entries(from_ms, 1 << 62, rule=DAILY)
        ]

    def chain(self, now_ms: int, from_ms: int | None) -> Iterator[Slice]:
        """Slices from which the running block can be told: since the last pause, or since a known block's start."""
        if from_ms is None:
            from_ms = self.history.chain_start(DAILY, BLOCK_MS, now_ms)
        return self.history.slices(rule=DAILY, start_ms=from_ms)

    def skipped(self) -> dict[str, int]:
        """Lines that were refused, by reason, over all transcripts on disk."""
        return self.history.skipped()

    def unpriced(self) -> tuple[str, ...]:
        """Models that were used and have no price."""
        return self.history.unpriced()

    def reprice(self, book: PriceBook) -> Iterator[None]:
        """Price history by another table, a short transaction a step; does nothing where the table is the same."""
        with translated(self.path):
            self._price(book)
            yield from Repricing(self._db, book).steps()

    def shrink(self) -> None:
        """Give back memory that a first read needed."""
        with translated(self.path):
            self._db.execute("PRAGMA shrink_memory")

    def recall(self, key: str) -> bytes | None:
        """What was kept under a key."""
        with translated(self.path):
            row = self._db.execute("SELECT value FROM fact WHERE key=?", (key,)).fetchone()
        return None if row is None else row[0]

    def remember(self, key: str, value: bytes) -> None:
        """Keep a small value across restarts."""
        with translated(self.path), transaction(self._db):
            self._db.execute(
                "INSERT INTO fact VALUES (?,?) ON CONFLICT DO UPDATE SET value=excluded.value", (key, value)
            )
