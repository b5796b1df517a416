"""The icon in the desktop's tray: registered wherever a panel comes up, repainted when its look changes, clicked.

What it looks like is `icon.py`, what it says `tooltip.py`, what it offers `menu.py`.
"""

import sys
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QElapsedTimer, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QCursor, QGuiApplication, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from cctray.core.commands import Command
from cctray.core.config import Config, Theme
from cctray.core.snapshot import Snapshot
from cctray.ui.theme import DARK, LIGHT, Palette, system_is_dark
from cctray.ui.tray.icon import SIZES, paint
from cctray.ui.tray.icon_look import IconLook, Panel, look_of
from cctray.ui.tray.menu import Door, MenuItem, MenuView, menu_items
from cctray.ui.tray.panel_watch import PanelWatch
from cctray.ui.tray.tooltip import tooltip

LEAST_GAP_MS: Final = 1000
"""A number that changes faster than once a second cannot be read."""

RETRIES: Final = 12
RETRY_MS: Final = 5000
"""A panel that is not up one minute after login will not come."""

SHARP_WHEN_HALVED: Final = 44


class TrayDoors(Struct, frozen=True, kw_only=True):
    """What the tray may call."""

    post: Callable[[Command], None]
    on_activate: Callable[[QPoint | None], None]
    """Left click; where the icon is on the screen, None where nobody can know."""
    open_door: Callable[[Door], None]
    """An entry of the menu that opens something."""
    on_no_tray: Callable[[], None]
    """Called once if the desktop has no tray; the icon still appears should one come later."""


class Shown(Struct, frozen=True, kw_only=True):
    """All of a Snapshot that the tray shows: equal ones cost nothing."""

    look: IconLook
    tooltip: str
    items: tuple[MenuItem, ...]


def shown_of(snapshot: Snapshot, config: Config, panel: Panel) -> Shown:
    """What the tray shows of a Snapshot."""
    return Shown(look=look_of(snapshot, config, panel), tooltip=tooltip(snapshot, config), items=menu_items(snapshot))


def panel_of(scheme: Qt.ColorScheme, platform: str, desktop: str) -> Panel:
    """The ground the icon stands on: `platform` as `sys.platform`, `desktop` as `XDG_CURRENT_DESKTOP`."""
    if platform == "darwin":
        return Panel.TEMPLATE
    # GNOME's top bar is dark in its light style too.
    if "GNOME" in desktop.upper().split(":"):
        return Panel.DARK
    return {Qt.ColorScheme.Light: Panel.LIGHT, Qt.ColorScheme.Dark: Panel.DARK}.get(scheme, Panel.UNKNOWN)


def icon_of(look: IconLook, pixel_ratio: float) -> QIcon:
    """The icon at every size a panel may ask for; `pixel_ratio` is the largest of the screens."""
    icon = QIcon()
    for size in SIZES:
        # Some panels take the largest picture and shrink it to 22 px: half of 44 stays sharp, a third of 64 does not.
        if sys.platform == "linux" and pixel_ratio <= 1 and size > SHARP_WHEN_HALVED:
            break
        icon.addPixmap(QPixmap.fromImage(paint(look, size)))
    icon.setIsMask(look.panel is Panel.TEMPLATE)
    return icon


class Tray(QObject):
    """Shows Snapshots in the tray; what is clicked goes out by the doors."""

    def __init__(
        self,
        doors: TrayDoors,
        *,
        desktop: str = "",
        retry_ms: int = RETRY_MS,
        least_gap_ms: int = LEAST_GAP_MS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._doors = doors
        self._desktop = desktop
        self._snapshot = Snapshot(rev=0, at_ms=0)
        self._config = Config()
        self._shown = self._now()
        self._menu = MenuView(doors.post, doors.open_door, self._palette())
        self._menu.show_items(self._shown.items, self._palette())
        self._since_click = QElapsedTimer()
        self._is_waiting = False
        self._gap = self._single_shot(least_gap_ms, self._on_gap_over)
        self._tries_left = RETRIES
        self._retry = self._single_shot(retry_ms, self._look_for_tray)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme)
        self._panels = PanelWatch(self)
        self._panels.came_late.connect(self._replace_icon)
        self._icon = self._new_icon()
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._retry.start()

    def _single_shot(self, after_ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(then)
        return timer

    def show_snapshot(self, snapshot: Snapshot, config: Config) -> None:
        """Show this now, or when a second has passed since the last change; the newest wins."""
        self._snapshot, self._config = snapshot, config
        if self._gap.isActive():
            self._is_waiting = True
        else:
            self._refresh()

    def place(self) -> QPoint | None:
        """Where the icon is on the screen; None where nobody can know."""
        geometry = self._icon.geometry()
        if not geometry.isEmpty():
            return geometry.center()
        # StatusNotifier panels keep their geometry to themselves, but the click has just been there.
        return None if QGuiApplication.platformName() == "wayland" else QCursor.pos()

    def show_message(self, title: str, body: str) -> None:
        """A notification by the tray itself, for systems without a service for them."""
        self._icon.showMessage(title, body, self._icon.icon())

    def picture(self, size: int) -> QImage:
        """What the icon shows now, for notifications."""
        return paint(self._now().look, size)

    def close(self) -> None:
        """Take the icon away at once instead of when the panel notices."""
        self._retry.stop()
        self._gap.stop()
        self._icon.hide()

    def _now(self) -> Shown:
        scheme = QGuiApplication.styleHints().colorScheme()
        return shown_of(self._snapshot, self._config, panel_of(scheme, sys.platform, self._desktop))

    def _pixel_ratio(self) -> float:
        return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)

    def _palette(self) -> Palette:
        theme = self._config.theme
        is_dark = system_is_dark() if theme is Theme.AUTO else theme is Theme.DARK
        return DARK if is_dark else LIGHT

    def _refresh(self) -> None:
        shown = self._now()
        self._menu.show_items(shown.items, self._palette())
        if shown == self._shown:
            return
        if shown.look != self._shown.look:
            self._icon.setIcon(icon_of(shown.look, self._pixel_ratio()))
        if shown.tooltip != self._shown.tooltip:
            self._icon.setToolTip(shown.tooltip)
        self._shown = shown
        self._gap.start()

    def _on_gap_over(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._refresh()

    def _on_scheme(self, _scheme: Qt.ColorScheme) -> None:
        self._refresh()

    def _new_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(icon_of(self._shown.look, self._pixel_ratio()), self)
        icon.setToolTip(self._shown.tooltip)
        icon.activated.connect(self._on_activated)
        icon.messageClicked.connect(lambda: self._doors.on_activate(self.place()))
        # With a menu set, macOS opens it on the left click too.
        if sys.platform != "darwin":
            icon.setContextMenu(self._menu.menu)
        icon.show()
        return icon

    def _replace_icon(self) -> None:
        """A panel came up after the icon was made: Qt chose its way of showing it for good by then."""
        old = self._icon
        old.hide()
        old.deleteLater()
        self._icon = self._new_icon()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Context and sys.platform == "darwin":
            self._menu.menu.popup(QCursor.pos())
            return
        if reason not in {QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick}:
            return
        # A double click is one wish: some panels send two clicks for it, some a double click alone, some both.
        is_second = self._since_click.isValid() and self._since_click.elapsed() < QApplication.doubleClickInterval()
        self._since_click.start()
        if not is_second:
            self._doors.on_activate(self.place())

    def _look_for_tray(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._tries_left -= 1
        if self._tries_left > 0:
            self._retry.start()
        else:
            self._doors.on_no_tray()
