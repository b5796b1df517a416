"""The bridge lets at most ten Snapshots a second through, the first at once, the newest always."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from cctray.core.commands import Command, Pause
from cctray.core.snapshot import Snapshot
from cctray.ui.bridge import LEAST_GAP_MS, Bridge


def recording(bridge: Bridge) -> tuple[list[int], Callable[[int], None]]:
    """Revisions that came out, and how to put one in."""
    seen: list[int] = []
    bridge.changed.connect(lambda snapshot: seen.append(snapshot.rev))
    return seen, lambda rev: bridge.show(Snapshot(rev=rev, at_ms=0))


def test_the_first_comes_at_once_and_the_newest_of_a_burst_last(qtbot: QtBot) -> None:
    """Of a burst the first is shown without delay and the last after the gap; those between are never drawn."""
    bridge = Bridge(lambda _command: None)
    seen, show = recording(bridge)
    for rev in range(1, 50):
        show(rev)
    assert seen == [1]
    qtbot.waitUntil(lambda: seen == [1, 49])
    assert bridge.latest is not None
    assert bridge.latest.rev == 49


def test_a_calm_stream_is_not_delayed(qtbot: QtBot) -> None:
    """Once the gap is over the next one is shown at once again, and no timer runs for nothing."""
    bridge = Bridge(lambda _command: None)
    seen, show = recording(bridge)
    show(1)
    qtbot.waitUntil(lambda: not bridge._timer.isActive(), timeout=20 * LEAST_GAP_MS)
    show(2)
    assert seen == [1, 2]


def test_commands_go_down(qtbot: QtBot) -> None:
    """What is posted reaches whoever the bridge was made with, unchanged."""
    posted: list[Command] = []
    Bridge(posted.append).post(Pause())
    assert posted == [Pause()]
