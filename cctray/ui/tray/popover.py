"""The popover window: frame, place, opening and closing. Its parts draw themselves from views; it computes nothing."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QDateTime, QElapsedTimer, QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QGuiApplication, QHideEvent, QKeyEvent, QPaintEvent, QScreen
from PySide6.QtWidgets import QWidget

from cctray.core.commands import LookAgain, Pause, Resume
from cctray.core.config import RateUnit
from cctray.core.snapshot import Snapshot
from cctray.ui.bridge import Bridge
from cctray.ui.compositor import is_composited, is_wayland
from cctray.ui.ink import Ink
from cctray.ui.soft_shadow import MARGINS, RADIUS, paint_shadow
from cctray.ui.theme import Look, color
from cctray.ui.tray.parts import Parts
from cctray.ui.tray.placing import place
from cctray.ui.tray.popover_model import Action
from cctray.ui.tray.popover_view import view_of

WIDE: Final = 360
PAD: Final = 16
REOPEN_AFTER_MS: Final = 250
"""The click on the icon that closes an open popover arrives a second time, as a click on the icon."""


class Frame(StrEnum):
    """What the window is on this screen."""

    FLOATING = "floating"
    """Round, with a shadow: needs a compositor."""
    SQUARE = "square"
    WINDOW = "window"
    """With the desktop's own frame: Wayland, and desktops without a tray."""


