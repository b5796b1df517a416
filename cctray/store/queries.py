"""Read-only views of the history, for reports, screens and other processes; from the rollups where they can answer."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import Any, Final, Self

from msgspec import Struct

from cctray.core.calendar import DAY_MS, Days, day_name
from cctray.core.commits import Totals
from cctray.core.portion import Costs, Portion, SessionKey, Slice
from cctray.core.prices import PriceBook
from cctray.core.usage import ENTRIES, Tokens
from cctray.store.database import open_reader, translated
from cctray.store.entries import Entry, EntryReader
from cctray.store.entry_sums import by_day, by_session
from cctray.store.migrations import HOUR_MS, QUARTER_MS
from cctray.store.rows import DISK_SHIFT

_NO_LIMIT: Final = 1 << 62
_SUM: Final = (
    "sum(c.entries),sum(c.input),sum(c.output),sum(c.cache_5m),sum(c.cache_1h),sum(c.cache_read),"
    "sum(c.logged),sum(c.calculated),sum(c.shadow),min(c.first_ms),max(c.last_ms),sum(c.logged_tokens)"
)
PLACE_MASK: Final = (1 << 47) - 1
"""Rank and place share 63 bits; no transcript reaches half a terabyte."""
ORDERED_FILES: Final = 50_000
"""Up to so many transcripts models are listed in ccusage's order (first use by path); sorting more paths would take
longer than the report, so models then come in order of time."""

LOOK_AHEAD_MS: Final = 400 * DAY_MS
"""Longest piece of calendar looked at in one go: a year of a zone without summer time."""
QUARTERS_SINCE_MS: Final = 63_676_800_000
"""1972-01-08: since Monrovia's change the day before every zone's offset is a whole number of quarters of an hour;
older days are summed by entry."""


class Extent(Struct, frozen=True):
    """How much a history holds."""

    format: int
    """Number of the file's format."""
    responses: int
    first_ms: int | None
    last_ms: int | None


class Label(Struct, frozen=True):
    """A model of the store."""

    name: str | None
    label: str | None
    is_priced: bool


