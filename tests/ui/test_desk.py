"""The windows together: what is open when the program ends is closed, and every window bears the program's picture."""

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from cctray.core.config import Config
from cctray.ui.desk import Desk, Outside

quiet = pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support (propagateSizeHints|raise)")
"""Off screen there is neither a tray nor a window manager, and Qt says so."""


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    """Windows without an engine."""
    return Desk(Outside(post=lambda _command: None, diagnose=lambda _done: None, machine_name="studio"), Config())


def choose(label: str) -> None:
    """Choose that entry of the tray's menu."""
    menus = (each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu))
    next(action for menu in menus for action in menu.actions() if action.text() == label).trigger()


def dialogs() -> list[QDialog]:
    """The dialogs on the screen."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


@quiet
def test_ending_closes_every_open_dialog(desk: Desk) -> None:
    """Quit with settings and diagnostics open ends cleanly and leaves none of them."""
    choose("Settings…")
    choose("Diagnostics…")
    assert len(dialogs()) == 2

    desk.close()

    assert dialogs() == []


@quiet
def test_title_bars_and_task_lists_show_the_program(desk: Desk) -> None:
    """Windows do not bear the window manager's blank picture."""
    choose("Settings…")

    assert not dialogs()[0].windowIcon().isNull()

    desk.close()
