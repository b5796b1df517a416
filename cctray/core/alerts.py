"""What is worth a notification: one per episode, armed again once its cause is well over.

Numbers only: screens find the words.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from cctray.core.config import Config
from cctray.core.snapshot import Limit, Problem, Snapshot

REARM_MARGIN: Final = 0.05
"""A share that wavers around its threshold is one episode, not many."""

SAME_WINDOW_MS: Final = 30 * 60_000
"""The official reset time moves by minutes within one window and by hours to the next."""

WINDOW_MS: Final = 5 * 3_600_000

_SHOWN_ELSEWHERE: Final = frozenset({"no-data", "hub-lost"})
"""Severe, but the icon's dot and the popover say it at the right moment; a notification would only startle."""

_ALWAYS_TOLD: Final = frozenset({"store-rebuilt"})
"""Not severe, but a person should hear once that something happened to the history."""


class AlertKind(StrEnum):
    """What an alert is about."""

    BLOCK = "block"
    PROBLEM = "problem"


class Alert(Struct, frozen=True, kw_only=True):
    """One notification to show now."""

    kind: AlertKind
    key: str
    """Names the episode: `block-80`, `problem:disk-full`."""
    share: float = 0.0
    """Block: the threshold that was passed, 0.0 to 1.0."""
    used_share: float = 0.0
    full_at_ms: int | None = None
    """Block: when all is used at the pace of this window, if before its end."""
    ends_at_ms: int | None = None
    problem: Problem | None = None


class Episodes(Struct, frozen=True):
    """What has been told already: the memory between two decisions."""

    told: frozenset[str] = frozenset()
    window_ends_ms: int = 0


class Decision(Struct, frozen=True):
    """What to show now, and what to remember."""

    alerts: tuple[Alert, ...]
    episodes: Episodes


def decide(episodes: Episodes, snapshot: Snapshot, config: Config) -> Decision:
    """Notifications that a snapshot asks for, given what was told before."""
    block_alerts, block_told, window = _decide_block(episodes, snapshot, config)
    problem_alerts, problem_told = _decide_problems(episodes.told, snapshot.problems)
    return Decision((*block_alerts, *problem_alerts), Episodes(block_told | problem_told, window))


def _decide_block(
    episodes: Episodes, snapshot: Snapshot, config: Config
) -> tuple[tuple[Alert, ...], frozenset[str], int]:
    told = frozenset(key for key in episodes.told if key.startswith("block-"))
    limit = snapshot.limit
    if limit is None or limit.resets_at_ms <= snapshot.at_ms:
        # Without an official number there is nothing to say, and nothing to forget either.
        return (), told, episodes.window_ends_ms
    if abs(limit.resets_at_ms - episodes.window_ends_ms) > SAME_WINDOW_MS:
        told = frozenset()
    thresholds = ((0.95, "block-95", config.notify_block_95), (0.80, "block-80", config.notify_block_80))
    told = frozenset(key for share, key, _ in thresholds if key in told and limit.used_share > share - REARM_MARGIN)
    passed = [(share, key, is_on) for share, key, is_on in thresholds if limit.used_share >= share]
    # Only the highest is told: 96 % at once is one piece of news, not two.
    fresh = [(share, key) for share, key, is_on in passed if is_on][:1]
    alerts = tuple(_block_alert(share, key, limit, snapshot.at_ms) for share, key in fresh if key not in told)
    return alerts, told | {key for _, key, is_on in passed if is_on}, limit.resets_at_ms


def _block_alert(share: float, key: str, limit: Limit, at_ms: int) -> Alert:
    elapsed_ms = at_ms - (limit.resets_at_ms - WINDOW_MS)
    full_at_ms = at_ms + round(elapsed_ms * (1 - limit.used_share) / limit.used_share)
    is_before_end = elapsed_ms > 0 and at_ms < full_at_ms < limit.resets_at_ms
    return Alert(
        kind=AlertKind.BLOCK,
        key=key,
        share=share,
        used_share=limit.used_share,
        full_at_ms=full_at_ms if is_before_end else None,
        ends_at_ms=limit.resets_at_ms,
    )


def _decide_problems(told: frozenset[str], problems: tuple[Problem, ...]) -> tuple[tuple[Alert, ...], frozenset[str]]:
    """An episode of a problem lasts as long as it is in the snapshot."""
    present = {f"problem:{problem.code}": problem for problem in problems if _is_told(problem)}
    alerts = tuple(
        Alert(kind=AlertKind.PROBLEM, key=key, problem=problem) for key, problem in present.items() if key not in told
    )
    return alerts, frozenset(present)


def _is_told(problem: Problem) -> bool:
    if problem.code in _ALWAYS_TOLD:
        return True
    return problem.is_severe and problem.code not in _SHOWN_ELSEWHERE
