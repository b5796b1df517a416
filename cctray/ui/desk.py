"""The windows of the tray's process, introduced to each other: icon, popover, settings, diagnostics, notifications.

It is handed Snapshots and functions; it knows no engine.
"""

import os
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog

from cctray.core.alerts import Alert, AlertKind, Episodes, decide
from cctray.core.commands import AddFolder, Command
from cctray.core.config import Config, IconShows
from cctray.core.snapshot import Problem, Snapshot
from cctray.ui.bridge import Bridge
from cctray.ui.theme import Look
from cctray.ui.tray.icon_look import FILL_STEPS, IconLook, Panel
from cctray.ui.tray.menu import Door
from cctray.ui.tray.notify import Notifier
from cctray.ui.tray.popover import Popover
from cctray.ui.tray.tray import Tray, TrayDoors, icon_of

PROGRAM: Final = IconLook(shows=IconShows.RING, fill=FILL_STEPS * 2 // 3, panel=Panel.UNKNOWN)
"""The program itself, in title bars and task lists: the ring on its dark ground."""
ANY_SCREEN: Final = 2.0
"""Pixel ratio at which every size of the picture is drawn; a task list may want the largest."""


class Outside(Struct, frozen=True, kw_only=True):
    """What the windows ask of the program."""

    post: Callable[[Command], None]
    diagnose: Callable[[Callable[[str], None]], None]
    """Have a report of this machine made and handed to a function."""
    machine_name: str


class Desk(QObject):
    """Owns every window. The icon is made at once; each other window when it is first wanted."""

    def __init__(self, outside: Outside, config: Config) -> None:
        super().__init__()
        QGuiApplication.setWindowIcon(icon_of(PROGRAM, ANY_SCREEN))
        self._outside = outside
        self._config = config
        self._look = Look(config.theme, self)
        self._bridge = Bridge(outside.post, self)
        self._popover: Popover | None = None
        self._dialogs: dict[Door, QDialog] = {}
        self._episodes = Episodes()
        self._tray = Tray(
            TrayDoors(post=outside.post, on_activate=self._toggle, open_door=self._open, on_no_tray=self._do_without),
            desktop=os.environ.get("XDG_CURRENT_DESKTOP", ""),
            parent=self,
        )
        self._notifier = Notifier(self._tray.show_message, self._tray.picture, self.raise_window, self)

    def show(self, snapshot: Snapshot, config: Config) -> None:
        """Draw a Snapshot on everything that is visible."""
        if config != self._config:
            self._config = config
            self._look.choose(config.theme)
            if self._popover is not None:
                self._popover.set_rate_unit(config.rate_unit)
        self._tray.show_snapshot(snapshot, config)
        self._bridge.show(snapshot)
        decision = decide(self._episodes, snapshot, config)
        self._episodes = decision.episodes
        for alert in decision.alerts:
            self._notifier.show(alert, snapshot)

    def raise_window(self) -> None:
        """Show the popover, as a second start asks for."""
        # In the screen's corner: without a click nobody knows where the icon of a StatusNotifier panel is.
        self._window().open_at(None)

    def close(self) -> None:
        """Take icon and windows away."""
        self._tray.close()
        # Each of them, closed, leaves the table.
        for dialog in list(self._dialogs.values()):
            dialog.close()
        if self._popover is not None:
            self._popover.close()

    def _toggle(self, place: QPoint | None) -> None:
        self._window().toggle_at(self._icon_place(place))

    def _do_without(self) -> None:
        """No tray on this desktop: an ordinary window once, and a quiet word how to get a tray."""
        self._window().open_at(None, as_window=True)
        text = QCoreApplication.translate(
            "Desk", "On GNOME the extension “AppIndicator” adds one. Starting cctray again opens its window."
        )
        title = QCoreApplication.translate("Desk", "This desktop has no tray; cctray keeps running.")
        notice = Problem(code="no-tray", title=title, remedy=text)
        self._notifier.show(Alert(kind=AlertKind.PROBLEM, key="no-tray", problem=notice), self._latest())

    def _latest(self) -> Snapshot:
        return self._bridge.latest or Snapshot(rev=0, at_ms=0)

    def _window(self) -> Popover:
        if self._popover is None:
            self._popover = Popover(
                self._bridge,
                self._look,
                open_settings=lambda: self._open(Door.SETTINGS),
                open_dashboard=lambda: self._open(Door.DASHBOARD),
                choose_folder=self._choose_folder,
            )
            self._popover.set_rate_unit(self._config.rate_unit)
        return self._popover

    def _icon_place(self, place: QPoint | None) -> QRect | None:
        return None if place is None else QRect(place, QSize(1, 1))

    def _open(self, door: Door) -> None:
        dialog = self._dialogs.get(door)
        if dialog is None:
            dialog = self._new_dialog(door)
            if dialog is None:
                return
            self._dialogs[door] = dialog
            dialog.finished.connect(lambda: self._put_away(door))
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _put_away(self, door: Door) -> None:
        self._dialogs.pop(door).deleteLater()

    def _new_dialog(self, door: Door) -> QDialog | None:
        if door is Door.SETTINGS:
            # WHY late: the dialogs are opened once in a while and would cost every start 20 ms.
            from cctray.ui.settings.dialog import SettingsDialog  # noqa: PLC0415

            return SettingsDialog(
                self._config,
                self._look,
                self._outside.post,
                places=self._latest().places,
                machine_name=self._config.machine_name or self._outside.machine_name,
            )
        if door is Door.DIAGNOSTICS:
            from cctray.ui.diagnostics import DiagnosticsDialog  # noqa: PLC0415 - as above

            dialog = DiagnosticsDialog(self._look)
            self._outside.diagnose(lambda report: self._show_report(dialog, report))
            return dialog
        return None

    def _show_report(self, dialog: QDialog, report: str) -> None:
        from cctray.ui.diagnostics import DiagnosticsDialog  # noqa: PLC0415 - as above

        if self._dialogs.get(Door.DIAGNOSTICS) is dialog and isinstance(dialog, DiagnosticsDialog):
            dialog.show_report(report)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self._popover, QCoreApplication.translate("Desk", "A Claude config folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self._outside.post(AddFolder(path)))
        dialog.open()
