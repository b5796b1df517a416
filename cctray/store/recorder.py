"""Recorder: commits what a reading brought. Responses, positions and rollups change in one transaction or not at all.

A message that is alone goes straight into the table; one with rivals is settled by `rivals` over all its copies.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import json, structs

from cctray.core.commits import Change, Recorded
from cctray.core.prices import PriceBook
from cctray.core.records import PART_BITS, RULES_SHIFT, FileRead, Record, path_text
from cctray.core.transcript_path import names_of
from cctray.core.usage import DAILY, ENTRIES, Tokens
from cctray.store.database import transaction
from cctray.store.files import File, Files
from cctray.store.names import Names
from cctray.store.rivals import Piece, Verdict, lost_place, pieces_of, settle, united
from cctray.store.rollups import Adder
from cctray.store.rows import COLUMNS, INSERT, TRAITS_SHIFT, UPDATE, Row, flags_of, record_of, solo_counts

NEVER_MS: Final = 1 << 62
MESSAGES_A_QUERY: Final = 2_000
"""How many messages one look-up names: beyond this the JSON text of the list costs more than another query."""

_OF_MESSAGES: Final = f"SELECT {COLUMNS} FROM response WHERE message IN (SELECT value FROM json_each(?))"
_KNOWN: Final = "SELECT DISTINCT message FROM response WHERE message IN (SELECT value FROM json_each(?))"


class Recorder:
    """The writer of the history. Not thread-safe: it lives on the writer's thread."""

    def __init__(self, db: sqlite3.Connection, book: PriceBook) -> None:
        """Write through `db`, price with `book`."""
        self._db = db
        self._book = book
        self._names = Names(db)
        self._next_seq = 1 + db.execute("SELECT coalesce(max(seq),0) FROM response").fetchone()[0]

    def record(self, reads: Sequence[FileRead], live_from_ms: int) -> Recorded:
        """Commit readings; all of them or, where the database fails, none (an sqlite3 error)."""
        return self._commit(lambda batch: batch.take_all(reads), live_from_ms)

    def mark_gone(self, paths: Iterable[str], live_from_ms: int) -> Recorded:
        """Transcripts that were deleted: their usage stays, marked as no longer on disk."""
        return self._commit(lambda batch: batch.lose_all(paths), live_from_ms)

    def rename(self, old: str, new: str, live_from_ms: int) -> Recorded:
        """A transcript that was moved with its content."""
        return self._commit(lambda batch: batch.move(old, new), live_from_ms)

    def _commit(self, work: Callable[["_Batch"], None], live_from_ms: int) -> Recorded:
        first_seq = self._next_seq
        try:
            with transaction(self._db):
                batch = _Batch(self._db, self._names, self._book, first_seq, live_from_ms)
                work(batch)
                recorded = batch.finish()
        except BaseException:
            self._names.forget()
            raise
        self._next_seq = batch.next_seq
        return recorded


