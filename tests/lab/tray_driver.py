"""A program with nothing but the real tray: Snapshots come in by stdin, clicks go out by stdout, one line each.

Run by tests and by hand. A line in is `{"snapshot": …, "config": …}`; the end of stdin ends it.
"""

import os
import sys
from typing import Final

import msgspec
from PySide6.QtCore import QPoint, QSocketNotifier
from PySide6.QtWidgets import QApplication

from cctray.core.alerts import Episodes, decide
from cctray.core.commands import Command
from cctray.core.config import Config
from cctray.core.snapshot import Snapshot
from cctray.ui.tray.menu import Door
from cctray.ui.tray.notify import Notifier
from cctray.ui.tray.tray import Tray, TrayDoors

BITE: Final = 1 << 16


class Scene(msgspec.Struct):
    """What to show."""

    snapshot: Snapshot
    config: Config = Config()


class Driver:
    """Feeds the tray and says what came out of it."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._rest = b""
        self._episodes = Episodes()
        doors = TrayDoors(
            post=self._on_post,
            on_activate=self._on_activate,
            open_door=self._on_door,
            on_no_tray=lambda: say("no-tray"),
        )
        gap_ms, retry_ms = int(os.environ.get("GAP_MS", "20")), int(os.environ.get("RETRY_MS", "5000"))
        self.tray = Tray(doors, least_gap_ms=gap_ms, retry_ms=retry_ms)
        self._notifier = Notifier(
            fall_back=self.tray.show_message, picture=self.tray.picture, on_open=lambda: say("open")
        )
        self._input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._input.activated.connect(self._read)

    def _read(self) -> None:
        bite = os.read(sys.stdin.fileno(), BITE)
        if not bite:
            self._app.quit()
            return
        *lines, self._rest = (self._rest + bite).split(b"\n")
        for line in lines:
            scene = msgspec.json.decode(line, type=Scene)
            self.tray.show_snapshot(scene.snapshot, scene.config)
            decision = decide(self._episodes, scene.snapshot, scene.config)
            self._episodes = decision.episodes
            for alert in decision.alerts:
                self._notifier.show(alert, scene.snapshot)
            say("shown")

    def _on_post(self, command: Command) -> None:
        say("post", msgspec.json.encode(command).decode())

    def _on_activate(self, at: QPoint | None) -> None:
        say("activate", "nowhere" if at is None else f"{at.x()},{at.y()}")

    def _on_door(self, door: Door) -> None:
        say("door", door.value)


def say(*words: str) -> None:
    """One line to whoever started this."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run until stdin ends."""
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    driver = Driver(app)
    say("ready", QApplication.platformName())
    code = app.exec()
    driver.tray.close()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
