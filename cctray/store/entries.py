"""Single responses as reports want them, where a rollup cannot answer: by project, by instant, for export."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from msgspec import Struct

from cctray.core.dedupe import Copy, fold
from cctray.core.portion import Costs, Portion, Slice
from cctray.core.prices import PriceBook
from cctray.core.records import events_of, unpack
from cctray.core.usage import Tokens, UsageEvent
from cctray.store.rows import COLUMNS, DISK_SHIFT, ENTRIES_BITS, HAS_NOTICE, IS_HUGE, Row, record_of

_JOINED: Final = (
    f"SELECT {','.join(f'r.{name}' for name in COLUMNS.split(','))},"
    "m.name,m.label,m.is_fast,f.path,s.session_id,s.project_path,s.project,"
    "CASE WHEN r.line_session IS NULL THEN s.session_id"
    " ELSE (SELECT name FROM line_session l WHERE l.id=r.line_session) END"
    " FROM response r JOIN model m ON m.id=r.model JOIN file f ON f.id=r.file JOIN session s ON s.id=f.session"
)
_NO_LIMIT_MS: Final = 1 << 62


class Entry(Struct, frozen=True, kw_only=True):
    """One counted response."""

    at_ms: int
    model: str | None
    label: str | None
    tokens: Tokens
    costs: Costs
    flat_cache: int | None
    """`cache_creation_input_tokens` as written, where it differs from the split."""
    limit_reset_s: int | None
    session_id: str
    """By the path of its transcript."""
    project_path: str
    project: str
    line_session: str | None
    """The line's own `sessionId`."""
    file: int
    place: int
    slot_path: str
    slot_place: int
    """Where ccusage's fold has it: the copy that opened its slot."""
    is_gone: bool
    is_huge: bool
    is_logged: bool
    """Whether the line carries its own cost."""

    def portion(self, group: str, project: str = "") -> Portion:
        """The sum of this one entry."""
        return Portion(
            group=group, model=self.model, label=self.label, project=project, entries=1, tokens=self.tokens,
            costs=self.costs, first_ms=self.at_ms, last_ms=self.at_ms,
            unlogged_tokens=0 if self.is_logged else self.tokens.total,
        )  # fmt: skip

    def slice(self) -> Slice:
        """The slice of time that holds only this entry."""
        return Slice(
            first_ms=self.at_ms, last_ms=self.at_ms, portions=(self.portion(""),), limit_reset_s=self.limit_reset_s
        )


