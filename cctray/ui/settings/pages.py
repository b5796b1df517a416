"""Pages of the settings, General and Icon: each shows fields of a Config and says, by `changed`, what one becomes."""

from typing import ClassVar

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from cctray.core.config import Config, IconShows, RateUnit, Theme
from cctray.ui.settings.choices import Segments, Setting, Switch
from cctray.ui.settings.fields import described
from cctray.ui.settings.preview import IconPreview
from cctray.ui.theme import Look

translate = QCoreApplication.translate


class Page(QWidget):
    """Name, one sentence, rows. `FIELDS` are the fields of Config it shows."""

    changed = Signal(str, object)
    """Name of a field and its new value."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, look: Look, title: str, about: str) -> None:
        super().__init__()
        self.look = look
        self.title = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)
        self.column.addWidget(text(title, "title"))
        self.column.addWidget(text(about, "dim"))
        self.column.addSpacing(8)

    def show_config(self, config: Config) -> None:
        """Show these values, without signals."""
        raise NotImplementedError

    def is_valid(self) -> bool:
        """Whether what was typed can be saved."""
        return True

    def switch(self, field: str, name: str) -> Switch:
        """A row with a switch for a field."""
        control = Switch(self.look, name)
        control.clicked.connect(lambda is_on: self.changed.emit(field, is_on))
        self.column.addWidget(Setting(name, described(field), control))
        return control

    def segments(self, field: str, name: str, choices: list[tuple[object, str]]) -> Segments:
        """A row with choices for a field."""
        control = Segments(self.look, name, choices)
        control.changed.connect(lambda value: self.changed.emit(field, value))
        self.column.addWidget(Setting(name, described(field), control))
        return control


def text(words: str, kind: str = "") -> QLabel:
    """A label that never takes what it shows for markup."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setObjectName(kind)
    return label


def rule() -> QFrame:
    """A line of one pixel."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


class GeneralPage(Page):
    """Start, theme, notifications."""

    FIELDS = ("start_at_login", "theme", "notify_block_80", "notify_block_95")

    def __init__(self, look: Look) -> None:
        about = translate("Settings", "How cctray starts, looks and speaks up.")
        super().__init__(look, translate("Settings", "General"), about)
        self._start = self.switch("start_at_login", translate("Settings", "Start at login"))
        self._theme = self.segments(
            "theme",
            translate("Settings", "Theme"),
            [
                (Theme.AUTO, translate("Settings", "System")),
                (Theme.DARK, translate("Settings", "Dark")),
                (Theme.LIGHT, translate("Settings", "Light")),
            ],
        )
        self.column.addSpacing(12)
        self.column.addWidget(text(translate("Settings", "Notifications"), "section"))
        self._at_80 = self.switch("notify_block_80", translate("Settings", "Most of the block used"))
        self._at_95 = self.switch("notify_block_95", translate("Settings", "Block nearly used up"))
        self.column.addStretch(1)

    def show_config(self, config: Config) -> None:
        """Show these values."""
        self._start.setChecked(config.start_at_login)
        self._theme.choose(config.theme)
        self._at_80.setChecked(config.notify_block_80)
        self._at_95.setChecked(config.notify_block_95)


class IconPage(Page):
    """What the icon shows, with the icon itself at its real sizes."""

    FIELDS = ("icon_shows", "rate_unit")

    def __init__(self, look: Look) -> None:
        about = translate("Settings", "It is repainted at most once a second, and not at all when nothing changes.")
        super().__init__(look, translate("Settings", "Icon"), about)
        self._shows = self.segments(
            "icon_shows",
            translate("Settings", "Show"),
            [
                (IconShows.RING_AND_NUMBER, translate("Settings", "Ring + number")),
                (IconShows.NUMBER, translate("Settings", "Number")),
                (IconShows.RING, translate("Settings", "Ring")),
            ],
        )
        self._unit = self.segments(
            "rate_unit",
            translate("Settings", "Number"),
            [
                (RateUnit.ALL_TOKENS, translate("Settings", "tok/min")),
                (RateUnit.IO_TOKENS, translate("Settings", "in + out tok/min")),
                (RateUnit.USD_PER_HOUR, translate("Settings", "USD / h")),
            ],
        )
        self.column.addSpacing(8)
        self._preview = IconPreview(look)
        self.column.addWidget(self._preview)
        self.column.addStretch(1)

    def show_config(self, config: Config) -> None:
        """Show these values, in the picture too."""
        self._shows.choose(config.icon_shows)
        self._unit.choose(config.rate_unit)
        self._preview.show_config(config)
