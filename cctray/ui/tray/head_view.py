"""The head line, the two big figures and the last hour, as text and numbers. Pure."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from cctray.core.config import RateUnit
from cctray.core.snapshot import MachineState
from cctray.core.words import Level, compact, level, money
from cctray.ui.shapes import Chip, Mark, Tone
from cctray.ui.tray.popover_model import Choice, HeadView, SparkView
from cctray.ui.tray.popover_scene import MINUTE_MS, Scene, plain

translate = QCoreApplication.translate

LEAST_POINTS: Final = 2
MOST_POINTS: Final = 120
"""The sparkline is 328 px wide: more points than this cannot be told apart."""


def head_of(scene: Scene) -> HeadView:
    """Title, status and the live rate."""
    figure, unit, second, second_unit = _figures(scene)
    is_hidden = scene.is_paused
    return HeadView(
        title=_title(scene),
        choices=_choices(scene),
        status=_status(scene),
        chip=_chip(scene),
        tooltip=_tooltip(scene),
        figure="" if is_hidden else figure,
        unit=unit,
        second="" if is_hidden else second,
        second_unit=second_unit,
        caption=_caption(scene),
        level=_level(scene),
        second_caption="" if is_hidden else translate("Popover", "estimate"),
        is_live=scene.is_live,
    )


def spark_of(scene: Scene) -> SparkView | None:
    """The last hour; None where it is not known, or not of the chosen scope."""
    points = scene.snapshot.spark
    if len(points) < LEAST_POINTS or (scene.machine is not None and len(scene.paired) > 1) or scene.is_hub_lost:
        return None
    points = points[:: -(-len(points) // MOST_POINTS)] if len(points) > MOST_POINTS else points
    highest = max(points, key=lambda point: point.tokens_per_minute)
    top = highest.tokens_per_minute
    start, end = points[0].at_ms, max(points[-1].at_ms, scene.now_ms if scene.is_paused else 0)
    step = (points[-1].at_ms - start) / (len(points) - 1)
    minutes = max(1, round((end - start + step) / MINUTE_MS))
    paused = scene.snapshot.paused_since_ms
    if paused is not None:
        middle = translate("Popover", "paused at {time}").format(time=scene.clock(paused))
    elif top > 0:
        words = translate("Popover", "peak {rate} at {time}")
        middle = words.format(rate=compact(top), time=scene.clock(highest.at_ms))
    else:
        middle = translate("Popover", "nothing used")
    return SparkView(
        shares=tuple(max(0.0, point.tokens_per_minute) / top if top > 0 else 0.0 for point in points),
        paused_from=None if paused is None else min(1.0, max(0.0, (paused - start) / max(1, end - start))),
        left=translate("Popover", "{minutes} min ago").format(minutes=minutes),
        middle=middle,
        right=translate("Popover", "now"),
        is_live=scene.is_live and top > 0,
        is_short=scene.is_paused or len(scene.paired) <= 1,
    )


def _figures(scene: Scene) -> tuple[str, str, str, str]:
    rate = scene.rate
    per_minute, per_hour = translate("Popover", "tok/min"), translate("Popover", "/ h")
    if scene.unit is RateUnit.USD_PER_HOUR:
        return money(rate.cost_per_hour), per_hour, compact(rate.tokens_per_minute), per_minute
    if scene.unit is RateUnit.IO_TOKENS:
        words = translate("Popover", "in + out/min")
        return compact(rate.io_tokens_per_minute), words, money(rate.cost_per_hour), per_hour
    return compact(rate.tokens_per_minute), per_minute, money(rate.cost_per_hour), per_hour


def _title(scene: Scene) -> str:
    if scene.machine is not None:
        return plain(scene.machine.name)
    return translate("Popover", "All machines") if scene.snapshot.is_team else translate("Popover", "This machine")


def _choices(scene: Scene) -> tuple[Choice, ...]:
    if not scene.snapshot.is_team or len(scene.paired) <= 1:
        return ()
    everything = Choice(None, translate("Popover", "All machines"))
    return (everything, *(Choice(each.id, plain(each.name)) for each in scene.paired))


def _status(scene: Scene) -> str:
    if scene.as_of_ms is not None:
        return ""
    if scene.machine is not None or not scene.snapshot.is_team:
        is_burning = scene.rate.tokens_per_minute > 0 or scene.rate.cost_per_hour > 0
        return translate("Popover", "live") if is_burning else translate("Popover", "idle")
    live = sum(each.state is MachineState.LIVE for each in scene.paired)
    if live == 0:
        return translate("Popover", "idle")
    return translate("Popover", "{live} of {known} live").format(live=live, known=len(scene.paired))


def _chip(scene: Scene) -> Chip | None:
    if scene.is_paused:
        return Chip(text=translate("Popover", "paused"), mark=Mark.PAUSE)
    if scene.as_of_ms is not None:
        text = translate("Popover", "as of {time}").format(time=scene.clock(scene.as_of_ms))
        return Chip(text=text, tone=Tone.WARN)
    return None


def _tooltip(scene: Scene) -> str:
    watch = scene.snapshot.watch
    if watch.mode != "poll":
        return ""
    if not watch.reason:
        return translate("Popover", "New lines are looked for every second.")
    words = translate("Popover", "New lines are looked for every second: {reason}")
    return words.format(reason=plain(watch.reason))


def _caption(scene: Scene) -> str:
    if scene.is_paused:
        return translate("Popover", "no live rate while paused")
    if not scene.is_live:
        return translate("Popover", "last known rate")
    block = scene.snapshot.block
    is_idle = scene.rate.tokens_per_minute <= 0
    if is_idle and block is not None and scene.machine is None:
        return translate("Popover", "idle since {time}").format(time=scene.clock(block.last_ms))
    return translate("Popover", "live rate, last 5 min")


def _level(scene: Scene) -> Chip | None:
    if not scene.is_live:
        return None
    height = level(scene.rate.io_tokens_per_minute)
    if height is Level.HIGH:
        return Chip(text=translate("Popover", "high"), tone=Tone.BAD, mark=Mark.WARNING)
    return Chip(text=translate("Popover", "moderate"), tone=Tone.WARN) if height is Level.MODERATE else None