class EntryReader:
    """Reads entries; `mask` holds the bits of `counts` of which one must be set."""

    def __init__(self, db: sqlite3.Connection, book: PriceBook) -> None:
        """Read through an open connection, price with `book`."""
        self._db = db
        self._book = book

    def between(self, start_ms: int, end_ms: int, mask: int) -> Iterator[Entry]:
        """Entries of a half-open span, in order of time, then of ccusage's fold."""
        found = self._db.execute(
            f"{_JOINED} WHERE r.at_ms>=? AND r.at_ms<? AND r.flags&? ORDER BY r.at_ms", (start_ms, end_ms, mask)
        )
        run: list[Entry] = []
        for fields in found:
            entry = self._entry(fields, mask)
            if run and entry.at_ms != run[0].at_ms:
                yield from sorted(run, key=fold_order)
                run = []
            run.append(entry)
        yield from sorted(run, key=fold_order)

    def in_time(self, start_ms: int | None, mask: int) -> Iterator[Entry]:
        """Every entry from a time on."""
        return self.between(-_NO_LIMIT_MS if start_ms is None else start_ms, _NO_LIMIT_MS, mask)

    def huge(self, mask: int, start_ms: int, end_ms: int) -> Iterator[Entry]:
        """Entries of a half-open span whose counts no rollup holds; next to none."""
        return self._flagged(IS_HUGE, mask, start_ms, end_ms)

    def with_notice(self, mask: int, start_ms: int) -> Iterator[Entry]:
        """Entries since a time that tell when a usage limit resets."""
        return self._flagged(HAS_NOTICE, mask, start_ms, _NO_LIMIT_MS)

    def _flagged(self, flag: int, mask: int, start_ms: int, end_ms: int) -> Iterator[Entry]:
        # The flag stands in the text of the statement: only so SQLite sees that its partial index fits.
        found = self._db.execute(
            f"{_JOINED} WHERE r.flags&{flag} AND r.at_ms>=? AND r.at_ms<? AND r.flags&? ORDER BY r.at_ms",
            (start_ms, end_ms, mask),
        )
        return (self._entry(fields, mask) for fields in found)

    def of_session(self, session_id: str, mask: int) -> list[Entry]:
        """Entries of a session, by its path or by the lines' own name, in order of ccusage's fold."""
        spans = (
            f"{_JOINED} WHERE r.flags&? AND r.seq IN ("
            "SELECT q.seq FROM session t JOIN file g ON g.session=t.id JOIN response q"
            " ON q.at_ms BETWEEN g.first_ms AND g.last_ms AND q.file=g.id WHERE t.session_id=?)"
        )
        lines = f"{_JOINED} WHERE r.flags&? AND r.line_session=(SELECT id FROM line_session WHERE name=?)"
        found = {
            row[0]: self._entry(row, mask)
            for query in (spans, lines)
            for row in self._db.execute(query, (mask, session_id))
        }
        return sorted(found.values(), key=fold_order)

    def of_project(self, project: str, rule: int, *, on_disk: bool) -> Iterator[Entry]:
        """Entries of a project in no order; rivals of other projects stay out of the fold (ccusage's --project)."""
        found = self._db.execute(f"{_JOINED} WHERE s.project=? ORDER BY r.message", (project,))
        mask = rule << DISK_SHIFT if on_disk else rule
        for _, group in groupby(found, key=itemgetter(1)):
            rows = list(group)
            if len(rows) > 1 or self._has_rivals(rows[0]):
                yield from self._refold(rows, rule, on_disk=on_disk)
            elif rows[0][12] & mask:
                yield self._entry(rows[0], mask)

    def _has_rivals(self, row: tuple[Any, ...]) -> bool:
        count = self._db.execute("SELECT count(*) FROM response WHERE message=?", (row[1],)).fetchone()
        return bool(count[0] > 1)

    def _refold(self, rows: list[tuple[Any, ...]], rule: int, *, on_disk: bool) -> list[Entry]:
        copies = []
        for index, fields in enumerate(rows):
            row = Row._make(fields[:15])
            path, session = str(fields[18]), str(fields[19])
            if on_disk and row.is_gone:
                continue
            name = None if fields[15] is None else str(fields[15])
            line = None if fields[22] is None else str(fields[22])
            copies += [
                Copy(event=event, path=path, path_session=session, is_gone=row.is_gone, ref=index)
                for event in events_of(record_of(row, name, line))
            ]
        slots = fold(copies, rule, self._book.event_cost)
        return [self._entry(rows[slot.copy.ref], rule, slot.copy.event) for slot in slots]

    def _entry(self, fields: tuple[Any, ...], mask: int, event: UsageEvent | None = None) -> Entry:
        row = Row._make(fields[:15])
        model, label, is_fast, path, session_id, project_path, project, line_session = fields[15:]
        more = unpack(row.more)
        tokens = event.tokens if event else row.tokens
        calculated = self._book.cost(model, tokens, bool(is_fast))
        costs = Costs(0.0, calculated) if more.logged_cost is None else Costs(more.logged_cost, 0.0, calculated)
        slot_path, slot_place = str(path), row.place
        if more.opened is not None:
            file, slot_place = more.opened[1 if mask & ENTRIES_BITS else 0]
            slot_path = self._db.execute("SELECT path FROM file WHERE id=?", (file,)).fetchone()[0]
        return Entry(
            at_ms=event.at_ms if event else row.at_ms,
            model=model, label=label, tokens=tokens, costs=costs, flat_cache=more.flat_cache,
            limit_reset_s=more.limit_reset_s, session_id=session_id, project_path=project_path,
            project=project, line_session=line_session, file=row.file, place=row.place,
            slot_path=slot_path, slot_place=slot_place, is_gone=row.is_gone,
            is_huge=bool(row.flags & IS_HUGE), is_logged=more.logged_cost is not None,
        )  # fmt: skip


def fold_order(entry: Entry) -> tuple[str, int]:
    """Order of ccusage's fold: path, then place."""
    return entry.slot_path, entry.slot_place
