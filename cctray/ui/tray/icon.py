"""The tray icon as a picture: `paint` draws a look, `icon_look.look_of` says which.

Pure: no widget, no clock, no environment. Geometry and colours are those of the design tokens.
"""

from typing import Final

from msgspec import Struct, structs
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from cctray.core.config import IconShows
from cctray.core.words import Level
from cctray.ui.tray import digits
from cctray.ui.tray.icon_look import FILL_STEPS, IconLook, Inside, Panel

SIZES: Final = (16, 20, 22, 24, 32, 36, 40, 44, 48, 64)
_BITMAP_UP_TO: Final = 24
_LARGER: Final = 1.18
"""Numbers of one or two glyphs are drawn larger from 32 px."""
_LARGER_PEN: Final = 1.1
_FULL_GLYPHS: Final = 3

_DASHES_SMALL: Final = 8
_DASHES: Final = 12
_MANY_DASHES_FROM: Final = 24
_DASH_GAP: Final = 0.27
"""Gap between two dashes, as a share of a dash and its gap."""


class _Geometry(Struct, frozen=True):
    side: int
    top: int
    radius: float
    dot: int
    rows: int = 0
    """Height of the bitmap digits; 0: strokes."""
    box: float = 0.0
    pen: float = 0.0
    gap: float = 0.0


_GEOMETRY: Final = {
    16: _Geometry(1, 2, 4.5, 5, rows=7),
    20: _Geometry(2, 2, 6.0, 6, rows=8),
    22: _Geometry(1, 2, 6.5, 6, rows=9),
    24: _Geometry(2, 2, 7.0, 7, rows=9),
    32: _Geometry(3, 3, 9.5, 9, box=6.25, pen=2.1, gap=1.7),
    36: _Geometry(3, 3, 10.5, 10, box=7.0, pen=2.4, gap=2.0),
    40: _Geometry(3, 3, 12.0, 11, box=7.75, pen=2.6, gap=2.2),
    44: _Geometry(4, 4, 13.0, 12, box=8.5, pen=2.9, gap=2.4),
    48: _Geometry(4, 4, 14.0, 13, box=9.25, pen=3.1, gap=2.75),
    64: _Geometry(5, 5, 19.0, 17, box=12.5, pen=4.2, gap=3.75),
}


class _Colours(Struct, frozen=True):
    ink: str
    on_plate: str
    bad: str
    levels: dict[Level, str]
    unused_alpha: float = 0.26
    ground: str = ""
    """What the icon stands on where it cannot rely on the panel; empty: the panel."""


_IDLE_ALPHA: Final = 0.62
_TEMPLATE_INK: Final = "#000000"
_DARK: Final = _Colours(
    "#f2f4f8",
    "#14161c",
    "#ff6b6b",
    {Level.NORMAL: "#7c9cff", Level.MODERATE: "#ffb454", Level.HIGH: "#ff6b6b"},
)
_COLOURS: Final = {
    Panel.DARK: _DARK,
    Panel.UNKNOWN: structs.replace(_DARK, ground="#1c2028"),
    Panel.LIGHT: _Colours(
        "#1b2130",
        "#ffffff",
        "#d93a3a",
        {Level.NORMAL: "#3b6cf6", Level.MODERATE: "#b86a00", Level.HIGH: "#d93a3a"},
    ),
    Panel.TEMPLATE: _Colours(_TEMPLATE_INK, _TEMPLATE_INK, _TEMPLATE_INK, dict.fromkeys(Level, _TEMPLATE_INK), 0.30),
}


def paint(look: IconLook, size: int) -> QImage:
    """Draw a look at a size of at least 16 px; a size without measures of its own gets the next smaller, centred."""
    drawn = max((known for known in SIZES if known <= size), default=SIZES[0])
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    offset = (size - drawn) // 2
    painter.translate(offset, offset)
    _Sketch(painter, look, drawn).draw()
    painter.end()
    return image


