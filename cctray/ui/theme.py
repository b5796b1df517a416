"""Colours and fonts of every window: two frozen tables, one type scale, and the choice between them.

No widget and no painting here; contrast of the tables is pinned by a test.
"""

from functools import lru_cache
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette

from cctray.core.config import Theme

FAMILIES: Final = ["Noto Sans", "Segoe UI Variable", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Cantarell"]
"""First one that is installed is taken; Noto Sans is what the measures were drawn with."""

REGULAR: Final = 400
MEDIUM: Final = 500
SEMIBOLD: Final = 600
BOLD: Final = 700

MID_LIGHTNESS: Final = 128
"""Below this the system's window colour is called dark, where the system names no scheme."""


class Palette(Struct, frozen=True, kw_only=True):
    """One theme: colours as `#rrggbb`, shares as 0.0 to 1.0."""

    is_dark: bool
    bg: str
    card: str
    raised: str
    line: str
    edge: str
    control_edge: str
    track: str
    text: str
    dim: str
    accent: str
    button: str
    on_button: str
    link: str
    used_from: str
    used_to: str
    ok: str
    warn: str
    bad: str
    off: str
    selection: str
    tag: str
    chip_text: str
    spark_share: float
    """How strong the sparkline's fill is at its top."""
    quiet_share: float
    """How strong the accent is in a quiet button's ground."""
    shadow_share: float
    """Darkest alpha of the popover's shadow."""


DARK: Final = Palette(
    is_dark=True,
    bg="#0f1218",
    card="#171c26",
    raised="#1e2431",
    line="#252c3a",
    edge="#2e3646",
    control_edge="#333c4e",
    track="#2a3243",
    text="#e6e9ef",
    dim="#8b93a7",
    accent="#7c9cff",
    button="#7c9cff",
    on_button="#0f1218",
    link="#8faaff",
    used_from="#5b7cff",
    used_to="#b18cff",
    ok="#3ddc97",
    warn="#ffb454",
    bad="#ff6b6b",
    off="#7d8599",
    selection="#2a3550",
    tag="#262d3c",
    chip_text="#a9b1c4",
    spark_share=0.42,
    quiet_share=0.16,
    shadow_share=0.30,
)

LIGHT: Final = Palette(
    is_dark=False,
    bg="#f4f6fa",
    card="#ffffff",
    raised="#f4f6fa",
    line="#e3e7ef",
    edge="#d9dee8",
    control_edge="#cfd6e3",
    track="#dfe4ee",
    text="#1b2130",
    dim="#5d677a",
    accent="#3b6cf6",
    button="#3263ea",
    on_button="#ffffff",
    link="#2b59d6",
    used_from="#4a72fa",
    used_to="#8d63f0",
    ok="#0a7247",
    warn="#8a5000",
    bad="#b92828",
    off="#6a7386",
    selection="#e4ebfd",
    tag="#e9edf4",
    chip_text="#535d70",
    spark_share=0.30,
    quiet_share=0.10,
    shadow_share=0.12,
)


@lru_cache(maxsize=512)
def color(name: str, alpha: float = 1.0) -> QColor:
    """The `#rrggbb` as a colour with `alpha` 0.0 to 1.0; do not change what it returns."""
    result = QColor(name)
    result.setAlphaF(alpha)
    return result


def mix(over: str, share: float, under: str) -> str:
    """`over` laid on `under` with `share` 0.0 to 1.0, as `#rrggbb`."""
    top, ground = QColor(over), QColor(under)
    pairs = zip((top.red(), top.green(), top.blue()), (ground.red(), ground.green(), ground.blue()), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@lru_cache(maxsize=64)
def font(pixels: int, weight: int = REGULAR) -> QFont:
    """A font of the scale with figures of one width; pixels, never points, so that it scales with the screen alone."""
    result = QFont()
    result.setFamilies(FAMILIES)
    result.setPixelSize(pixels)
    result.setWeight(QFont.Weight(weight))
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


class Look(QObject):
    """The theme in force. `changed` tells every window to paint itself again."""

    changed = Signal()

    def __init__(self, choice: Theme = Theme.AUTO, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system)
        self._palette = self._decide()

    @property
    def palette(self) -> Palette:
        """The table to paint with now."""
        return self._palette

    @property
    def choice(self) -> Theme:
        """What the user chose."""
        return self._choice

    def choose(self, choice: Theme) -> None:
        """Follow the system, or stay dark or light."""
        self._choice = choice
        self._refresh()

    def _on_system(self, _scheme: Qt.ColorScheme) -> None:
        self._refresh()

    def _refresh(self) -> None:
        palette = self._decide()
        if palette is not self._palette:
            self._palette = palette
            self.changed.emit()

    def _decide(self) -> Palette:
        if self._choice is not Theme.AUTO:
            return DARK if self._choice is Theme.DARK else LIGHT
        return DARK if system_is_dark() else LIGHT


def system_is_dark() -> bool:
    """Whether the desktop is dark: by its colour scheme, else by its window colour (bare window managers)."""
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme is Qt.ColorScheme.Unknown:
        return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < MID_LIGHTNESS
    return scheme is Qt.ColorScheme.Dark


def qt_palette(palette: Palette) -> QPalette:
    """The table as Qt's own palette, for the parts of dialogs that no style sheet reaches."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, palette.card),
        (role.Base, palette.raised),
        (role.AlternateBase, palette.card),
        (role.Button, palette.raised),
        (role.ToolTipBase, palette.raised),
        (role.Highlight, palette.button),
        (role.Link, palette.link),
        (role.WindowText, palette.text),
        (role.Text, palette.text),
        (role.ButtonText, palette.text),
        (role.ToolTipText, palette.text),
        (role.PlaceholderText, palette.dim),
        (role.HighlightedText, palette.on_button),
    ):
        result.setColor(target, color(name))
    return result
