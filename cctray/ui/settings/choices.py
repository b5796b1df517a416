"""Controls of the settings: a switch, a row of choices, a row with name, help and control. They know no Config."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cctray.ui.ink import Ink, width_of
from cctray.ui.theme import MEDIUM, SEMIBOLD, Look, color, font

SWITCH_WIDE: Final = 34
SWITCH_HIGH: Final = 20
SEGMENT_HIGH: Final = 26


class Switch(QAbstractButton):
    """On or off; the knob's side says it without colour."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(SWITCH_WIDE, SWITCH_HIGH)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, knob, focus."""
        palette = self._look.palette
        with Ink(self, palette) as ink:
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            radius = box.height() / 2
            if self.isChecked():
                ink.rounded(box, radius, color(palette.button))
            else:
                ink.rounded(box, radius, color(palette.track), color(palette.off))
            knob = QRectF(box.right() - 15 if self.isChecked() else box.left() + 3, box.top() + 3, 12, 12)
            ink.rounded(knob, 6, color(palette.on_button if self.isChecked() else palette.off))
            if self.hasFocus():
                ink.setPen(QPen(color(palette.text), 1.5))
                ink.setBrush(Qt.BrushStyle.NoBrush)
                ink.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), 9.25, 9.25)


class Segment(QAbstractButton):
    """One choice of several."""

    def __init__(self, look: Look, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The text at its boldest, so that nothing moves when chosen."""
        return QSize(round(width_of(self.text(), font(12, SEMIBOLD))) + 20, SEGMENT_HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground if chosen, text, focus."""
        palette = self._look.palette
        with Ink(self, palette) as ink:
            if self.isChecked():
                ink.rounded(QRectF(self.rect()), 6, color(palette.selection))
            face = font(12, SEMIBOLD if self.isChecked() else MEDIUM)
            name = palette.text if self.isChecked() else palette.dim
            ink.centred(self.width() / 2, self.height() / 2 + 4.5, self.text(), face, name)
            if self.hasFocus():
                ink.setPen(QPen(color(palette.accent), 1.5))
                ink.setBrush(Qt.BrushStyle.NoBrush)
                ink.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), 5.25, 5.25)


class Segments(QWidget):
    """A row of choices of which one holds. Arrow keys move, `changed` carries the chosen value."""

    changed = Signal(object)

    def __init__(self, look: Look, name: str, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self._look = look
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(0)
        for index, (_, text) in enumerate(choices):
            segment = Segment(look, text, self)
            self._group.addButton(segment, index)
            row.addWidget(segment)
        self._group.idClicked.connect(lambda index: self.changed.emit(self._values[index]))
        look.changed.connect(self.update)

    @property
    def value(self) -> object:
        """What is chosen."""
        return self._values[self._group.checkedId()]

    def choose(self, value: object) -> None:
        """Show this as chosen, without a signal."""
        self._group.button(self._values.index(value)).setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose the neighbour."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        index = max(0, min(len(self._values) - 1, self._group.checkedId() + step))
        button = self._group.button(index)
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        button.click()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame around the choices."""
        palette = self._look.palette
        with Ink(self, palette) as ink:
            ink.rounded(QRectF(self.rect()), 9, color(palette.bg), color(palette.line))


class Setting(QWidget):
    """A row: name, help below it, control at the right."""

    def __init__(self, name: str, help_text: str, control: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        words = QVBoxLayout()
        words.setSpacing(1)
        title = QLabel(name)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setBuddy(control)
        words.addWidget(title)
        if help_text:
            note = QLabel(help_text)
            note.setObjectName("dim")
            note.setTextFormat(Qt.TextFormat.PlainText)
            note.setWordWrap(True)
            words.addWidget(note)
            control.setAccessibleDescription(help_text)
        row.addLayout(words, 1)
        row.addSpacing(16)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
