"""Opening the history file: the one write connection, read-only connections, migrations, damage.

What is in the tables is the business of `recorder`, `rollups` and `queries`.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cctray.core.errors import DamagedStoreError, NewerStoreError, StoreError
from cctray.store.migrations import MIGRATIONS

BUSY_MS: Final = 10_000
"""Another process may hold the write lock for a batch (tens of ms) or a price change (seconds)."""
CACHE_KIB: Final = 4_096
"""Page cache of the writer. The system caches the file anyway: 16 MB made no first read faster and stayed."""
CHECKPOINT_PAGES: Final = 4_000
"""16 MB of WAL: a first read commits some 20 MB and should not stop to checkpoint every 4 MB."""

_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_MENDED: Final = "It is moved aside and read anew from the transcripts: try again."
_SCHEMA_DAMAGE: Final = ("no such table", "no such column", "already exists", "decode to UTF-8")
"""What SQLite says, as a plain error, where pages of the schema or of text were overwritten."""


def open_writer(path: Path) -> sqlite3.Connection:
    """The write connection, schema up to date.

    Raises:
        NewerStoreError: the file was written by a newer cctray.
        DamagedStoreError: it is not a database.
        StoreError: it can't be opened or written.

    """
    refuse_marked(path)
    _make_private(path)
    with translated(path):
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        try:
            db.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                db.execute("PRAGMA page_size=4096")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            _migrate(db, path)
        except BaseException:
            db.close()
            raise
    return db


def _make_private(path: Path) -> None:
    """For this user alone before anything is in it: SQLite gives its side files the same permissions."""
    try:
        path.touch(0o600)
        path.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"The history {path} can't be written ({error.strerror}).",
            "Make the folder writable, or name another with --data-dir.",
        ) from error


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection; any number of them, in any process.

    Raises:
        StoreError: there is no such file, or one of its children as `open_writer`.

    """
    if not path.exists():
        raise StoreError(
            f"There is no history yet at {path}.", "Start cctray once, or run a report without --data-dir."
        )
    with translated(path):
        db = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            _refuse_newer(db, path)
        except BaseException:
            db.close()
            raise
    return db


def _refuse_newer(db: sqlite3.Connection, path: Path) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise NewerStoreError(
            f"The history {path} was written by a newer cctray (format {version}, this one knows {len(MIGRATIONS)}).",
            "Update cctray, or name another folder with --data-dir.",
        )
    return version


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    for number in range(_refuse_newer(db, path), len(MIGRATIONS)):
        with transaction(db):
            if db.execute("PRAGMA user_version").fetchone()[0] == number:
                MIGRATIONS[number](db)
                db.execute(f"PRAGMA user_version={number + 1}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: all of it or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        # Inside `try`: a full disk shows here, and leaves the transaction open.
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, with what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        told = _explain(error, path)
        if isinstance(told, DamagedStoreError):
            with contextlib.suppress(OSError):
                _mark_of(path).touch(0o600)
        raise told from error


def refuse_marked(path: Path) -> None:
    """Raise DamagedStoreError where any process found damage: a reader can't mend it, the next writer does."""
    if os.path.exists(_mark_of(path)):  # noqa: PTH110 - Path.exists raises where the folder can't be entered
        raise DamagedStoreError(f"The history {path} was found to be damaged.", _MENDED)


def _mark_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-damaged")


def _explain(error: sqlite3.DatabaseError, path: Path) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED or any(words in str(error) for words in _SCHEMA_DAMAGE):
        return DamagedStoreError(f"The history {path} is damaged ({error}).", _MENDED)
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"The disk of {path} is full.", "Free some space; cctray goes on by itself and loses nothing."
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}:
        return StoreError(
            f"The history {path} can't be written ({error}).",
            "Make the folder writable, or name another with --data-dir.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"The disk of {path} refuses ({error}).", "Look whether it is full or away; cctray then goes on by itself."
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreError(f"The history {path} is locked by another program.", "Close it and try again.")
    return StoreError(f"The history {path} can't be used ({error}).", "Run `cctray doctor` to see more.")


def move_aside(path: Path, at_ms: int) -> Path:
    """Put a damaged history out of the way, with its side files; returns its new place."""
    aside = path.with_name(f"{path.stem}.damaged-{at_ms}{path.suffix}")
    try:
        for suffix in ("", "-wal", "-shm"):
            source = path.with_name(path.name + suffix)
            if source.exists():
                source.replace(aside.with_name(aside.name + suffix))
        _mark_of(path).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"The damaged history {path} can't be moved aside ({error.strerror}).", "Move it away by hand."
        ) from error
    return aside
