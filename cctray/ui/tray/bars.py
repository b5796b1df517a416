"""The bars of the popover: used share with pace, or plain progress. Painting only."""

from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainterPath, QPen

from cctray.ui.ink import Ink
from cctray.ui.theme import color
from cctray.ui.tray.popover_model import BlockView

HATCH_EVERY: Final = 5
HATCH_WIDE: Final = 1.4
HATCH_SHARE: Final = 0.5
PACE_SHARE: Final = 0.2
TICK_WIDE: Final = 2
TICK_GAP: Final = 5
TICK_REACH: Final = 4


def paint_plain_bar(ink: Ink, box: QRectF, share: float, fill: str) -> None:
    """A bar filled to `share` (0.0 to 1.0) with one colour."""
    _paint_track(ink, box)
    if share > 0:
        _paint_used(ink, box, share, color(fill))


def paint_bar(ink: Ink, box: QRectF, view: BlockView) -> None:
    """The block's bar: used part, pace and tick where a limit is known, else elapsed time in a neutral colour."""
    palette = ink.theme
    _paint_track(ink, box)
    share = view.used if view.used is not None else view.elapsed or 0.0
    if not view.is_live or view.used is None:
        _paint_used(ink, box, share, color(palette.off))
        return
    if view.projected is not None and view.projected > view.used:
        _paint_pace(ink, box, view.used, min(1.0, view.projected), palette.bad if view.is_hot else palette.accent)
    _paint_used(ink, box, share, _used_brush(ink, box, view))
    if view.elapsed is not None:
        _paint_tick(ink, box, view.elapsed)


def _paint_track(ink: Ink, box: QRectF) -> None:
    ink.rounded(box, box.height() / 2, color(ink.theme.track))


def _used_brush(ink: Ink, box: QRectF, view: BlockView) -> QBrush:
    palette = ink.theme
    if view.is_hot:
        return QBrush(color(palette.bad))
    end = box.left() + max(box.height(), box.width() * (view.used or 0.0))
    gradient = QLinearGradient(box.left(), 0, end, 0)
    gradient.setColorAt(0, color(palette.used_from))
    gradient.setColorAt(1, color(palette.used_to))
    return QBrush(gradient)


def _paint_used(ink: Ink, box: QRectF, share: float, brush: QBrush | QColor) -> None:
    """The rounded end never gets narrower than a disc, and never leaves the track."""
    if share <= 0:
        return
    wide = max(box.height(), box.width() * min(1.0, share))
    ink.setPen(Qt.PenStyle.NoPen)
    ink.setBrush(brush)
    ink.drawRoundedRect(QRectF(box.left(), box.top(), wide, box.height()), box.height() / 2, box.height() / 2)


def _paint_pace(ink: Ink, box: QRectF, start: float, end: float, tint: str) -> None:
    track = QPainterPath()
    track.addRoundedRect(box, box.height() / 2, box.height() / 2)
    left = box.left() + max(0.0, box.width() * start - box.height() / 2)
    right = box.left() + box.width() * end
    ink.save()
    ink.setClipPath(track)
    ink.setClipRect(QRectF(left, box.top(), right - left, box.height()), Qt.ClipOperation.IntersectClip)
    ink.fillRect(box, color(tint, PACE_SHARE))
    ink.setPen(QPen(color(tint, HATCH_SHARE), HATCH_WIDE))
    x = box.left() - box.height()
    while x < box.right():
        ink.drawLine(QLineF(x - 1, box.bottom() + 1, x + box.height() + 1, box.top() - 1))
        x += HATCH_EVERY
    ink.restore()


def _paint_tick(ink: Ink, box: QRectF, share: float) -> None:
    middle = float(round(box.left() + box.width() * min(1.0, max(0.0, share))))
    middle = min(box.right() - TICK_WIDE, max(box.left() + TICK_WIDE, middle))
    ink.fillRect(QRectF(middle - TICK_GAP / 2, box.top(), TICK_GAP, box.height()), color(ink.theme.raised))
    tall = QRectF(middle - TICK_WIDE / 2, box.top() - TICK_REACH, TICK_WIDE, box.height() + 2 * TICK_REACH)
    ink.rounded(tall, TICK_WIDE / 2, color(ink.theme.text))
