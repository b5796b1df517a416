"""The tooltip of the tray icon: one line of at most 127 characters, made from a Snapshot. Text only."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from cctray.core.config import Config, RateUnit
from cctray.core.snapshot import MachineState, Rate, Reading, Snapshot
from cctray.core.words import compact, money, span

MAX_LENGTH: Final = 127
"""Windows cuts there (`NOTIFYICONDATA.szTip`)."""

_ONLINE: Final = frozenset({MachineState.LIVE, MachineState.IDLE})
_SEPARATOR: Final = " · "


def tooltip(snapshot: Snapshot, config: Config) -> str:
    """`cctray — 12.4k tok/min · $3.20/h · block ends 16:00 (2 h 14 m) · 3 of 4 machines`."""
    trouble = next((problem.title.rstrip(".") for problem in snapshot.problems if problem.is_severe), None)
    parts = [_state(snapshot, config), _block(snapshot), scope(snapshot)]
    if trouble:
        parts.insert(0, trouble)
    text = "cctray — " + _SEPARATOR.join(part for part in parts if part)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1].rstrip() + "…"


def _state(snapshot: Snapshot, config: Config) -> str:
    if snapshot.paused_since_ms is not None:
        since = clock(snapshot.paused_since_ms, snapshot.time_zone)
        return QCoreApplication.translate("Tray", "paused since {time}").format(time=since)
    if snapshot.reading and not snapshot.reading.today_complete:
        return reading_words(snapshot.reading)
    if is_idle(snapshot):
        return QCoreApplication.translate("Tray", "idle")
    return rate_words(snapshot.live, config.rate_unit)


def _block(snapshot: Snapshot) -> str:
    """When the block ends; with the official share of it that is used, where that is known."""
    if snapshot.paused_since_ms is not None:
        return ""
    limit = snapshot.limit
    if limit and limit.resets_at_ms > snapshot.at_ms:
        return QCoreApplication.translate("Tray", "block {percent} % used, ends {time} ({left})").format(
            percent=f"{limit.used_share * 100:.0f}", **_until(snapshot, limit.resets_at_ms)
        )
    if snapshot.block and snapshot.block.end_ms > snapshot.at_ms:
        return QCoreApplication.translate("Tray", "block ends {time} ({left})").format(
            **_until(snapshot, snapshot.block.end_ms)
        )
    return ""


def _until(snapshot: Snapshot, ends_at_ms: int) -> dict[str, str]:
    return {"time": clock(ends_at_ms, snapshot.time_zone), "left": span(ends_at_ms - snapshot.at_ms)}


def scope(snapshot: Snapshot) -> str:
    """Whose numbers these are: `3 of 4 machines`, or this machine's alone."""
    if not snapshot.is_team:
        return QCoreApplication.translate("Tray", "this machine")
    online, known = machine_counts(snapshot)
    return QCoreApplication.translate("Tray", "{online} of {known} machines").format(online=online, known=known)


def machine_counts(snapshot: Snapshot) -> tuple[int, int]:
    """How many paired machines are online, of how many."""
    paired = [machine for machine in snapshot.machines if machine.state is not MachineState.NEARBY]
    return sum(machine.state in _ONLINE for machine in paired), len(paired)


def is_idle(snapshot: Snapshot) -> bool:
    """Whether the live rate would be shown as 0."""
    return round(snapshot.live.tokens_per_minute) <= 0


def rate_words(rate: Rate, unit: RateUnit) -> str:
    """`12.4k tok/min · $3.20/h`, the unit the icon counts first."""
    tokens = rate.io_tokens_per_minute if unit is RateUnit.IO_TOKENS else rate.tokens_per_minute
    per_minute = (
        QCoreApplication.translate("Tray", "{number} in+out tok/min")
        if unit is RateUnit.IO_TOKENS
        else QCoreApplication.translate("Tray", "{number} tok/min")
    ).format(number=compact(tokens))
    per_hour = QCoreApplication.translate("Tray", "{money}/h").format(money=money(rate.cost_per_hour))
    first, second = (per_hour, per_minute) if unit is RateUnit.USD_PER_HOUR else (per_minute, per_hour)
    return f"{first}{_SEPARATOR}{second}"


def reading_words(reading: Reading) -> str:
    """`reading history: 40 %`."""
    share = reading.bytes_done / reading.bytes_total if reading.bytes_total > 0 else 0.0
    return QCoreApplication.translate("Tray", "reading history: {percent} %").format(percent=f"{share * 100:.0f}")


def clock(at_ms: int, time_zone: str) -> str:
    """`16:00` in an IANA time zone; `at_ms` is UTC milliseconds of the years 1 to 9999."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(time_zone)):%H:%M}"
