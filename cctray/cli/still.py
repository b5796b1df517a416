"""A Snapshot without an engine: the same numbers, read from the history once."""

import os
import time
from typing import Final

import cctray
from cctray.cli import home
from cctray.cli.history import open_history
from cctray.cli.home import Home
from cctray.core.blocks import running_block
from cctray.core.calendar import Days
from cctray.core.config import CostMode
from cctray.core.live import KEPT_MS, LiveWindow
from cctray.core.snapshot import Block, Machine, MachineState, Period, Snapshot
from cctray.core.usage import DAILY, Tokens
from cctray.feed.places import find_places
from cctray.store.queries import History

BLOCK_MS: Final = 5 * 3_600_000
FOREVER_MS: Final = 1 << 62


def take(place: Home) -> Snapshot:
    """Read the Snapshot of this moment; raise StoreError."""
    now_ms = time.time_ns() // 1_000_000
    days = Days(home.zone_name(None, place.config))
    history = open_history(place)
    try:
        window = _window(history, place, now_ms)
        today, unpriced = _today(history, place, days.day(now_ms), days)
        block = block_now(history, place.config.cost_mode, now_ms, rule=DAILY)
    finally:
        history.close()
    rate = window.rate(now_ms)
    state = MachineState.LIVE if rate.tokens_per_minute else MachineState.IDLE
    return Snapshot(
        rev=0,
        at_ms=now_ms,
        version=cctray.__version__,
        live=rate,
        spark=window.spark(now_ms),
        block=block,
        today=today,
        machines=(Machine(id="", name=place.config.machine_name, state=state, is_this=True, rate=rate, today=today),),
        places=find_places(os.environ, place.config.extra_folders).looked_at,
        unpriced_models=unpriced,
        time_zone=days.zone,
    )


def block_now(history: History, mode: CostMode, now_ms: int, *, rule: int) -> Block | None:
    """The running block; only what was used since the last long pause is looked at."""
    start_ms = history.chain_start(rule, BLOCK_MS, now_ms)
    if start_ms is None:
        return None
    return running_block(history.slices(rule=rule, start_ms=start_ms), now_ms, mode)


def _window(history: History, place: Home, now_ms: int) -> LiveWindow:
    window = LiveWindow()
    for entry in history.entries(now_ms - KEPT_MS, FOREVER_MS, rule=DAILY):
        window.add(entry.at_ms, entry.tokens, entry.costs.in_mode(place.config.cost_mode))
    return window


def _today(history: History, place: Home, today: str, days: Days) -> tuple[Period, tuple[str, ...]]:
    """Usage of today, and the models without price in the whole history."""
    tokens, cost, entries = Tokens(), 0.0, 0
    for portion in history.daily(days, rule=DAILY, since=today, until=today):
        tokens += portion.tokens
        cost += portion.costs.in_mode(place.config.cost_mode)
        entries += portion.entries
    unpriced = {model.name for model in history.models().values() if model.name and not model.is_priced}
    return Period(tokens=tokens, cost=cost, entries=entries), tuple(sorted(unpriced))