class Popover(QWidget):
    """Shows the newest Snapshot. `actions` maps what may be asked to who answers; a missing one hides its button."""

    def __init__(
        self,
        bridge: Bridge,
        look: Look,
        *,
        open_settings: Callable[[], None],
        open_dashboard: Callable[[], None],
        choose_folder: Callable[[], None],
        more_actions: dict[Action, Callable[[], None]] | None = None,
    ) -> None:
        super().__init__()
        self._look = look
        self._snapshot: Snapshot | None = bridge.latest
        self._scope: str | None = None
        self._unit = RateUnit.ALL_TOKENS
        self._offers_pairing = True
        self._icon: QRect | None = None
        self._frame = Frame.WINDOW
        self._since_closed = QElapsedTimer()
        self._answers: dict[Action, Callable[[], None]] = {
            Action.SETTINGS: self._then(open_settings),
            Action.DASHBOARD: self._then(open_dashboard),
            Action.CHOOSE_FOLDER: self._then(choose_folder),
            Action.LOOK_AGAIN: lambda: bridge.post(LookAgain()),
            Action.PAUSE: lambda: bridge.post(Pause()),
            Action.RESUME: lambda: bridge.post(Resume()),
            Action.DISMISS_OFFER: self._dismiss_offer,
            **{action: self._then(answer) for action, answer in (more_actions or {}).items()},
        }
        self._parts = Parts(self, look, WIDE - 2 * PAD, frozenset(self._answers))
        self._parts.asked.connect(self._answer)
        self._parts.chosen.connect(self.choose_scope)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setTimerType(Qt.TimerType.CoarseTimer)
        self._clock.timeout.connect(self.refresh)
        self.setWindowTitle("cctray")
        self.setAccessibleName(self.tr("cctray usage"))
        self._become(self._wanted_frame())
        look.changed.connect(self.update)
        bridge.changed.connect(self.show_snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show this; while closed it is only remembered. Idempotent."""
        self._snapshot = snapshot
        if self.isVisible():
            self.refresh()

    def set_rate_unit(self, unit: RateUnit) -> None:
        """What the big figure counts."""
        self._unit = unit
        self.refresh()

    def choose_scope(self, machine: str | None) -> None:
        """Show one machine (its id) or all (None)."""
        self._scope = machine
        self.refresh()

    def open_at(self, icon: QRect | None, *, as_window: bool = False) -> None:
        """Open beside the icon (global 1x pixels; None: in the screen's corner), or framed by the desktop."""
        self._icon = None if icon is None or icon.isEmpty() else icon
        self._become(Frame.WINDOW if as_window else self._wanted_frame())
        self.refresh()
        self._go_to_place()
        self.show()
        self.raise_()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.refresh()

    def toggle_at(self, icon: QRect | None) -> None:
        """What a click on the icon does: open, or close if open."""
        is_echo = self._since_closed.isValid() and self._since_closed.elapsed() < REOPEN_AFTER_MS
        if self.isVisible():
            self.hide()
        elif not is_echo:
            self.open_at(icon)

    def refresh(self) -> None:
        """Make the view of this moment and draw what changed of it."""
        if self._snapshot is None:
            return
        now_ms = QDateTime.currentMSecsSinceEpoch()
        self.show_at(now_ms)

    def show_at(self, now_ms: int) -> None:
        """Draw the remembered Snapshot as of `now_ms`; times are relative to it."""
        if self._snapshot is None:
            return
        view = view_of(
            self._snapshot,
            self._scope,
            now_ms,
            _zone(self._snapshot.time_zone),
            unit=self._unit,
            offers_pairing=self._offers_pairing and Action.PAIR in self._answers,
        )
        left, top, right, bottom = self._margins()
        height = self._parts.show_view(view, QPoint(left + PAD, top))
        wanted = QSize(WIDE + left + right, height + top + bottom)
        if wanted != self.size():
            self.setFixedSize(wanted)
            if self.isVisible():
                self._go_to_place()
        if self.isVisible():
            self._clock.start(view.next_ms)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Shadow and card, or a plain ground."""
        palette = self._look.palette
        left, top, right, bottom = self._margins()
        with Ink(self, palette) as ink:
            card = QRectF(self.rect()).adjusted(left, top, -right, -bottom)
            if self._frame is Frame.FLOATING:
                paint_shadow(ink, card, palette.shadow_share, self.devicePixelRatioF())
                ink.rounded(card, RADIUS, color(palette.card), color(palette.edge))
                return
            ink.fillRect(card, color(palette.edge if self._frame is Frame.SQUARE else palette.card))
            ink.fillRect(card.adjusted(1, 1, -1, -1), color(palette.card))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; so does the desktop's key for closing."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Close where another window gets the focus, except as an ordinary window."""
        super().changeEvent(event)
        is_left = event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow()
        if is_left and self._frame is not Frame.WINDOW and QGuiApplication.focusWindow() is not None:
            self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed: no timer runs."""
        super().hideEvent(event)
        self._clock.stop()
        self._since_closed.start()

    def _answer(self, action: Action) -> None:
        self._answers[action]()

    def _then(self, answer: Callable[[], None]) -> Callable[[], None]:
        """Close first: another window is about to open, and a popup would lie above it."""

        def close_and_answer() -> None:
            self.hide()
            answer()

        return close_and_answer

    def _dismiss_offer(self) -> None:
        self._offers_pairing = False
        self.refresh()

    def _wanted_frame(self) -> Frame:
        if is_wayland():
            return Frame.WINDOW
        return Frame.FLOATING if is_composited() else Frame.SQUARE

    def _become(self, frame: Frame) -> None:
        """Change the kind of window; only a closed one can."""
        if frame is self._frame and self.testAttribute(Qt.WidgetAttribute.WA_WState_Created):
            return
        self._frame = frame
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, frame is Frame.FLOATING)
        popup = Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        self.setWindowFlags(Qt.WindowType.Window if frame is Frame.WINDOW else popup)

    def _margins(self) -> tuple[int, int, int, int]:
        return MARGINS if self._frame is Frame.FLOATING else (0, 0, 0, 0)

    def _go_to_place(self) -> None:
        if self._frame is Frame.WINDOW:
            return
        screen = self._screen()
        left, top, right, bottom = self._margins()
        card = QSize(self.width() - left - right, self.height() - top - bottom)
        self.move(place(card, self._icon, screen.geometry(), screen.availableGeometry()) - QPoint(left, top))

    def _screen(self) -> QScreen:
        at = self._icon.center() if self._icon is not None else QCursor.pos()
        return QGuiApplication.screenAt(at) or QGuiApplication.primaryScreen()


def _zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC where this machine's table does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
