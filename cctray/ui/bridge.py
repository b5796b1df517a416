"""The only way in and out of the windows: one signal out (the newest Snapshot), one method in (post a Command).

No totals, no decisions; whoever feeds it (engine or door) hands `post` in.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from cctray.core.commands import Command
from cctray.core.snapshot import Snapshot

LEAST_GAP_MS: Final = 100
"""Ten pictures a second look live and cost little; a flood of lines must not become a flood of paints."""


class Bridge(QObject):
    """Passes Snapshots up, at most ten a second, the newest wins; passes Commands down."""

    changed = Signal(object)
    """Carries a Snapshot."""

    def __init__(self, post: Callable[[Command], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._post = post
        self._latest: Snapshot | None = None
        self._waiting: Snapshot | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(LEAST_GAP_MS)
        self._timer.timeout.connect(self._on_gap_over)

    @property
    def latest(self) -> Snapshot | None:
        """The Snapshot shown last, None before the first."""
        return self._latest

    def show(self, snapshot: Snapshot) -> None:
        """Show this now if the last one was shown 100 ms ago or more, else when that time is over."""
        if self._timer.isActive():
            self._waiting = snapshot
        else:
            self._emit(snapshot)

    def post(self, command: Command) -> None:
        """Ask the engine for something; the answer is in a later Snapshot."""
        self._post(command)

    def _on_gap_over(self) -> None:
        if self._waiting is not None:
            self._emit(self._waiting)

    def _emit(self, snapshot: Snapshot) -> None:
        self._waiting = None
        self._latest = snapshot
        self._timer.start()
        self.changed.emit(snapshot)
