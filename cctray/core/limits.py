"""Claude Code's own rate limits, as its status line tells them: which of two readings to believe. Pure."""

from typing import Final

from cctray.core.snapshot import Limit

MAX_SHARE: Final = 1.01
"""Claude Code once sent a time instead of a percentage (its issue 52326): more than 101 % is no reading."""


def merged_limit(known: Limit | None, share: float | None, resets_at_ms: int | None, seen_at_ms: int) -> Limit | None:
    """The limit after a new reading: within one window the highest counts, as readings are stale per session."""
    if share is None or resets_at_ms is None or not 0 <= share <= MAX_SHARE:
        return known
    fresh = Limit(used_share=min(share, 1.0), resets_at_ms=resets_at_ms, seen_at_ms=seen_at_ms)
    if known is None or resets_at_ms > known.resets_at_ms:
        return fresh
    if resets_at_ms < known.resets_at_ms:
        return known
    return fresh if fresh.used_share >= known.used_share else known


def still_running(limit: Limit | None, now_ms: int) -> Limit | None:
    """The limit while its window has not been reset."""
    return limit if limit is not None and limit.resets_at_ms > now_ms else None
