"""Rollups: sums per quarter of an hour and per session, kept in the same transaction as the responses.

New rows are added. A row that merely grew is corrected by its difference. Anything else (a row that stops counting,
moves or changes its model) makes the quarter and the session be summed again: they are small.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from cctray.core.records import unpack
from cctray.core.usage import Tokens
from cctray.store.migrations import HOUR_MS, QUARTER_MS
from cctray.store.rows import COLUMNS, COUNTS_MASK, DAILY_BITS, ENTRIES_BITS, IS_HUGE, NEEDS_A_LOOK, Row

Cost = Callable[[int, Tokens], float]
"""Calculated US dollars from the model's number in the store and the counts."""

CALCULATED_AT, FIRST_MS_AT, LAST_MS_AT, FIRST_FILE_AT, FIRST_PLACE_AT = 7, 10, 11, 12, 13

_SUM_COLUMNS: Final = (
    "entries,input,output,cache_5m,cache_1h,cache_read,logged,calculated,shadow,logged_tokens,"
    "first_ms,last_ms,first_file,first_place"
)

QUARTERS: Final = HOUR_MS // QUARTER_MS

Sums = list[float]
"""A row of sums in the order of _SUM_COLUMNS; whole numbers but for the three costs."""
Key = tuple[int | str, ...]
CELL_KEY: Final = (0, 1, 4, 2)
HOUR_KEY: Final = (5, 1, 2)
SESSION_KEY: Final = (3, 1, 2)
"""Fields of a piece's key (quarter, model, counts, session, project, hour) that make the key of each rollup."""

CERTAIN_USD: Final = 1_000.0
"""Taking a larger cost out of a sum could leave rounding errors of the size of small responses: sum again instead."""


def _upsert(table: str, key: str) -> str:
    marks = ",".join("?" * (key.count(",") + 1 + 14))
    earlier = (
        f"((SELECT path FROM file WHERE id=excluded.first_file) < (SELECT path FROM file WHERE id={table}.first_file)"
        f" OR (excluded.first_file={table}.first_file AND excluded.first_place < {table}.first_place))"
    )
    added = ",".join(f"{name}={name}+excluded.{name}" for name in _SUM_COLUMNS.split(",")[:FIRST_MS_AT])
    return (
        f"INSERT INTO {table} ({key},{_SUM_COLUMNS}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {added},"
        "first_ms=min(first_ms,excluded.first_ms),last_ms=max(last_ms,excluded.last_ms),"
        f"first_file=CASE WHEN {earlier} THEN excluded.first_file ELSE first_file END,"
        f"first_place=CASE WHEN {earlier} THEN excluded.first_place ELSE first_place END"
    )


_UPSERT_CELL: Final = _upsert("cell", "quarter,model,project,counts")
_UPSERT_HOUR: Final = _upsert("hour", "hour,model,counts")
_UPSERT_SESSION: Final = _upsert("session_sum", "session,model,counts")

_ROW: Final = ",".join(f"r.{name}" for name in COLUMNS.split(","))
_OF_SPAN: Final = (
    f"SELECT {_ROW},s.project,f.session,f.path"
    " FROM response r JOIN file f ON f.id=r.file JOIN session s ON s.id=f.session WHERE r.at_ms>=? AND r.at_ms<?"
)
_OF_SESSION: Final = (
    f"SELECT {_ROW},s.project,f.session,f.path FROM file f JOIN session s ON s.id=f.session JOIN response r"
    " ON r.at_ms BETWEEN f.first_ms AND f.last_ms AND r.file=f.id WHERE f.session=?"
)


class Home(NamedTuple):
    """Where a row's file belongs."""

    path: str
    session: int
    project: str


