"""The block card as text and numbers: official limit or elapsed time, cost so far, pace. Pure."""

from typing import Final

from msgspec import Struct
from PySide6.QtCore import QCoreApplication

from cctray.core.snapshot import Block, Limit
from cctray.core.words import money, span
from cctray.ui.shapes import Chip
from cctray.ui.tray.popover_model import BlockView
from cctray.ui.tray.popover_scene import MINUTE_MS, Scene, percent

translate = QCoreApplication.translate

WINDOW_MS: Final = 5 * 60 * MINUTE_MS
HOT_FROM: Final = 0.9
"""From here the bar is red."""
FRESH_MS: Final = 10 * MINUTE_MS
"""Claude Code tells its limits with every response; older than this the figure says when it is from."""


class _Window(Struct, frozen=True):
    """The five hours the card is about: the limit's where one is known, else the block's."""

    start_ms: int
    end_ms: int
    limit: Limit | None
    block: Block | None


def block_of(scene: Scene) -> BlockView:
    """The card; it says so when no block is running."""
    window = _window(scene)
    week, week_right = _week(scene)
    if window is None:
        return BlockView(
            title=translate("Popover", "No block running"),
            pace=translate("Popover", "The next one starts with the next response."),
            has_bar=False,
            is_live=scene.is_live,
            week=week,
            week_right=week_right,
        )
    elapsed = _share_of_time(scene, window)
    limit, block = window.limit, window.block
    pace, pace_right, projected, is_bad = _pace(scene, window)
    share = elapsed if limit is None else limit.used_share
    return BlockView(
        title=translate("Popover", "Block"),
        hours=_hours(scene, window),
        left_text=_left(scene, window),
        used=None if limit is None else limit.used_share,
        elapsed=elapsed,
        projected=projected if scene.is_live else None,
        figure=percent(share),
        figure_word=translate("Popover", "elapsed") if limit is None else translate("Popover", "used"),
        chip=_provenance(scene, limit),
        cost="" if block is None else translate("Popover", "{cost} so far").format(cost=money(block.cost)),
        pace=pace if scene.is_live else "",
        pace_right=pace_right if scene.is_live else "",
        pace_is_bad=is_bad,
        is_hot=limit is not None and limit.used_share >= HOT_FROM,
        is_live=scene.is_live,
        week=week,
        week_right=week_right,
    )


def _window(scene: Scene) -> _Window | None:
    limit, block = scene.snapshot.limit, scene.snapshot.block
    moment = scene.now_ms if scene.as_of_ms is None else scene.as_of_ms
    if limit is not None and limit.resets_at_ms <= moment:
        limit = None
    if block is not None and block.end_ms <= moment:
        block = None
    if limit is not None:
        return _Window(limit.resets_at_ms - WINDOW_MS, limit.resets_at_ms, limit, block)
    return None if block is None else _Window(block.start_ms, block.end_ms, None, block)


def _share_of_time(scene: Scene, window: _Window) -> float:
    moment = scene.now_ms if scene.as_of_ms is None else scene.as_of_ms
    return min(1.0, max(0.0, (moment - window.start_ms) / (window.end_ms - window.start_ms)))


def _hours(scene: Scene, window: _Window) -> str:
    """From when to when, and whose it is where that is not what the head line says."""
    hours = f"{scene.clock(window.start_ms)} → {scene.clock(window.end_ms)}"
    if scene.machine is None or not scene.snapshot.is_team:
        return hours
    return translate("Popover", "{hours}, all machines").format(hours=hours)


def _left(scene: Scene, window: _Window) -> str:
    if scene.as_of_ms is not None:
        return translate("Popover", "as of {time}").format(time=scene.clock(scene.as_of_ms))
    return translate("Popover", "{time} left").format(time=span(window.end_ms - scene.now_ms))


def _provenance(scene: Scene, limit: Limit | None) -> Chip:
    if limit is None:
        return Chip(text=translate("Popover", "transcript"))
    official = translate("Popover", "official")
    is_fresh = scene.as_of_ms is not None or scene.now_ms - limit.seen_at_ms <= FRESH_MS
    return Chip(text=official if is_fresh else f"{official}, {scene.clock(limit.seen_at_ms)}")


def _pace(scene: Scene, window: _Window) -> tuple[str, str, float | None, bool]:
    """Words, words at the right, projected share of the limit, whether the limit is reached too early."""
    limit, block = window.limit, window.block
    projection = None if block is None else block.projection
    if block is None or projection is None or block.cost <= 0:
        return "", "", None, False
    end, total = scene.clock(window.end_ms), money(projection.total_cost)
    if limit is None:
        words = translate("Popover", "on this pace {cost} at {time}").format(cost=total, time=end)
        return words, translate("Popover", "estimate"), None, False
    projected = limit.used_share * projection.total_cost / block.cost
    if projected <= 1:
        words = translate("Popover", "on this pace {share} at {time}").format(share=percent(projected), time=end)
        return words, total, projected, False
    return *_reached(scene, window, projected), 1.0, True


def _reached(scene: Scene, window: _Window, projected: float) -> tuple[str, str]:
    limit = window.limit
    used = 1.0 if limit is None else limit.used_share
    if used >= 1:
        return translate("Popover", "the limit is reached"), ""
    left_ms = window.end_ms - scene.now_ms
    reached_ms = scene.now_ms + round(left_ms * (1 - used) / (projected - used))
    reached_ms -= reached_ms % MINUTE_MS  # as the clock shows it, so that both texts agree
    words = translate("Popover", "at this rate the limit is reached at {time}").format(time=scene.clock(reached_ms))
    return words, translate("Popover", "{time} early").format(time=span(window.end_ms - reached_ms))


def _week(scene: Scene) -> tuple[str, str]:
    week = scene.snapshot.week_limit
    if week is None or week.resets_at_ms <= scene.now_ms:
        return "", ""
    used = translate("Popover", "Week {share} used, official").format(share=percent(week.used_share))
    return used, translate("Popover", "until {time}").format(time=scene.clock(week.resets_at_ms))