class History:
    """The history as it was when a question is asked; any number of readers beside the one writer."""

    def __init__(self, db: sqlite3.Connection, path: Path, book: PriceBook) -> None:
        """Read through an open connection; models that `book` does not price cost nothing."""
        self.db = db
        self._path = path
        self._book = book
        self._entries = EntryReader(db, book)

    @classmethod
    def open(cls, store_file: Path, book: PriceBook) -> Self:
        """Open the store file read-only; raises StoreError and its children."""
        return cls(open_reader(store_file), store_file, book)

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def daily(
        self,
        days: Days,
        *,
        rule: int,
        since: str | None = None,
        until: str | None = None,
        project: str | None = None,
        by_project: bool = False,
        on_disk: bool = False,
    ) -> list[Portion]:
        """Usage by local day and model (and project), in order of first appearance; days as `YYYY-MM-DD`."""
        with translated(self._path):
            span = self._span(days, since, until)
            if span is None:
                return []
            if project is not None:
                entries = self._entries.of_project(project, rule, on_disk=on_disk)
                return by_day(days, (e for e in entries if span[0] <= e.at_ms < span[1]), by_project=by_project)
            portions = self._daily_sums(days, span, _mask(rule, on_disk=on_disk), by_project=by_project)
            return [portion for _, portion in portions]

    def _span(self, days: Days, since: str | None, until: str | None) -> tuple[int, int] | None:
        # Two questions: asked as one, SQLite walks the whole index (1.6 s at 10 million rows).
        first, last = self.db.execute(
            "SELECT (SELECT min(at_ms) FROM response),(SELECT max(at_ms) FROM response)"
        ).fetchone()
        if first is None:
            return None
        # Whole hours, as far as nobody asked for less: then the coarse rollup can answer.
        first, last = first // HOUR_MS * HOUR_MS, (last // HOUR_MS + 1) * HOUR_MS
        start = first if since is None else max(first, days.bounds_ms(since, since)[0])
        end = last if until is None else min(last, days.bounds_ms(until, until)[1])
        return (start, end) if start < end else None

    def _daily_sums(
        self, days: Days, span: tuple[int, int], mask: int, *, by_project: bool
    ) -> list[tuple[tuple[int, int], Portion]]:
        start, end = span
        exact = list(self._entries.huge(mask, start, end))
        if start < QUARTERS_SINCE_MS:
            old_end = min(end, QUARTERS_SINCE_MS)
            exact += [e for e in self._entries.between(start, old_end, mask) if not e.is_huge]
        ranks = self._ranks()
        found = [
            item
            for from_ms, to_ms, offset in self._stretches(days, max(start, QUARTERS_SINCE_MS), end)
            for item in self._day_cells(from_ms, to_ms, offset, mask, ranks, by_project=by_project)
        ]
        found += [
            ((ranks.get(e.file, e.at_ms), e.place), portion)
            for e in exact
            for portion in by_day(days, [e], by_project=by_project)
        ]
        found.sort(key=lambda item: item[0])
        return found

    def _stretches(self, days: Days, start_ms: int, end_ms: int) -> Iterator[tuple[int, int, int]]:
        """Pieces of constant offset that hold anything: one line of year 9999 must not cost 8,000 years of calendar."""
        while start_ms < end_ms:
            query = "SELECT min(quarter) FROM cell WHERE quarter>=?"
            (quarter,) = self.db.execute(query, (start_ms // QUARTER_MS,)).fetchone()
            if quarter is None:
                return
            start_ms = max(start_ms, quarter * QUARTER_MS // HOUR_MS * HOUR_MS)
            for piece in days.stretches(start_ms, min(end_ms, start_ms + LOOK_AHEAD_MS)):
                yield piece
                start_ms = piece[1]
                break
            else:
                return

    def _day_cells(
        self, from_ms: int, to_ms: int, offset: int, mask: int, ranks: dict[int, int], *, by_project: bool
    ) -> Iterator[tuple[tuple[int, int], Portion]]:
        models = self.models()
        # Hours are a ninth of the quarters, but tell no projects and no days that start on another minute.
        name, grain_ms = ("cell", QUARTER_MS) if by_project or offset % HOUR_MS else ("hour", HOUR_MS)
        if from_ms % grain_ms or to_ms % grain_ms:
            name, grain_ms = "cell", QUARTER_MS
        at = "quarter" if name == "cell" else "hour"
        first = (
            f"min((k.rank<<47)+(c.first_place&{PLACE_MASK})),c.first_file,c.first_place"
            if ranks
            else "min(c.first_ms),-1,0"
        )
        join = "JOIN temp.rank k ON k.file=c.first_file" if ranks else ""
        group = "c.project" if by_project else "''"
        query = (
            f"SELECT (c.{at}*{grain_ms}+?)/{DAY_MS} AS day,c.model,{group},{_SUM},{first}"
            f" FROM {name} c {join} WHERE c.{at}>=? AND c.{at}<? AND c.counts&? GROUP BY 1,2,3"
        )
        span = offset, from_ms // grain_ms, -(-to_ms // grain_ms), mask
        for day, model, project, *sums, _, file, place in self.db.execute(query, span):
            order = (ranks[file], place) if ranks else (sums[9], 0)
            yield order, _portion(day_name(day), models[model], project, sums)

    def _ranks(self) -> dict[int, int]:
        """Place of every file in ccusage's order, also as the temporary table `rank`; empty if there are too many."""
        if self.db.execute("SELECT count(*) FROM file").fetchone()[0] > ORDERED_FILES:
            return {}
        files = [row[0] for row in self.db.execute("SELECT id FROM file ORDER BY path")]
        self.db.execute("CREATE TEMP TABLE IF NOT EXISTS rank (file INTEGER PRIMARY KEY, rank INTEGER)")
        self.db.execute("DELETE FROM temp.rank")
        self.db.executemany("INSERT INTO temp.rank VALUES (?,?)", [(file, rank) for rank, file in enumerate(files)])
        return {file: rank for rank, file in enumerate(files)}

    def models(self) -> dict[int, Label]:
        """Models by their number in the store."""
        found = self.db.execute("SELECT id,name,label FROM model")
        return {
            row[0]: Label(row[1], row[2], row[1] is not None and self._book.find(row[1]) is not None) for row in found
        }

    def sessions(
        self, days: Days, *, since: str | None = None, until: str | None = None, on_disk: bool = False
    ) -> Iterable[tuple[SessionKey, list[Portion]]]:
        """Usage by session and model, by the rule of ccusage's `session`, in order of first appearance.

        To be gone through once: the portions of a session are made when its turn comes.
        """
        with translated(self._path):
            mask = _mask(ENTRIES, on_disk=on_disk)
            if since is not None or until is not None:
                span = self._span(days, since, until)
                return [] if span is None else by_session(self._entries.between(*span, mask))
            return self._session_sums(mask)

    def _session_sums(self, mask: int) -> Iterator[tuple[SessionKey, list[Portion]]]:
        models = self.models()
        ranks = self._ranks()
        order = "k.rank,c.first_place" if ranks else "c.first_ms,c.session"
        join = "JOIN temp.rank k ON k.file=c.first_file" if ranks else ""
        found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
        huge: dict[tuple[str, str], list[Portion]] = {}
        query = (
            "SELECT s.session_id,s.project_path,c.model,c.entries,c.input,c.output,c.cache_5m,c.cache_1h,"
            "c.cache_read,c.logged,c.calculated,c.shadow,c.first_ms,c.last_ms,c.logged_tokens"
            f" FROM session_sum c JOIN session s ON s.id=c.session {join} WHERE c.counts&? ORDER BY {order}"
        )
        for row in self.db.execute(query, (mask,)):
            found.setdefault(row[:2], []).append(row)
        for entry in self._entries.huge(mask, -_NO_LIMIT, _NO_LIMIT):
            key = entry.session_id, entry.project_path
            found.setdefault(key, [])
            huge.setdefault(key, []).append(entry.portion(""))
        # WHY one by one: what a hundred thousand sessions hold is too much for the processor's caches.
        return (
            (SessionKey(*key), [_portion("", models[row[2]], "", row[3:]) for row in rows] + huge.get(key, []))
            for key, rows in found.items()
        )

    def session_entries(self, session_id: str, *, on_disk: bool = False) -> list[Entry]:
        """Entries of one session (by path or by the line's own `sessionId`), in ccusage's order."""
        with translated(self._path):
            return list(self._entries.of_session(session_id, _mask(ENTRIES, on_disk=on_disk)))

    def entries(self, start_ms: int, end_ms: int, *, rule: int, on_disk: bool = False) -> Iterator[Entry]:
        """Counted responses of a span, in order of time."""
        with translated(self._path):
            yield from self._entries.between(start_ms, end_ms, _mask(rule, on_disk=on_disk))

    def slices(
        self, *, rule: int, on_disk: bool = False, start_ms: int | None = None, exact: bool = False
    ) -> Iterator[Slice]:
        """Usage in order of time, an hour each (no block begins or ends within); `exact`: an entry each."""
        mask = _mask(rule, on_disk=on_disk)
        with translated(self._path):
            if exact:
                yield from (e.slice() for e in self._entries.in_time(start_ms, mask))
                return
            start = -_NO_LIMIT if start_ms is None else start_ms // HOUR_MS
            special = self._special_hours(start, mask)
            yield from _merge_slices(self._hours(start, mask, special), self._special_slices(special, mask))

    def skipped(self) -> dict[str, int]:
        """Lines that were refused, by reason, over all transcripts on disk."""
        with translated(self._path):
            return dict(self.db.execute("SELECT reason,sum(lines) FROM skipped GROUP BY reason").fetchall())

    def unpriced(self) -> tuple[str, ...]:
        """Models that were used and have no price."""
        with translated(self._path):
            names = {row[0] for row in self.db.execute("SELECT name FROM model WHERE name IS NOT NULL")}
        return tuple(sorted(name for name in names if not self._book.is_priced(name)))

    def extent(self) -> Extent:
        """How much there is."""
        with translated(self._path):
            (kind,) = self.db.execute("PRAGMA user_version").fetchone()
            responses, first, last = self.db.execute(
                "SELECT (SELECT count(*) FROM response),"
                "(SELECT min(at_ms) FROM response),(SELECT max(at_ms) FROM response)"
            ).fetchone()
        return Extent(kind, responses, first, last)

    def chain_start(self, rule: int, pause_ms: int, now_ms: int) -> int | None:
        """First response after the last pause longer than `pause_ms` before now; None without any."""
        found = self.db.execute(
            "SELECT min(first_ms),max(last_ms) FROM hour WHERE counts&? AND hour<=? GROUP BY hour ORDER BY hour DESC",
            (rule, now_ms // HOUR_MS),
        )
        first: int | None = None
        for first_ms, last_ms in found:
            if first is not None and first - last_ms > pause_ms:
                break
            first = first_ms
        found.close()
        return first

    def totals(self, start_ms: int, end_ms: int, *, rule: int) -> Totals:
        """Usage of a half-open span since 1972 that begins and ends on a quarter of an hour."""
        with translated(self._path):
            *sums, logged, calculated, shadow = self.db.execute(
                "SELECT coalesce(sum(entries),0),coalesce(sum(input),0),coalesce(sum(output),0),"
                "coalesce(sum(cache_5m),0),coalesce(sum(cache_1h),0),coalesce(sum(cache_read),0),"
                "total(logged),total(calculated),total(shadow) FROM cell WHERE quarter>=? AND quarter<? AND counts&?",
                (start_ms // QUARTER_MS, end_ms // QUARTER_MS, rule),
            ).fetchone()
            entries, tokens, costs = sums[0], Tokens(*sums[1:]), Costs(logged, calculated, shadow)
            for entry in self._entries.huge(rule, start_ms, end_ms):
                entries, tokens, costs = entries + 1, tokens + entry.tokens, costs + entry.costs
        return Totals(tokens, costs, entries)

    def _hours(self, start: int, mask: int, special: set[int]) -> Iterator[Slice]:
        models = self.models()
        query = (
            f"SELECT c.hour,c.model,{_SUM} FROM hour c WHERE c.hour>=? AND c.counts&?"
            " GROUP BY 1,2 ORDER BY 1,min(c.first_ms)"
        )
        at, portions = None, list[Portion]()
        for hour, model, *sums in self.db.execute(query, (start, mask)):
            if hour in special:
                continue
            if hour != at and portions:
                yield from self._hour(at or 0, mask, portions)
                portions = []
            at = hour
            portions.append(_portion("", models[model], "", sums))
        if portions:
            yield from self._hour(at or 0, mask, portions)

    def _hour(self, hour: int, mask: int, portions: list[Portion]) -> Iterator[Slice]:
        """The slice of an hour; entry by entry where two models began at the same moment, whose order paths decide."""
        if len({portion.first_ms for portion in portions}) == len(portions):
            yield Slice(
                first_ms=portions[0].first_ms, last_ms=max(p.last_ms for p in portions), portions=tuple(portions)
            )
        else:
            yield from (e.slice() for e in self._entries.between(hour * HOUR_MS, (hour + 1) * HOUR_MS, mask))

    def _special_hours(self, start: int, mask: int) -> set[int]:
        """Hours that must be looked at entry by entry: one on their first moment, a huge one or a limit notice."""
        query = f"SELECT hour FROM hour WHERE hour>=? AND first_ms=hour*{HOUR_MS} AND counts&?"
        hours = {row[0] for row in self.db.execute(query, (start, mask))}
        start_ms = max(start, -_NO_LIMIT // HOUR_MS) * HOUR_MS
        hours.update(e.at_ms // HOUR_MS for e in self._entries.huge(mask, start_ms, _NO_LIMIT))
        hours.update(e.at_ms // HOUR_MS for e in self._entries.with_notice(mask, start_ms))
        return hours

    def _special_slices(self, hours: set[int], mask: int) -> Iterator[Slice]:
        for hour in sorted(hours):
            yield from (e.slice() for e in self._entries.between(hour * HOUR_MS, (hour + 1) * HOUR_MS, mask))


def _mask(rule: int, *, on_disk: bool) -> int:
    return rule << DISK_SHIFT if on_disk else rule


def _portion(group: str, label: Label, project: str, sums: Sequence[Any]) -> Portion:
    """`sums` as `_SUM` names them."""
    entries, inp, out, cache_5m, cache_1h, read, logged, calculated, shadow, first_ms, last_ms, by_log, *_ = sums
    tokens = Tokens(inp, out, cache_5m, cache_1h, read)
    return Portion(
        group=group, model=label.name, label=label.label, project=project, entries=entries, tokens=tokens,
        costs=Costs(logged, calculated, shadow) if label.is_priced else Costs(logged),
        first_ms=first_ms, last_ms=last_ms, unlogged_tokens=tokens.total - by_log,
    )  # fmt: skip


def _merge_slices(one: Iterator[Slice], other: Iterator[Slice]) -> Iterator[Slice]:

    return merge(one, other, key=lambda piece: piece.first_ms)
