"""The tray icon at its real sizes on a dark and a light panel, drawn by the icon's own painter from example numbers."""

from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from cctray.core.config import Config
from cctray.core.snapshot import Limit, Problem, Rate, Snapshot
from cctray.ui.ink import Ink
from cctray.ui.theme import DARK, LIGHT, SEMIBOLD, Look, Palette, color, font
from cctray.ui.tray.icon import paint
from cctray.ui.tray.icon_look import IconLook, Panel, look_of

translate = QCoreApplication.translate

SIZES: Final = (16, 22, 24, 32, 44)
STATE_SIZE: Final = 32
GAP: Final = 16
HIGH: Final = 196
PAD: Final = 16

_RUNNING: Final = Snapshot(
    rev=0,
    at_ms=0,
    live=Rate(tokens_per_minute=12_400, io_tokens_per_minute=2_600, cost_per_hour=3.2),
    limit=Limit(used_share=0.52, resets_at_ms=1, seen_at_ms=0),
)
_TROUBLE: Final = Problem(code="example", title="", remedy="", is_severe=True)
EXAMPLES: Final = (
    replace(_RUNNING, live=Rate()),
    replace(_RUNNING, live=Rate(tokens_per_minute=840, io_tokens_per_minute=120, cost_per_hour=0.4)),
    _RUNNING,
    replace(_RUNNING, live=Rate(tokens_per_minute=1_000_000, io_tokens_per_minute=9_000, cost_per_hour=41.6)),
    replace(_RUNNING, problems=(_TROUBLE,), live=Rate(tokens_per_minute=12_400, io_tokens_per_minute=900)),
)
"""Idle, normal, moderate, high, problem: numbers as they may come, not those of this machine."""


class IconPreview(QWidget):
    """Two panels side by side."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._config = Config()
        self.setFixedHeight(HIGH)
        self.setAccessibleName(translate("Settings", "The icon at its real sizes on a dark and a light panel"))
        look.changed.connect(self.update)

    def show_config(self, config: Config) -> None:
        """Draw the icon as these settings make it."""
        if config != self._config:
            self._config = config
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both panels."""
        half = (self.width() - GAP) / 2
        with Ink(self, self._look.palette) as ink:
            for index, (palette, panel) in enumerate(((DARK, Panel.DARK), (LIGHT, Panel.LIGHT))):
                ink.save()
                ink.translate(index * (half + GAP), 0)
                self._paint_panel(ink, half, palette, panel)
                ink.restore()

    def _paint_panel(self, ink: Ink, wide: float, palette: Palette, panel: Panel) -> None:
        ink.rounded(QRectF(0, 0, wide, HIGH), 12, color(palette.bg), color(self._look.palette.line))
        name = translate("Settings", "Dark panel") if palette.is_dark else translate("Settings", "Light panel")
        ink.left(PAD, 26, name, font(11, SEMIBOLD), palette.dim)
        x = float(PAD)
        for size in SIZES:
            self._paint_icon(ink, look_of(EXAMPLES[2], self._config, panel), x, 66, size)
            ink.centred(x + size / 2, 106, str(size), font(11), palette.dim)
            x += size + 18
        step = (wide - 2 * PAD) / len(EXAMPLES)
        for index, (snapshot, word) in enumerate(zip(EXAMPLES, state_words(), strict=True)):
            middle = PAD + (index + 0.5) * step
            self._paint_icon(ink, look_of(snapshot, self._config, panel), middle - STATE_SIZE / 2, 146, STATE_SIZE)
            ink.centred(middle, 182, word, font(11), palette.dim)

    def _paint_icon(self, ink: Ink, icon: IconLook, x: float, middle: float, size: int) -> None:
        """On whole device pixels: a scaled icon would not be the real one."""
        scale = self.devicePixelRatioF()
        image = paint(icon, max(16, round(size * scale)))
        image.setDevicePixelRatio(scale)
        ink.drawImage(QRectF(round(x), round(middle - size / 2), size, size), image)


def state_words() -> tuple[str, ...]:
    """What the examples are called."""
    return (
        translate("Settings", "idle"),
        translate("Settings", "normal"),
        translate("Settings", "moderate"),
        translate("Settings", "high"),
        translate("Settings", "problem"),
    )
