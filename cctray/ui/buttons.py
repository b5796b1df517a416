"""Buttons drawn by the theme: primary, secondary, quiet, bare and close. Reachable by keyboard, with a focus ring."""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFont, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from cctray.ui.ink import Ink, width_of
from cctray.ui.marks import BOX, paint_mark
from cctray.ui.shapes import Mark
from cctray.ui.theme import MEDIUM, SEMIBOLD, Look, Palette, color, font, mix

RADIUS: Final = 8
FONT_PX: Final = 13
MARK_GAP: Final = 5
SIDE_PAD: Final = 12
CAP_SHARE: Final = 0.37
"""Half the height of a capital, in font sizes: puts text in the middle."""
DISABLED_SHARE: Final = 0.55
HOVER_SHARE: Final = 0.10
PRESSED_SHARE: Final = 0.18


class Kind(StrEnum):
    """How loud a button is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    BARE = "bare"
    """Text and mark only, as in the footer."""
    TIGHT = "tight"
    """Bare without padding, as the chooser in the head line."""


class Button(QAbstractButton):
    """A button of `height` pixels; its text is its accessible name unless another is set."""

    def __init__(self, look: Look, kind: Kind, text: str, height: int = 36, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._kind = kind
        self._mark: Mark | None = None
        self._mark_is_last = False
        self._font_px = FONT_PX
        self._height = height
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.changed.connect(self.update)

    def set_mark(self, mark: Mark | None, *, is_last: bool = False) -> None:
        """Show a mark before the text, or after it."""
        self._mark, self._mark_is_last = mark, is_last
        self.update()

    def set_kind(self, kind: Kind) -> None:
        """Become louder or quieter."""
        if kind is not self._kind:
            self._kind = kind
            self.update()

    def set_font_px(self, pixels: int) -> None:
        """Use another size than 13."""
        self._font_px = pixels

    def sizeHint(self) -> QSize:
        """Text, mark and padding."""
        pad = 0 if self._kind is Kind.TIGHT else SIDE_PAD
        return QSize(round(self._content_width() + 2 * pad), self._height)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the hover."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the hover away."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, mark, text, focus ring."""
        palette = self._look.palette
        with Ink(self, palette) as ink:
            if not self.isEnabled():
                ink.setOpacity(DISABLED_SHARE)
            self._paint_ground(ink, palette)
            self._paint_content(ink, palette)
            if self.hasFocus() and self.focus_shows():
                ink.setPen(QPen(color(palette.accent), 2))
                ink.setBrush(Qt.BrushStyle.NoBrush)
                ink.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)

    def focus_shows(self) -> bool:
        """Whether the focus came by keyboard: a ring after a mouse click is noise."""
        return bool(self.property("by_keyboard"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember how the focus came."""
        super().focusInEvent(event)
        reason = event.reason()
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self.setProperty("by_keyboard", reason in by_key)

    def _content_width(self) -> float:
        text = width_of(self.text(), self._face()) if self.text() else 0.0
        mark = BOX + (MARK_GAP if self.text() else 0) if self._mark else 0
        return text + mark

    def _face(self) -> QFont:
        weight = SEMIBOLD if self._kind in (Kind.PRIMARY, Kind.QUIET, Kind.TIGHT) else MEDIUM
        return font(self._font_px, weight)

    def _paint_ground(self, ink: Ink, palette: Palette) -> None:
        box = QRectF(self.rect())
        tint = PRESSED_SHARE if self.isDown() else HOVER_SHARE if self.underMouse() and self.isEnabled() else 0.0
        if self._kind is Kind.PRIMARY:
            ink.rounded(box, RADIUS, color(mix(palette.text, tint, palette.button)))
        elif self._kind is Kind.SECONDARY:
            ground = palette.raised if palette.is_dark else palette.card
            ink.rounded(box, RADIUS, color(mix(palette.text, tint / 2, ground)), color(palette.control_edge))
        elif self._kind is Kind.QUIET:
            ink.rounded(box, RADIUS, color(palette.accent, palette.quiet_share + tint))
        elif tint and self._kind is Kind.BARE:
            ink.rounded(box, RADIUS, color(palette.dim, tint))

    def _paint_content(self, ink: Ink, palette: Palette) -> None:
        name = {Kind.PRIMARY: palette.on_button, Kind.QUIET: palette.link}.get(self._kind, palette.text)
        mark_name = name if self._kind in (Kind.PRIMARY, Kind.QUIET) else palette.dim
        middle, face = self.height() / 2, self._face()
        x = 0.0 if self._kind is Kind.TIGHT else (self.width() - self._content_width()) / 2
        baseline = round(2 * (middle + self._font_px * CAP_SHARE)) / 2  # half pixels, as the texts beside it
        if self._mark and not self._mark_is_last:
            paint_mark(ink, self._mark, x, middle - BOX / 2, mark_name)
            x += BOX + MARK_GAP
        if self.text():
            x = ink.left(x, baseline, self.text(), face, name)
        if self._mark and self._mark_is_last:
            paint_mark(ink, self._mark, x + MARK_GAP - 3, middle - BOX / 2, mark_name)