class _Batch:
    """One transaction."""

    def __init__(self, db: sqlite3.Connection, names: Names, book: PriceBook, next_seq: int, live_from_ms: int) -> None:
        self._db = db
        self._names = names
        self._book = book
        self.next_seq = next_seq
        self._first_seq = next_seq
        self._live_from_ms = live_from_ms
        self._rates: dict[int, Callable[[Tokens], float]] = {}
        self._adder = Adder(db, self._cost)
        self._files = Files(db, names)
        self._fresh: list[tuple[File, Record]] = []
        self._contested: set[int] = set()
        self._dropped: set[int] = set()
        self._losing: set[int] = set()
        self._changes: list[Change] = []
        self._stale: list[str] = []
        self._oldest_ms = NEVER_MS

    def take_all(self, reads: Sequence[FileRead]) -> None:
        """Note readings; `finish` settles them."""
        self._files.prefetch(path_text(read.path) for read in reads)
        for read in reads:
            self._take(read)

    def lose_all(self, paths: Iterable[str]) -> None:
        """Note that files are gone."""
        for path in paths:
            self._lose(path)

    def _take(self, read: FileRead) -> None:
        file = self._files.of_read(read)
        if read.expects != file.read_to:
            self._stale.append(read.path)
            return
        if file.is_gone or (read.start == 0 and file.read_to):
            self._lose_content(file)
        elif file.has_tail:
            self._drop_tail(file, read.start)
        file.take_position(read)
        end = read.read_to << PART_BITS
        file.has_tail = bool(read.records) and max(record.place for record in read.records) >= end
        self._fresh.extend((file, record) for record in read.records)
        for at_ms in read.span or ():
            file.stretch(at_ms)
        for reason, lines in read.skipped.items():
            self._db.execute(
                "INSERT INTO skipped VALUES (?,?,?) ON CONFLICT DO UPDATE SET lines=lines+excluded.lines",
                (file.number, reason, lines),
            )

    def _lose(self, path: str) -> None:
        file = self._files.known(path_text(path))
        if file is not None and not file.is_gone:
            self._lose_content(file)
            file.take_loss()

    def move(self, old: str, new: str) -> None:
        """Note that a file has another path; what lay there before and is gone keeps its usage beside it."""
        file = self._files.known(path_text(old))
        if file is None:
            return
        heir = self._files.known(path_text(new))
        if heir is not None and not heir.is_gone:
            self._stale.append(new)
            return
        self._keep_line_sessions(file, names_of(path_text(new)).session_id)
        rows = self._rows_of(file)
        for row in rows:
            self._adder.taint(row, file.home)
        if heir is None:
            self._files.rename(file, path_text(new))
        else:
            self._bequeath(file, rows, heir)
        for row in rows:
            self._adder.taint(row, (heir or file).home)
        self._contested.update(row.message for row in rows)

    def _bequeath(self, file: File, rows: list[Row], heir: File) -> None:
        """Give a file's rows to the one that has its new path; what either lost before stays apart by generation."""
        self._db.executemany(
            "UPDATE response SET file=?,place=? WHERE seq=?",
            [
                (heir.number, lost_place(row.place, heir.generation) if row.is_gone else row.place, row.seq)
                for row in rows
            ],
        )
        self._db.execute("UPDATE skipped SET file=? WHERE file=?", (heir.number, file.number))
        heir.take_over(file)

    def finish(self) -> Recorded:
        """Write everything that was noted."""
        self._files.write_back()
        rivals = self._rivals()
        alone = [(file, record) for file, record in self._fresh if record.message not in rivals]
        self._insert_alone(alone)
        if rivals:
            fresh: dict[int, list[tuple[File, Record]]] = {message: [] for message in rivals}
            for file, record in self._fresh:
                if record.message in fresh:
                    fresh[record.message or 0].append((file, record))
            self._settle(fresh)
        self._files.write_back()
        self._adder.flush()
        return Recorded(self._changes, self.next_seq - self._first_seq, self._oldest_ms, tuple(self._stale))

    def _rivals(self) -> set[int]:
        seen: set[int] = set()
        rivals = set(self._contested)
        for _, record in self._fresh:
            (rivals if record.message in seen else seen).add(record.message or 0)
        messages = list(seen)
        for start in range(0, len(messages), MESSAGES_A_QUERY):
            rivals.update(
                row[0]
                for row in self._db.execute(_KNOWN, (json.encode(messages[start : start + MESSAGES_A_QUERY]).decode(),))
            )
        return rivals

    def _insert_alone(self, alone: list[tuple[File, Record]]) -> None:
        """Insert messages without rivals: the hot path of a first read, 7 µs a response with its sums."""
        # In order of time: pages of the index and of the rollups then fill up, which saves a sixth of the file.
        alone.sort(key=lambda item: item[1].at_ms)
        if alone:
            self._oldest_ms = min(self._oldest_ms, alone[0][1].at_ms)
        rows: list[Row] = []
        model_of, line_session, add = self._names.model, self._names.line_session, self._adder.add
        for seq, (file, record) in enumerate(alone, self.next_seq):
            message, request, place, at_ms, _, inp, out, cache_5m, cache_1h, read, traits, session, more = (
                structs.astuple(record)
            )
            rules = traits >> RULES_SHIFT & (DAILY | ENTRIES)
            row = Row(
                seq, message, request, file.number, place, at_ms, model_of(record),
                inp, out, cache_5m, cache_1h, read,
                solo_counts(rules, is_gone=False) | traits << TRAITS_SHIFT,
                None if session == file.path_session else line_session(session, file.path_session),
                more,
            )  # fmt: skip
            rows.append(row)
            add(row, file.home)
            if at_ms >= self._live_from_ms:
                self._note(row, 1)
        self.next_seq += len(rows)
        self._db.executemany(INSERT, rows)

    def _settle(self, fresh: dict[int, list[tuple[File, Record]]]) -> None:
        messages = list(fresh)
        for start in range(0, len(messages), MESSAGES_A_QUERY):
            some = messages[start : start + MESSAGES_A_QUERY]
            known: dict[int, list[Row]] = {message: [] for message in some}
            for fields in self._db.execute(_OF_MESSAGES, (json.encode(some).decode(),)).fetchall():
                row = Row._make(fields)
                known[row.message].append(row)
            for message in some:
                self._settle_message(message, known[message], fresh[message])

    def _settle_message(self, message: int, rows: list[Row], fresh: list[tuple[File, Record]]) -> None:
        requests: dict[str | None, int | None] = {}
        known: list[Piece] = []
        for row in rows:
            if row.seq in self._dropped:
                continue
            file = self._files.numbered(row.file)
            requests[None if row.request is None else str(row.request)] = row.request
            pieces = pieces_of(
                self._record(row, file), file.number, file.home.path, file.path_session, is_gone=row.is_gone
            )
            known += [piece.lost(file.generation) for piece in pieces] if self._is_losing(row) else pieces
        new: list[Piece] = []
        for file, record in fresh:
            requests[None if record.request is None else str(record.request)] = record.request
            new += pieces_of(record, file.number, file.home.path, file.path_session, is_gone=False)
        pieces = united(known, new)
        costs = self._book.event_cost
        verdicts = settle(message, lambda piece: requests[piece.event.request], pieces, costs) if pieces else []
        self._apply(rows, verdicts)

    def _apply(self, rows: list[Row], verdicts: list[Verdict]) -> None:
        old = {
            (row.file, lost_place(row.place, self._files.numbered(row.file).generation), True)
            if self._is_losing(row)
            else (row.file, row.place, row.is_gone): row
            for row in rows
        }
        for verdict in verdicts:
            file = self._files.numbered(verdict.file)
            file.stretch(verdict.record.at_ms)
            before = old.pop((verdict.file, verdict.record.place, verdict.is_gone), None)
            row = self._row(file, verdict.record, verdict.counts, is_gone=verdict.is_gone, before=before)
            if before is None:
                self._db.execute(INSERT, row)
            elif row != before:
                self._db.execute(UPDATE, (*row, before.seq))
            self._follow(before, row, file)
        for row in old.values():
            self._db.execute("DELETE FROM response WHERE seq=?", (row.seq,))
            self._follow(row, None, self._files.numbered(row.file))

    def _follow(self, before: Row | None, after: Row | None, file: File) -> None:
        if before == after:
            return
        self._oldest_ms = min(self._oldest_ms, *(row.at_ms for row in (before, after) if row is not None))
        self._adder.change(before, after, file.home)
        if before is not None and before.at_ms >= self._live_from_ms:
            self._note(before, -1)
        if after is not None and after.at_ms >= self._live_from_ms:
            self._note(after, 1)

    def _note(self, row: Row, sign: int) -> None:
        if row.flags & DAILY:
            logged = row.logged_cost
            cost = self._cost(row.model, row.tokens) if logged is None else logged
            self._changes.append(Change(sign, row.at_ms, row.tokens, cost))

    def _row(self, file: File, record: Record, counts: int, *, is_gone: bool, before: Row | None = None) -> Row:
        row = Row(
            before.seq if before else self.next_seq,
            record.message or 0,
            record.request,
            file.number,
            record.place,
            record.at_ms,
            self._names.model(record),
            record.input,
            record.output,
            record.cache_5m,
            record.cache_1h,
            record.cache_read,
            flags_of(record, counts, is_gone=is_gone),
            self._names.line_session(record.session, file.path_session),
            record.packed_more,
        )
        if before is None:
            self.next_seq += 1
        elif _numbers(row) != _numbers(before):
            row = row._replace(seq=self.next_seq)
            self.next_seq += 1
        return row

    def _record(self, row: Row, file: File) -> Record:
        session = self._names.line_session_name(row.line_session, file.path_session)
        return record_of(row, self._names.model_name(row.model)[0], session)

    def _cost(self, model: int, tokens: Tokens) -> float:
        pricer = self._rates.get(model)
        if pricer is None:
            pricer = self._rates[model] = self._book.pricer(*self._names.model_name(model))
        return pricer(tokens)

    def _lose_content(self, file: File) -> None:
        self._losing.add(file.number)
        self._contested.update(row.message for row in self._rows_of(file))
        file.generation += 1
        file.is_changed = True
        self._db.execute("DELETE FROM skipped WHERE file=?", (file.number,))

    def _drop_tail(self, file: File, start: int) -> None:
        for row in self._rows_of(file):
            if row.place >> PART_BITS >= start and not row.is_gone:
                self._dropped.add(row.seq)
                self._contested.add(row.message)

    def _keep_line_sessions(self, file: File, new_session: str) -> None:
        if new_session == file.path_session:
            return
        number = self._names.line_session(file.path_session, new_session)
        for row in self._rows_of(file):
            if row.line_session is None:
                self._db.execute("UPDATE response SET line_session=? WHERE seq=?", (number, row.seq))

    def _is_losing(self, row: Row) -> bool:
        return row.file in self._losing and not row.is_gone

    def _rows_of(self, file: File) -> list[Row]:
        if file.first_ms is None:
            return []
        found = self._db.execute(
            f"SELECT {COLUMNS} FROM response WHERE at_ms BETWEEN ? AND ? AND file=?",
            (file.first_ms, file.last_ms, file.number),
        )
        return [Row._make(fields) for fields in found.fetchall()]


def _numbers(row: Row) -> tuple[object, ...]:
    """What another machine would be told again."""
    return (
        row.at_ms,
        row.model,
        row.input,
        row.output,
        row.cache_5m,
        row.cache_1h,
        row.cache_read,
        row.flags & (DAILY | ENTRIES),
    )
