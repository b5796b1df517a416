"""Painting of text, chips and cards by the theme: one `Ink` per paint event. Knows no Snapshot and no layout."""

from typing import Final, Self

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPaintDevice, QPainter, QPen

from cctray.ui.marks import paint_mark
from cctray.ui.shapes import Chip, Mark, Tone
from cctray.ui.theme import MEDIUM, SEMIBOLD, Palette, color, font

CHIP_HIGH: Final = 18
CHIP_RADIUS: Final = 5
CHIP_PAD: Final = 7
TAG_PAD: Final = 6
CHIP_FONT_PX: Final = 11
CHIP_MARK_WIDE: Final = 14
CHIP_SHARE: Final = 0.15
CARD_RADIUS: Final = 12
NOTICE_EDGE_SHARE: Final = 0.35


def width_of(text: str, face: QFont) -> float:
    """How wide the text is, 1x pixels."""
    return QFontMetricsF(face).horizontalAdvance(text)


def elided(text: str, face: QFont, width: float) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    return QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


def chip_width(chip: Chip) -> float:
    """How wide the chip is, 1x pixels."""
    pad = TAG_PAD if chip.tone is Tone.TAG else CHIP_PAD
    mark = CHIP_MARK_WIDE if chip.mark else 0
    return round(width_of(chip.text, _chip_font(chip)) + 2 * pad + mark)


def tone_color(tone: Tone, palette: Palette) -> str:
    """Colour of a tone's marks and edges."""
    return {Tone.WARN: palette.warn, Tone.BAD: palette.bad}.get(tone, palette.dim)


def _chip_font(chip: Chip) -> QFont:
    return font(CHIP_FONT_PX, SEMIBOLD if chip.tone in (Tone.WARN, Tone.BAD) else MEDIUM)


class Ink(QPainter):
    """A painter that knows the theme. Baselines and boxes are 1x pixels of the widget."""

    def __init__(self, device: QPaintDevice, palette: Palette) -> None:
        super().__init__(device)
        self.theme = palette
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.TextAntialiasing)

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def left(self, x: float, baseline: float, text: str, face: QFont, name: str) -> float:
        """Draw from `x`; returns where the text ends."""
        self.setFont(face)
        self.setPen(color(name))
        self.drawText(QPointF(x, baseline), text)
        return x + width_of(text, face)

    def right(self, x: float, baseline: float, text: str, face: QFont, name: str) -> float:
        """Draw so that it ends at `x`; returns where the text begins."""
        start = x - width_of(text, face)
        self.left(start, baseline, text, face, name)
        return start

    def centred(self, x: float, baseline: float, text: str, face: QFont, name: str) -> None:
        """Draw with its middle at `x`."""
        self.left(x - width_of(text, face) / 2, baseline, text, face, name)

    def paragraph(self, box: QRectF, text: str, face: QFont, name: str) -> None:
        """Draw wrapped in the box, as plain text."""
        self.setFont(face)
        self.setPen(color(name))
        self.drawText(box, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft), text)

    def chip(self, x: float, middle: float, chip: Chip) -> float:
        """Draw a chip whose middle is at y `middle`; returns where it ends."""
        wide, pad = chip_width(chip), TAG_PAD if chip.tone is Tone.TAG else CHIP_PAD
        loud = chip.tone in (Tone.WARN, Tone.BAD)
        tint = tone_color(chip.tone, self.theme)
        ground = color(self.theme.tag) if chip.tone is Tone.TAG else color(tint, CHIP_SHARE)
        self.rounded(QRectF(x, middle - CHIP_HIGH / 2, wide, CHIP_HIGH), CHIP_RADIUS, ground)
        start = x + pad
        if chip.mark:
            name = self.theme.link if chip.mark is Mark.STAR else tint if loud else self.theme.chip_text
            self.small_mark(chip.mark, start - 1, middle - 6, name)
            start += CHIP_MARK_WIDE
        self.left(start, middle + 4, chip.text, _chip_font(chip), tint if loud else self.theme.chip_text)
        return x + wide

    def small_mark(self, mark: Mark, x: float, y: float, name: str) -> None:
        """A mark at three quarters of its size, as chips hold it."""
        self.save()
        self.translate(x, y)
        self.scale(0.75, 0.75)
        paint_mark(self, mark, 0, 0, name)
        self.restore()

    def rounded(self, box: QRectF, radius: float, ground: QBrush | QColor, edge: QColor | None = None) -> None:
        """A filled box with round corners and, if asked, an edge of one pixel inside it."""
        self.setPen(Qt.PenStyle.NoPen)
        self.setBrush(ground)
        if edge is None:
            self.drawRoundedRect(box, radius, radius)
            return
        self.setPen(QPen(edge, 1))
        self.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius - 0.5, radius - 0.5)

    def card(self, box: QRectF) -> None:
        """A raised card."""
        self.rounded(box, CARD_RADIUS, color(self.theme.raised), color(self.theme.line))

    def rule(self, y: float, width: float) -> None:
        """A line of one pixel across."""
        self.fillRect(QRectF(0, y, width, 1), color(self.theme.line))
