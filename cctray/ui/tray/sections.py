"""The painted parts of the popover without buttons: last hour, block, today, reading. They draw views, nothing else."""

from itertools import pairwise
from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from cctray.ui.ink import Ink, elided, width_of
from cctray.ui.marks import paint_mark
from cctray.ui.shapes import Mark
from cctray.ui.theme import SEMIBOLD, Look, color, font
from cctray.ui.tray.bars import paint_bar, paint_plain_bar
from cctray.ui.tray.popover_model import BlockView, ReadingView, SparkView, StepView, TodayView

INNER: Final = 12
GAP: Final = 6


class Section(QWidget):
    """A part of the popover: paints itself from a view and says how high it wants to be."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        look.changed.connect(self.update)

    def wanted_height(self) -> int:
        """1x pixels at the popover's inner width."""
        raise NotImplementedError

    def ink(self) -> Ink:
        """A painter for this paint event."""
        return Ink(self, self.look.palette)

    def buttons_in_order(self) -> list[QAbstractButton]:
        """Its buttons as a reader meets them."""
        shown = [each for each in self.findChildren(QAbstractButton) if not each.isHidden()]
        return sorted(shown, key=lambda each: (each.y(), each.x()))


class SparkSection(Section):
    """The last hour as a line."""

    HIGH: ClassVar = 56
    SHORT: ClassVar = 40
    AXIS: ClassVar = 22
    HEADROOM: ClassVar = 6
    """Room for half the last point and its ring."""

    _view: SparkView | None = None

    def show_view(self, view: SparkView) -> None:
        """Draw this from now on."""
        if view != self._view:
            self._view = view
            self.setAccessibleName(f"{view.left} – {view.right}: {view.middle}")
            self.update()

    def wanted_height(self) -> int:
        """The line's box and its axis."""
        return (self.SHORT if self._view is not None and self._view.is_short else self.HIGH) + self.AXIS

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, line, last point, axis."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette, base = ink.theme, self.height() - self.AXIS
            span = self.width() if view.paused_from is None else view.paused_from * self.width()
            points = self._points(view, span - (5 if view.paused_from is None else 0), base)
            tint = palette.accent if view.is_live else palette.off
            self._paint_fill(ink, points, tint, base)
            ink.fillRect(QRectF(0, base, self.width(), 1), color(palette.line))
            if view.paused_from is not None:
                self._paint_pause(ink, span, base)
            self._paint_line(ink, points, tint, has_end=view.paused_from is None and view.is_live)
            face, line = font(11), base + 17
            ink.left(0, line, view.left, face, palette.dim)
            ink.centred(self.width() / 2, line, view.middle, face, palette.dim)
            ink.right(self.width(), line, view.right, face, palette.dim)

    def _points(self, view: SparkView, span: float, base: int) -> list[QPointF]:
        step = span / (len(view.shares) - 1)
        tall = base - self.HEADROOM - 1
        return [QPointF(index * step, base - 1 - share * tall) for index, share in enumerate(view.shares)]

    def _paint_fill(self, ink: Ink, points: list[QPointF], tint: str, base: int) -> None:
        path = _curve(points)
        path.lineTo(points[-1].x(), base)
        path.lineTo(points[0].x(), base)
        path.closeSubpath()
        gradient = QLinearGradient(0, self.HEADROOM, 0, base)
        gradient.setColorAt(0, color(tint, ink.theme.spark_share))
        gradient.setColorAt(1, color(tint, 0.02))
        ink.fillPath(path, gradient)

    def _paint_line(self, ink: Ink, points: list[QPointF], tint: str, *, has_end: bool) -> None:
        pen = QPen(color(tint), 1.75)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        ink.strokePath(_curve(points), pen)
        if has_end:
            ink.setPen(Qt.PenStyle.NoPen)
            ink.setBrush(color(ink.theme.card))
            ink.drawEllipse(points[-1], 5, 5)
            ink.setBrush(color(tint))
            ink.drawEllipse(points[-1], 3, 3)

    def _paint_pause(self, ink: Ink, start: float, base: int) -> None:
        ink.fillRect(QRectF(start, 0, self.width() - start, base), color(ink.theme.dim, 0.08))
        pen = QPen(color(ink.theme.dim), 1)
        pen.setDashPattern([4, 3])
        ink.setPen(pen)
        ink.drawLine(QPointF(round(start) + 0.5, 0), QPointF(round(start) + 0.5, base))
        if self.width() - start > 2 * INNER:
            paint_mark(ink, Mark.PAUSE, (start + self.width()) / 2 - 8, base / 2 - 9, ink.theme.dim)


def _curve(points: list[QPointF]) -> QPainterPath:
    """A line through the points that never shoots over them: each step is level at both its ends."""
    path = QPainterPath(points[0])
    for left, right in pairwise(points):
        middle = (left.x() + right.x()) / 2
        path.cubicTo(middle, left.y(), middle, right.y(), right.x(), right.y())
    return path


