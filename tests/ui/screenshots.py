"""Draws popover and dialogs in every state, dark and light, 1x and 2x: `python -m tests.ui.screenshots FOLDER`.

With `--readme FOLDER` the README's pictures instead. `tray.png` beside them is of a real panel, taken by hand.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from cctray.core.config import Config, Theme
from cctray.ui.bridge import Bridge
from cctray.ui.diagnostics import DiagnosticsDialog
from cctray.ui.settings.dialog import SettingsDialog
from cctray.ui.theme import Look
from cctray.ui.tray.popover import Popover
from cctray.ui.tray.popover_model import Action
from tests.ui import readme_pictures
from tests.ui.snapshots import FOUND, SAMPLES

GROUNDS = {Theme.DARK: ("#232a3b", "#0f121a"), Theme.LIGHT: ("#e0e6f4", "#eef1f9")}


def picture(widget: QWidget, theme: Theme, scale: float) -> QPixmap:
    """The widget on a ground like a desktop's, at `scale` device pixels per pixel."""
    size = widget.size()
    result = QPixmap(round(size.width() * scale), round(size.height() * scale))
    result.setDevicePixelRatio(scale)
    painter = QPainter(result)
    gradient = QLinearGradient(0, 0, size.width(), size.height())
    for place, name in enumerate(GROUNDS[theme]):
        gradient.setColorAt(place, QColor(name))
    painter.fillRect(widget.rect(), gradient)
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return result


def make_popover(look: Look) -> tuple[Bridge, Popover]:
    """A popover in which everything that can be asked is answered."""
    bridge = Bridge(lambda _command: None)
    nothing = {action: lambda: None for action in (Action.PAIR, Action.RETRY_HUB, Action.DETAILS)}
    popover = Popover(
        bridge,
        look,
        open_settings=lambda: None,
        open_dashboard=lambda: None,
        choose_folder=lambda: None,
        more_actions=nothing,
    )
    popover.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    return bridge, popover


def main(folder: Path) -> None:
    """Draw all of them."""
    app = QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for theme in (Theme.DARK, Theme.LIGHT):
        look = Look(theme)
        for name, sample in SAMPLES.items():
            _bridge, popover = make_popover(look)
            popover.show_snapshot(sample.snapshot)
            popover.show_at(sample.now_ms)
            app.processEvents()
            for scale in (1, 2):
                picture(popover, theme, scale).save(str(folder / f"popover-{name}-{theme}@{scale}x.png"))
            popover.deleteLater()
        for name, dialog in dialogs(look):
            dialog.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            dialog.show()
            app.processEvents()
            for scale in (1, 2):
                shot = QPixmap(dialog.size() * scale)
                shot.setDevicePixelRatio(scale)
                dialog.render(shot)
                shot.save(str(folder / f"{name}-{theme}@{scale}x.png"))
            dialog.deleteLater()


def dialogs(look: Look) -> list[tuple[str, QDialog]]:
    """Each page of the settings, and the diagnostics."""
    result: list[tuple[str, QDialog]] = []
    for index, name in enumerate(("general", "icon", "data")):
        config = Config(extra_folders=("/mnt/wsl/home/ana/.claude",))
        dialog = SettingsDialog(config, look, lambda _command: None, places=FOUND, machine_name="studio")
        dialog.show_page(index)
        result.append((f"settings-{name}", dialog))
    report = "cctray 0.1.0\nPython 3.11\n\nfolders\n  ~/.claude/projects   found, 3,034 files\n"
    result.append(("diagnostics", DiagnosticsDialog(look, report)))
    return result


def for_readme(folder: Path) -> None:
    """Draw what the README shows."""
    # The screen's own scale: a picture of a menu takes its marks in the size of its screen.
    os.environ["QT_SCALE_FACTOR"] = str(readme_pictures.SCALE)
    app = QApplication([])
    made = {theme: make_popover(Look(theme)) for theme in (Theme.DARK, Theme.LIGHT)}
    readme_pictures.write(folder, app, {theme: popover for theme, (_bridge, popover) in made.items()})


if __name__ == "__main__":
    if sys.argv[1] == "--readme":
        for_readme(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
