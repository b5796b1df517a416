"""The rows of machines as text: paired ones with their rate and today, nearby ones to pair. Pure."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from cctray.core.snapshot import Machine, MachineState
from cctray.core.words import compact, money, span
from cctray.ui.shapes import Chip, Mark, Tone
from cctray.ui.tray.popover_model import MachinesView, MachineView
from cctray.ui.tray.popover_scene import Scene, plain

translate = QCoreApplication.translate

MOST_ROWS: Final = 6
"""Paired and nearby machines shown; a popover is for a glance, the dashboard lists them all."""
SKEW_FROM_MS: Final = 2 * 60_000
"""A clock this far off puts usage into the wrong minute of the sparkline."""

MARKS: Final = {
    MachineState.LIVE: Mark.LIVE,
    MachineState.IDLE: Mark.IDLE,
    MachineState.STALE: Mark.STALE,
    MachineState.OFFLINE: Mark.OFFLINE,
    MachineState.NEARBY: Mark.NEARBY,
}


def machines_of(scene: Scene) -> MachinesView | None:
    """The rows; None with one machine and nobody nearby, and while paused."""
    nearby = _nearby(scene)
    if scene.is_paused or (len(scene.paired) <= 1 and not nearby):
        return None
    room = max(1, MOST_ROWS - min(len(nearby), 2))
    shown = _first_ones(scene.paired, room)
    hidden = len(scene.paired) - len(shown)
    has_titles = not scene.is_hub_lost
    return MachinesView(
        title=translate("Popover", "Machines") if has_titles else "",
        rate_title=translate("Popover", "tok/min") if has_titles else "",
        cost_title=translate("Popover", "today") if has_titles else "",
        rows=(*(_row(scene, each) for each in shown), *nearby[:2]),
        more=translate("Popover", "and {count} more").format(count=hidden) if hidden else "",
    )


def _first_ones(machines: tuple[Machine, ...], room: int) -> tuple[Machine, ...]:
    """Those that burn most, this machine always among them, in the order they came."""
    wanted = sorted(machines, key=lambda each: (not each.is_this, -each.rate.tokens_per_minute, -each.today.cost))
    names = {each.id for each in wanted[:room]}
    return tuple(each for each in machines if each.id in names)


def _nearby(scene: Scene) -> tuple[MachineView, ...]:
    if not scene.snapshot.can_pair:
        return ()
    return tuple(_nearby_row(each) for each in scene.snapshot.machines if each.state is MachineState.NEARBY)


def _nearby_row(machine: Machine) -> MachineView:
    name = plain(machine.name)
    return MachineView(
        name=name or translate("Popover", "a machine"),
        mark=Mark.NEARBY,
        state=translate("Popover", "nearby"),
        suffix=translate("Popover", "is nearby"),
        pair_text=translate("Popover", "Pair…"),
    )


def _row(scene: Scene, machine: Machine) -> MachineView:
    is_live = machine.state in (MachineState.LIVE, MachineState.IDLE)
    if not is_live and machine.as_of_ms is not None:
        rate = translate("Popover", "as of {time}").format(time=scene.clock(machine.as_of_ms))
    else:
        rate = compact(machine.rate.tokens_per_minute) if is_live else "–"
    return MachineView(
        name=plain(machine.name),
        mark=MARKS[machine.state],
        state=_state_word(machine.state),
        tags=_tags(machine),
        rate=rate,
        cost=money(machine.today.cost),
        is_live=is_live,
        is_gone=machine.state is MachineState.OFFLINE,
    )


def _state_word(state: MachineState) -> str:
    return {
        MachineState.LIVE: translate("Popover", "live"),
        MachineState.IDLE: translate("Popover", "idle"),
        MachineState.STALE: translate("Popover", "stale"),
        MachineState.OFFLINE: translate("Popover", "offline"),
        MachineState.NEARBY: translate("Popover", "nearby"),
    }[state]


def _tags(machine: Machine) -> tuple[Chip, ...]:
    tags = []
    if machine.is_this:
        tags.append(Chip(text=translate("Popover", "this"), tone=Tone.TAG))
    if machine.is_hub:
        tags.append(Chip(text=translate("Popover", "hub"), tone=Tone.TAG, mark=Mark.STAR))
    if abs(machine.skew_ms) >= SKEW_FROM_MS:
        ahead, behind = translate("Popover", "clock {time} ahead"), translate("Popover", "clock {time} behind")
        words = ahead if machine.skew_ms > 0 else behind
        tags.append(Chip(text=words.format(time=span(abs(machine.skew_ms))), tone=Tone.WARN, mark=Mark.CLOCK))
    return tuple(tags)
