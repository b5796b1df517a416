"""Head of the popover: scope chooser, status, the two big figures. Draws a `HeadView`, says what was chosen."""

from typing import ClassVar

from PySide6.QtCore import QPoint, QRectF, Signal
from PySide6.QtGui import QActionGroup, QFont, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from cctray.ui.buttons import Button, Kind
from cctray.ui.ink import Ink, chip_width, elided, width_of
from cctray.ui.shapes import Mark
from cctray.ui.sheet import menu_sheet
from cctray.ui.theme import BOLD, SEMIBOLD, Look, color, font
from cctray.ui.tray.popover_model import HeadView
from cctray.ui.tray.sections import GAP, Section


class HeadSection(Section):
    """Title or chooser, status, live rate."""

    chosen = Signal(object)
    """Carries a machine's id, or None for all."""

    HEIGHT: ClassVar = 84
    TITLE_LINE: ClassVar = 13
    FIGURE_LINE: ClassVar = 55.5
    CAPTION_LINE: ClassVar = 78
    DASHES: ClassVar = (30, 19)
    """Widths of what stands for the figures while there are none."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._view: HeadView | None = None
        self.chooser = Button(look, Kind.TIGHT, "", 18, self)
        self.chooser.set_font_px(12)
        self.chooser.set_mark(Mark.CHEVRON, is_last=True)
        self.chooser.clicked.connect(self._open_menu)

    def show_view(self, view: HeadView) -> None:
        """Draw this from now on."""
        if view == self._view:
            return
        self._view = view
        room = self._status_start(view) - 40
        self.chooser.setText(elided(view.title, font(12, SEMIBOLD), room))
        self.chooser.setVisible(bool(view.choices))
        self.chooser.setAccessibleName(self.tr("Machines shown: {name}").format(name=view.title))
        self.chooser.setGeometry(0, 0, self.chooser.sizeHint().width(), 17)
        figure = f"{view.figure} {view.unit}, {view.second} {view.second_unit}" if view.figure else ""
        level = view.level.text if view.level else ""
        status = view.chip.text if view.chip else view.status
        parts = (view.title, status, figure, level, view.caption, view.second_caption)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setToolTip(view.tooltip)
        self.update()

    def wanted_height(self) -> int:
        """Always the same, so that nothing jumps between states."""
        return self.HEIGHT

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, status, figures, captions."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette = ink.theme
            if not view.choices:
                room = self._status_start(view) - 12
                title = elided(view.title, font(12, SEMIBOLD), room)
                ink.left(0, self.TITLE_LINE, title, font(12, SEMIBOLD), palette.text)
            if view.chip:
                ink.chip(self.width() - chip_width(view.chip), 9, view.chip)
            else:
                ink.right(self.width(), self.TITLE_LINE, view.status, font(12), palette.dim)
            self._paint_figures(ink, view)
            end = ink.left(0, self.CAPTION_LINE, view.caption, font(12), palette.dim)
            if view.level:
                ink.chip(round(end) + 8, self.CAPTION_LINE - 4, view.level)
            ink.right(self.width(), self.CAPTION_LINE, view.second_caption, font(12), palette.dim)

    def _paint_figures(self, ink: Ink, view: HeadView) -> None:
        palette, line = ink.theme, self.FIGURE_LINE
        name = palette.text if view.is_live else palette.dim
        if not view.figure:
            self._paint_dashes(ink, view)
            return
        end = ink.left(0, line, view.figure, self._figure_font(view), name)
        ink.left(end + GAP, line, view.unit, font(13), palette.dim)
        start = ink.right(self.width(), line, view.second_unit, font(13), palette.dim)
        ink.right(start - GAP - 1, line - 0.5, view.second, font(20, SEMIBOLD), name)

    def _figure_font(self, view: HeadView) -> QFont:
        """The largest of the scale that leaves room for the second figure."""
        rest = width_of(view.unit + view.second_unit, font(13)) + width_of(view.second, font(20, SEMIBOLD)) + 5 * GAP
        sizes = (32, 26, 22)
        fits = (px for px in sizes if width_of(view.figure, font(px, BOLD)) + rest <= self.width())
        return font(next(fits, 18), BOLD)

    def _paint_dashes(self, ink: Ink, view: HeadView) -> None:
        palette, line, (wide, narrow) = ink.theme, self.FIGURE_LINE, self.DASHES
        ink.fillRect(QRectF(1, line - 10, wide, 4), color(palette.dim))
        ink.left(wide + 8, line, view.unit, font(13), palette.dim)
        start = ink.right(self.width(), line, view.second_unit, font(13), palette.dim)
        ink.fillRect(QRectF(start - GAP - narrow, line - 6.5, narrow, 2.5), color(palette.dim))

    def _status_start(self, view: HeadView) -> float:
        wide = chip_width(view.chip) if view.chip else width_of(view.status, font(12))
        return self.width() - wide

    def _open_menu(self) -> None:
        view = self._view
        if view is None:
            return
        menu = QMenu(self)
        menu.setStyleSheet(menu_sheet(self.look.palette))
        group = QActionGroup(menu)
        for choice in view.choices:
            action = menu.addAction(choice.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(choice.name == view.title)
            action.setData(choice.machine)
            group.addAction(action)
        group.triggered.connect(lambda action: self.chosen.emit(action.data()))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.chooser.mapToGlobal(QPoint(0, self.chooser.height() + 4)))
