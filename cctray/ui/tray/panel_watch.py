"""Notices a StatusNotifier panel that comes up after the icon was made. D-Bus names only; the icon is `tray.py`'s."""

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher
from PySide6.QtGui import QGuiApplication

WATCHER: Final = "org.kde.StatusNotifierWatcher"


class PanelWatch(QObject):
    """Watches the session bus, on X11 alone: there Qt decides for ever, at an icon's birth, whether to use D-Bus.

    Elsewhere, and on a mere restart of the panel, Qt registers the icon again by itself; a second icon would hang.
    """

    came_late = Signal()
    """The first panel is there, and was not when this watch was made."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._has_seen_panel = False
        if QGuiApplication.platformName() != "xcb":
            return
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        self._watcher = QDBusServiceWatcher(WATCHER, bus, QDBusServiceWatcher.WatchModeFlag.WatchForRegistration, self)
        self._watcher.serviceRegistered.connect(self._on_registered)
        self._has_seen_panel = bool(bus.interface().isServiceRegistered(WATCHER).value())

    def _on_registered(self, _name: str) -> None:
        if not self._has_seen_panel:
            self._has_seen_panel = True
            self.came_late.emit()
