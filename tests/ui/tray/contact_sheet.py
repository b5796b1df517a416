"""Every state of the tray icon at every size on one picture, for eyes: `test_icon` draws it, `--basetemp` keeps it."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from cctray.core.config import IconShows
from cctray.core.words import Level
from cctray.ui.tray.icon import SIZES, paint
from cctray.ui.tray.icon_look import IconLook, Inside, Panel

GROUNDS: Final = {
    Panel.DARK: "#1c2028",
    Panel.LIGHT: "#eef1f6",
    Panel.UNKNOWN: "#f5f4f3",
    Panel.TEMPLATE: "#f4f4f5",
}
ZOOM: Final = 4
SPACE: Final = 8


def every_look(panel: Panel) -> list[IconLook]:
    """Each state of the design, then every glyph, then the two other things an icon can show."""
    states = [
        IconLook(inside=Inside.IDLE, fill=10, panel=panel),
        IconLook(text="840", fill=6, panel=panel),
        IconLook(text="12k", fill=20, panel=panel),
        IconLook(text="48k", fill=25, level=Level.MODERATE, panel=panel),
        IconLook(text=".2M", fill=23, panel=panel),
        IconLook(text="1M", fill=30, level=Level.HIGH, panel=panel),
        IconLook(text="12k", fill=20, has_problem=True, panel=panel),
        IconLook(inside=Inside.READING, is_dashed=True, fill=13, panel=panel),
        IconLook(inside=Inside.PAUSED, fill=13, panel=panel),
    ]
    glyphs = [IconLook(text=text, fill=20, panel=panel) for text in ("102", "345", "678", "9", "3.2", "99M")]
    number = IconShows.NUMBER
    others = [
        IconLook(text="48k", level=Level.MODERATE, shows=number, panel=panel),
        IconLook(text="1M", level=Level.HIGH, shows=number, panel=panel),
        IconLook(fill=20, level=Level.MODERATE, shows=IconShows.RING, panel=panel),
        IconLook(fill=20, level=Level.HIGH, shows=IconShows.RING, panel=panel),
    ]
    return states + glyphs + others


def contact_sheet(panel: Panel, sizes: tuple[int, ...] = SIZES) -> QImage:
    """One row a size: each look as it is, and magnified."""
    looks = every_look(panel)
    width = sum(max(sizes) * ZOOM + SPACE for _ in looks) + SPACE
    height = sum(size * (ZOOM + 1) + 2 * SPACE for size in sizes) + SPACE
    sheet = QImage(width, height, QImage.Format.Format_RGB32)
    sheet.fill(QColor(GROUNDS[panel]))
    painter = QPainter(sheet)
    top = SPACE
    for size in sizes:
        for column, look in enumerate(looks):
            image, left = paint(look, size), SPACE + column * (max(sizes) * ZOOM + SPACE)
            painter.drawImage(left, top, image)
            painter.drawImage(QRect(left, top + size + SPACE, size * ZOOM, size * ZOOM), image)
        top += size * (ZOOM + 1) + 2 * SPACE
    painter.end()
    return sheet
