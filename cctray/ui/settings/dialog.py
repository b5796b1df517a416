"""The settings dialog: pages at the left, a draft of Config until Save posts it. Decides nothing else."""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cctray.core.commands import Command, SaveConfig
from cctray.core.config import Config
from cctray.core.snapshot import Place
from cctray.ui.buttons import Button, Kind
from cctray.ui.settings.data_page import DataPage
from cctray.ui.settings.fields import default_of
from cctray.ui.settings.pages import GeneralPage, IconPage, Page, rule, text
from cctray.ui.sheet import style_sheet
from cctray.ui.theme import Look, qt_palette

translate = QCoreApplication.translate

WIDE: Final = 860
HIGH: Final = 600
LIST_WIDE: Final = 160

PickFolder = Callable[[Callable[[str], None]], None]
"""Asks the person for a folder and hands it on; never called where the person cancels."""


class SettingsDialog(QDialog):
    """Edits a copy of `config`; Save posts it as SaveConfig and closes, Cancel changes nothing."""

    edited = Signal()

    def __init__(
        self,
        config: Config,
        look: Look,
        post: Callable[[Command], None],
        *,
        places: tuple[Place, ...] = (),
        machine_name: str = "",
        pick_folder: PickFolder | None = None,
    ) -> None:
        super().__init__()
        self._look = look
        self._post = post
        self._draft = config
        self.pages: list[Page] = [GeneralPage(look), IconPage(look), DataPage(look, places, pick_folder or self._ask)]
        self._list = QListWidget()
        self._stack = QStackedWidget()
        self.restore = Button(look, Kind.SECONDARY, translate("Settings", "Restore defaults"), 32)
        self.cancel = Button(look, Kind.SECONDARY, translate("Settings", "Cancel"), 32)
        self.save = Button(look, Kind.PRIMARY, translate("Settings", "Save"), 32)
        self.setWindowTitle(translate("Settings", "Settings of cctray"))
        self.resize(WIDE, HIGH)
        self._build(machine_name)
        self._connect()
        self._dress()
        self._show_draft()
        look.changed.connect(self._dress)

    @property
    def draft(self) -> Config:
        """What Save would post."""
        return self._draft

    def show_page(self, index: int) -> None:
        """Turn to that page, 0 first."""
        self._list.setCurrentRow(index)

    def _build(self, machine_name: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head(machine_name))
        column.addWidget(rule())
        middle = QHBoxLayout()
        middle.setContentsMargins(12, 16, 0, 0)
        middle.setSpacing(24)
        self._list.setFixedWidth(LIST_WIDE)
        self._list.setSpacing(2)
        self._list.setAccessibleName(translate("Settings", "Pages"))
        for page in self.pages:
            self._list.addItem(page.title)
            self._stack.addWidget(_scrolled(page))
        middle.addWidget(self._list)
        middle.addWidget(self._stack, 1)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(self._foot())
        self._list.setCurrentRow(0)

    def _head(self, machine_name: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(24, 16, 24, 16)
        row.addWidget(text(translate("Settings", "Settings"), "title"), 1)
        if machine_name:
            where = QLabel(translate("Settings", "{name} · this machine").format(name=machine_name))
            where.setTextFormat(Qt.TextFormat.PlainText)
            where.setObjectName("dim")
            row.addWidget(where)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(12)
        self.restore.setToolTip(translate("Settings", "Of this page"))
        row.addWidget(self.restore)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        return row

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._stack.setCurrentIndex)
        for page in self.pages:
            page.changed.connect(self._change)
        self.restore.clicked.connect(self._restore)
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self._save)

    def _change(self, field: str, value: object) -> None:
        self._draft = replace(self._draft, **{field: value})
        self._show_draft()
        self.edited.emit()

    def _restore(self) -> None:
        page = self.pages[self._stack.currentIndex()]
        self._draft = replace(self._draft, **{field: default_of(field) for field in page.FIELDS})
        self._show_draft()

    def _save(self) -> None:
        self._post(SaveConfig(self._draft))
        self.accept()

    def _show_draft(self) -> None:
        for page in self.pages:
            page.show_config(self._draft)
        self.save.setEnabled(all(page.is_valid() for page in self.pages))

    def _dress(self) -> None:
        self.setPalette(qt_palette(self._look.palette))
        self.setStyleSheet(style_sheet(self._look.palette))

    def _ask(self, answer: Callable[[str], None]) -> None:
        """Qt's own dialog, opened without a nested loop."""
        dialog = QFileDialog(self, translate("Settings", "A Claude config folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(answer)
        dialog.open()


def _scrolled(page: QWidget) -> QScrollArea:
    """The page, scrolling where the window is small."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setContentsMargins(0, 0, 24, 16)
    area.setWidget(page)
    return area
