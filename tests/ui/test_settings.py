"""The settings edit a copy of Config and post it; the diagnostics show a text and copy it."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from cctray.core.commands import Command, SaveConfig
from cctray.core.config import Config, CostMode, IconShows, RateUnit, Theme
from cctray.ui.diagnostics import DiagnosticsDialog
from cctray.ui.settings.choices import Segments, Switch
from cctray.ui.settings.dialog import SettingsDialog
from cctray.ui.settings.fields import described
from cctray.ui.theme import Look
from tests.ui.snapshots import FOUND


def make(qtbot: QtBot, config: Config, picked: str = "") -> tuple[SettingsDialog, list[Command]]:
    """A dialog on that config, and what it posts; choosing a folder gives `picked`."""
    posted: list[Command] = []

    def pick(answer: Callable[[str], None]) -> None:
        answer(picked)

    dialog = SettingsDialog(config, Look(Theme.DARK), posted.append, places=FOUND, pick_folder=pick)
    qtbot.addWidget(dialog)
    return dialog, posted


def control(dialog: SettingsDialog, kind: type, name: str) -> QAbstractButton:
    """The control with that accessible name."""
    buttons = (each for each in dialog.findChildren(QAbstractButton) if isinstance(each, kind))
    return next(each for each in buttons if each.accessibleName() == name)


def test_saving_posts_what_was_changed_and_keeps_the_rest(qtbot: QtBot) -> None:
    """Switches and choices land in the posted Config; fields without a control stay as they were."""
    dialog, posted = make(qtbot, Config(machine_name="attic", icon_shows=IconShows.RING))
    control(dialog, Switch, "Start at login").click()
    next(each for each in dialog.findChildren(QAbstractButton) if each.text() == "Dark").click()
    next(each for each in dialog.findChildren(QAbstractButton) if each.text() == "USD / h").click()
    next(each for each in dialog.findChildren(QAbstractButton) if each.text() == "Calculated").click()
    dialog.save.click()
    assert posted == [
        SaveConfig(
            Config(
                machine_name="attic",
                icon_shows=IconShows.RING,
                start_at_login=True,
                theme=Theme.DARK,
                rate_unit=RateUnit.USD_PER_HOUR,
                cost_mode=CostMode.CALCULATE,
            )
        )
    ]


def test_cancel_posts_nothing(qtbot: QtBot) -> None:
    """A draft that is thrown away was never heard of."""
    dialog, posted = make(qtbot, Config())
    control(dialog, Switch, "Start at login").click()
    dialog.cancel.click()
    assert posted == []


def test_folders_are_added_once_and_removed(qtbot: QtBot) -> None:
    """An added folder is in the draft once, and gone after Remove."""
    dialog, posted = make(qtbot, Config(), picked="/home/ana/wsl/.claude")
    add = next(each for each in dialog.findChildren(QAbstractButton) if each.text() == "Add folder…")
    add.click()
    add.click()
    assert dialog.draft.extra_folders == ("/home/ana/wsl/.claude",)
    control(dialog, QAbstractButton, "Remove /home/ana/wsl/.claude").click()
    dialog.save.click()
    assert posted == [SaveConfig(Config())]


def test_a_time_zone_that_does_not_exist_cannot_be_saved(qtbot: QtBot) -> None:
    """A wrong zone is named at once and Save waits until it is right."""
    dialog, _posted = make(qtbot, Config())
    box = dialog.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    box.setEditText("Mars/Olympus")
    assert not dialog.save.isEnabled()
    assert any("Mars/Olympus" in label.text() and not label.isHidden() for label in dialog.findChildren(QLabel))
    box.setEditText("Europe/Berlin")
    assert dialog.save.isEnabled()
    assert dialog.draft.time_zone == "Europe/Berlin"


def test_restore_is_of_the_page_shown(qtbot: QtBot) -> None:
    """The defaults of one page do not throw away the folders of another."""
    dialog, _posted = make(qtbot, Config(theme=Theme.LIGHT, extra_folders=("/x",)))
    dialog.restore.click()
    assert dialog.draft == Config(extra_folders=("/x",))
    dialog.show_page(2)
    dialog.restore.click()
    assert dialog.draft == Config()


def test_every_control_has_a_name_and_its_description(qtbot: QtBot) -> None:
    """What Config says about a field is on the screen, and every control can be named by a screen reader."""
    dialog, _posted = make(qtbot, Config())
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for page in dialog.pages:
        for field in page.FIELDS:
            assert described(field) in shown
    for kind in (QAbstractButton, Segments, QComboBox):
        for each in dialog.findChildren(kind):
            assert each.accessibleName() or getattr(each, "text", str)()


@pytest.mark.parametrize("field", [each.name for each in msgspec.structs.fields(Config)])
def test_every_field_of_config_is_described(field: str) -> None:
    """No setting is left without the sentence that dialog and documentation show."""
    assert described(field).endswith((".", ")."))


def test_arrow_keys_move_a_choice(qtbot: QtBot) -> None:
    """Choices can be made without a mouse."""
    dialog, _posted = make(qtbot, Config())
    row = next(each for each in dialog.findChildren(Segments) if each.accessibleName() == "Theme")
    QTest.keyClick(row, Qt.Key.Key_Right)
    assert dialog.draft.theme is Theme.DARK


def test_the_report_is_shown_and_copied_as_it_is(qtbot: QtBot) -> None:
    """Copy puts the very text on the clipboard; before there is one it cannot be pressed."""
    dialog = DiagnosticsDialog(Look(Theme.DARK))
    qtbot.addWidget(dialog)
    assert not dialog.copy_button.isEnabled()
    dialog.show_report("cctray <b>0.1</b>\n  store ok")
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == "cctray <b>0.1</b>\n  store ok"


def test_the_report_is_shown_in_columns(qtbot: QtBot) -> None:
    """The report is laid out with blanks: its letters are all as wide as a blank."""
    dialog = DiagnosticsDialog(Look(Theme.DARK), "tray   none")
    qtbot.addWidget(dialog)
    dialog.ensurePolished()
    (shown,) = dialog.findChildren(QPlainTextEdit)
    shown.ensurePolished()
    assert QFontInfo(shown.font()).fixedPitch()
