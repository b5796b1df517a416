"""A Snapshot as text: one line that lives in a terminal, or a short page. Pure but for `LiveLine`, which prints."""

import sys
from collections.abc import Iterator
from typing import Final

from cctray.cli import home
from cctray.cli.table import cut, printable
from cctray.core import words
from cctray.core.calendar import DAY_MS, MINUTE_MS, Days
from cctray.core.snapshot import Block, Limit, Machine, Reading, Snapshot

LABEL: Final = 12
"""Columns of the labels on the page."""
HOUR_MINUTES: Final = 60
MEGABYTE: Final = 1_000_000


class LiveLine:
    """Shows one Snapshot after the other: over the same line of a terminal, else only what changed, line by line."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, snapshot: Snapshot) -> None:
        """Show it, if it reads differently from the one before; raise BrokenPipeError where nobody reads."""
        text = line(snapshot)
        if text == self._shown:
            return
        self._shown = text
        if home.is_terminal():
            print(f"\r\x1b[K{cut(text, home.columns(sys.stdout) - 1)}", end="", flush=True)
        else:
            print(text, flush=True)

    def close(self) -> None:
        """Leave the terminal on a new line."""
        if self._shown and home.is_terminal():
            print(flush=True)


def line(snapshot: Snapshot) -> str:
    """`12.4k tok/min · $3.20/h · block ends 16:00 (2 h 14 m) · today 4.8M tokens, $12.70`."""
    parts = [
        f"{words.compact(snapshot.live.tokens_per_minute)} tok/min",
        f"{words.money(snapshot.live.cost_per_hour)}/h",
    ]
    if snapshot.paused_since_ms is not None:
        parts.insert(0, "paused")
    if block := snapshot.block:
        parts.append(f"block ends {_clock(block.end_ms, snapshot)} ({words.span(block.end_ms - snapshot.at_ms)})")
    today = snapshot.today
    parts.append(f"today {words.compact(today.tokens.total)} tokens, {words.money(today.cost)}")
    if snapshot.reading:
        parts.append(reading_text(snapshot.reading))
    elif snapshot.places and not snapshot.has_data:
        parts.append("no Claude data found (try 'cctray demo')")
    parts += [problem.title for problem in snapshot.problems if problem.is_severe]
    return printable(" · ".join(parts))


def page(snapshot: Snapshot) -> str:
    """The Snapshot on a few lines."""
    return "\n".join(f"{printable(label):<{LABEL}}{printable(text)}" for label, text in _page(snapshot))


def _page(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    scope = "all machines" if snapshot.is_team else "this machine"
    yield (
        "cctray",
        f"{snapshot.version} · {scope} · as of {_clock(snapshot.at_ms, snapshot, has_seconds=True)}".lstrip(" ·"),
    )
    live = snapshot.live
    level = words.level(live.io_tokens_per_minute)
    rate = f"{words.compact(live.tokens_per_minute)} tok/min · {words.money(live.cost_per_hour)}/h"
    yield "Burn rate", f"{rate} · {level} (last 5 minutes)"
    if snapshot.block:
        yield from _block(snapshot.block, snapshot)
    else:
        yield "Block", "none is running"
    yield from _limits(snapshot)
    today = snapshot.today
    yield "Today", f"{words.compact(today.tokens.total)} tokens · {words.money(today.cost)} · {today.entries} responses"
    for number, machine in enumerate(snapshot.machines if len(snapshot.machines) > 1 else ()):
        yield "" if number else "Machines", _machine(machine, snapshot)
    if snapshot.reading:
        yield "Reading", reading_text(snapshot.reading)
    if snapshot.unpriced_models:
        yield "Unpriced", f"{', '.join(snapshot.unpriced_models)} (counted as $0)"
    for number, problem in enumerate(snapshot.problems):
        yield "" if number else "Notice", f"{problem.title} {problem.remedy}"


def _block(block: Block, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    hours = f"{_clock(block.start_ms, snapshot)} → {_clock(block.end_ms, snapshot)}"
    left = words.span(block.end_ms - snapshot.at_ms)
    yield "Block", f"{hours} · {left} left · {words.compact(block.tokens.total)} tokens · {words.money(block.cost)}"
    if block.rate:
        per_minute, per_hour = words.compact(block.rate.tokens_per_minute), words.money(block.rate.cost_per_hour)
        yield "", f"{per_minute} tok/min · {per_hour}/h (block rate)"
    if block.projection:
        tokens, cost = words.compact(block.projection.total_tokens), words.money(block.projection.total_cost)
        yield "", f"on this pace {tokens} tokens · {cost} at {_clock(block.end_ms, snapshot)} (estimate)"


def _limits(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for label, limit in (("5-h limit", snapshot.limit), ("Week limit", snapshot.week_limit)):
        if limit:
            yield label, _limit(limit, snapshot)


def _limit(limit: Limit, snapshot: Snapshot) -> str:
    seen = words.span(snapshot.at_ms - limit.seen_at_ms)
    resets = words.span(limit.resets_at_ms - snapshot.at_ms)
    return f"{limit.used_share:.0%} used · resets in {resets} (official, {seen} ago)"


def _machine(machine: Machine, snapshot: Snapshot) -> str:
    name = machine.name or "a machine nearby"
    marks = " (this)" * machine.is_this + " ★hub" * machine.is_hub
    since = f" as of {_clock(machine.as_of_ms, snapshot)}" if machine.as_of_ms is not None else ""
    rate, cost = words.compact(machine.rate.tokens_per_minute), words.money(machine.today.cost)
    return f"{name}{marks} · {machine.state}{since} · {rate} tok/min · {cost} today"


def reading_text(reading: Reading) -> str:
    """`reading history: 412 of 2,000 files, 120 of 1,004 MB`."""
    megabytes = f"{reading.bytes_done / MEGABYTE:,.0f} of {reading.bytes_total / MEGABYTE:,.0f} MB"
    state = "; today is complete" if reading.today_complete else ""
    return f"reading history: {reading.files_done:,} of {reading.files_total:,} files, {megabytes}{state}"


def _clock(at_ms: int, snapshot: Snapshot, *, has_seconds: bool = False) -> str:
    local_ms = (at_ms + Days(snapshot.time_zone).offset_ms(at_ms)) % DAY_MS
    hours, minutes = divmod(local_ms // MINUTE_MS, HOUR_MINUTES)
    seconds = f":{local_ms // 1000 % HOUR_MINUTES:02d}" if has_seconds else ""
    return f"{hours:02d}:{minutes:02d}{seconds}"
