"""The page about data: folders found and added, cost mode, time zone, how new lines are noticed."""

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from cctray.core.config import Config, CostMode
from cctray.core.snapshot import Place
from cctray.ui.buttons import Button, Kind
from cctray.ui.ink import Ink, elided
from cctray.ui.marks import paint_mark
from cctray.ui.settings.choices import Setting
from cctray.ui.settings.fields import described
from cctray.ui.settings.pages import Page, text
from cctray.ui.shapes import Mark
from cctray.ui.theme import Look, font
from cctray.ui.tray.popover_scene import plain
from cctray.ui.tray.popover_view import place_state

translate = QCoreApplication.translate

ROW: Final = 32
PAD: Final = 12
REMOVE_WIDE: Final = 76
COMBO_WIDE: Final = 240


class Folders(QWidget):
    """A card with one row per folder; added ones can be removed."""

    removed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: list[tuple[str, str]] = []
        self._buttons: list[Button] = []
        look.changed.connect(self.update)

    def show_folders(self, found: tuple[Place, ...], added: tuple[str, ...]) -> None:
        """Draw these; what is both found and added is listed once, as added."""
        rows = [(plain(place.path, 200), place_state(place)) for place in found if place.path not in added]
        states = {place.path: place_state(place) for place in found}
        self._rows = rows + [(plain(path, 200), states.get(path, "")) for path in added]
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = [self._remove_button(path) for path in added]
        self.setFixedHeight(2 * 6 + ROW * max(1, len(self._rows)))
        self._place_buttons()
        self.setAccessibleName(", ".join(f"{path} {state}".strip() for path, state in self._rows))
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the buttons at the right."""
        self._place_buttons()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Card, folder marks, paths, what was found."""
        palette = self._look.palette
        with Ink(self, palette) as ink:
            ink.card(QRectF(self.rect()))
            if not self._rows:
                ink.left(PAD, 26, translate("Settings", "No folder was looked at yet."), font(12), palette.dim)
            first_added = len(self._rows) - len(self._buttons)
            for index, (path, state) in enumerate(self._rows):
                line = 6 + index * ROW + 20
                right = self.width() - PAD - (REMOVE_WIDE if index >= first_added else 0)
                paint_mark(ink, Mark.FOLDER, PAD, line - 13, palette.dim)
                start = ink.right(right, line, state, font(12), palette.dim)
                ink.left(36, line, elided(path, font(12), start - 46), font(12), palette.text)

    def _remove_button(self, path: str) -> Button:
        button = Button(self._look, Kind.BARE, translate("Settings", "Remove"), 24, self)
        button.set_font_px(12)
        button.setAccessibleName(translate("Settings", "Remove {folder}").format(folder=plain(path, 200)))
        button.clicked.connect(lambda: self.removed.emit(path))
        button.show()
        return button

    def _place_buttons(self) -> None:
        first_added = len(self._rows) - len(self._buttons)
        for index, button in enumerate(self._buttons):
            top = 6 + (first_added + index) * ROW + (ROW - 24) // 2
            button.setGeometry(self.width() - REMOVE_WIDE, top, REMOVE_WIDE, 24)


class ChevronBox(QComboBox):
    """A box to choose from whose arrow is drawn by the theme: style sheets know arrows as image files only."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, then the arrow."""
        super().paintEvent(event)
        with Ink(self, self._look.palette) as ink:
            paint_mark(ink, Mark.CHEVRON, self.width() - 24, self.height() / 2 - 8, self._look.palette.dim)


class DataPage(Page):
    """Folders, costs, time zone, watching."""

    FIELDS = ("extra_folders", "cost_mode", "time_zone", "poll_always")

    def __init__(
        self, look: Look, places: tuple[Place, ...], pick_folder: Callable[[Callable[[str], None]], None]
    ) -> None:
        about = translate("Settings", "Where transcripts are read from, and how they are counted.")
        super().__init__(look, translate("Settings", "Data"), about)
        self._places = places
        self._pick_folder = pick_folder
        self._added: tuple[str, ...] = ()
        self._folders = Folders(look)
        self._folders.removed.connect(self._remove)
        self._add_folders()
        modes: list[tuple[object, str]] = [
            (CostMode.AUTO, translate("Settings", "Logged, else calculated")),
            (CostMode.CALCULATE, translate("Settings", "Calculated")),
            (CostMode.DISPLAY, translate("Settings", "Logged")),
        ]
        self._mode = self.segments("cost_mode", translate("Settings", "Costs"), modes)
        self._zone = self._zone_box()
        self._complaint = text("", "complaint")
        self._complaint.hide()
        self.column.addWidget(self._complaint)
        self._poll = self.switch("poll_always", translate("Settings", "Always look by itself"))
        self.column.addStretch(1)

    def show_config(self, config: Config) -> None:
        """Show these values."""
        self._added = config.extra_folders
        self._folders.show_folders(self._places, self._added)
        self._mode.choose(config.cost_mode)
        self._poll.setChecked(config.poll_always)
        shown = config.time_zone or system_zone_words()
        if self._zone.currentText() != shown:
            self._zone.blockSignals(True)
            self._zone.setCurrentText(shown)
            self._zone.blockSignals(False)
        self._judge_zone(config.time_zone)

    def is_valid(self) -> bool:
        """Whether the time zone exists."""
        return is_zone(self._typed_zone())

    def _add_folders(self) -> None:
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(text(translate("Settings", "Folders")))
        words.addWidget(text(described("extra_folders"), "dim"))
        head.addLayout(words, 1)
        self.add_button = Button(self.look, Kind.SECONDARY, translate("Settings", "Add folder…"), 32)
        self.add_button.clicked.connect(lambda: self._pick_folder(self._add))
        head.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.column.addLayout(head)
        self.column.addSpacing(6)
        self.column.addWidget(self._folders)
        self.column.addSpacing(8)

    def _zone_box(self) -> QComboBox:
        box = ChevronBox(self.look)
        box.setEditable(True)
        box.setFixedWidth(COMBO_WIDE)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItem(system_zone_words())
        box.addItems(sorted(available_timezones()))
        name = translate("Settings", "Time zone")
        box.setAccessibleName(name)
        box.currentTextChanged.connect(self._on_zone)
        self.column.addWidget(Setting(name, described("time_zone"), box))
        return box

    def _typed_zone(self) -> str:
        typed = self._zone.currentText().strip()
        return "" if typed == system_zone_words() else typed

    def _on_zone(self, _text: str) -> None:
        zone = self._typed_zone()
        self._judge_zone(zone)
        self.changed.emit("time_zone", zone)

    def _judge_zone(self, zone: str) -> None:
        words = translate("Settings", "There is no time zone “{zone}”. Choose one from the list.")
        self._complaint.setText(words.format(zone=plain(zone)))
        self._complaint.setVisible(not is_zone(zone))

    def _add(self, folder: str) -> None:
        if folder and folder not in self._added:
            self.changed.emit("extra_folders", (*self._added, folder))

    def _remove(self, folder: str) -> None:
        self.changed.emit("extra_folders", tuple(each for each in self._added if each != folder))


def system_zone_words() -> str:
    """What the list calls the system's own zone."""
    return translate("Settings", "The system's")


def is_zone(name: str) -> bool:
    """Whether this machine knows the zone; empty means the system's and always works."""
    try:
        return not name or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
