"""`cctray daily | weekly | monthly | session | blocks`: ccusage's reports from the history, as JSON or as a table."""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from cctray.cli import home
from cctray.cli.fresh import bring_up_to_date
from cctray.cli.history import open_history, price_book
from cctray.cli.home import Home
from cctray.cli.made import Made
from cctray.cli.options import EXIT_OK, Order, ReportOptions
from cctray.cli.report_tables import Document, session_rows
from cctray.cli.run import Start
from cctray.cli.scope import Session, Tally, scope_of, scope_of_blocks
from cctray.core.blocks import BlockFilter, UsageBlock, blocks, blocks_json, chosen, largest
from cctray.core.calendar import HOUR_MS, Days
from cctray.core.config import CostMode
from cctray.core.errors import CctrayError
from cctray.core.prices import PriceBook
from cctray.core.report_json import (
    DetailEntry,
    daily_json,
    monthly_json,
    session_detail_json,
    session_json,
    session_line,
    weekly_json,
)
from cctray.core.reports import (
    Period,
    SessionRow,
    daily_report,
    first_day_of_last,
    monthly_report,
    session_report,
    weekly_report,
)
from cctray.core.reports import ReportOptions as CoreOptions
from cctray.core.usage import DAILY, ENTRIES
from cctray.feed.places import find_places, require_roots
from cctray.store.queries import History

PERIODS: Final[dict[str, Period]] = {"daily": "day", "weekly": "week", "monthly": "month"}
"""The reports that know `--last`."""
MAX_LIMIT: Final = "max"


def execute(options: ReportOptions, _start: Start) -> int:
    """Print the report."""
    if options.session_length <= 0:
        raise CctrayError("Session length must be a positive number.", "The usual one is 5 hours.")
    place = home.find(options)
    home.zone_name(options.timezone, place.config)
    require_roots(find_places(os.environ, place.config.extra_folders), os.environ)
    bring_up_to_date(place)
    # WHY: a report makes millions of values and no cycles; looking for some would take a third of its time.
    gc.disable()
    made = make(place, options)
    if options.json:
        # WHY bytes: a hundred megabytes are not worth being decoded in order to be encoded.
        sys.stdout.buffer.writelines(made.json(options))
        sys.stdout.buffer.write(b"\n")
        return EXIT_OK
    # WHY late: scripts read JSON, and pay for no table.
    from cctray.cli.report_page import show

    show(made, options)
    return EXIT_OK


def document(place: Home, options: ReportOptions) -> Document:
    """The report of a history that is up to date, as `--json` would print it."""
    return make(place, options).document(options)


def make(place: Home, options: ReportOptions) -> Made:
    """Make the report from the history; raises CctrayError."""
    now_ms = time.time_ns() // 1_000_000
    days = Days(home.zone_name(options.timezone, place.config))
    book = price_book(place, is_offline=options.offline)
    history = open_history(place, book)
    try:
        if options.report == "blocks":
            return _blocks(history, place, options, days, now_ms)
        if options.report == "session":
            maker = _sessions if options.id is None else _session
            return maker(history, place, options, days, book, now_ms)
        return _periods(history, place, options, days, book, now_ms)
    finally:
        history.close()


def _periods(history: History, place: Home, options: ReportOptions, days: Days, book: PriceBook, now_ms: int) -> Made:
    since = options.since
    if options.last is not None:
        since = first_day_of_last(options.last, PERIODS[options.report], days.day(now_ms), options.start_of_week)
    portions = history.daily(
        days,
        rule=DAILY if options.report == "daily" else ENTRIES,
        since=since,
        until=options.until,
        project=options.project,
        by_project=_by_project(options),
        on_disk=options.on_disk,
    )
    wanted = _core_options(place, options)
    if options.report == "daily":
        value = daily_json(daily_report(portions, wanted, book), by_project=options.instances)
    elif options.report == "weekly":
        value = weekly_json(weekly_report(portions, wanted, book))
    else:
        value = monthly_json(monthly_report(portions, wanted, book))
    return Made(value, scope_of(portions, on_disk=options.on_disk), now_ms, days)


def _sessions(history: History, place: Home, options: ReportOptions, days: Days, book: PriceBook, now_ms: int) -> Made:
    found: Iterable[Session] = history.sessions(days, since=options.since, until=options.until, on_disk=options.on_disk)
    shown: Callable[[SessionRow], object] = session_line
    tally = Tally()
    if not options.json:
        shown = partial(session_rows, days=days, is_broken_down=options.breakdown)
        found = tally.over(found)
    report = session_report(found, _core_options(place, options), book, shown)
    scope = tally.scope(on_disk=options.on_disk)
    return Made(session_json(report), scope, now_ms, days, is_table=not options.json)


def _session(history: History, place: Home, options: ReportOptions, days: Days, _book: PriceBook, now_ms: int) -> Made:
    mode = _mode(place, options)
    found = history.session_entries(options.id or "", on_disk=options.on_disk)
    entries = [
        DetailEntry(
            at_ms=entry.at_ms,
            model=entry.model,
            tokens=entry.tokens,
            flat_cache=entry.flat_cache,
            logged_cost=entry.costs.logged,
            cost=entry.costs.in_mode(mode),
        )
        for entry in found
    ]
    value = session_detail_json(options.id or "", entries)
    return Made(value, scope_of([entry.portion("") for entry in found], on_disk=options.on_disk), now_ms, days)


def _blocks(history: History, place: Home, options: ReportOptions, days: Days, now_ms: int) -> Made:
    length_ms = options.session_length * HOUR_MS
    slices = history.slices(rule=ENTRIES, on_disk=options.on_disk, exact=bool(length_ms % HOUR_MS))
    every = blocks(slices, now_ms, length_h=options.session_length, mode=_mode(place, options))
    wanted = BlockFilter(
        since=options.since,
        until=options.until,
        only_recent=options.recent,
        only_active=options.active,
        newest_first=options.order is Order.DESC,
    )
    found = chosen(every, wanted, days, now_ms)
    limit = token_limit(options.token_limit, found)
    return Made(blocks_json(found, limit), scope_of_blocks(found, on_disk=options.on_disk), now_ms, days, limit)


def token_limit(asked: str | None, found: Sequence[UsageBlock]) -> int | None:
    """The limit in tokens; None where none was asked for, and for text that is no number (as in ccusage)."""
    if asked is None:
        return None
    if asked == MAX_LIMIT:
        return largest(found)
    if asked.isascii() and asked.isdigit():
        return int(asked) or None
    print(f"cctray: '{asked}' is neither a number of tokens nor 'max': shown without a limit.", file=sys.stderr)
    return None


def _core_options(place: Home, options: ReportOptions) -> CoreOptions:
    return CoreOptions(
        mode=_mode(place, options),
        newest_first=options.order is Order.DESC,
        start_of_week=options.start_of_week,
        by_project=_by_project(options),
    )


def _by_project(options: ReportOptions) -> bool:
    """Whether rows name their project: also where only one was asked for."""
    return options.instances or options.project is not None


def _mode(place: Home, options: ReportOptions) -> CostMode:
    return options.mode or place.config.cost_mode
