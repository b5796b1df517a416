"""A large store: millions of responses recorded by the real store, as if their transcripts were gone by now.

Three years, 25 projects, sessions of about 60 responses. Kept in the cache folder; topped up so that something is new.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Final

from msgspec import Struct

from cctray import catchup
from cctray.core.config import Config
from cctray.core.prices import PriceBook
from cctray.core.records import RULES_SHIFT, SPEED_MASK, FileRead, Record
from cctray.core.usage import DAILY, ENTRIES, SPEED_FAST, SPEED_STANDARD
from cctray.store import migrations, rows
from cctray.store.database import transaction
from cctray.store.rows import COUNTS_MASK, DISK_SHIFT, IS_GONE
from cctray.store.store import Store
from cctray.system import price_files
from tests.benchmarks.setting import Setting

DAY_MS: Final = 86_400_000
DAYS: Final = 3 * 365
OPENS_MS, OPEN_MS = 8 * 3_600_000, 12 * 3_600_000
"""Sessions begin between 8 and 20 o'clock; without nights every block would hang together with the first one."""
PROJECTS: Final = 25
SESSION_ROWS: Final = 60
STEP_MS: Final = 60_000
"""Mean time between two responses of a session."""
LOT_SESSIONS: Final = 1_000
FRESH_MS: Final = 600_000
"""Beyond this age of its newest response the store is topped up: a running block has to be there."""
MODELS: Final = (
    "claude-opus-4-8", "claude-opus-4-8", "claude-opus-4-8", "claude-opus-5", "claude-opus-5", "claude-sonnet-5",
    "claude-sonnet-5", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001", "claude-opus-4-6",
)  # fmt: skip
BULK_PRAGMAS: Final = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-3000000", "temp_store=MEMORY")


class LargeStore(Struct, frozen=True):
    """The store, ready to be asked."""

    data_dir: Path
    rows: int
    session_id: str
    """Of its newest session."""


def large_store(setting: Setting, say: Callable[[str], None]) -> LargeStore:
    """The store with `stored` responses; generated where the cache has none."""
    data_dir = setting.cache / f"stored-{setting.stored}-{setting.seed}-{_layout()}"
    path = data_dir / "history.sqlite"
    book = price_files.price_book(Config())
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        begin = time.perf_counter()
        _generate(partial, book, setting)
        partial.rename(path)
        say(f"{setting.stored:,} responses generated in {time.perf_counter() - begin:.0f} s")
    newest = _top_up(path, book, setting)
    return LargeStore(data_dir, setting.stored, newest)


def _layout() -> str:
    """What the rows look like: a store of another layout is of no use."""
    return blake2b(
        b"".join(Path(str(module.__file__)).read_bytes() for module in (migrations, rows)), digest_size=4
    ).hexdigest()


def sessions(chance: Random, count: int, end_ms: int) -> Iterator[FileRead]:
    """So many sessions in order of time, in working hours only; the last ones begin on the day before."""
    midnight_ms = end_ms // DAY_MS * DAY_MS
    for number in range(count):
        day, share = divmod(number * DAYS / count, 1)
        begin_ms = midnight_ms - int(DAYS - day) * DAY_MS + OPENS_MS + int(share * OPEN_MS)
        yield session(chance, begin_ms, chance.randrange(10, 2 * SESSION_ROWS - 10))


def session(chance: Random, at_ms: int, count: int) -> FileRead:
    """One session that begins at a time."""
    name = f"{chance.getrandbits(128):032x}"
    name = f"{name[:8]}-{name[8:12]}-4{name[13:16]}-a{name[17:20]}-{name[20:]}"
    path = f"/home/ada/.claude/projects/-home-ada-project-{chance.randrange(PROJECTS):02d}/{name}.jsonl"
    model = chance.choice(MODELS)
    speed = SPEED_FAST if chance.random() < 0.02 else SPEED_STANDARD
    traits = (speed & SPEED_MASK) | (DAILY | ENTRIES) << RULES_SHIFT
    context, first_ms, place, records = 20_000, at_ms, 1_000, list[Record]()
    bits, number = chance.getrandbits, chance.random
    for _ in range(count):
        at_ms += 5_000 + int(number() * 2 * STEP_MS)
        place += 2_000_000
        write = int(number() * 9_000)
        records.append(
            Record(
                bits(64) - (1 << 63), bits(64) - (1 << 63), place, at_ms, model,
                int(number() * 12), int(number() * 3_000), write, 0, context, traits, name,
            )
        )  # fmt: skip
        context = context + write if context < 170_000 else 20_000
    return FileRead(path, 1, bits(48), place, at_ms * 1_000_000, 0, 0, place, b"gone", records, (first_ms, at_ms), {})


def _generate(path: Path, book: PriceBook, setting: Setting) -> None:
    store = Store.open(path, book)
    for pragma in BULK_PRAGMAS:
        store._db.execute(f"PRAGMA {pragma}")
    for _ in store.reprice(book):  # the empty store is priced by the present table
        pass
    now_ms = time.time_ns() // 1_000_000
    lot: list[FileRead] = []
    for made in sessions(Random(setting.seed), setting.stored // SESSION_ROWS, now_ms):
        lot.append(made)
        if len(lot) >= LOT_SESSIONS:
            store.record(lot, catchup.NEVER_MS)
            lot = []
    store.record(lot, catchup.NEVER_MS)
    _sweep(store._db)
    store._db.execute("PRAGMA journal_mode=WAL")
    store.close()


def _sweep(db: sqlite3.Connection) -> None:
    """Make all transcripts gone, as the recorder does one by one: nothing counts for what is on disk."""
    here = COUNTS_MASK >> DISK_SHIFT
    with transaction(db):
        db.execute("UPDATE file SET is_gone=1,read_to=0,anchor=x'',has_tail=0 WHERE is_gone=0")
        db.execute(
            "UPDATE response SET flags=(flags&~:all)|(flags&:here)|:gone WHERE flags&:gone=0",
            {"all": COUNTS_MASK, "here": here, "gone": IS_GONE},
        )
        db.execute("UPDATE cell SET counts=counts&:here WHERE counts>:here", {"here": here})
        db.execute("UPDATE hour SET counts=counts&:here WHERE counts>:here", {"here": here})
        db.execute("UPDATE session_sum SET counts=counts&:here WHERE counts>:here", {"here": here})


def _top_up(path: Path, book: PriceBook, setting: Setting) -> str:
    """Have the newest session end now; returns its id."""
    store = Store.open(path, book)
    try:
        newest = store._db.execute("SELECT max(at_ms) FROM response").fetchone()[0]
        now_ms = time.time_ns() // 1_000_000
        if newest < now_ms - FRESH_MS:
            seed = f"{setting.seed} {now_ms}"
            _, length_ms = session(Random(seed), 0, SESSION_ROWS).span or (0, 0)
            store.record([session(Random(seed), now_ms - length_ms, SESSION_ROWS)], catchup.NEVER_MS)
            _sweep(store._db)
        found = store._db.execute(
            "SELECT s.session_id FROM response r JOIN file f ON f.id=r.file JOIN session s ON s.id=f.session"
            " ORDER BY r.at_ms DESC LIMIT 1"
        )
        return str(found.fetchone()[0])
    finally:
        store.close()
