"""The soft shadow under a floating card: made once at a small size, stretched by nine patches. Painting only."""

from functools import lru_cache
from math import erf
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

BLUR: Final = 40
DROP: Final = 10
RADIUS: Final = 16
REACH: Final = 36
"""How far the shadow is painted beyond the card; beyond this its alpha is under half a step of 8 bits."""
CORE: Final = 56
"""Side of the card the patch is made for: its corners' shadows must not overlap."""
LAYERS: Final = 36
"""Steps of the blur; below some 30 the eye sees rings."""

MARGINS: Final = (REACH, REACH - DROP, REACH, REACH + DROP)
"""Left, top, right, bottom room that a card with a shadow needs around it, 1x pixels."""


@lru_cache(maxsize=4)
def _patch(share: float, scale: float) -> QImage:
    side = CORE + 2 * REACH + 2 * RADIUS
    image = QImage(round(side * scale), round(side * scale), QImage.Format.Format_RGBA64_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    done = 0.0
    for layer in range(LAYERS):
        grow = REACH - (layer + 0.5) * 2 * REACH / LAYERS
        wanted = share * (1 - erf(grow / (BLUR / 2) / 2**0.5)) / 2
        ink = QColor(0, 0, 0)
        ink.setAlphaF(max(0.0, (wanted - done) / (1 - done)))
        done = max(done, wanted)
        painter.setBrush(ink)
        box = QRectF(REACH, REACH, side - 2 * REACH, side - 2 * REACH).adjusted(-grow, -grow, grow, grow)
        painter.drawRoundedRect(box, max(2.0, RADIUS + grow), max(2.0, RADIUS + grow))
    painter.end()
    return image


def paint_shadow(painter: QPainter, card: QRectF, share: float, scale: float) -> None:
    """Paint the shadow of `card` (1x pixels); `share`: its darkest alpha, `scale`: device pixels a pixel."""
    image = _patch(share, scale)
    side = image.width() / scale
    corner = (side - 2) / 2
    outer = card.adjusted(-REACH, -REACH, REACH, REACH).translated(0, DROP)
    source_cuts = (0.0, corner, side - corner, side)
    across = (outer.left(), outer.left() + corner, outer.right() - corner, outer.right())
    down = (outer.top(), outer.top() + corner, outer.bottom() - corner, outer.bottom())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    for row in range(3):
        for column in range(3):
            target = QRectF(across[column], down[row], across[column + 1] - across[column], down[row + 1] - down[row])
            source = QRectF(
                source_cuts[column] * scale,
                source_cuts[row] * scale,
                (source_cuts[column + 1] - source_cuts[column]) * scale,
                (source_cuts[row + 1] - source_cuts[row]) * scale,
            )
            painter.drawImage(target, image, source)
