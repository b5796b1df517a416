"""`cctray statusline`: the line under Claude Code's prompt. Runs at every prompt: fast, and never in Claude Code's way.

Input that is not Claude Code's ends with code 1 as in ccusage; whatever keeps the history away only empties its
part of the line.
"""

import sys
import time
from typing import Final

from cctray.cli import fresh, home
from cctray.cli.history import open_history, price_book
from cctray.cli.home import Home
from cctray.cli.options import EXIT_OK, StatuslineOptions
from cctray.cli.prompt_line import Hook, Spending, limits_of, line, read_hook
from cctray.cli.run import Start
from cctray.cli.still import block_now
from cctray.core.calendar import Days
from cctray.core.config import CostMode
from cctray.core.errors import CctrayError
from cctray.core.usage import ENTRIES
from cctray.store.queries import History

PATIENCE_S: Final = 0.3
"""Claude Code waits for the line: while another process reads a long history in, the line shows what is known."""


def execute(options: StatuslineOptions, _start: Start) -> int:
    """Read the hook's JSON, tell the engine its limits, print the line."""
    low, medium = options.context_low_threshold, options.context_medium_threshold
    if low >= medium:
        raise CctrayError(
            f"Context low threshold ({low}) must be less than medium threshold ({medium}).", "Exchange them."
        )
    hook = read_hook(sys.stdin.buffer.read())
    place = home.find(options)
    days = Days(home.zone_name(options.timezone, place.config))
    try:
        spending = _spending(place, hook, days, is_offline=options.offline)
    except CctrayError as error:
        # The prompt is no place for a report of trouble; `cctray doctor` is.
        spending = Spending()
        if options.debug:
            print(f"cctray: {error}", file=sys.stderr)
    print(line(hook, spending, options, has_color=home.has_color(sys.stdout, asked=None)))
    return EXIT_OK


def _spending(place: Home, hook: Hook, days: Days, *, is_offline: bool) -> Spending:
    now_ms = time.time_ns() // 1_000_000
    _freshen(place, hook, now_ms)
    history = open_history(place, price_book(place, is_offline=is_offline))
    try:
        return _read(history, hook, days, now_ms)
    finally:
        history.close()


def _freshen(place: Home, hook: Hook, now_ms: int) -> None:
    """Tell the engine the account's limits, and have the newest lines read in; stale numbers are better than none."""
    try:
        engine = fresh.engine_of(place)
        limits = limits_of(hook, now_ms)
        if engine and limits:
            engine.post(limits)
        if engine:
            engine.catch_up(PATIENCE_S)
        else:
            fresh.bring_up_to_date(place, wait_s=PATIENCE_S)
    except CctrayError:
        if not place.paths.store_file.exists():
            raise


def _read(history: History, hook: Hook, days: Days, now_ms: int) -> Spending:
    today = days.day(now_ms)
    session = history.session_entries(hook.session_id)
    block = block_now(history, CostMode.AUTO, now_ms, rule=ENTRIES)
    rate = block.rate if block else None
    last = max(session, key=lambda entry: entry.at_ms, default=None)
    return Spending(
        session_cost=sum(entry.costs.in_mode(CostMode.AUTO) for entry in session),
        today_cost=sum(
            portion.costs.in_mode(CostMode.AUTO)
            for portion in history.daily(days, rule=ENTRIES, since=today, until=today)
        ),
        block_cost=block.cost if block else None,
        block_left_ms=block.end_ms - now_ms if block else 0,
        cost_per_hour=rate.cost_per_hour if rate else None,
        io_tokens_per_minute=rate.io_tokens_per_minute if rate else 0.0,
        context_tokens=last.tokens.input + last.tokens.cache_create + last.tokens.cache_read if last else None,
    )
