"""The tables can be read in both themes, and the choice between them is live."""

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF
from pytestqt.qtbot import QtBot

from cctray.core.config import Theme
from cctray.ui.theme import DARK, LIGHT, Look, Palette, font, mix

LEAST = 4.5
CHIP_SHARE = 0.15
NOTICE_SHARE = 0.10


def luminance(name: str) -> float:
    """WCAG's relative luminance of `#rrggbb`."""
    parts = [int(name[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """WCAG's contrast of two colours."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pairs(palette: Palette) -> dict[str, tuple[str, str]]:
    """Every text colour on every ground it is painted on."""
    found = {
        f"{name} on {ground}": (getattr(palette, name), getattr(palette, ground))
        for name in ("text", "dim", "bad")
        for ground in ("card", "raised")
    }
    found["button"] = (palette.on_button, palette.button)
    found["selection"] = (palette.text, palette.selection)
    found["tag"] = (palette.chip_text, palette.tag)
    found["quiet"] = (palette.link, mix(palette.accent, palette.quiet_share, palette.card))
    for ground in (palette.card, palette.raised):
        found[f"chip on {ground}"] = (palette.chip_text, mix(palette.dim, CHIP_SHARE, ground))
    for tone in (palette.warn, palette.bad):
        found[f"loud chip {tone}"] = (tone, mix(tone, CHIP_SHARE, palette.card))
    notice = mix(palette.warn, NOTICE_SHARE, palette.card)
    found["notice title"], found["notice body"] = (palette.text, notice), (palette.chip_text, notice)
    for mark in ("ok", "warn", "off"):
        found[f"mark {mark}"] = (getattr(palette, mark), palette.card)
    return found


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_can_be_read(palette: Palette) -> None:
    """No text or mark has a contrast below 4.5:1 on the ground it is painted on."""
    weak = {name: round(contrast(*pair), 2) for name, pair in pairs(palette).items() if contrast(*pair) < LEAST}
    assert weak == {}


def test_a_choice_is_live_and_told_once(qtbot: QtBot) -> None:
    """Choosing another theme changes the table and says so; choosing the same one says nothing."""
    look = Look(Theme.DARK)
    told: list[bool] = []
    look.changed.connect(lambda: told.append(look.palette.is_dark))
    look.choose(Theme.LIGHT)
    look.choose(Theme.LIGHT)
    look.choose(Theme.DARK)
    assert told == [False, True]


def test_auto_gives_one_of_the_two_tables(qtbot: QtBot) -> None:
    """Following the system never leaves the two tables, whatever the platform says."""
    assert Look(Theme.AUTO).palette in (DARK, LIGHT)


def test_figures_have_one_width(qtbot: QtBot) -> None:
    """Digits do not make a number jump while it counts, where the font can do that."""
    metrics = QFontMetricsF(font(32, 700))
    widths = {round(metrics.horizontalAdvance(digit * 4), 3) for digit in "0123456789"}
    if QFontInfo(font(32, 700)).family() != "Noto Sans":
        pytest.skip("the font of the measures is not installed")
    assert len(widths) == 1
