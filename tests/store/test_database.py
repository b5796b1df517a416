"""The history file: whose it is, and what happens when the disk, the format or its bytes are not as they should be."""

import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cctray.core.errors import DamagedStoreError, NewerStoreError, StoreError
from cctray.store.database import move_aside, open_reader, open_writer, transaction, translated
from cctray.store.migrations import MIGRATIONS
from cctray.store.queries import History
from cctray.store.store import Store
from tests.robustness.corpora import filled
from tests.transcripts import price_book
from tests.unprivileged import unprivileged

BOOK = price_book()


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    """A history with some hundred responses, closed."""
    return filled(tmp_path)


def test_it_is_for_this_user_alone_from_the_first_byte(tmp_path: Path) -> None:
    """The file and its side files, also while it is open, whatever the umask."""
    before = os.umask(0)
    try:
        store = Store.open(tmp_path / "h.sqlite", BOOK)
        store.remember("key", b"value")
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
        store.close()
    finally:
        os.umask(before)


def test_a_history_of_a_newer_cctray_is_refused_and_left_alone(store_file: Path) -> None:
    """Writer and reader say so in a sentence; no byte changes, and it is not taken for damaged."""
    db = sqlite3.connect(store_file)
    db.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    db.close()
    before = store_file.read_bytes()
    for opened in (open_writer, open_reader):
        with pytest.raises(NewerStoreError, match="written by a newer cctray") as caught:
            opened(store_file)
        assert "Update cctray" in caught.value.remedy
    assert store_file.read_bytes() == before


def test_there_is_no_history_yet(tmp_path: Path) -> None:
    """A reader says so and makes no file."""
    with pytest.raises(StoreError, match="no history yet"):
        open_reader(tmp_path / "h.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_folder_is_told_in_a_sentence() -> None:
    """Neither a new nor an old history can be written there."""
    with unprivileged() as folder:
        folder.chmod(0o500)
        with pytest.raises(StoreError, match=r"can't be written \(Permission denied\)") as caught:
            Store.open(folder / "h.sqlite", BOOK)
        assert "--data-dir" in caught.value.remedy
        folder.chmod(0o700)
        Store.open(folder / "h.sqlite", BOOK).close()
        folder.chmod(0o500)
        with pytest.raises(StoreError, match="can't be"):
            Store.open(folder / "h.sqlite", BOOK)
        folder.chmod(0o700)
        Store.open(folder / "h.sqlite", BOOK).close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root to give a file away")
def test_the_history_of_another_user_is_refused() -> None:
    """A file this user may not write is told, not taken over."""
    with unprivileged() as folder:
        os.seteuid(0)
        (folder / "h.sqlite").write_bytes(b"")
        os.chown(folder / "h.sqlite", 0, 0)
        os.seteuid(65534)
        with pytest.raises(StoreError, match="can't be written"):
            Store.open(folder / "h.sqlite", BOOK)


def _no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, but long enough to have a header" * 100)


def _truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(100))


def _all_but_header(path: Path) -> None:
    _overwrite(path, 1, path.stat().st_size // 4096)


def _schema_emptied(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DROP TABLE response")
    db.close()


def _version_lost(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=0")
    db.close()


def _overwrite(path: Path, first: int, last: int) -> None:
    with path.open("r+b") as file:
        for page in range(first, last):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


DAMAGES: list[Callable[[Path], None]] = [
    _no_database,
    _truncated,
    _header,
    _all_but_header,
    _schema_emptied,
    _version_lost,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_called_damage_wherever_it_is_met(store_file: Path, damage: Callable[[Path], None]) -> None:
    """On opening or on the first use; the next writer then begins anew, and the old file is kept."""
    damage(store_file)
    old = store_file.read_bytes()
    with pytest.raises(DamagedStoreError):  # noqa: PT012 - which of the two meets it depends on the damage
        store = Store.open(store_file, BOOK)
        try:
            list(store.history.entries(-(1 << 60), 1 << 60, rule=1))
        finally:
            store.discard()
    with pytest.raises(DamagedStoreError):
        Store.open(store_file, BOOK)
    fresh, aside = Store.rebuild(store_file, BOOK, 123)
    assert fresh.present() == []
    fresh.close()
    assert aside.name == "history.damaged-123.sqlite"
    assert aside.read_bytes()[4096:] == old[4096:]
    Store.open(store_file, BOOK).close()


def test_damage_a_reader_meets_is_mended_by_the_next_writer(store_file: Path) -> None:
    """A report can't mend the file another process owns; it leaves its mark, and the owner's next survey finds it."""
    owner = Store.open(store_file, BOOK)
    _overwrite(store_file, 2, store_file.stat().st_size // 4096)
    history = History.open(store_file, BOOK)
    with pytest.raises(DamagedStoreError, match="damaged"):
        list(history.entries(-(1 << 60), 1 << 60, rule=1))
    history.close()
    with pytest.raises(DamagedStoreError):
        owner.present()
    owner.discard()
    fresh, _ = Store.rebuild(store_file, BOOK, 1)
    assert fresh.present() == []
    fresh.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_damaged_history_that_cannot_be_moved_is_told() -> None:
    """Nothing is deleted instead."""
    with unprivileged() as folder:
        path = folder / "h.sqlite"
        path.write_bytes(b"x" * 5000)
        folder.chmod(0o500)
        with pytest.raises(StoreError, match="can't be moved aside") as caught:
            move_aside(path, 1)
        assert "by hand" in caught.value.remedy
        folder.chmod(0o700)
        assert path.stat().st_size == 5000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty history's connection."""
    connection = open_writer(tmp_path / "h.sqlite")
    yield connection
    connection.close()


def test_a_transaction_is_all_or_nothing(db: sqlite3.Connection) -> None:
    """Whatever ends it early takes everything back, and the next one works."""
    with pytest.raises(KeyboardInterrupt), transaction(db):  # noqa: PT012 - a transaction is several statements
        db.execute("INSERT INTO fact VALUES ('a', 1)")
        raise KeyboardInterrupt
    with transaction(db):
        db.execute("INSERT INTO fact VALUES ('b', 2)")
    assert db.execute("SELECT key FROM fact").fetchall() == [("b",)]


def test_a_commit_that_fails_leaves_no_transaction_open(db: sqlite3.Connection) -> None:
    """The disk may be found full at the very end; the next transaction works all the same."""
    db.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(sqlite3.IntegrityError), transaction(db):  # noqa: PT012 - as above
        db.execute("PRAGMA defer_foreign_keys=ON")  # has COMMIT itself fail, as a full disk does
        db.execute("INSERT INTO skipped VALUES (999, 'reason', 1)")
    assert not db.in_transaction
    with transaction(db):
        db.execute("INSERT INTO fact VALUES ('b', 2)")


def test_a_history_in_use_by_another_program_is_told(tmp_path: Path, db: sqlite3.Connection) -> None:
    """After the wait, a sentence that says what to do."""
    other = sqlite3.connect(tmp_path / "h.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    db.execute("PRAGMA busy_timeout=1")
    with (
        pytest.raises(StoreError, match="locked by another program"),
        translated(tmp_path / "h.sqlite"),
        transaction(db),
    ):
        pass
    other.close()
