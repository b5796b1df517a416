"""The whole counting in one go, without store: transcripts as bytes in, ccusage's JSON out. For tests."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from cctray.core.blocks import BlockFilter, blocks, blocks_json, chosen, largest
from cctray.core.calendar import Days
from cctray.core.config import CostMode
from cctray.core.dedupe import Copy, Slot, fold
from cctray.core.portion import Costs, Portion, SessionKey, Slice
from cctray.core.prices import PriceBook
from cctray.core.report_json import (
    DetailEntry,
    daily_json,
    encode,
    monthly_json,
    session_detail_json,
    session_json,
    session_line,
    weekly_json,
)
from cctray.core.reports import ReportOptions, daily_report, monthly_report, session_report, weekly_report
from cctray.core.transcript import parse
from cctray.core.transcript_path import names_of
from cctray.core.usage import DAILY, ENTRIES, UsageEvent

PRICES = Path(__file__).parents[2] / "resources" / "prices"


class Asked(Struct, frozen=True, kw_only=True):
    """Options of a report."""

    zone: str = "UTC"
    mode: CostMode = CostMode.AUTO
    since: str | None = None
    until: str | None = None
    newest_first: bool = False
    by_project: bool = False
    start_of_week: str = "sunday"
    length_h: float = 5.0
    token_limit: str | None = None
    now_ms: int = 1_795_000_000_000
    session_id: str | None = None
    project: str | None = None
    only_active: bool = False
    only_recent: bool = False


@lru_cache
def book() -> PriceBook:
    """Prices as ccusage --offline knows them."""
    parity = (PRICES / "ccusage-20.0.24.json").read_bytes()
    return PriceBook.from_json(parity, b'{"models":{}}', {})


def transcripts(folder: Path) -> dict[str, bytes]:
    """All transcripts below a Claude config folder, by full path."""
    files = sorted(path for path in (folder / "projects").rglob("*.jsonl") if path.is_file() and not path.is_symlink())
    return {str(path): path.read_bytes() for path in files if path.name != ".jsonl"}


def counted(
    files: Mapping[str, bytes], rule: int, project: str | None = None, mode: CostMode = CostMode.AUTO
) -> list[Slot]:
    """Entries that count, in ccusage's order."""
    copies = [
        Copy(event, path, names_of(path).session_id)
        for path, data in files.items()
        if project is None or names_of(path).project == project
        for event in parse(data, 0).events
    ]
    if mode is CostMode.AUTO:
        return fold(copies, rule, auto_cost)
    return fold(copies, rule, calculated if mode is CostMode.CALCULATE else lambda event: event.logged_cost or 0.0)


def auto_cost(event: UsageEvent) -> float:
    """Cost in mode auto."""
    return calculated(event) if event.logged_cost is None else event.logged_cost


def calculated(event: UsageEvent) -> float:
    """Cost from tokens."""
    return book().cost(event.model, event.tokens, event.is_fast)


def portion_of(slot: Slot, group: str) -> Portion:
    """One entry as a portion."""
    event = slot.copy.event
    price, logged = calculated(event), event.logged_cost
    return Portion(
        group=group,
        model=event.model,
        label=event.label,
        tokens=event.tokens,
        costs=Costs(0.0, price, 0.0) if logged is None else Costs(logged, 0.0, price),
        entries=1,
        first_ms=event.at_ms,
        last_ms=event.at_ms,
        project=names_of(slot.copy.path).project,
        unlogged_tokens=event.tokens.total if logged is None else 0,
    )


def report(kind: str, files: Mapping[str, bytes], asked: Asked) -> bytes:
    """What `ccusage claude <kind> --json` prints for these transcripts."""
    days = Days(asked.zone)
    slots = counted(files, DAILY if kind == "daily" else ENTRIES, asked.project, asked.mode)
    if kind == "blocks":
        return _blocks(slots, asked, days)
    dated = [(days.day(slot.copy.event.at_ms), slot) for slot in slots]
    kept = [(day, slot) for day, slot in dated if _is_within(day, asked)]
    if asked.session_id is not None:
        return _detail([slot for _, slot in kept], asked)
    options = ReportOptions(
        mode=asked.mode,
        newest_first=asked.newest_first,
        start_of_week=asked.start_of_week,
        by_project=asked.by_project or asked.project is not None,
    )
    if kind == "session":
        sessions: dict[SessionKey, list[Portion]] = {}
        for _, slot in kept:
            names = names_of(slot.copy.path)
            key = SessionKey(names.session_id, names.project_path)
            sessions.setdefault(key, []).append(portion_of(slot, ""))
        return encode(session_json(session_report(sessions.items(), options, book(), session_line)))
    portions = [portion_of(slot, day) for day, slot in kept]
    if kind == "daily":
        return encode(daily_json(daily_report(portions, options, book()), by_project=asked.by_project))
    if kind == "weekly":
        return encode(weekly_json(weekly_report(portions, options, book())))
    return encode(monthly_json(monthly_report(portions, options, book())))


def _is_within(day: str, asked: Asked) -> bool:
    return (asked.since is None or day >= asked.since) and (asked.until is None or day <= asked.until)


def _blocks(slots: Iterable[Slot], asked: Asked, days: Days) -> bytes:
    ordered = sorted(slots, key=lambda slot: slot.copy.event.at_ms)
    slices = [
        Slice(
            first_ms=slot.copy.event.at_ms,
            last_ms=slot.copy.event.at_ms,
            portions=(portion_of(slot, ""),),
            limit_reset_s=slot.copy.event.limit_reset_s,
        )
        for slot in ordered
    ]
    found = blocks(slices, asked.now_ms, length_h=asked.length_h, mode=asked.mode)
    wanted = BlockFilter(
        since=asked.since,
        until=asked.until,
        newest_first=asked.newest_first,
        only_active=asked.only_active,
        only_recent=asked.only_recent,
    )
    shown = chosen(found, wanted, days, asked.now_ms)
    limit = largest(shown) if asked.token_limit == "max" else asked.token_limit and int(asked.token_limit)
    return encode(blocks_json(shown, limit or None))


def _detail(slots: Iterable[Slot], asked: Asked) -> bytes:
    entries = []
    for slot in slots:
        event = slot.copy.event
        if asked.session_id in (event.session, slot.copy.path_session):
            costs = portion_of(slot, "").costs
            entries.append(
                DetailEntry(
                    at_ms=event.at_ms,
                    model=event.model,
                    tokens=event.tokens,
                    flat_cache=event.flat_cache,
                    logged_cost=event.logged_cost,
                    cost=costs.in_mode(asked.mode),
                )
            )
    return encode(session_detail_json(asked.session_id or "", entries))