class BlockSection(Section):
    """The card of the 5-hour block."""

    _view: BlockView | None = None

    def show_view(self, view: BlockView) -> None:
        """Draw this from now on."""
        if view != self._view:
            self._view = view
            chip = view.chip.text if view.chip else ""
            parts = (view.title, view.hours, view.left_text, f"{view.figure} {view.figure_word} {chip}", view.cost)
            extra = (view.pace, view.pace_right, view.week, view.week_right)
            self.setAccessibleName(", ".join(part.strip() for part in (*parts, *extra) if part.strip()))
            self.update()

    def wanted_height(self) -> int:
        """Card with as many lines as there is something to say."""
        view = self._view
        if view is None:
            return 0
        lines = bool(view.pace) + bool(view.week)
        return (88 if view.has_bar else 42) + 21 * lines

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Card, head, bar, figures, pace."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            ink.card(QRectF(self.rect()))
            self._paint_head(ink, view)
            line = 26.0
            if view.has_bar:
                paint_bar(ink, QRectF(INNER, 39, self.width() - 2 * INNER, 10), view)
                self._paint_figures(ink, view)
                line = 72.0
            for left, right, name in self._lines(view):
                line += 21
                end = ink.right(self.width() - INNER, line, right, font(12), ink.theme.dim) if right else self.width()
                face = font(12)
                ink.left(INNER, line, elided(left, face, end - INNER - GAP), face, name)

    def _lines(self, view: BlockView) -> list[tuple[str, str, str]]:
        palette = self.look.palette
        pace_color = palette.bad if view.pace_is_bad else palette.dim
        pairs = [(view.pace, view.pace_right, pace_color), (view.week, view.week_right, palette.dim)]
        return [each for each in pairs if each[0]]

    def _paint_head(self, ink: Ink, view: BlockView) -> None:
        palette = ink.theme
        end = ink.left(INNER, 26, view.title, font(13, SEMIBOLD), palette.text if view.is_live else palette.dim)
        name = palette.text if view.is_live else palette.dim
        start = ink.right(self.width() - INNER, 26, view.left_text, font(13), name)
        ink.left(end + 10, 26, elided(view.hours, font(13), start - end - 10 - GAP), font(13), palette.dim)

    def _paint_figures(self, ink: Ink, view: BlockView) -> None:
        palette = ink.theme
        name = palette.bad if view.is_hot and view.is_live else palette.text if view.is_live else palette.dim
        end = ink.left(INNER, 72, view.figure, font(13, SEMIBOLD), name)
        end = ink.left(end + GAP, 72, view.figure_word, font(13), palette.dim)
        if view.chip:
            ink.chip(end + 7, 67, view.chip)
        ink.right(self.width() - INNER, 72, view.cost, font(13), palette.dim)


class TodaySection(Section):
    """Today's total, and what is not in it."""

    _view: TodayView | None = None

    def show_view(self, view: TodayView) -> None:
        """Draw this from now on."""
        if view != self._view:
            self._view = view
            parts = (f"{view.title}: {view.tokens} {view.tokens_word}, {view.cost}, {view.chip.text}", view.note)
            self.setAccessibleName(". ".join(part for part in (*parts, view.warning) if part))
            self.setAccessibleDescription(view.warning_tooltip)
            self.setToolTip(view.warning_tooltip)
            self.update()

    def wanted_height(self) -> int:
        """One line, and one for each remark."""
        view = self._view
        return 18 + (20 * (bool(view.note) + bool(view.warning)) if view is not None else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name, provenance, tokens, cost, remarks."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette = ink.theme
            name = palette.text if view.is_live else palette.dim
            end = ink.left(0, 14, view.title, font(13, SEMIBOLD), name)
            ink.chip(round(end) + 10, 9, view.chip)
            start = ink.right(self.width(), 14, view.cost, font(13, SEMIBOLD), name)
            start = ink.right(start - 13, 14, view.tokens_word, font(13), palette.dim)
            ink.right(start - GAP, 14, view.tokens, font(13), name)
            line = 14.0
            if view.note:
                line += 19
                ink.left(0, line, view.note, font(12), palette.dim)
            if view.warning:
                line += 19
                ink.small_mark(Mark.WARNING, 0, line - 10.5, palette.warn)
                ink.left(17, line, view.warning, font(12), palette.dim)


class ReadingSection(Section):
    """Progress of the first read: bar and steps."""

    CARD: ClassVar = 83
    STEP: ClassVar = 25

    _view: ReadingView | None = None

    def show_view(self, view: ReadingView) -> None:
        """Draw this from now on."""
        if view != self._view:
            self._view = view
            steps = ", ".join(f"{step.name} {step.state}" for step in view.steps)
            self.setAccessibleName(f"{view.title} {view.percent}, {view.left}, {view.right}. {steps}")
            self.update()

    def wanted_height(self) -> int:
        """Two cards."""
        steps = len(self._view.steps) if self._view else 0
        return self.CARD + 12 + self.STEP * steps + 16

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar's card, then the steps' card."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette, right = ink.theme, self.width() - INNER
            ink.card(QRectF(0, 0, self.width(), self.CARD))
            ink.left(INNER, 26, view.title, font(13, SEMIBOLD), palette.text)
            ink.right(right, 26, view.percent, font(13, SEMIBOLD), palette.text)
            paint_plain_bar(ink, QRectF(INNER, 38, right - INNER, 8), view.share, palette.accent)
            ink.left(INNER, 67, view.left, font(12), palette.dim)
            ink.right(right, 67, view.right, font(12), palette.dim)
            top = self.CARD + 12
            ink.card(QRectF(0, top, self.width(), self.height() - top))
            for index, step in enumerate(view.steps):
                self._paint_step(ink, step, top + 25 + index * self.STEP)

    def _paint_step(self, ink: Ink, step: StepView, line: int) -> None:
        palette = ink.theme
        tint = palette.ok if step.is_done else palette.dim if step.is_waiting else palette.accent
        paint_mark(ink, step.mark, INNER, line - 13, tint)
        ink.left(36, line, step.name, font(12), palette.dim if step.is_waiting else palette.text)
        room = self.width() - INNER - 36 - width_of(step.name, font(12)) - 10
        ink.right(self.width() - INNER, line, elided(step.state, font(12), room), font(12), palette.dim)
