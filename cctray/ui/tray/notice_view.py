"""Notices of the popover as text: hub lost, paused, problems. Pure."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from cctray.core.snapshot import Problem
from cctray.ui.shapes import Mark, Tone
from cctray.ui.tray.popover_model import Action, NoticeView
from cctray.ui.tray.popover_scene import Scene, plain

translate = QCoreApplication.translate

MOST_NOTICES: Final = 2
"""More would push the numbers off a small screen; the diagnostics list them all."""
SHOWN_ELSEWHERE: Final = {"polling", "hub-lost", "no-data"}
"""Problems that have a place of their own: a tooltip, the hub's notice, the first-run page."""
LONGEST_TEXT: Final = 240


def notices_of(scene: Scene) -> tuple[NoticeView, ...]:
    """What is wrong, the severe first."""
    problems = [each for each in scene.snapshot.problems if each.code not in SHOWN_ELSEWHERE]
    problems.sort(key=lambda each: not each.is_severe)
    hub = (_hub_lost(scene),) if scene.is_hub_lost else ()
    shown = [*hub, *(_problem(each) for each in problems)]
    rest = len(shown) - MOST_NOTICES
    return tuple(shown[:MOST_NOTICES]) if rest <= 0 else (*shown[: MOST_NOTICES - 1], _more(rest + 1))


def paused_notice() -> NoticeView:
    """Why there is no live rate."""
    return NoticeView(
        title=translate("Popover", "Nothing is read or sent"),
        body=translate("Popover", "Nothing is lost: it is read in when you resume."),
        tone=Tone.NEUTRAL,
        mark=Mark.PAUSE,
    )


def _hub_lost(scene: Scene) -> NoticeView:
    hub = scene.snapshot.hub
    name = plain(hub.name) if hub is not None else ""
    body = translate("Popover", "Showing what was last received.")
    if hub is not None and hub.retry_at_ms is not None:
        seconds = max(0, -(-(hub.retry_at_ms - scene.now_ms) // 1000))
        body += " " + translate("Popover", "Next try in {seconds} s.").format(seconds=seconds)
    return NoticeView(
        title=translate("Popover", "Hub “{name}” cannot be reached").format(name=name),
        body=body,
        tone=Tone.WARN,
        mark=Mark.UNREACHABLE,
        actions=(
            (Action.RETRY_HUB, translate("Popover", "Try now")),
            (Action.DETAILS, translate("Popover", "Details")),
        ),
    )


def _problem(problem: Problem) -> NoticeView:
    return NoticeView(
        title=_sentence(problem.title),
        body=_sentence(problem.remedy),
        tone=Tone.WARN if problem.is_severe else Tone.NEUTRAL,
        mark=Mark.WARNING,
    )


def _more(count: int) -> NoticeView:
    return NoticeView(
        title=translate("Popover", "{count} more notices").format(count=count),
        body=translate("Popover", "The diagnostics list them all."),
        tone=Tone.NEUTRAL,
        mark=Mark.WARNING,
        actions=((Action.DETAILS, translate("Popover", "Details")),),
    )


def _sentence(text: str) -> str:
    return plain(text, LONGEST_TEXT)
