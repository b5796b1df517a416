"""What the tray icon shows, as a value: the key of its repaint. Pixels are `icon.py`'s."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from cctray.core.config import Config, IconShows, RateUnit
from cctray.core.snapshot import Rate, Reading, Snapshot
from cctray.core.words import Level, icon_text, level

FILL_STEPS: Final = 32
"""The ring moves in steps: finer ones cannot be seen at 64 px and would cost a repaint each."""


_IDLE_BELOW: Final = 0.5
"""Tokens per minute that would be shown as 0."""
_LEAST_TENTH: Final = 0.05
_TENTHS_BELOW: Final = 9.95
"""Dollars per hour between these keep one decimal: `0.1` to `9.9`."""


class Panel(StrEnum):
    """The ground the icon stands on."""

    DARK = "dark"
    LIGHT = "light"
    UNKNOWN = "unknown"
    """The desktop does not say: the icon brings a dark ground of its own, to be read on either."""
    TEMPLATE = "template"
    """macOS: alpha only, the system tints it."""


class Inside(StrEnum):
    """What stands inside the ring."""

    NUMBER = "number"
    IDLE = "idle"
    READING = "reading"
    PAUSED = "paused"


class IconLook(Struct, frozen=True, kw_only=True):
    """All that can be seen of the icon; equal looks need no repaint."""

    text: str = ""
    fill: int = 0
    """Used part of the ring, 0 to `FILL_STEPS`."""
    level: Level = Level.NORMAL
    inside: Inside = Inside.NUMBER
    is_dashed: bool = False
    """The first read is under way; `fill` is its progress."""
    has_problem: bool = False
    shows: IconShows = IconShows.RING_AND_NUMBER
    panel: Panel = Panel.DARK


def look_of(snapshot: Snapshot, config: Config, panel: Panel) -> IconLook:
    """What the icon shows of a snapshot: the key of its repaint."""
    inside = _inside_of(snapshot)
    has_number = inside is Inside.NUMBER or (inside is Inside.IDLE and config.icon_shows is IconShows.NUMBER)
    reading = snapshot.reading
    return IconLook(
        text=_number(snapshot.live, config.rate_unit) if has_number and config.icon_shows is not IconShows.RING else "",
        fill=_steps(_read_share(reading) if reading else _used_share(snapshot)),
        level=level(snapshot.live.io_tokens_per_minute) if inside is Inside.NUMBER else Level.NORMAL,
        inside=inside,
        is_dashed=reading is not None,
        has_problem=any(problem.is_severe for problem in snapshot.problems),
        shows=config.icon_shows,
        panel=panel,
    )


def _inside_of(snapshot: Snapshot) -> Inside:
    if snapshot.paused_since_ms is not None:
        return Inside.PAUSED
    is_idle = snapshot.live.tokens_per_minute < _IDLE_BELOW
    if snapshot.reading and (is_idle or not snapshot.reading.today_complete):
        return Inside.READING
    return Inside.IDLE if is_idle else Inside.NUMBER


def _number(rate: Rate, unit: RateUnit) -> str:
    if unit is RateUnit.IO_TOKENS:
        return icon_text(rate.io_tokens_per_minute)
    if unit is RateUnit.ALL_TOKENS:
        return icon_text(rate.tokens_per_minute)
    dollars = max(0.0, rate.cost_per_hour)
    has_tenths = _LEAST_TENTH <= dollars < _TENTHS_BELOW
    return f"{dollars:.1f}" if has_tenths else icon_text(dollars)


def _read_share(reading: Reading) -> float:
    return reading.bytes_done / reading.bytes_total if reading.bytes_total > 0 else 0.0


def _used_share(snapshot: Snapshot) -> float:
    """Share of the running block: the official one while it is of this window, else elapsed time."""
    limit = snapshot.limit
    if limit and limit.resets_at_ms > snapshot.at_ms:
        return limit.used_share
    block = snapshot.block
    if block is None or not block.start_ms <= snapshot.at_ms < block.end_ms:
        return 0.0
    return (snapshot.at_ms - block.start_ms) / (block.end_ms - block.start_ms)


def _steps(share: float) -> int:
    """Nearest step; something used is never drawn as nothing, something left never as full."""
    if share <= 0:
        return 0
    if share >= 1:
        return FILL_STEPS
    return min(FILL_STEPS - 1, max(1, round(share * FILL_STEPS)))