class _Sketch:
    """One icon being drawn: the painter, what to show, and the measures."""

    def __init__(self, painter: QPainter, look: IconLook, size: int) -> None:
        self._painter = painter
        self._look = look
        self._size = size
        self._geometry = _GEOMETRY[size]
        self._colours = _COLOURS[look.panel]
        self._is_bitmap = size <= _BITMAP_UP_TO
        # Without a number the ring is all there is: never invisible.
        self._shows_ring = look.shows is not IconShows.NUMBER or not look.text

    def draw(self) -> None:
        """Ring or plate, then what stands in it, then the dot."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(Qt.PenStyle.NoPen)
        if self._colours.ground:
            self._fill(self._rounded(0, 0, self._geometry.radius), QColor(self._colours.ground))
        if self._look.level is Level.HIGH:
            self._draw_plate()
        elif self._shows_ring:
            self._draw_ring()
        if self._look.text:
            self._draw_number()
        elif self._look.inside is Inside.READING:
            self._draw_reading_dots()
        elif self._look.inside is Inside.PAUSED:
            self._draw_pause_bars()
        if self._look.level is Level.MODERATE:
            self._draw_underline()
        if self._look.has_problem:
            self._draw_problem_dot()

    # -- ring and plate

    def _draw_ring(self) -> None:
        ring = self._ring()
        if self._look.is_dashed:
            self._draw_dashes(ring)
            return
        used = ring.intersected(self._pie(0, self._look.fill / FILL_STEPS))
        self._fill(ring, self._unused_colour())
        self._fill(used, self._used_colour())

    def _draw_dashes(self, ring: QPainterPath) -> None:
        count = _DASHES_SMALL if self._size < _MANY_DASHES_FROM else _DASHES
        gap = _DASH_GAP / count
        filled = round(self._look.fill / FILL_STEPS * count)
        for index in range(count):
            dash = ring.intersected(self._pie(index / count + gap / 2, (index + 1) / count - gap / 2))
            self._fill(dash, self._used_colour() if index < filled else self._unused_colour())

    def _draw_plate(self) -> None:
        plate_colour = QColor(self._colours.levels[Level.HIGH])
        if not self._shows_ring:
            self._fill(self._rounded(0, 0, self._geometry.radius), plate_colour)
            return
        ring = self._ring()
        used = ring.intersected(self._pie(0, self._look.fill / FILL_STEPS))
        self._fill(ring, self._unused_colour())
        if self._is_bitmap:
            # One path: two that only touch would show a seam.
            self._fill(used.united(self._inside()), plate_colour)
            return
        self._fill(used, plate_colour)
        inset = self._geometry.side + max(1, round(self._size / 32))
        self._fill(self._rounded(inset, inset, self._geometry.radius - inset), plate_colour)

    def _ring(self) -> QPainterPath:
        return self._rounded(0, 0, self._geometry.radius).subtracted(self._inside())

    def _inside(self) -> QPainterPath:
        side, top = self._geometry.side, self._geometry.top
        return self._rounded(side, top, self._geometry.radius - max(side, top))

    def _rounded(self, side: float, top: float, radius: float, radius_y: float | None = None) -> QPainterPath:
        path = QPainterPath()
        rect = QRectF(side, top, self._size - 2 * side, self._size - 2 * top)
        path.addRoundedRect(rect, radius, radius if radius_y is None else radius_y)
        return path

    def _pie(self, begin: float, end: float) -> QPainterPath:
        """Wedge between two shares of the way round, clockwise from 12 o'clock, larger than the icon."""
        path = QPainterPath()
        if end <= begin:
            return path
        square = QRectF(-self._size, -self._size, 3 * self._size, 3 * self._size)
        if end - begin >= 1:
            path.addRect(square)
            return path
        path.moveTo(square.center())
        path.arcTo(square, 90 - 360 * begin, -360 * (end - begin))
        path.closeSubpath()
        return path

    # -- what stands inside

    def _draw_number(self) -> None:
        is_cut_out = self._look.level is Level.HIGH and self._look.panel is Panel.TEMPLATE
        if is_cut_out:
            self._painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        if self._is_bitmap:
            self._draw_bitmap_number()
        else:
            self._draw_stroke_number()
        self._painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _draw_bitmap_number(self) -> None:
        rows, text = self._geometry.rows, self._look.text
        left = (self._size - digits.bitmap_width(text, rows)) // 2
        top = self._bitmap_top()
        for x, y in digits.bitmap_pixels(text, rows):
            self._painter.fillRect(left + x, top + y, 1, 1, self._number_colour())

    def _bitmap_top(self) -> int:
        top = (self._size - self._geometry.rows) // 2
        if self._look.level is not Level.MODERATE:
            return top
        return top - (1 if self._size == SIZES[0] else 2)

    def _draw_stroke_number(self) -> None:
        box, pen, gap = self._stroke_measures()
        text = self._look.text
        path = digits.stroke_path(text, box, pen, gap)
        path.translate((self._size - digits.stroke_width(text, box, pen, gap)) / 2, self._stroke_top(box))
        stroke = QPen(self._number_colour(), pen)
        stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
        stroke.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.strokePath(path, stroke)

    def _stroke_measures(self) -> tuple[float, float, float]:
        measures = self._geometry
        if len(self._look.text) >= _FULL_GLYPHS:
            return measures.box, measures.pen, measures.gap
        return measures.box * _LARGER, measures.pen * _LARGER_PEN, measures.gap

    def _stroke_top(self, box: float) -> float:
        lift = round(self._size / 13) if self._look.level is Level.MODERATE else 0
        return self._size / 2 - box - lift

    def _draw_underline(self) -> None:
        width = self._size // 2 + self._size // 2 % 2
        left = (self._size - width) / 2
        if self._is_bitmap:
            height = 1 if self._size == SIZES[0] else 2
            top = self._bitmap_top() + self._geometry.rows + 1 if self._look.text else (self._size - height) // 2
            self._painter.fillRect(QRectF(left, top, width, height), self._used_colour())
            return
        thick = round(self._size / 14)
        box = self._stroke_measures()[0]
        below = self._stroke_top(box) + 2 * box + self._size / 18 if self._look.text else (self._size - thick) / 2
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(left, round(below), width, thick), thick / 3, thick / 3)
        self._fill(bar, self._used_colour())

    def _draw_reading_dots(self) -> None:
        middle = self._size / 2
        if self._is_bitmap:
            pitch = 3 if self._size < SIZES[2] else 4
            for step in (-1, 0, 1):
                self._painter.fillRect(QRectF(middle - 1 + step * pitch, middle - 1, 2, 2), self._ink())
            return
        for step in (-1, 0, 1):
            dot = QPainterPath()
            dot.addEllipse(QPointF(middle + step * self._size * 3 / 16, middle), self._size / 18, self._size / 18)
            self._fill(dot, self._ink())

    def _draw_pause_bars(self) -> None:
        """Whole pixels at every size: two bars, as wide as the space between them."""
        width = max(2, round(self._size / 9))
        height = 2 * round(self._size * 0.2)
        left = self._size // 2 - width - (width + 1) // 2
        top = (self._size - height) // 2
        for bar in (left, self._size - left - width):
            self._painter.fillRect(QRectF(bar, top, width, height), self._ink(_IDLE_ALPHA))

    def _draw_problem_dot(self) -> None:
        diameter = self._geometry.dot
        margin = 1.0 if self._is_bitmap else self._size / 24
        at = self._size - diameter
        cleared, dot = QPainterPath(), QPainterPath()
        dot.addEllipse(QRectF(at, at, diameter, diameter))
        cleared.addEllipse(QRectF(at - margin, at - margin, diameter + 2 * margin, diameter + 2 * margin))
        self._painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        self._fill(cleared, self._ink())
        self._painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        self._fill(dot, QColor(self._colours.bad))

    # -- colours

    def _fill(self, path: QPainterPath, colour: QColor) -> None:
        self._painter.fillPath(path, colour)

    def _ink(self, alpha: float = 1.0) -> QColor:
        colour = QColor(self._colours.ink)
        colour.setAlphaF(alpha)
        return colour

    def _unused_colour(self) -> QColor:
        return self._ink(self._colours.unused_alpha)

    def _used_colour(self) -> QColor:
        if self._look.inside in {Inside.IDLE, Inside.PAUSED} and not self._look.is_dashed:
            return self._ink(_IDLE_ALPHA)
        return QColor(self._colours.levels[self._look.level])

    def _number_colour(self) -> QColor:
        if self._look.level is Level.HIGH:
            return QColor(self._colours.on_plate)
        return self._ink(_IDLE_ALPHA if self._look.inside is Inside.IDLE else 1.0)
