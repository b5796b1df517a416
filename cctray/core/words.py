"""Numbers as people read them: `12.4k`, `$4.27`, `2 h 14 m`; the level of a burn rate. Pure text, no locale, no Qt."""

from enum import StrEnum
from typing import Final

MODERATE_FROM: Final = 2_000.0
HIGH_FROM: Final = 5_000.0
"""ccusage's thresholds on input + output tokens per minute (its `statusline`)."""

ICON_GLYPHS_M: Final = 99_500
"""From here `100k` would be four glyphs, so the icon changes to tenths of a million."""


class Level(StrEnum):
    """How high a burn rate is."""

    NORMAL = "normal"
    MODERATE = "moderate"
    HIGH = "high"


def level(io_tokens_per_minute: float) -> Level:
    """Class of a rate by ccusage's thresholds."""
    if io_tokens_per_minute < MODERATE_FROM:
        return Level.NORMAL
    return Level.MODERATE if io_tokens_per_minute < HIGH_FROM else Level.HIGH


def compact(number: float) -> str:
    """`840`, `12.4k`, `186k`, `3.1M`, `1.2B`: at most four characters beside the point."""
    value, units = float(number), iter(("", "k", "M", "B", "T"))
    unit = next(units)
    while value >= 999.5 and (larger := next(units, None)):
        value, unit = value / 1000, larger
    text = f"{value:.0f}" if not unit or value >= 99.95 else f"{value:.1f}".removesuffix(".0")
    return f"{text}{unit}"


def money(dollars: float) -> str:
    """`$4.27`; thousands with separators, cents always."""
    return f"-${-dollars:,.2f}" if dollars <= -0.005 else f"${abs(dollars):,.2f}"


def span(milliseconds: int) -> str:
    """`2 h 14 m`, `14 m`, `40 s`; never negative."""
    seconds = max(0, milliseconds) // 1000
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours} h {minutes:02d} m"
    return f"{minutes} m" if minutes else f"{seconds} s"


def icon_text(tokens_per_minute: float) -> str:
    """At most three glyphs: `0`…`999`, `1k`…`99k`, `.1M`…`.9M`, `1M`…`99M`."""
    value = max(0.0, tokens_per_minute)
    if value < 999.5:
        return f"{value:.0f}"
    if value < ICON_GLYPHS_M:
        return f"{value / 1e3:.0f}k"
    if value < 950_000:
        return f".{value / 1e5:.0f}M"
    return f"{min(99.0, value / 1e6):.0f}M"
