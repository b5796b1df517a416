"""The rows of machines in the popover. Draws a `MachinesView`; nearby ones carry a Pair button."""

from typing import ClassVar, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from cctray.ui.buttons import Button, Kind
from cctray.ui.ink import Ink, chip_width, elided, width_of
from cctray.ui.marks import paint_mark, status_color
from cctray.ui.theme import MEDIUM, SEMIBOLD, Look, font
from cctray.ui.tray.popover_model import Action, MachinesView, MachineView
from cctray.ui.tray.sections import Section

NAME_X: Final = 28
COST_ROOM: Final = 64
"""Holds `$999.99` and air; wider values push the rates to the left."""
COST_AIR: Final = 14


class MachinesSection(Section):
    """Rule, head, rows."""

    asked = Signal(object)

    ROW: ClassVar = 32
    RULE: ClassVar = 8
    """From the rule to the first row where there is no head."""
    HEAD: ClassVar = 33

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._view: MachinesView | None = None
        self._buttons: list[Button] = []
        self._offered: tuple[int, tuple[tuple[int, str, str], ...]] = (0, ())

    def show_view(self, view: MachinesView, *, can_ask: bool) -> None:
        """Draw this from now on; `can_ask`: whether somebody answers Pair."""
        if view == self._view:
            return
        self._view = view
        wanted = tuple((index, row.name, row.pair_text) for index, row in enumerate(view.rows) if row.pair_text)
        self._offer(wanted if can_ask else (), self._top(view))
        rows = (f"{row.name}, {row.state}, {row.rate}, {row.cost}".strip(", ") for row in view.rows)
        self.setAccessibleName("; ".join(rows))
        self.update()

    def wanted_height(self) -> int:
        """Rule, head and rows."""
        view = self._view
        if view is None:
            return 0
        return self._top(view) + self.ROW * len(view.rows) + (20 if view.more else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Everything but the buttons."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette, column = ink.theme, self._rate_right(view)
            ink.rule(0, self.width())
            if view.title:
                ink.left(0, 23.5, view.title, font(12, SEMIBOLD), palette.dim)
                ink.right(column, 23.5, view.rate_title, font(11), palette.dim)
                ink.right(self.width(), 23.5, view.cost_title, font(11), palette.dim)
            top = self._top(view)
            for index, row in enumerate(view.rows):
                self._paint_row(ink, row, top + index * self.ROW, column)
            if view.more:
                line = top + len(view.rows) * self.ROW + 12
                ink.left(NAME_X, line, view.more, font(12), palette.dim)

    def _top(self, view: MachinesView) -> int:
        return self.HEAD if view.title else self.RULE + 1

    def _rate_right(self, view: MachinesView) -> float:
        widest = max((width_of(row.cost, font(13, MEDIUM)) for row in view.rows), default=0.0)
        return self.width() - max(COST_ROOM, widest + COST_AIR)

    def _paint_row(self, ink: Ink, row: MachineView, top: int, column: float) -> None:
        palette, line = ink.theme, top + 21
        paint_mark(ink, row.mark, 0, top + 8, status_color(row.mark, palette))
        end = column
        if row.pair_text:
            end = self.width() - COST_ROOM
        else:
            ink.right(self.width(), line, row.cost, font(13, MEDIUM), palette.text if row.is_live else palette.dim)
            end = ink.right(column, line, row.rate, font(12), palette.dim)
        tags = sum(chip_width(tag) + 4 for tag in row.tags) + (8 if row.tags else 0)
        suffix = width_of(row.suffix, font(12)) + 8 if row.suffix else 0
        face = font(13, MEDIUM)
        name = elided(row.name, face, end - NAME_X - tags - suffix - 8)
        x = ink.left(NAME_X, line, name, face, palette.dim if row.is_gone else palette.text)
        x = round(x + 8)
        for tag in row.tags:
            x = round(ink.chip(x, top + 16, tag)) + 4
        if row.suffix:
            ink.left(x, line, row.suffix, font(12), palette.dim)

    def _offer(self, wanted: tuple[tuple[int, str, str], ...], top: int) -> None:
        """Keep the buttons while only numbers change: one must not vanish under the finger or lose the focus."""
        if (top, wanted) == self._offered:
            return
        self._offered = (top, wanted)
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = [self._pair_button(top + index * self.ROW, name, text) for index, name, text in wanted]

    def _pair_button(self, top: int, name: str, text: str) -> Button:
        button = Button(self.look, Kind.QUIET, text, 23, self)
        button.set_font_px(12)
        wide = max(56, button.sizeHint().width())
        button.setGeometry(self.width() - wide, top + 5, wide, 23)
        button.setAccessibleName(f"{text} {name}")
        button.clicked.connect(lambda: self.asked.emit(Action.PAIR))
        button.show()
        return button