class Adder:
    """Adds rows up in memory, by cell and by session, until `flush` writes them."""

    def __init__(self, db: sqlite3.Connection, cost: Cost) -> None:
        """Prices come from `cost`."""
        self._db = db
        self._cost = cost
        self._paths: dict[float, str] = {}
        self._pieces: dict[Key, Sums] = {}
        self._dirty_hours: set[int] = set()
        self._dirty_sessions: set[int] = set()

    def add(self, row: Row, home: Home) -> None:
        """Count a new row where a rule counts it."""
        flags, model, at_ms = row.flags, row.model, row.at_ms
        counts = flags & COUNTS_MASK
        if not counts or flags & IS_HUGE:
            return
        self._paths[row.file] = home.path
        quarter = at_ms // QUARTER_MS
        if flags & NEEDS_A_LOOK:
            for part, sums in self._parts(row):
                self._merge((quarter, model, part, home.session, home.project, quarter // QUARTERS), sums)
            return
        tokens = row.input, row.output, row.cache_5m, row.cache_1h, row.cache_read
        cost = self._cost(model, Tokens(*tokens))
        key = quarter, model, counts, home.session, home.project, quarter // QUARTERS
        known = self._pieces.get(key)
        if known is None:
            self._pieces[key] = [1, *tokens, 0.0, cost, 0.0, 0, at_ms, at_ms, row.file, row.place]
            return
        known[0] += 1
        known[1] += tokens[0]
        known[2] += tokens[1]
        known[3] += tokens[2]
        known[4] += tokens[3]
        known[5] += tokens[4]
        known[CALCULATED_AT] += cost
        if at_ms < known[FIRST_MS_AT]:
            known[FIRST_MS_AT] = at_ms
        elif at_ms > known[LAST_MS_AT]:
            known[LAST_MS_AT] = at_ms
        if known[FIRST_FILE_AT] != row.file or row.place < known[FIRST_PLACE_AT]:
            place: Sums = [*known[:FIRST_FILE_AT], row.file, row.place]
            if self._is_earlier(place, known):
                known[FIRST_FILE_AT:] = place[FIRST_FILE_AT:]

    def change(self, old: Row | None, new: Row | None, home: Home) -> None:
        """Follow a row from its old state to its new one (None: was not, or is no longer, there)."""
        if old is None:
            if new is not None:
                self.add(new, home)
        elif new is None or not self._grow(old, new, home):
            self.taint(old, home)
            if new is not None:
                self.taint(new, home)

    def taint(self, row: Row, home: Home) -> None:
        """Have the hour and the session of a row summed again."""
        self._dirty_hours.add(row.at_ms // HOUR_MS)
        self._dirty_sessions.add(home.session)

    def taint_hours(self, hours: Iterable[int]) -> None:
        """Have these hours and their quarters summed again."""
        self._dirty_hours.update(hours)

    def taint_sessions(self, sessions: Iterable[int]) -> None:
        """Have these sessions summed again."""
        self._dirty_sessions.update(sessions)

    def _grow(self, old: Row, new: Row, home: Home) -> bool:
        if _identity(old) != _identity(new) or (old.flags | new.flags) & IS_HUGE:
            return False
        if not old.counts:
            return True
        (_, before), *others = self._parts(old)
        (_, after), *more_others = self._parts(new)
        if others or more_others:
            return False
        if max(before[6:9]) > CERTAIN_USD or before[FIRST_FILE_AT:] != after[FIRST_FILE_AT:]:
            return False
        cell: Key = (old.at_ms // QUARTER_MS, old.model, home.project, old.counts)
        session: Key = (home.session, old.model, old.counts)
        if self._opens(old, cell, session):
            return False
        self._paths[new.file] = home.path
        difference = [b - a for a, b in zip(before[:FIRST_MS_AT], after[:FIRST_MS_AT], strict=True)]
        difference += after[FIRST_MS_AT:]
        self._merge((*cell[:2], old.counts, home.session, home.project, old.at_ms // HOUR_MS), difference)
        return True

    def _opens(self, row: Row, cell: Key, session: Key) -> bool:
        self.flush_added()
        first = self._db.execute(
            "SELECT first_ms FROM cell WHERE quarter=? AND model=? AND project=? AND counts=?", cell
        ).fetchone()
        of_session = self._db.execute(
            "SELECT first_ms FROM session_sum WHERE session=? AND model=? AND counts=?", session
        ).fetchone()
        return first is None or of_session is None or row.at_ms in {first[0], of_session[0]}

    def _parts(self, row: Row) -> list[tuple[int, Sums]]:
        """What a row adds, by the rules that count it: two parts where they place it differently in their order."""
        counts = row.flags & COUNTS_MASK
        calculated = self._cost(row.model, row.tokens)
        numbers = [1, row.input, row.output, row.cache_5m, row.cache_1h, row.cache_read]
        if not row.flags & NEEDS_A_LOOK:
            return [(counts, [*numbers, 0.0, calculated, 0.0, 0, row.at_ms, row.at_ms, row.file, row.place])]
        more = unpack(row.more)
        costs: Sums = (
            [0.0, calculated, 0.0, 0]
            if more.logged_cost is None
            else [more.logged_cost, 0.0, calculated, row.tokens.total]
        )
        sums = [*numbers, *costs, row.at_ms, row.at_ms]
        if more.opened is None:
            return [(counts, [*sums, row.file, row.place])]
        parts = zip((DAILY_BITS, ENTRIES_BITS), more.opened, strict=True)
        return [(counts & bits, [*sums, *opened]) for bits, opened in parts if counts & bits]

    def _merge(self, key: Key, sums: Sums) -> None:
        known = self._pieces.get(key)
        if known is None:
            self._pieces[key] = sums
        else:
            self._join(known, sums)

    def _join(self, known: Sums, sums: Sums) -> None:
        for index in range(FIRST_MS_AT):
            known[index] += sums[index]
        known[FIRST_MS_AT] = min(known[FIRST_MS_AT], sums[FIRST_MS_AT])
        known[LAST_MS_AT] = max(known[LAST_MS_AT], sums[LAST_MS_AT])
        if self._is_earlier(sums, known):
            known[FIRST_FILE_AT:] = sums[FIRST_FILE_AT:]

    def _grouped(self, pick: tuple[int, ...]) -> list[list[int | str | float]]:
        """Rows of a rollup: the pieces joined by some fields of their key."""
        groups: dict[Key, Sums] = {}
        for key, sums in self._pieces.items():
            short = tuple(key[index] for index in pick)
            known = groups.get(short)
            if known is None:
                groups[short] = sums.copy()
            else:
                self._join(known, sums)
        return [[*key, *sums] for key, sums in groups.items()]

    def _is_earlier(self, one: Sums, other: Sums) -> bool:
        if one[FIRST_FILE_AT] == other[FIRST_FILE_AT]:
            return one[FIRST_PLACE_AT] < other[FIRST_PLACE_AT]
        return self._path(one[FIRST_FILE_AT]) < self._path(other[FIRST_FILE_AT])

    def _path(self, file: float) -> str:
        path = self._paths.get(file)
        if path is None:
            path = self._paths[file] = self._db.execute("SELECT path FROM file WHERE id=?", (file,)).fetchone()[0]
        return path

    def flush(self) -> None:
        """Write everything into the rollups; the rows must already be in their tables."""
        self.flush_added()
        for hour in self._dirty_hours:
            quarter = hour * QUARTERS
            self._db.execute("DELETE FROM cell WHERE quarter>=? AND quarter<?", (quarter, quarter + QUARTERS))
            self._db.execute("DELETE FROM hour WHERE hour=?", (hour,))
            self._sum_again(
                _OF_SPAN,
                (hour * HOUR_MS, (hour + 1) * HOUR_MS),
                ((_UPSERT_CELL, CELL_KEY), (_UPSERT_HOUR, HOUR_KEY)),
            )
        for session in self._dirty_sessions:
            self._db.execute("DELETE FROM session_sum WHERE session=?", (session,))
            self._sum_again(_OF_SESSION, (session,), ((_UPSERT_SESSION, SESSION_KEY),))
        self._dirty_hours.clear()
        self._dirty_sessions.clear()

    def flush_added(self) -> None:
        """Write what was added so far."""
        if self._pieces:
            for upsert, key in ((_UPSERT_CELL, CELL_KEY), (_UPSERT_HOUR, HOUR_KEY), (_UPSERT_SESSION, SESSION_KEY)):
                self._db.executemany(upsert, self._grouped(key))
            self._pieces.clear()
        self._paths.clear()

    def _sum_again(self, query: str, values: tuple[int, ...], rollups: tuple[tuple[str, tuple[int, ...]], ...]) -> None:
        for *fields, project, session, path in self._db.execute(query, values):
            self.add(Row._make(fields), Home(path, session, project))
        for upsert, key in rollups:
            self._db.executemany(upsert, self._grouped(key))
        self._pieces.clear()


def _identity(row: Row) -> tuple[int | bytes | None, ...]:
    return row.at_ms // QUARTER_MS, row.file, row.place, row.model, row.flags & COUNTS_MASK
