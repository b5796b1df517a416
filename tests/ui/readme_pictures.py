"""The README's pictures, of the program's own widgets with sample data; `screenshots --readme FOLDER` writes them."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from cctray.core.config import Theme
from cctray.ui.theme import DARK, LIGHT, Look, Palette, font
from cctray.ui.tray.icon import paint
from cctray.ui.tray.icon_look import IconLook, Panel
from cctray.ui.tray.menu import MenuView, menu_items
from cctray.ui.tray.popover import Popover
from tests.ui.snapshots import SAMPLES
from tests.ui.tray.contact_sheet import GROUNDS, every_look

SCALE: Final = 2
"""Pixels of a picture per pixel of the page: screens of today show two."""
SMALLEST: Final = 0
"""What Qt calls the quality of a PNG of the least size; nothing is lost."""

COLUMN: Final = 82
ROW: Final = 66
ICON: Final = 22
ROUND: Final = 10
LABELS: Final = (
    "idle",
    "840 / min",
    "12k / min",
    "moderate",
    "200k / min",
    "high",
    "problem",
    "first read",
    "paused",
)
"""One for each state that `every_look` begins with."""


def write(folder: Path, app: QApplication, popovers: dict[Theme, Popover]) -> None:
    """Write all pictures that need no real panel."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = SAMPLES["one-machine-plain"]
    for theme, popover in popovers.items():
        popover.show_snapshot(sample.snapshot)
        popover.show_at(sample.now_ms)
        app.processEvents()
        _save(_drawn(popover, QWidget.RenderFlag.DrawChildren), folder / f"popover-{theme}.png")
        palette = Look(theme).palette
        menu = MenuView(lambda _command: None, lambda _door: None, palette)
        menu.show_items(menu_items(sample.snapshot), palette)
        menu.menu.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        menu.menu.popup(QPoint())
        menu.menu.setActiveAction(menu.menu.actions()[2])
        app.processEvents()
        flags = QWidget.RenderFlag.DrawChildren | QWidget.RenderFlag.DrawWindowBackground
        _save(_drawn(menu.menu, flags), folder / f"menu-{theme}.png")
        menu.menu.close()
    _save(_icon_strip(), folder / "icon.png")


def _canvas(size: QSize) -> QImage:
    image = QImage(size * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _drawn(widget: QWidget, flags: QWidget.RenderFlag) -> QImage:
    """The widget on nothing, so that it stands on the page itself."""
    image = _canvas(widget.size())
    widget.render(image, QPoint(), QRegion(), flags)
    return image


def _icon_strip() -> QImage:
    """The states of the icon as a dark and as a light panel show them."""
    image = _canvas(QSize(COLUMN * len(LABELS), 2 * ROW + ROUND))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for top, panel, palette in ((0, Panel.DARK, DARK), (ROW + ROUND, Panel.LIGHT, LIGHT)):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(GROUNDS[panel]))
        painter.drawRoundedRect(QRectF(0, top, COLUMN * len(LABELS), ROW), ROUND, ROUND)
        for column, (look, label) in enumerate(zip(every_look(panel), LABELS, strict=False)):
            _state(painter, QPoint(column * COLUMN, top), look, label, palette)
    painter.end()
    return image


def _state(painter: QPainter, place: QPoint, look: IconLook, label: str, palette: Palette) -> None:
    picture = paint(look, ICON * SCALE)
    picture.setDevicePixelRatio(SCALE)
    painter.drawImage(place + QPoint((COLUMN - ICON) // 2, 12), picture)
    painter.setPen(QColor(palette.dim))
    painter.setFont(font(11))
    painter.drawText(QRect(place + QPoint(0, 40), QSize(COLUMN, 16)), Qt.AlignmentFlag.AlignCenter, label)


def _save(image: QImage, path: Path) -> None:
    image.save(str(path), quality=SMALLEST)
