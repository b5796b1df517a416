"""Small pictures drawn with QPainter in a 16 px box: status, buttons, notices. No image files, no icon font."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from cctray.ui.shapes import Mark
from cctray.ui.theme import Palette, color

BOX: Final = 16
"""Side of the box every mark is drawn in, 1x pixels."""

STROKE: Final = 1.6
HALO_SHARE: Final = 0.24


def status_color(mark: Mark, palette: Palette) -> str:
    """Colour that goes with a machine's status mark; the shape says the same without it."""
    return {
        Mark.LIVE: palette.ok,
        Mark.IDLE: palette.ok,
        Mark.STALE: palette.warn,
        Mark.NEARBY: palette.link,
    }.get(mark, palette.dim)


def paint_mark(painter: QPainter, mark: Mark, x: float, y: float, name: str) -> None:
    """Draw `mark` in the 16 px box whose top left is (x, y), in the colour `#rrggbb`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(color(name)))
    _DRAWERS[mark](painter, color(name))
    painter.restore()


def _pen(ink: QColor, width: float = STROKE) -> QPen:
    pen = QPen(ink, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _lines(painter: QPainter, *spans: tuple[float, float, float, float]) -> None:
    for x1, y1, x2, y2 in spans:
        painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _polyline(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _disc(painter: QPainter, radius: float, ink: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(QPointF(8, 8), radius, radius)


def _live(painter: QPainter, ink: QColor) -> None:
    halo = QColor(ink)
    halo.setAlphaF(HALO_SHARE)
    _disc(painter, 7, halo)
    _disc(painter, 4, ink)


def _idle(painter: QPainter, ink: QColor) -> None:
    painter.setPen(_pen(ink, 2))
    painter.drawEllipse(QPointF(8, 8), 4, 4)


def _stale(painter: QPainter, ink: QColor) -> None:
    pen = QPen(ink, 2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    for step in range(7):
        painter.drawArc(QRectF(4, 4, 8, 8), round((step * 360 / 7 + 90) * 16), 28 * 16)


def _offline(painter: QPainter, ink: QColor) -> None:
    painter.setPen(_pen(ink, 2))
    _lines(painter, (4.75, 4.75, 11.25, 11.25), (4.75, 11.25, 11.25, 4.75))


def _nearby(painter: QPainter, ink: QColor) -> None:
    painter.setPen(_pen(ink, 2))
    _lines(painter, (8, 4, 8, 12), (4, 8, 12, 8))


def _star(painter: QPainter, ink: QColor) -> None:
    corners = [
        QPointF(8 + radius * sin(step * pi / 5), 8.3 - radius * cos(step * pi / 5))
        for step in range(10)
        for radius in (6.6 if step % 2 == 0 else 2.9,)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF(corners))


def _bars(painter: QPainter, _ink: QColor) -> None:
    _lines(painter, (3, 9.6, 3, 12.8), (8, 3.6, 8, 12.8), (13, 6.6, 13, 12.8))


def _pause(painter: QPainter, _ink: QColor) -> None:
    _lines(painter, (5.25, 3.8, 5.25, 12.2), (10.75, 3.8, 10.75, 12.2))


def _play(painter: QPainter, _ink: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(4.5, 3.5), QPointF(12.5, 8), QPointF(4.5, 12.5)]))


def _gear(painter: QPainter, _ink: QColor) -> None:
    painter.drawEllipse(QPointF(8, 8), 4.8, 4.8)
    painter.drawEllipse(QPointF(8, 8), 1.9, 1.9)
    for step in range(8):
        turn = step * pi / 4
        painter.drawLine(
            QPointF(8 + 5.4 * cos(turn), 8 + 5.4 * sin(turn)), QPointF(8 + 6.8 * cos(turn), 8 + 6.8 * sin(turn))
        )


def _folder(painter: QPainter, _ink: QColor) -> None:
    path = QPainterPath(QPointF(2.5, 12.6))
    for x, y in ((2.5, 3.4), (6.4, 3.4), (8.0, 5.4), (13.5, 5.4), (13.5, 12.6)):
        path.lineTo(x, y)
    path.closeSubpath()
    painter.drawPath(path)


def _check(painter: QPainter, _ink: QColor) -> None:
    _polyline(painter, (3.2, 8.6), (6.4, 11.8), (12.8, 4.4))


def _progress(painter: QPainter, _ink: QColor) -> None:
    painter.drawArc(QRectF(2.7, 2.7, 10.6, 10.6), 160 * 16, 280 * 16)


def _clock(painter: QPainter, _ink: QColor) -> None:
    painter.drawEllipse(QPointF(8, 8), 5.6, 5.6)
    _polyline(painter, (8, 4.9), (8, 8.2), (10.2, 9.4))


def _warning(painter: QPainter, _ink: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(8, 3), QPointF(13.4, 12.6), QPointF(2.6, 12.6)]))
    _lines(painter, (8, 6.8, 8, 9.2), (8, 10.9, 8, 10.9))


def _unreachable(painter: QPainter, _ink: QColor) -> None:
    painter.drawArc(QRectF(1.6, 3.8, 12.8, 12.8), 42 * 16, 96 * 16)
    painter.drawArc(QRectF(4.6, 7.2, 6.8, 6.8), 42 * 16, 96 * 16)
    _lines(painter, (2.6, 2.6, 13.4, 13.4))


def _pair(painter: QPainter, _ink: QColor) -> None:
    painter.drawRoundedRect(QRectF(1.8, 2.6, 8, 6.2), 1.6, 1.6)
    path = QPainterPath(QPointF(12, 7.2))
    path.lineTo(13, 7.2)
    path.quadTo(14.2, 7.2, 14.2, 8.4)
    path.lineTo(14.2, 12.2)
    path.quadTo(14.2, 13.4, 13, 13.4)
    path.lineTo(7.4, 13.4)
    path.quadTo(6.2, 13.4, 6.2, 12.2)
    path.lineTo(6.2, 11.2)
    painter.drawPath(path)


def _close(painter: QPainter, _ink: QColor) -> None:
    _lines(painter, (4.6, 4.6, 11.4, 11.4), (4.6, 11.4, 11.4, 4.6))


def _chevron(painter: QPainter, _ink: QColor) -> None:
    _polyline(painter, (4.2, 6.2), (7.5, 9.5), (10.8, 6.2))


def _ring(painter: QPainter, _ink: QColor) -> None:
    painter.drawRoundedRect(QRectF(2, 2, 12, 12), 4, 4)


_DRAWERS: Final[dict[Mark, Callable[[QPainter, QColor], None]]] = {
    Mark.LIVE: _live,
    Mark.IDLE: _idle,
    Mark.STALE: _stale,
    Mark.OFFLINE: _offline,
    Mark.NEARBY: _nearby,
    Mark.STAR: _star,
    Mark.BARS: _bars,
    Mark.PAUSE: _pause,
    Mark.PLAY: _play,
    Mark.GEAR: _gear,
    Mark.FOLDER: _folder,
    Mark.CHECK: _check,
    Mark.PROGRESS: _progress,
    Mark.CLOCK: _clock,
    Mark.WARNING: _warning,
    Mark.UNREACHABLE: _unreachable,
    Mark.PAIR: _pair,
    Mark.CLOSE: _close,
    Mark.CHEVRON: _chevron,
    Mark.RING: _ring,
}
